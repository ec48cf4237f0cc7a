"""Reminding of open tasks: whoever a task waits for is told anew when it has been open for the policy's working days,
and again after as many more.

An interval runs by the policy of the day on which it is reckoned: the first working day after the task was opened, and
each day of a reminder. It all happens on working days from half past seven, as digests do.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit.clock import business_day, midnight_after
from app.kit.db import Database
from app.kit.working_days import add_working_days
from app.organisations import queries
from app.organisations.models import PLANNED, UNPLANNED, Task, TaskType
from app.organisations.notices import is_digest_time
from app.organisations.noticing import queue

BATCH: Final = 500
YESTERDAY: Final = timedelta(days=-1)

OWN_PLAN: Final = (TaskType.AGREEMENT_ENDS,)
"""Tasks that are opened anew on days of their own."""


def remind_next(database: Database, clock_now: Callable[[], datetime], *, has_mail: bool) -> bool:
    """Reckon when open tasks are to be reminded of, and remind of those that are due; tells whether more may wait.

    Looks without the write lock. Without a mail server, tasks count as reminded of and nobody is written to.
    """
    now = clock_now()
    if not is_digest_time(now) or not database.run(lambda session: _looks(session, business_day(now)), write=False):
        return False
    return database.run(lambda session: BATCH in (plan(session, now), remind(session, now, has_mail=has_mail)))


def _looks(session: Session, today: date) -> bool:
    return any(session.exec(query.limit(1)).first() for query in (_unplanned(today), _due(today)))


def _unplanned(today: date) -> SelectOfScalar[Task]:
    """Give the tasks that have been open since before today and have no day for a reminder."""
    opened = col(Task.opened_at) < midnight_after(today + YESTERDAY)
    query = select(Task).where(text(UNPLANNED), opened, col(Task.type).not_in(OWN_PLAN))
    return query.order_by(col(Task.opened_at))


def _due(today: date) -> SelectOfScalar[Task]:
    return select(Task).where(text(PLANNED), col(Task.remind_on) <= today).order_by(col(Task.remind_on))


def plan(session: Session, now: datetime) -> int:
    """Set the day of the first reminder; gives of how many tasks."""
    today = business_day(now)
    found = _held(session, _unplanned(today))
    days = _days(session, found, today)
    for task in found:
        task.remind_on = add_working_days(business_day(task.opened_at), days[task.organisation_id])
    session.flush()
    return len(found)


def remind(session: Session, now: datetime, *, has_mail: bool) -> int:
    """Queue a notice of each task that is due for everybody whom it waits for and who wants to hear at once, and set
    the day of the next; gives of how many tasks.

    The day is written in the same transaction, so each is reminded of once an interval, however often this runs.
    """
    today = business_day(now)
    found = _held(session, _due(today))
    if has_mail and found:
        queue(session, [task.id for task in found], now)
    days = _days(session, found, today)
    for task in found:
        task.reminded_at = now
        task.remind_on = add_working_days(today, days[task.organisation_id])
    return len(found)


def _held(session: Session, query: SelectOfScalar[Task]) -> Sequence[Task]:
    return session.exec(query.limit(BATCH).with_for_update(skip_locked=True)).all()


def _days(session: Session, tasks: Sequence[Task], today: date) -> Mapping[UUID, int]:
    places = {task.organisation_id for task in tasks}
    return {place: queries.effective_policy(session, place, today).reminders.task.days for place in places}
