"""Orders placed elsewhere: an OIOUBL Order that the buyer's own system made and sent, taken in so that its invoices
can be matched here.
"""

from decimal import Decimal
from uuid import UUID

from sqlmodel import select

from app.agreements import queries as agreements
from app.documents.numbers import normalised_number
from app.documents.order import Order, OrderLine
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.ids import new_id
from app.kit.money import Quantity, plain
from app.orders import queries
from app.orders.headers import over_delivery
from app.orders.models import (
    ChargeState,
    ExternalApproval,
    OrderStatus,
    OrderType,
    Origin,
    PurchaseOrder,
    PurchaseOrderLine,
)
from app.orders.totals import line_amount
from app.organisations import queries as organisations
from app.organisations.access import Call, may, require
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.policies import ExternalApprovalPolicy
from app.organisations.supplier_models import Supplier
from app.organisations.suppliers import supplier_of


class BuyerUnknown(Invalid):
    """The document's buyer is no organisation for which the caller may hand in documents."""


class OrderNumberTaken(Conflict):
    """The organisation has another order with this number."""


class LessThanNothing(Invalid):
    """A line orders a negative quantity or amount; each is named."""


WORDS_LENGTH = 200
"""What is kept of a reference or posting at hand; the whole of it stands in the archived document."""


def take_in(call: Call, document: Order, document_id: UUID) -> PurchaseOrder:
    """Make a sent order of a document; what its approval is worth is the organisation's `external_approval`.

    :raises BuyerUnknown: when no GLN of the buyer routes to an organisation of the caller's.
    :raises OrderNumberTaken: when the number is used.
    :raises LessThanNothing: for a negative quantity or amount.
    """
    buyer = organisations.organisation_of(call.session, document.buyer, call.today)
    if buyer is None or not may(call, Permission.ORDER_IMPORT, buyer.id):
        endpoint = document.buyer.endpoint_id.value if document.buyer.endpoint_id else "(none)"
        message = f"the buyer's EndpointID {endpoint} is no organisation that you hand in documents for"
        raise BuyerUnknown(
            message, faults=[Fault(message, xpath="/Order/cac:BuyerCustomerParty/cac:Party/cbc:EndpointID")]
        )
    require(call, Permission.ORDER_IMPORT, buyer.id)
    taken = select(PurchaseOrder.id).where(
        PurchaseOrder.organisation_id == buyer.id, PurchaseOrder.number == document.number
    )
    tested = queries.test_by_number(call.session, [buyer.id], document.number)
    if call.session.exec(taken).first() is not None or tested is not None:
        raise OrderNumberTaken(f"{buyer.name} has an order {document.number} already")
    _refuse_less_than_nothing(document)
    order = _order(call, document, document_id, buyer, supplier_of(call, document.supplier))
    call.session.add(order)
    call.session.flush()
    call.session.add_all(_lines(call, document, order))
    call.session.flush()
    facts = {"number": order.number, "external_approval": str(order.external_approval)}
    call.audit("order.taken_in", chain=order.root_id, entity="order", entity_id=order.id, facts=facts)
    return order


def _refuse_less_than_nothing(document: Order) -> None:
    faults = [
        Fault(f"line {line.line_id} orders less than nothing", xpath=f"/Order/cac:OrderLine[{position}]/cac:LineItem")
        for position, line in enumerate(document.lines, start=1)
        if line.quantity.value < 0 or amount_of(line) < 0
    ]
    if faults:
        raise LessThanNothing("a line of an order is for something, or for nothing at least", faults=faults)


def _words(text: str | None) -> str | None:
    return text[:WORDS_LENGTH] if text is not None else None


def _order(call: Call, document: Order, document_id: UUID, buyer: Organisation, supplier: Supplier) -> PurchaseOrder:
    external = organisations.effective_policy(call.session, buyer.id, call.today).external_approval.rule
    assert isinstance(external, ExternalApprovalPolicy)  # noqa: S101 - what the field holds
    contact = document.buyer.contact
    by_amount = all(line.price is None for line in document.lines)
    return PurchaseOrder(
        id=new_id(call.now),
        number=document.number,
        normalised_number=normalised_number(document.number),
        organisation_id=buyer.id,
        root_id=buyer.root_id,
        supplier_id=supplier.id,
        agreement_id=_agreement_id(call, document, buyer, supplier),
        type=OrderType.TEXT if by_amount else OrderType.CATALOGUE,
        status=OrderStatus.SENT,
        origin=Origin.ELSEWHERE,
        external_approval=ExternalApproval(external.external_approval),
        stated_approver=_words(contact.name) if contact else None,
        buyer_gln=document.buyer.endpoint_id.value if document.buyer.endpoint_id else "",
        buyer_reference=_words(contact.id if contact else None) or "",
        currency=document.document_currency_code,
        profile_id=document.profile_id,
        accounting_cost=_words(document.accounting_cost),
        total_amount=sum((amount_of(line) for line in document.lines), start=Decimal(0)),
        charges=_charges(document),
        issued_on=document.issue_date,
        created_by=call.actor.id,
        created_for=call.actor.on_behalf_of,
        created_at=call.now,
        document_id=document_id,
        sent_at=call.now,
    )


def _charges(document: Order) -> list[ChargeState]:
    return [
        ChargeState(reason_code=entry.reason_code, reason=entry.reason, amount=plain(entry.amount), invoiced="0")
        for entry in document.allowance_charges
        if entry.charge_indicator
    ]


def _agreement_id(call: Call, document: Order, buyer: Organisation, supplier: Supplier) -> UUID | None:
    if document.contract_id is None:
        return None
    known = agreements.agreements_of_supplier(call.session, supplier.id, buyer.id)
    return next((found.id for found in known if found.contract_number == document.contract_id), None)


def amount_of(line: OrderLine) -> Decimal:
    """Give what a line of a document comes to; nothing where it has neither amount nor price."""
    if line.line_extension_amount is not None:
        return line.line_extension_amount
    return line_amount(line.price, line.quantity) if line.price is not None else Decimal(0)


def _lines(call: Call, document: Order, order: PurchaseOrder) -> list[PurchaseOrderLine]:
    over = over_delivery(call, order.organisation_id)
    return [line_of(call, order, position, line, over) for position, line in enumerate(document.lines, start=1)]


def line_of(call: Call, order: PurchaseOrder, position: int, line: OrderLine, over: Decimal) -> PurchaseOrderLine:
    """Make a line of an order of a document's."""
    by_amount = line.price is None
    price = line.price.model_dump(mode="json", exclude_none=True) if line.price is not None else None
    codes = [classification.code for classification in line.item.classifications]
    quantity: Quantity = line.quantity
    return PurchaseOrderLine(
        id=new_id(call.now),
        order_id=order.id,
        position=position,
        line_id=line.line_id,
        item=line.item.model_dump(mode="json", exclude_none=True),
        unspsc=codes[0][:20] if codes else "",
        note=line.notes[0][:1000] if line.notes else None,
        accounting_cost=_words(line.accounting_cost) or order.accounting_cost,
        by_amount=by_amount,
        unit_code=quantity.unit_code,
        ordered_quantity=quantity.value,
        price=price,
        ordered_amount=amount_of(line),
        accepted_quantity=quantity.value,
        accepted_price=price,
        accepted_amount=amount_of(line),
        most_quantity=Decimal(0) if by_amount else quantity.value * (1 + over / 100),
        most_amount=amount_of(line) if by_amount else Decimal(0),
    )
