"""Agreements that end soon: their owner's content managers get a task 90, 30 and 7 days before, each told once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from app.agreements.models import Agreement, AgreementStatus
from app.kit.clock import business_day
from app.kit.db import Database
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from app.organisations.tasks import close_tasks, open_task

WARNINGS: Final = (90, 30, 7)
"""So many days before the last one; the day after it the task is closed."""


def plan_warnings(session: Session, agreement: Agreement, now: datetime) -> None:
    """Begin anew when an agreement's last day or status has changed: close what was told of the old one, and set the
    day of the first warning that it has come to.
    """
    close_tasks(session, agreement.id, [TaskType.AGREEMENT_ENDS], now=now, by=None)
    agreement.warn_on = None
    if agreement.status in (AgreementStatus.ACTIVE, AgreementStatus.SUSPENDED):
        agreement.warn_on = first_warning(agreement.valid_to, business_day(now))


def first_warning(valid_to: date, today: date) -> date | None:
    """Give the day of the first warning, or of the latest one that is missed already; none when all is over."""
    if valid_to < today:
        return None
    days = _days(valid_to)
    return max((day for day in days if day <= today), default=days[0])


def _days(valid_to: date) -> list[date]:
    return [valid_to - timedelta(days=before) for before in (*WARNINGS, -1)]


def warn_next(database: Database, clock_now: Callable[[], datetime]) -> bool:
    """Warn of one agreement that is due; tells whether there was one. Looks without the write lock."""
    if database.run(lambda session: _due(session, business_day(clock_now())), write=False) is None:
        return False
    return database.run(lambda session: warn(session, clock_now()))


def _due(session: Session, today: date, *, lock: bool = False) -> Agreement | None:
    query = select(Agreement).where(col(Agreement.warn_on) <= today).order_by(col(Agreement.warn_on)).limit(1)
    return session.exec(query.with_for_update(skip_locked=True, key_share=True) if lock else query).first()


def warn(session: Session, now: datetime) -> bool:
    """Open the task anew with the days that are left, or close it when the agreement is over; tells if one was due.

    The day of the next warning is written in the same transaction, so each is told once, however often this runs.
    """
    today = business_day(now)
    agreement = _due(session, today, lock=True)
    if agreement is None:
        return False
    close_tasks(session, agreement.id, [TaskType.AGREEMENT_ENDS], now=now, by=None)
    if agreement.valid_to >= today:
        _open(session, agreement, now)
    agreement.warn_on = min((day for day in _days(agreement.valid_to) if day > today), default=None)
    return True


def _open(session: Session, agreement: Agreement, now: datetime) -> None:
    left = (agreement.valid_to - business_day(now)).days
    followed = "its successor is named" if agreement.replaced_by is not None else "no successor is named"
    open_task(
        session,
        TaskType.AGREEMENT_ENDS,
        organisation_id=agreement.owner_id,
        role=Role.CONTENT_MANAGER,
        subject="agreement",
        subject_id=agreement.id,
        now=now,
        reasons=(f"agreement {agreement.contract_number} ends on {agreement.valid_to}, in {left} days", followed),
    )
