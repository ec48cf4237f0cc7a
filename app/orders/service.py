"""Steps of an order before it is decided on: create, submit, drop, read."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import select

from app.documents.item import Item
from app.documents.party import Address
from app.documents.price import Price
from app.kit.archive import content_of
from app.kit.calls import Raw
from app.kit.errors import Fault, Invalid, NotFound
from app.kit.money import Exact, Quantity, rounded
from app.kit.pages import Page, PageQuery, firsts, page
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import drafting, queries, repricing
from app.orders.approval_models import ApprovalAction
from app.orders.approval_steps import keep_step
from app.orders.headers import named_receivers
from app.orders.messages import CatalogueOrderIn, LineFlag, OrderLineOut, OrderOut, OrderRow, TextOrderIn
from app.orders.models import TRANSITIONS, OrderStatus, OrderType, PurchaseOrder, PurchaseOrderLine
from app.orders.order_settings import settled
from app.orders.outside import supplier_order_out
from app.orders.outside_messages import SupplierOrderOut
from app.orders.posting_lines import post_lines, with_shares
from app.orders.receipt_free import require_receipt_free
from app.orders.routing import Question, ask
from app.orders.sending import reachable_supplier
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.identity import location_number
from app.organisations.models import TaskType
from app.organisations.permissions import Permission
from app.organisations.tasks import close_tasks
from app.organisations.tree import require_open

READ: Final = {"item", "ordered_item", "price", "accepted_price"}
KEPT: Final = tuple((OrderLineOut.model_fields.keys() & PurchaseOrderLine.model_fields.keys()) - READ)
"""What is told of a line just as its row keeps it, and what is read from JSON first."""

UNSAID_BY_STANDING_ORDERS: Final = frozenset({"delivery_address", "receivers", "requested_delivery_on"})


class OrderNotSent(NotFound):
    """The order is no document until it has been sent."""


class FieldsMissing(Invalid):
    """The organisation wants fields on every order that this one lacks; each is named."""


def create_order(call: Call, body: CatalogueOrderIn | TextOrderIn) -> OrderOut:
    """Make an order in DRAFT, at today's prices.

    :raises LinesNotOrderable: naming each line that is not visible, not orderable, in a wrong quantity, or on another
        agreement.
    :raises TextOrderNotPossible: naming what keeps a text order from standing on its agreement.
    """
    organisation = organisations.organisation(call, body.organisation_id)
    require(call, Permission.ORDER_CREATE, organisation.id)
    require_open(organisation)
    gln = location_number(call.session, organisation, call.today)
    order, lines = drafting.draft(call, body, organisation, gln)
    call.session.add(order)
    call.session.flush()
    call.session.add_all([*lines, *named_receivers(order, body)])
    call.session.flush()
    post_lines(call, order, lines, body.lines)
    _note(call, order, "order.created")
    return order_out(call, order, lines)


def submit_order(call: Call, order_id: UUID, if_match: str | None) -> OrderOut:
    """Ask for approval: a task opens for the disponent who is asked.

    :raises FieldsMissing: naming what the organisation wants on every order.
    :raises SupplierNotActive, SupplierBlocked, EOrderNotPossible: when the supplier could not get the order today.
    :raises ReceiptNeeded: for a text order that may not go without receipt at its amount.
    """
    order = queries.order(call, order_id, lock=True)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    require_version(order, if_match)
    advance(order, OrderStatus.PENDING_APPROVAL, TRANSITIONS)
    found = settled(call.session, order.organisation_id)
    lines = queries.lines_of(call.session, order.id)
    _require_fields(call, order, lines, found.required_fields)
    reachable_supplier(call, order)
    require_receipt_free(call, order)
    question = question_of(order, lines)
    asked, warned = ask(call, question, found)
    keep_step(call, question, ApprovalAction.SUBMITTED, asked=asked.why, warnings=warned)
    close_tasks(call.session, order.id, [TaskType.ORDER_RETURNED], now=call.now, by=call.actor.id)
    _note(call, order, "order.submitted")
    return order_out(call, order, lines)


def question_of(order: PurchaseOrder, lines: list[PurchaseOrderLine]) -> Question:
    """Give what is to be approved of an order that is not sent yet."""
    amounts = [line.ordered_amount for line in lines]
    return Question(order, lines, amounts, "order", order.id, TaskType.APPROVE_ORDER)


def _require_fields(
    call: Call, order: PurchaseOrder, lines: Sequence[PurchaseOrderLine], wanted: Sequence[str]
) -> None:
    if not wanted:
        return
    said: dict[str, Any] = {
        "accounting_cost": all(line.accounting_cost for line in lines),
        "buyer_reference": order.buyer_reference,
        "delivery_address": order.delivery_address,
        "reason": True,
        "requested_delivery_on": order.requested_delivery_on,
        "approver": order.approver_id,
        "receivers": queries.receivers_of(call.session, order.id),
    }
    faults = [
        Fault(f"{order.number} lacks {name}", f"{order.number} mangler {name}", f"/{name}", rule_id="P-FIELDS")
        for name in wanted
        if not said[name] and not (order.type == OrderType.STANDING and name in UNSAID_BY_STANDING_ORDERS)
    ]
    if faults:
        raise FieldsMissing("the organisation wants more to be said on an order; see `errors`", faults=faults)


def drop(call: Call, order: PurchaseOrder) -> OrderOut:
    """Drop a draft that is locked.

    :raises WrongState: when it is no draft any more.
    """
    advance(order, OrderStatus.CANCELLED, TRANSITIONS - {(OrderStatus.SENT, OrderStatus.CANCELLED)})
    close_tasks(call.session, order.id, [TaskType.ORDER_RETURNED], now=call.now, by=call.actor.id)
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
        lost = repricing.lines_out_of_sight(call, order, queries.lines_of(call.session, order.id))
        for line in shown.lines:
            line.flags = [LineFlag.AGREEMENT_NOT_VISIBLE] if line.id in lost else []
    return shown


def list_orders(call: Call, wanted: PageQuery) -> Page[OrderRow]:
    return page(
        call.session,
        select(PurchaseOrder).where(firsts(queries.Eyes.of(call.actor).ways, PurchaseOrder, wanted)),
        PurchaseOrder,
        wanted,
        lambda row: OrderRow.model_validate(row, from_attributes=True),
    )


def order_out(call: Call, order: PurchaseOrder, known: Sequence[PurchaseOrderLine] | None = None) -> OrderOut:
    """Give an order with its lines, which are read unless they are known."""
    call.session.flush()
    rows = queries.lines_of(call.session, order.id) if known is None else known
    lines = [_line_out(line) for line in rows]
    address = Address.model_validate(order.delivery_address) if order.delivery_address else None
    return OrderOut(
        **order.model_dump(exclude={"delivery_address"}),
        delivery_address=address,
        receiver_ids=list(queries.receivers_of(call.session, order.id)),
        lines=with_shares(call.session, lines),
    )


def _line_out(line: PurchaseOrderLine) -> OrderLineOut:
    """Give a line as it is told; what its row keeps needs no validation anew."""
    price = _price(line.price)
    told: dict[str, Any] = {
        "item": Item.model_validate(line.item),
        "ordered_item": Item.model_validate(line.ordered_item) if line.ordered_item else None,
        "quantity": Quantity(line.ordered_quantity, line.ordered_unit_code or line.unit_code),
        "price": price,
        "amount": line.ordered_amount,
        "accepted_price": price if line.accepted_price == line.price else _price(line.accepted_price),
        "postings": [],
        "flags": [],
        "received_share": _share(line),
    }
    return OrderLineOut.model_construct(**told, **{name: getattr(line, name) for name in KEPT})


def _price(kept: dict[str, Any] | None) -> Price | None:
    return Price.model_validate(kept) if kept else None


def _share(line: PurchaseOrderLine) -> Exact | None:
    if not line.by_amount or not line.accepted_amount:
        return None
    return rounded(line.received_amount / line.accepted_amount, 4)


def _note(call: Call, order: PurchaseOrder, action: str) -> None:
    call.audit(action, chain=order.root_id, entity="order", entity_id=order.id)
