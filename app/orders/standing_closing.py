"""Standing orders that have run out: closed by themselves, once the invoice of the last period has had its time."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from app.kit import audit
from app.kit.clock import business_day
from app.kit.db import Database
from app.kit.states import advance
from app.orders import queries
from app.orders.allocations import lock_orders
from app.orders.models import TRANSITIONS, OrderStatus, PurchaseOrder
from app.orders.order_reminders import stop as stop_reminding
from app.orders.standing_models import TERMS_TRANSITIONS, StandingOrder, TermsStatus
from app.orders.standing_queries import standing_of, terms_of
from app.organisations.models import TaskType
from app.organisations.tasks import close_tasks

DAY: Final = timedelta(days=1)


def plan_closing(standing: StandingOrder) -> None:
    """Set the day on which an order is closed: when its last day is past, and an invoice would have been missed."""
    last, wait = standing.valid_to, timedelta(days=standing.notice_days)
    standing.close_on = None if last is None else last + wait + DAY


def close_next(database: Database, clock_now: Callable[[], datetime]) -> bool:
    """Close one order that has run out; tells whether there was one. Looks without the write lock."""
    due = database.run(lambda session: _due(session, business_day(clock_now())), write=False)
    return due is not None and database.run(lambda session: close(session, due, clock_now()))


def _due(session: Session, today: date) -> UUID | None:
    query = select(StandingOrder.order_id).where(col(StandingOrder.close_on) <= today)
    return session.exec(query.order_by(col(StandingOrder.close_on), col(StandingOrder.order_id)).limit(1)).first()


def close(session: Session, order_id: UUID, now: datetime) -> bool:
    """Close an order that is due: CLOSED when all of it is invoiced, else CLOSED_SHORT; terms that wait are rejected.
    Tells if it was due. What did not reach its supplier waits for its buyer, and is looked at again tomorrow.
    """
    today = business_day(now)
    (order,) = lock_orders(session, [order_id])
    standing = standing_of(session, order_id)
    if standing.close_on is None or standing.close_on > today:
        return False
    if order.status == OrderStatus.SEND_FAILED:
        standing.close_on = today + DAY
        return True
    standing.close_on = None
    if order.status == OrderStatus.SENT:
        standing.notice_on, standing.expired_on = None, today
        _expire(session, order, now)
    return True


def _expire(session: Session, order: PurchaseOrder, now: datetime) -> None:
    left = any(line.accepted_amount > line.invoiced_amount for line in queries.lines_as_they_are(session, order.id))
    advance(order, OrderStatus.CLOSED_SHORT if left else OrderStatus.CLOSED, TRANSITIONS)
    order.version += 1
    for terms in terms_of(session, order.id):
        if terms.status == TermsStatus.PROPOSED:
            advance(terms, TermsStatus.REJECTED, TERMS_TRANSITIONS)
            terms.decided_at = now
    stop_reminding(session, order, now, None)
    close_tasks(session, order.id, [TaskType.APPROVE_TERMS, TaskType.ASSIGN_APPROVER], now=now, by=None)
    audit.record(
        session,
        "standing_order.expired",
        chain=order.root_id,
        entity="order",
        entity_id=order.id,
        now=now,
        actor_id=None,
    )
