"""How somebody wants to be told of tasks, and when their next mail is due: soon, or in the morning."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from app.kit.clock import COPENHAGEN
from app.kit.versions import require_version
from app.kit.working_days import add_working_days, danish_moment, is_working_day, next_working_day
from app.organisations.access import Call
from app.organisations.models import Organisation
from app.organisations.notice_messages import NoticesIn, NoticesOut
from app.organisations.notice_models import Mailing, Notice, NoticeMode, NoticePreference, NoticeState
from app.organisations.people_models import User

DIGEST_AT: Final = time(7, 30)
GATHERING: Final = timedelta(minutes=1)
"""How long a mail waits for more tasks to tell of in one."""


def my_notices(call: Call) -> NoticesOut:
    """Tell the caller how they are told; whoever never said gets no mail, and that is version 0."""
    return _notices_out(call.session, _preference(call))


def set_notices(call: Call, body: NoticesIn, if_match: str | None) -> NoticesOut:
    """Change how the caller is told. In another mode, what waits to be mailed in the old one is dropped."""
    preference = _preference(call)
    require_version(preference, if_match)
    other_mode = preference.mode != body.mode
    preference.sqlmodel_update(body.model_dump())
    call.session.add(preference)
    call.session.flush()
    if other_mode:
        _begin_anew(call, body.mode)
    _note(call, body)
    return _notices_out(call.session, preference)


def _preference(call: Call) -> NoticePreference:
    kept = call.session.get(NoticePreference, call.actor.id)
    return kept or NoticePreference(user_id=call.actor.id, version=0)


def _begin_anew(call: Call, mode: NoticeMode) -> None:
    """Give the mailing to the new mode; a worker that is sending in the old one no longer holds it."""
    mailing = call.session.get(Mailing, call.actor.id, with_for_update=True) or Mailing(user_id=call.actor.id)
    mailing.due_at = next_digest_at(call.now) if mode == NoticeMode.DAILY else None
    mailing.lease_until = mailing.tried_since = mailing.last_error = None
    mailing.attempts = 0
    call.session.add(mailing)
    call.session.flush()
    settle(call.session, call.actor.id, NoticeState.DROPPED, call.now)


def _note(call: Call, body: NoticesIn) -> None:
    """Write down that it changed, never the address."""
    organisation = call.session.get_one(Organisation, call.session.get_one(User, call.actor.id).organisation_id)
    facts = {"mode": body.mode, "language": body.language}
    call.audit("notices.set", chain=organisation.root_id, entity="user", entity_id=call.actor.id, facts=facts)


def _notices_out(session: Session, preference: NoticePreference) -> NoticesOut:
    mailing = session.get(Mailing, preference.user_id) or Mailing(user_id=preference.user_id)
    return NoticesOut(
        **preference.model_dump(exclude={"user_id"}),
        next_mail_at=mailing.due_at,
        last_mail_at=mailing.sent_at,
        last_error=mailing.last_error,
    )


def next_digest_at(now: datetime) -> datetime:
    """Give the first half past seven of a working day after a moment, by Danish clocks."""
    local = now.astimezone(COPENHAGEN)
    today = local.date()
    day = add_working_days(today, 0) if local.time() < DIGEST_AT else next_working_day(today)
    return danish_moment(day, DIGEST_AT)


def is_digest_time(now: datetime) -> bool:
    """Tell whether it is a working day, half past seven or later."""
    local = now.astimezone(COPENHAGEN)
    return is_working_day(local.date()) and local.time() >= DIGEST_AT


def next_due(session: Session, user_id: UUID, mode: NoticeMode, now: datetime) -> datetime | None:
    """Tell when the next mail to somebody is due, once one has left or was given up."""
    if mode == NoticeMode.DAILY:
        return next_digest_at(now)
    oldest = session.exec(
        select(Notice.queued_at).where(*_queued(user_id)).order_by(col(Notice.queued_at)).limit(1)
    ).first()
    return None if oldest is None else oldest + GATHERING


def settle(
    session: Session, user_id: UUID, state: NoticeState, now: datetime, tasks: Sequence[UUID] | None = None
) -> None:
    """End what waits to be mailed to somebody: all of it, or what is about some tasks."""
    wanted = [*_queued(user_id), *([] if tasks is None else [col(Notice.task_id).in_(tasks)])]
    session.connection().execute(update(Notice).where(*wanted).values(state=state, settled_at=now))


def queued_tasks(session: Session, user_id: UUID, most: int) -> Sequence[UUID]:
    """Give the tasks that somebody is to be told of, the oldest first."""
    query = select(Notice.task_id).where(*_queued(user_id)).order_by(col(Notice.queued_at), col(Notice.task_id))
    return session.exec(query.limit(most)).all()


def _queued(user_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (col(Notice.user_id) == user_id, col(Notice.state) == NoticeState.QUEUED)
