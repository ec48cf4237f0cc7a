"""Orders that did not reach their supplier: the buyer is told, and lets them be sent once more."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from app.kit import audit
from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.kit.outbox import OutboxItem, OutboxState
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import order_reminders, queries
from app.orders.allocations import lock_orders
from app.orders.cancelling import has_come
from app.orders.messages import OrderOut
from app.orders.models import TRANSITIONS, OrderStatus, PurchaseOrder
from app.orders.sending import plan_reminders, reachable_supplier, way_to
from app.orders.service import order_out
from app.organisations.access import Call, require
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from app.organisations.permissions import Permission
from app.organisations.tasks import close_tasks, open_task

DOCUMENTS: Final = ("Order", "OrderChange", "OrderCancellation")
OVER: Final = frozenset({OrderStatus.CANCELLED, OrderStatus.CLOSED, OrderStatus.CLOSED_SHORT})


class NothingUndelivered(Conflict):
    """Every document about the order has left, or is still being tried."""


def fail(session: Session, item: OutboxItem, reason: str, now: datetime) -> None:
    """Tell the buyer that a document about an order was given up. An order of which nothing has come is SEND_FAILED:
    its supplier does not know of it.
    """
    if item.about_id is None or item.document_type not in DOCUMENTS:
        return
    session.flush()
    orders = lock_orders(session, [item.about_id])
    if not orders:
        return
    (order,) = orders
    if item.document_type == "Order" and order.status == OrderStatus.SENT and _is_untouched(session, order):
        advance(order, OrderStatus.SEND_FAILED, TRANSITIONS)
        order.version += 1
        order_reminders.stop(session, order, now, None)
        audit.record(
            session,
            "order.send_failed",
            chain=order.root_id,
            entity="order",
            entity_id=order.id,
            now=now,
            actor_id=None,
            facts={"document_id": str(item.document_id)},
        )
    open_task(
        session,
        TaskType.ORDER_NOT_DELIVERED,
        organisation_id=order.organisation_id,
        role=Role.BUYER,
        user_id=order.maker_id,
        subject="order",
        subject_id=order.id,
        reasons=[f"{item.document_type} of order {order.number} did not reach the supplier: {reason}"],
        now=now,
    )


def _is_untouched(session: Session, order: PurchaseOrder) -> bool:
    lines = queries.lines_of(session, order.id)
    return not any(has_come(order, line) or line.held_quantity or line.held_amount for line in lines)


def send_again(call: Call, order_id: UUID, if_match: str | None) -> OrderOut:
    """Try every document about an order once more that was given up or rejected, to where its supplier takes orders
    today. The access point would know a rejected one by its message id: it leaves under a new one, and so, to keep
    their order, do those after it.

    :raises NothingUndelivered: when there is none.
    :raises SupplierNotActive, SupplierBlocked, EOrderNotPossible, OrderAddressMissing: when the supplier could not get
        it today.
    """
    order = queries.order(call, order_id)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    (order,) = lock_orders(call.session, [order.id])
    require_version(order, if_match)
    items = _given_up(call, order)
    if not items:
        raise NothingUndelivered(f"nothing about order {order.number} waits to be sent again")
    receiver, language = way_to(reachable_supplier(call, order))
    is_new = False
    for item in items:
        is_new = is_new or item.state == OutboxState.REJECTED
        item.id = new_id(call.now) if is_new else item.id
        item.state, item.attempts, item.last_error = OutboxState.QUEUED, 0, None
        item.queued_at = item.next_attempt_at = call.now
        item.receiver, item.language = receiver, language
    if order.status == OrderStatus.SEND_FAILED:
        advance(order, OrderStatus.SENT, TRANSITIONS)
        plan_reminders(call, order)
    order.version += 1
    close_tasks(call.session, order.id, [TaskType.ORDER_NOT_DELIVERED], now=call.now, by=call.actor.id)
    call.audit("order.sent_again", chain=order.root_id, entity="order", entity_id=order.id)
    return order_out(call, order)


def _given_up(call: Call, order: PurchaseOrder) -> list[OutboxItem]:
    """Give what was given up, in the order in which it was to leave; of an order that is over, its cancellation."""
    wanted = ["OrderCancellation"] if order.status in OVER else list(DOCUMENTS)
    query = select(OutboxItem).where(
        OutboxItem.about_id == order.id,
        col(OutboxItem.state).in_((OutboxState.DEAD, OutboxState.REJECTED)),
        col(OutboxItem.document_type).in_(wanted),
    )
    return list(call.session.exec(query.order_by(col(OutboxItem.id)).with_for_update()).all())
