"""Sending an order: the document goes to the outbox in the transaction that approves it, and it never changes again."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from app import dialects
from app.agreements.changing import require_e_orders
from app.agreements.models import Agreement
from app.documents.order import Order
from app.documents.order_change import OrderCancellation, OrderChange
from app.documents.party import Contact, Party
from app.kit import outbox
from app.kit.errors import Conflict
from app.kit.outbox import OutboxItem
from app.kit.states import advance
from app.kit.working_days import add_working_days
from app.oioubl.profiles import profile_allows
from app.orders import standing
from app.orders.change_models import VersionCause
from app.orders.composing import order_document
from app.orders.headers import profile_for
from app.orders.models import TRANSITIONS, OrderStatus, OrderType, PurchaseOrder, PurchaseOrderLine
from app.orders.order_versions import keep_version
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.identity import organisation_party
from app.organisations.models import Organisation
from app.organisations.policies import Reminders
from app.organisations.supplier_models import OrderChannel, Supplier
from app.organisations.supplier_standing import require_active

BY_MAIL: Final = "EMAIL:"
"""What the address of a receiver begins with who gets letters."""


class OrderAddressMissing(Conflict):
    """The supplier takes orders by mail, and nobody has said at which address."""


def reachable_supplier(call: Call, order: PurchaseOrder) -> Supplier:
    """Give an order's supplier, who gets orders today.

    :raises SupplierNotActive, SupplierBlocked, EOrderNotPossible, OrderAddressMissing: otherwise.
    """
    supplier = call.session.get_one(Supplier, order.supplier_id)
    require_active(supplier)
    agreement = call.session.get(Agreement, order.agreement_id) if order.agreement_id is not None else None
    require_e_orders(supplier, mandatory=agreement is not None and agreement.mandatory_e_order)
    way_to(supplier)
    return supplier


def way_to(supplier: Supplier) -> tuple[str, str | None]:
    """Give the receiver that documents go to, and the language of the letter where they go by mail.

    :raises OrderAddressMissing: for mail without an address.
    """
    if supplier.order_channel == OrderChannel.OIOUBL:
        return f"{supplier.endpoint_scheme_id}:{supplier.endpoint_id}", None
    if supplier.order_email is None:
        raise OrderAddressMissing(
            f"{supplier.name} takes orders by mail and has no address for them; a content manager states it "
            "(PATCH /suppliers/{id}: order_email)"
        )
    return f"{BY_MAIL}{supplier.order_email}", supplier.order_language


def send(call: Call, order: PurchaseOrder, lines: list[PurchaseOrderLine], supplier: Supplier) -> None:
    """Send an approved order. What needs no receipt counts as received from now on."""
    order.profile_id = profile_for(supplier)
    buyer, contract = buyer_party(call, order), contract_number(call, order)
    document = order_document(order, lines, buyer, supplier, contract, call.today)
    item = dispatch(call, order, document, supplier, "Order")
    advance(order, OrderStatus.SENT, TRANSITIONS)
    order.document_id, order.sent_at, order.issued_on = item.document_id, call.now, call.today
    if not order.requires_receipt:
        deem_received(lines)
    if order.type == OrderType.STANDING:
        standing.begin(call, order)
    plan_reminders(call, order)
    keep_version(call, order, lines, VersionCause.SENT, item.document_id)
    call.audit(
        "order.sent",
        chain=order.root_id,
        entity="order",
        entity_id=order.id,
        facts={"document_id": str(item.document_id)},
    )


def dispatch(
    call: Call,
    order: PurchaseOrder,
    document: Order | OrderChange | OrderCancellation,
    supplier: Supplier,
    document_type: str,
) -> OutboxItem:
    """Put a document about an order into the outbox.

    :raises OrderAddressMissing: for a supplier that gets mail and has no address.
    """
    receiver, language = way_to(supplier)
    return outbox.enqueue(
        call.session,
        dialects.write(document),
        sender=f"GLN:{order.buyer_gln}",
        receiver=receiver,
        document_type=document_type,
        number=document.number,
        profile_id=order.profile_id,
        now=call.now,
        about_id=order.id,
        language=language,
    )


def buyer_party(call: Call, order: PurchaseOrder) -> Party:
    """Give the buyer as an order names it: with the GLN it was made under, and the person reference."""
    organisation = call.session.get_one(Organisation, order.organisation_id)
    party = organisation_party(call.session, organisation, call.today, order.buyer_gln)
    named: Party = party.but(contact=Contact(id=order.buyer_reference))
    return named


def contract_number(call: Call, order: PurchaseOrder) -> str | None:
    """Give the number of the agreement that an order stands on."""
    agreement = call.session.get(Agreement, order.agreement_id) if order.agreement_id is not None else None
    return agreement.contract_number if agreement is not None else None


def deem_received(lines: Sequence[PurchaseOrderLine]) -> None:
    """Count all that is agreed on as received, of an order that needs no receipt."""
    for line in lines:
        line.received_amount = line.most_amount if line.by_amount else Decimal(0)
        line.received_quantity = Decimal(0) if line.by_amount else line.accepted_quantity


def plan_answer(call: Call, order: PurchaseOrder) -> Reminders:
    """Say when somebody is asked about a missing answer, where the profile has one and it goes by no mail, and give
    what was asked for that: after how many days people are reminded here.
    """
    days = organisations.effective_policy(call.session, order.organisation_id, call.today).reminders
    by_mail = call.session.get_one(Supplier, order.supplier_id).order_channel == OrderChannel.EMAIL
    if profile_allows(order.profile_id, "OrderResponseSimple") and not by_mail:
        order.remind_response_on = add_working_days(call.today, days.response.days)
    return days


def plan_reminders(call: Call, order: PurchaseOrder) -> None:
    """Say when somebody is asked about a missing answer, and about goods that have not come."""
    days = plan_answer(call, order)
    if order.requires_receipt and order.type != OrderType.STANDING:
        due = max(order.requested_delivery_on or call.today, call.today)
        order.remind_receipt_on = add_working_days(due, days.receipt.days)


def postpone_receipt(call: Call, order: PurchaseOrder, promised: Sequence[date]) -> None:
    """Ask later about goods that are promised for later; who has been asked already is not asked again."""
    if order.remind_receipt_on is None or not promised:
        return
    days = organisations.effective_policy(call.session, order.organisation_id, call.today).reminders
    order.remind_receipt_on = max(order.remind_receipt_on, add_working_days(max(promised), days.receipt.days))
