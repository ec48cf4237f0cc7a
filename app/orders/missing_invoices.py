"""Invoices of standing orders that have not come: the order's maker is told, and no more than told."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.kit.clock import business_day
from app.kit.db import Database
from app.orders.models import OrderStatus, PurchaseOrder
from app.orders.standing_models import Recurrence, StandingOrder
from app.orders.standing_queries import schedule_of
from app.orders.standing_views import used_days
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from app.organisations.queries import open_tasks_about
from app.organisations.tasks import close_tasks, open_task


def plan_notice(standing: StandingOrder, today: date) -> None:
    """Set the day on which an invoice is told of as missing next: `notice_days` after the first day of a period."""
    standing.notice_on = None
    if standing.recurrence == Recurrence.IRREGULAR:
        return
    schedule, wait = schedule_of(standing), timedelta(days=standing.notice_days)
    until = schedule.year_from(max(today, standing.anchor_on))
    days = (period.first_on + wait for period in schedule.periods(until))
    standing.notice_on = next((day for day in days if day > today), None)


def notice_next(database: Database, clock_now: Callable[[], datetime]) -> bool:
    """Look at one standing order whose day has come; tells whether there was one. Looks without the write lock."""
    if database.run(lambda session: _due(session, business_day(clock_now())), write=False) is None:
        return False
    return database.run(lambda session: notice(session, clock_now()))


def _due(session: Session, today: date, *, lock: bool = False) -> StandingOrder | None:
    query = select(StandingOrder).where(col(StandingOrder.notice_on) <= today).order_by(col(StandingOrder.notice_on))
    query = query.limit(1)
    return session.exec(query.with_for_update(skip_locked=True, key_share=True) if lock else query).first()


def notice(session: Session, now: datetime) -> bool:
    """Tell of what is missing of one order; tells if one was due. The next day is written in the same transaction, so
    each is told once, however often this runs.
    """
    today = business_day(now)
    standing = _due(session, today, lock=True)
    if standing is None or standing.notice_on is None:
        return False
    order = session.get_one(PurchaseOrder, standing.order_id)
    newest = standing.notice_on - timedelta(days=standing.notice_days)
    # What was missing before, and maybe set aside, is not told again unless more is missing now.
    if any(day >= newest for day in _missing(session, order, standing, today)):
        tell_missing(session, standing, now)
    if order.status == OrderStatus.SENT:
        plan_notice(standing, today)
    else:
        standing.notice_on = None
    return True


def invoice_came(session: Session, order_id: UUID, now: datetime) -> None:
    """Tell anew what is missing when an invoice has come, if something was."""
    if any(task.type == TaskType.INVOICE_MISSING for task in open_tasks_about(session, order_id)):
        tell_missing(session, session.get_one(StandingOrder, order_id), now)


def tell_missing(session: Session, standing: StandingOrder, now: datetime) -> None:
    """Open the task anew with the periods whose invoices should have come, or close it when none is missing; nobody is
    told of an order that is suspended, or not open.
    """
    close_tasks(session, standing.order_id, [TaskType.INVOICE_MISSING], now=now, by=None)
    order = session.get_one(PurchaseOrder, standing.order_id)
    missing = _missing(session, order, standing, business_day(now))
    if not missing or standing.suspended_on is not None or order.status != OrderStatus.SENT:
        return
    open_task(
        session,
        TaskType.INVOICE_MISSING,
        organisation_id=order.organisation_id,
        role=Role.BUYER,
        subject="order",
        subject_id=order.id,
        now=now,
        reasons=[f"no invoice for the period from {day} on order {order.number}" for day in missing],
        user_id=order.maker_id,
    )


def _missing(session: Session, order: PurchaseOrder, standing: StandingOrder, today: date) -> list[date]:
    """Give the first days of the periods that are waited for, of those whose day came after the order was sent."""
    began, wait, used = order.issued_on or today, timedelta(days=standing.notice_days), used_days(session, standing)
    periods = schedule_of(standing).periods(today - wait)
    return [day.first_on for day in periods if day.first_on + wait > began and day.first_on not in used]
