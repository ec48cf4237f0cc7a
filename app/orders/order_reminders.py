"""Orders without an answer and goods without a receipt: somebody gets a task when the day for it has come."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from app.kit.clock import business_day
from app.kit.db import Database
from app.orders import order_settings, queries
from app.orders.models import OrderStatus, PurchaseOrder, ResponseStatus
from app.orders.receipt_posting import is_received
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from app.organisations.tasks import close_tasks, open_task

_DAYS: Final = (col(PurchaseOrder.remind_response_on), col(PurchaseOrder.remind_receipt_on))


def remind_next(database: Database, clock_now: Callable[[], datetime]) -> bool:
    """Ask about one order whose day has come; tells whether there was one. Looks without the write lock."""
    if database.run(lambda session: _due(session, business_day(clock_now())), write=False) is None:
        return False
    return database.run(lambda session: remind(session, clock_now()))


def _due(session: Session, today: date, *, lock: bool = False) -> PurchaseOrder | None:
    for day in _DAYS:
        query = select(PurchaseOrder).where(day <= today).order_by(day).limit(1)
        found = session.exec(query.with_for_update(skip_locked=True, key_share=True) if lock else query).first()
        if found is not None:
            return found
    return None


def remind(session: Session, now: datetime) -> bool:
    """Open the tasks of one order that is due; tells if one was. Its days are cleared in the same transaction, so each
    task is opened once, however often this runs.
    """
    today = business_day(now)
    order = _due(session, today, lock=True)
    if order is None:
        return False
    if order.remind_response_on is not None and order.remind_response_on <= today:
        order.remind_response_on = None
        _ask_for_answer(session, order, now)
    if order.remind_receipt_on is not None and order.remind_receipt_on <= today:
        order.remind_receipt_on = None
        _ask_for_receipt(session, order, now)
    return True


def stop(session: Session, order: PurchaseOrder, now: datetime, by: UUID | None) -> None:
    """Ask no more about an order that is over: clear its days and close what was opened."""
    order.remind_response_on = order.remind_receipt_on = None
    close_tasks(session, order.id, [TaskType.RESPONSE_MISSING, TaskType.RECEIVE_GOODS], now=now, by=by)


def _ask_for_answer(session: Session, order: PurchaseOrder, now: datetime) -> None:
    if order.status != OrderStatus.SENT or order.response_status != ResponseStatus.NONE:
        return
    open_task(
        session,
        TaskType.RESPONSE_MISSING,
        organisation_id=order.organisation_id,
        role=Role.BUYER,
        subject="order",
        subject_id=order.id,
        now=now,
        reasons=[f"the supplier has not answered order {order.number}, sent on {order.issued_on}"],
        user_id=order.maker_id,
    )


def _ask_for_receipt(session: Session, order: PurchaseOrder, now: datetime) -> None:
    if order.status != OrderStatus.SENT or all(is_received(line) for line in queries.lines_of(session, order.id)):
        return
    named = queries.receivers_of(session, order.id)
    open_task(
        session,
        TaskType.RECEIVE_GOODS,
        organisation_id=order.organisation_id,
        role=Role.RECEIVER,
        subject="order",
        subject_id=order.id,
        now=now,
        reasons=[f"not all of order {order.number} has been received"],
        user_id=named[0] if named else order_settings.settled(session, order.organisation_id).default_receiver_id,
    )
