"""Text orders: what is bought in words, as amounts that are received on and on, or as quantities at a price."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.agreements import queries as agreements
from app.agreements.models import Agreement, OrderForm
from app.agreements.queries import VisibleAgreement
from app.documents.item import Classification, Item
from app.documents.price import Price
from app.kit.errors import Fault, Invalid
from app.kit.ids import new_id
from app.kit.money import Quantity, rounded
from app.orders import receipt_free
from app.orders.headers import Source, header, over_delivery
from app.orders.messages import TextLineIn, TextOrderIn
from app.orders.models import OrderType, PurchaseOrder, PurchaseOrderLine
from app.orders.totals import line_amount
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.models import Organisation

ONE_OF_IT: Final = "EA"
KRONER: Final = "DKK"
NAME_LENGTH: Final = 40


class TextOrderNotPossible(Invalid):
    """The agreement takes no such order, or a line lies outside it; each is named."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a text order stands on: the agreement with what the maker may buy of it, or a supplier alone."""

    source: Source
    agreement: Agreement | None = None
    seen: VisibleAgreement | None = None


def draft_text(
    call: Call, body: TextOrderIn, organisation: Organisation, gln: str
) -> tuple[PurchaseOrder, list[PurchaseOrderLine]]:
    """Make a text order and its lines; the ordered amount is its ceiling.

    :raises AgreementNotFound: when the maker does not see the agreement today.
    :raises TextOrderNotPossible: naming what keeps it from standing on the agreement.
    """
    ground = _ground(call, body)
    if faults := _faults(call, body, ground):
        raise TextOrderNotPossible("the text order cannot be made; see `errors`", faults=faults)
    order = header(call, body, organisation, gln, ground.source)
    order.ends_on, order.requires_receipt, order.prepayment = body.ends_on, body.requires_receipt, body.prepayment
    mandatory = ground.agreement is not None and ground.agreement.mandatory_e_order
    order.e_order_reason = body.e_order_reason if mandatory else None
    over = over_delivery(call, organisation.id)
    lines = [_line(call, order, position, line, over) for position, line in enumerate(body.lines, start=1)]
    order.total_amount = sum((line.ordered_amount for line in lines), start=Decimal(0))
    too_large = None if body.requires_receipt else receipt_free.fault(call, order)
    if too_large is not None:
        raise TextOrderNotPossible("the text order cannot go without receipt; see `errors`", faults=[too_large])
    return order, lines


def _ground(call: Call, body: TextOrderIn) -> Ground:
    if body.agreement_id is None:
        assert body.supplier_id is not None  # noqa: S101 - the body has one or the other
        supplier = organisations.supplier(call, body.supplier_id)
        return Ground(Source(supplier, None, body.currency or KRONER, OrderType.TEXT))
    seen = agreements.visible_agreements(call.session, call.actor, call.today)
    found = next((one for one in seen if one.id == body.agreement_id), None)
    if found is None:
        raise agreements.AgreementNotFound(f"there is no agreement {body.agreement_id}")
    agreement = call.session.get_one(Agreement, body.agreement_id)
    supplier = organisations.supplier(call, agreement.supplier_id)
    return Ground(Source(supplier, agreement.id, agreement.currency, OrderType.TEXT), agreement, found)


def _faults(call: Call, body: TextOrderIn, ground: Ground) -> list[Fault]:
    faults = _date_faults(call, body)
    if ground.agreement is None or ground.seen is None:
        return faults
    agreement = ground.agreement
    if OrderForm.TEXT not in agreement.order_types:
        message = f"agreement {agreement.contract_number} takes no text orders"
        faults.append(Fault(message, pointer="/agreement_id"))
    if body.currency not in (None, agreement.currency):
        message = f"agreement {agreement.contract_number} is in {agreement.currency}, not in {body.currency}"
        faults.append(Fault(message, pointer="/currency"))
    if agreement.mandatory_e_order and body.e_order_reason is None:
        faults.append(_reason_missing(agreement))
    return faults + _outside(body.lines, agreement, ground.seen)


def _date_faults(call: Call, body: TextOrderIn) -> list[Fault]:
    if body.ends_on is not None and body.ends_on < call.today:
        return [Fault(f"it would have ended on {body.ends_on}", pointer="/ends_on")]
    return []


def _reason_missing(agreement: Agreement) -> Fault:
    return Fault(
        f"agreement {agreement.contract_number} demands e-orders from its catalogue; order there, "
        "or give an e_order_reason",
        message_da=f"aftale {agreement.contract_number} kræver e-ordrer fra kataloget; bestil dér, "
        "eller begrund tekstordren i e_order_reason",
        pointer="/e_order_reason",
        rule_id="P-E-ORDER",
    )


def _outside(lines: Sequence[TextLineIn], agreement: Agreement, seen: VisibleAgreement) -> list[Fault]:
    """Name the lines whose product group is not shared with the maker; one without a group fits only what is not
    narrowed at all.
    """
    faults: list[Fault] = []
    for index, line in enumerate(lines):
        if not seen.allows(line.unspsc or ""):
            said = f"product group {line.unspsc} is" if line.unspsc else "without a product group it is"
            message = f"{said} outside what is shared with you of agreement {agreement.contract_number}"
            faults.append(Fault(message, pointer=f"/lines/{index}/unspsc"))
    return faults


def _line(call: Call, order: PurchaseOrder, position: int, wanted: TextLineIn, over: Decimal) -> PurchaseOrderLine:
    by_amount = wanted.amount is not None
    quantity = Quantity(wanted.quantity or Decimal(1), ONE_OF_IT if by_amount else wanted.unit_code)
    price = None if wanted.price_amount is None else Price(price_amount=wanted.price_amount)
    amount = rounded(wanted.amount) if wanted.amount is not None else line_amount(_priced(price), quantity)
    row = price.model_dump(mode="json", exclude_none=True) if price is not None else None
    return PurchaseOrderLine(
        id=new_id(call.now),
        order_id=order.id,
        position=position,
        line_id=str(position),
        item=_item(wanted).model_dump(mode="json", exclude_none=True),
        unspsc=wanted.unspsc or "",
        note=wanted.note,
        accounting_cost=wanted.accounting_cost or order.accounting_cost,
        by_amount=by_amount,
        prepayment=order.prepayment,
        unit_code=quantity.unit_code,
        ordered_quantity=quantity.value,
        price=row,
        ordered_amount=amount,
        accepted_quantity=quantity.value,
        accepted_price=row,
        accepted_amount=amount,
        most_quantity=Decimal(0) if by_amount else quantity.value * (1 + over / 100),
        most_amount=amount if by_amount else Decimal(0),
    )


def _priced(price: Price | None) -> Price:
    assert price is not None  # noqa: S101 - a line without an amount has one
    return price


def _item(wanted: TextLineIn) -> Item:
    """Give the item that the words describe; what has no number is described (F-ORD239), by a short name (W-ORD186)."""
    groups = (Classification(code=wanted.unspsc),) if wanted.unspsc else ()
    return Item(name=wanted.text[:NAME_LENGTH].strip(), descriptions=(wanted.text,), classifications=groups)
