"""Escalating invoices that wait for a receipt: the receiver is reminded, then the disponent told, then a handler."""

from collections.abc import Callable
from datetime import date, datetime

from sqlmodel import Session, col, select

from app.kit import audit
from app.kit.clock import business_day
from app.kit.db import Database
from app.match import handling_queries
from app.match.handling_models import CaseWatch
from app.match.models import InvoiceCase
from app.match.tasks import LAST_STAGE, escalate
from app.match.watching import stages
from app.organisations.models import TaskType
from app.organisations.notices import is_digest_time
from app.organisations.noticing import queue
from app.organisations.queries import open_tasks_about


def escalate_next(database: Database, clock_now: Callable[[], datetime], *, has_mail: bool) -> bool:
    """Escalate one invoice whose day has come, on a working day; tells whether there was one. Looks without the write
    lock.
    """
    now = clock_now()
    if not is_digest_time(now) or database.run(lambda session: _due(session, business_day(now)), write=False) is None:
        return False
    return database.run(lambda session: go_on(session, now, has_mail=has_mail))


def _due(session: Session, today: date, *, lock: bool = False) -> CaseWatch | None:
    query = select(CaseWatch).where(col(CaseWatch.next_on) <= today).order_by(col(CaseWatch.next_on)).limit(1)
    return session.exec(query.with_for_update(skip_locked=True) if lock else query).first()


def go_on(session: Session, now: datetime, *, has_mail: bool) -> bool:
    """Take one invoice that is due to its next stage; the stage is written in the same transaction, so each is reached
    once, however often this runs.
    """
    watch = _due(session, business_day(now), lock=True)
    if watch is None:
        return False
    case = session.get_one(InvoiceCase, watch.invoice_id)
    watch.stage += 1
    days = stages(case, business_day(case.received_at))
    watch.next_on = None if watch.stage == LAST_STAGE else days[watch.stage]
    if watch.stage == 1:
        _remind(session, case, now, has_mail=has_mail)
    else:
        escalate(session, case, watch.stage, handling_queries.order_rows_of(session, case.id), now)
    _note(session, case, watch, now)
    return True


def _remind(session: Session, case: InvoiceCase, now: datetime, *, has_mail: bool) -> None:
    waiting = [task for task in open_tasks_about(session, case.id) if task.type == TaskType.RECEIVE]
    for task in waiting:
        task.reminded_at = now
    if has_mail and waiting:
        queue(session, [task.id for task in waiting], now)


def _note(session: Session, case: InvoiceCase, watch: CaseWatch, now: datetime) -> None:
    audit.record(
        session,
        "invoice.escalated",
        chain=case.root_id,
        entity="invoice",
        entity_id=case.id,
        now=now,
        actor_id=None,
        facts={"stage": watch.stage},
    )
