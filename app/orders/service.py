"""Steps of an order's way from draft to dispatch: create, submit, approve, return, reject, send."""

from uuid import UUID

from sqlmodel import select

from app import dialects
from app.agreements.changing import require_e_orders
from app.agreements.models import Agreement
from app.documents.item import Item
from app.documents.party import Contact, Party
from app.documents.price import Price
from app.kit import outbox
from app.kit.archive import content_of
from app.kit.calls import Raw
from app.kit.errors import Conflict, NotFound
from app.kit.money import Quantity
from app.kit.pages import Page, PageQuery, page
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import drafting, queries, standing
from app.orders.approving import require_prokura, require_second_person
from app.orders.composing import order_document
from app.orders.messages import LineFlag, OrderIn, OrderLineOut, OrderOut, OrderRow, SupplierOrderOut
from app.orders.models import (
    TRANSITIONS,
    OrderStatus,
    OrderType,
    PurchaseOrder,
    PurchaseOrderLine,
)
from app.orders.outside import supplier_order_out
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.identity import location_number, organisation_party
from app.organisations.models import Organisation, TaskType
from app.organisations.people_models import Role
from app.organisations.permissions import Permission
from app.organisations.supplier_models import Supplier
from app.organisations.supplier_standing import require_active
from app.organisations.tasks import close_tasks, open_task
from app.organisations.tree import hold, require_open


class OrderNotSent(NotFound):
    """The order is no document until it has been sent."""


def create_order(call: Call, body: OrderIn) -> OrderOut:
    """Make a catalogue order in DRAFT, at today's prices.

    :raises Invalid: naming each line that is not visible, not orderable, in a wrong quantity, or on another agreement.
    """
    organisation = organisations.organisation(call, body.organisation_id)
    require(call, Permission.ORDER_CREATE, organisation.id)
    require_open(organisation)
    gln = location_number(call.session, organisation, call.today)
    order, lines = drafting.draft(call, body, organisation, gln)
    call.session.add(order)
    call.session.flush()
    call.session.add_all(lines)
    call.session.flush()
    _note(call, order, "order.created")
    return order_out(call, order)


def submit_order(call: Call, order_id: UUID, if_match: str | None) -> OrderOut:
    """Ask for approval; a task opens for the organisation's disponents.

    :raises SupplierNotActive, SupplierBlocked, EOrderNotPossible: when the supplier could not get the order today.
    """
    order = queries.order(call, order_id, lock=True)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    require_version(order, if_match)
    advance(order, OrderStatus.PENDING_APPROVAL, TRANSITIONS)
    _reachable_supplier(call, order)
    open_task(
        call.session,
        TaskType.APPROVE_ORDER,
        organisation_id=order.organisation_id,
        role=Role.DISPONENT,
        subject="order",
        subject_id=order.id,
        now=call.now,
    )
    _note(call, order, "order.submitted")
    return order_out(call, order)


def approve_order(call: Call, order_id: UUID, if_match: str | None) -> OrderOut:
    """Approve an order within prokura and by the two-person rule, and send it in the same transaction.

    :raises ProkuraTooSmall: when the approver's limits do not cover it.
    :raises SecondPersonNeeded: when the creator may not be the only hand.
    :raises OrganisationClosed: when the organisation has been closed since.
    :raises SupplierNotActive, SupplierBlocked, EOrderNotPossible: when the supplier cannot get the order.
    :raises PriceHasRisen: when a price is above what was submitted; the order waits to be returned to its buyer.
    """
    order = queries.order(call, order_id, lock=True)
    require(call, Permission.ORDER_APPROVE, order.organisation_id)
    require_version(order, if_match)
    advance(order, OrderStatus.APPROVED, TRANSITIONS)
    require_open(hold(call.session, order.organisation_id))
    supplier = _reachable_supplier(call, order)
    lines = list(queries.lines_of(call.session, order.id))
    drafting.refresh_prices(call, order, lines)
    require_prokura(call, order, [line.ordered_amount for line in lines], lines)
    require_second_person(call, order, order.total_amount)
    order.approved_by, order.approved_for, order.approved_at = call.actor.id, call.actor.on_behalf_of, call.now
    _close_approval(call, order)
    _note(call, order, "order.approved", {"total_amount": str(order.total_amount), "currency": order.currency})
    _send(call, order, lines, supplier)
    return order_out(call, order)


def _reachable_supplier(call: Call, order: PurchaseOrder) -> Supplier:
    supplier = call.session.get_one(Supplier, order.supplier_id)
    require_active(supplier)
    agreement = call.session.get(Agreement, order.agreement_id) if order.agreement_id is not None else None
    require_e_orders(supplier, mandatory=agreement is not None and agreement.mandatory_e_order)
    return supplier


def _send(call: Call, order: PurchaseOrder, lines: list[PurchaseOrderLine], supplier: Supplier) -> None:
    buyer = _buyer(call, order)
    order.profile_id = drafting.profile_for(supplier)
    contract = drafting.contract_number(call, order)
    document = order_document(order, lines, buyer, supplier, contract, call.today)
    item = outbox.enqueue(
        call.session,
        dialects.write(document),
        sender=f"GLN:{order.buyer_gln}",
        receiver=f"{supplier.endpoint_scheme_id}:{supplier.endpoint_id}",
        document_type="Order",
        number=order.number,
        profile_id=order.profile_id,
        now=call.now,
        about_id=order.id,
    )
    advance(order, OrderStatus.SENT, TRANSITIONS)
    order.document_id, order.sent_at, order.issued_on = item.document_id, call.now, call.today
    if order.type == OrderType.STANDING:
        standing.begin(call, order)
    _note(call, order, "order.sent", {"document_id": str(item.document_id)})


def _buyer(call: Call, order: PurchaseOrder) -> Party:
    organisation = call.session.exec(select(Organisation).where(Organisation.id == order.organisation_id)).one()
    party = organisation_party(call.session, organisation, call.today, order.buyer_gln)
    named: Party = party.but(contact=Contact(id=order.buyer_reference))
    return named


def return_order(call: Call, order_id: UUID, reason: str, if_match: str | None) -> OrderOut:
    """Give an order back to its buyer, saying why."""
    return _decide_against(call, order_id, OrderStatus.DRAFT, reason, if_match)


def reject_order(call: Call, order_id: UUID, reason: str, if_match: str | None) -> OrderOut:
    """Say no for good, saying why."""
    return _decide_against(call, order_id, OrderStatus.REJECTED, reason, if_match)


def _decide_against(call: Call, order_id: UUID, target: OrderStatus, reason: str, if_match: str | None) -> OrderOut:
    order = queries.order(call, order_id, lock=True)
    require(call, Permission.ORDER_APPROVE, order.organisation_id)
    require_version(order, if_match)
    if order.status == OrderStatus.DRAFT:
        raise Conflict("the order is a draft; its buyer decides about it")
    advance(order, target, TRANSITIONS)
    order.decision_reason = reason
    _close_approval(call, order)
    _note(call, order, f"order.{'returned' if target == OrderStatus.DRAFT else 'rejected'}")
    return order_out(call, order)


def cancel_order(call: Call, order_id: UUID, if_match: str | None) -> OrderOut:
    """Drop a draft.

    :raises WrongState: when it is no draft any more.
    """
    order = queries.order(call, order_id, lock=True)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    require_version(order, if_match)
    advance(order, OrderStatus.CANCELLED, TRANSITIONS - {(OrderStatus.SENT, OrderStatus.CANCELLED)})
    _note(call, order, "order.cancelled")
    return order_out(call, order)


def get_order(call: Call, order_id: UUID, *, as_xml: bool) -> OrderOut | SupplierOrderOut | Raw:
    """Give an order, or the OIOUBL document that it was sent or received as; its supplier gets what it is told in an
    order, and nothing of how the buyer came to it.

    :raises OrderNotSent: for the document of an order that has none yet.
    """
    order = queries.order(call, order_id)
    if not as_xml:
        return _with_flags(call, order) if queries.is_seen_inside(call, order) else supplier_order_out(call, order)
    if order.document_id is None:
        raise OrderNotSent(f"order {order.number} has not been sent; it is {order.status}")
    return Raw(content_of(call.session, order.document_id))


def _with_flags(call: Call, order: PurchaseOrder) -> OrderOut:
    """Give an order; before it is sent, its lines tell what would keep them from being sent today."""
    shown = order_out(call, order)
    if order.status in (OrderStatus.DRAFT, OrderStatus.PENDING_APPROVAL):
        lost = drafting.lines_out_of_sight(call, order, queries.lines_of(call.session, order.id))
        for line in shown.lines:
            line.flags = [LineFlag.AGREEMENT_NOT_VISIBLE] if line.id in lost else []
    return shown


def list_orders(call: Call, wanted: PageQuery) -> Page[OrderRow]:
    return page(
        call.session,
        queries.visible_orders(call),
        PurchaseOrder,
        wanted,
        lambda row: OrderRow.model_validate(row, from_attributes=True),
    )


def order_out(call: Call, order: PurchaseOrder) -> OrderOut:
    call.session.flush()
    lines = [_line_out(line) for line in queries.lines_of(call.session, order.id)]
    return OrderOut(**order.model_dump(), lines=lines)


def _line_out(line: PurchaseOrderLine) -> OrderLineOut:
    return OrderLineOut(
        **line.model_dump(exclude={"item", "price", "accepted_price"}),
        item=Item.model_validate(line.item),
        flags=[],
        quantity=Quantity(line.ordered_quantity, line.unit_code),
        price=Price.model_validate(line.price) if line.price else None,
        amount=line.ordered_amount,
        accepted_price=Price.model_validate(line.accepted_price) if line.accepted_price else None,
    )


def _close_approval(call: Call, order: PurchaseOrder) -> None:
    close_tasks(call.session, order.id, [TaskType.APPROVE_ORDER], now=call.now, by=call.actor.id)


def _note(call: Call, order: PurchaseOrder, action: str, facts: dict[str, str] | None = None) -> None:
    call.audit(action, chain=order.root_id, entity="order", entity_id=order.id, facts=facts)
