"""Telling people what waits for them: open tasks are announced to whoever wants to hear at once, and mails are sent.

Opening a task writes nothing more than the task. Its `announced_at` is empty until the worker has looked who is to be
told, so a task that commits late is never skipped, and a request that opens one is not slowed down.
"""

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, and_, func, literal, or_, union, update
from sqlalchemy import select as core_select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit.clock import business_day
from app.kit.columns import UtcDateTime
from app.kit.db import Database, is_postgresql, rows, write
from app.kit.mail import AddressRefused, Letter, MailNotSent, NoLetter, Postman
from app.kit.working_days import working_days_between
from app.organisations.access import Actor, actor_by_id, holds_on
from app.organisations.models import Organisation, OrganisationLink, Task, TaskState
from app.organisations.notice_models import Mailing, Notice, NoticeMode, NoticePreference, NoticeState
from app.organisations.notice_texts import Waiting, subject_of, text_of
from app.organisations.notices import GATHERING, is_digest_time, next_due, queued_tasks, settle
from app.organisations.people_models import RoleGrant

log = logging.getLogger("prokura")

BATCH: Final = 500
MOST_IN_ONE: Final = 1000
LEASE: Final = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
GIVE_UP_AFTER: Final = timedelta(hours=48)

_NOTICE = SQLModel.metadata.tables[Notice.__tablename__]


@dataclass(frozen=True, slots=True)
class Round:
    """One mail on its way: for whom, in which mode, of which tasks it tells, and the lease under which it leaves."""

    user_id: UUID
    mode: NoticeMode
    tasks: tuple[UUID, ...]
    lease_until: datetime
    letter: Letter


def notify_next(
    database: Database, postman: Postman | None, public_url: str, clock_now: Callable[[], datetime]
) -> bool:
    """Announce new tasks and send one mail that is due; tells whether more may wait. Looks without the write lock.

    Without a mail server, tasks count as announced and nobody is written to: nothing piles up for the day when there is
    one.
    """
    now = clock_now()
    is_new, is_due = database.run(lambda session: _looks(session, now), write=False)
    # As the sealing of the audit trail does, it goes on at once only after a full batch.
    more = is_new and database.run(lambda session: announce(session, now, has_mail=postman is not None)) == BATCH
    if not is_due or postman is None or postman.rests(now):
        return more
    _send_next(database, postman, public_url, clock_now)
    return True


def _looks(session: Session, now: datetime) -> tuple[bool, bool]:
    """Tell whether tasks are new, and whether a mail is due."""
    new = select(Task.id).where(col(Task.announced_at).is_(None)).limit(1)
    return session.exec(new).first() is not None, session.exec(_due(now)).first() is not None


def announce(session: Session, now: datetime, *, has_mail: bool) -> int:
    """Queue a notice of each new open task for everybody whom it waits for and who wants to hear at once."""
    new = select(Task.id, Task.state).where(col(Task.announced_at).is_(None)).order_by(col(Task.id)).limit(BATCH)
    found = session.exec(new.with_for_update(skip_locked=True)).all()
    ids = [task_id for task_id, _ in found]
    still_open = [task_id for task_id, state in found if state == TaskState.OPEN]
    if has_mail and still_open:
        queue(session, still_open, now)
    session.connection().execute(update(Task).where(col(Task.id).in_(ids)).values(announced_at=now))
    return len(ids)


def queue(session: Session, tasks: Sequence[UUID], now: datetime) -> None:
    """Queue a notice of each task for everybody whom it waits for and who wants to hear at once, also anew."""
    told = rows(session, _listeners(tasks, business_day(now)))
    if not told:
        return
    insert = postgresql_insert if is_postgresql(session) else sqlite_insert
    anew = insert(_NOTICE).on_conflict_do_update(
        index_elements=[_NOTICE.c.task_id, _NOTICE.c.user_id],
        set_={"state": NoticeState.QUEUED, "queued_at": now, "settled_at": None},
        where=_NOTICE.c.state != NoticeState.QUEUED,
    )
    write(session, anew, [_notice(task_id, user_id, now) for task_id, user_id in told])
    # Every row is touched, also one that is due already: it stays locked until the notices can be seen, or a worker
    # that is just done with a mail would find none and set no time for the next.
    due = func.coalesce(col(Mailing.due_at), literal(now + GATHERING, UtcDateTime))
    for user_id in sorted({user_id for _, user_id in told}):
        session.connection().execute(update(Mailing).where(col(Mailing.user_id) == user_id).values(due_at=due))


def _notice(task_id: UUID, user_id: UUID, now: datetime) -> dict[str, Any]:
    return {"task_id": task_id, "user_id": user_id, "state": NoticeState.QUEUED, "queued_at": now}


def _listeners(tasks: Sequence[UUID], day: date) -> CompoundSelect[Any]:
    """Give the pairs of a task and somebody it waits for who wants to hear at once: whom it names, or else everybody
    with its role where it stands or above.
    """
    pair = core_select(col(Task.id), col(NoticePreference.user_id)).where(
        col(Task.id).in_(tasks), col(NoticePreference.mode) == NoticeMode.AT_ONCE
    )
    named = pair.join_from(Task, NoticePreference, col(NoticePreference.user_id) == col(Task.user_id))
    by_role = (
        pair.join_from(Task, OrganisationLink, col(OrganisationLink.descendant_id) == col(Task.organisation_id))
        .join(RoleGrant, col(RoleGrant.organisation_id) == col(OrganisationLink.ancestor_id))
        .join(NoticePreference, col(NoticePreference.user_id) == col(RoleGrant.user_id))
        .where(col(Task.user_id).is_(None), col(RoleGrant.role) == col(Task.role), holds_on(RoleGrant, day))
    )
    return union(named, by_role)


def waiting_for(actor: Actor) -> Select[Any]:
    """Give the ids of the open tasks of somebody, the same as in their task list, but each part by an index of its own:
    all digests are made at the same minute.
    """
    is_open = col(Task.state) == TaskState.OPEN
    parts = [core_select(col(Task.id)).where(col(Task.user_id) == actor.id, is_open)]
    for grant in actor.grants:
        if grant.organisation_id is not None:
            reached = core_select(col(OrganisationLink.descendant_id)).where(
                col(OrganisationLink.ancestor_id) == grant.organisation_id
            )
            by_role = and_(col(Task.user_id).is_(None), col(Task.role) == grant.role, is_open)
            parts.append(core_select(col(Task.id)).where(col(Task.organisation_id).in_(reached), by_role))
    return core_select(union(*parts).subquery().c.id)


def _send_next(database: Database, postman: Postman, public_url: str, clock_now: Callable[[], datetime]) -> None:
    """Send the next mail that is due.

    Leased in one transaction, sent outside any, marked in another: a crash in between sends it once more. Pauses grow
    from 5 seconds to 15 minutes; after 48 hours notices are DEAD, and a digest gives way to the next day's.
    """
    leaving = database.run(lambda session: _lease(session, public_url, clock_now()))
    if leaving is None:
        return
    try:
        postman.send(leaving.letter, clock_now())
    except (MailNotSent, AddressRefused, NoLetter) as error:
        reason = f"{type(error).__name__}: {error}"
        log.warning("a mail to user %s did not leave: %s", leaving.user_id, reason)
        final = not isinstance(error, MailNotSent)
        database.run(lambda session: _put_off(session, leaving, reason, clock_now(), final=final))
        return
    database.run(lambda session: _mark_sent(session, leaving, clock_now()))


def _due(now: datetime) -> SelectOfScalar[Mailing]:
    free = or_(col(Mailing.lease_until).is_(None), col(Mailing.lease_until) <= now)
    return select(Mailing).where(col(Mailing.due_at) <= now, free).order_by(col(Mailing.due_at)).limit(1)


def _lease(session: Session, public_url: str, now: datetime) -> Round | None:
    """Take the next mail that is due, or give it a later time when there is nothing to tell any more."""
    mailing = session.exec(_due(now).with_for_update(skip_locked=True)).first()
    if mailing is None:
        return None
    preference = session.get(NoticePreference, mailing.user_id)
    tasks = [] if preference is None else _to_tell(session, mailing.user_id, preference.mode, now)
    if preference is None or preference.address is None or not tasks:
        _begin_next(session, mailing, now)
        return None
    mailing.attempts += 1
    mailing.tried_since = mailing.tried_since or now
    mailing.lease_until = now + LEASE
    waiting = [_waiting(task, place, preference.mode, business_day(now)) for task, place in tasks]
    letter = Letter(
        address=preference.address,
        subject=subject_of(waiting, preference.language),
        text=text_of(waiting, preference.language, preference.mode, public_url),
        language=preference.language,
    )
    told = tuple(task.id for task, _ in tasks)
    return Round(mailing.user_id, preference.mode, told, mailing.lease_until, letter)


def _to_tell(session: Session, user_id: UUID, mode: NoticeMode, now: datetime) -> list[tuple[Task, str]]:
    """Give what to tell somebody, the oldest first, and drop what was to be told and waits for them no longer.

    A digest that comes late still leaves on its day, and after it gives way to the next one.
    """
    if mode == NoticeMode.NONE or (mode == NoticeMode.DAILY and not is_digest_time(now)):
        return []
    mine = waiting_for(actor_by_id(session, user_id, business_day(now)))
    query = select(Task, Organisation.name).join(Organisation, col(Organisation.id) == col(Task.organisation_id))
    query = query.where(col(Task.id).in_(mine)).order_by(col(Task.opened_at), col(Task.id))
    if mode == NoticeMode.DAILY:
        settle(session, user_id, NoticeState.DROPPED, now)  # queued while the mode changed; the digest has it
        return list(session.exec(query).all())
    queued = queued_tasks(session, user_id, MOST_IN_ONE)
    found = list(session.exec(query.where(col(Task.id).in_(queued))).all())
    told = {task.id for task, _ in found}
    settle(session, user_id, NoticeState.DROPPED, now, [task_id for task_id in queued if task_id not in told])
    return found


def _waiting(task: Task, place: str, mode: NoticeMode, today: date) -> Waiting:
    """Give what to write of a task; a digest tells of all that is open every day, and so of no reminder."""
    days = working_days_between(business_day(task.opened_at), today)
    is_reminder = mode == NoticeMode.AT_ONCE and task.reminded_at is not None
    return Waiting(task.type, place, task.subject, task.subject_id, days, is_reminder=is_reminder)


def _begin_next(session: Session, mailing: Mailing, now: datetime, last_error: str | None = None) -> None:
    """End one mail, sent or given up, and say when the next is due. Whoever erased their wishes gets none."""
    preference = session.get(NoticePreference, mailing.user_id)
    mode = preference.mode if preference is not None else NoticeMode.NONE
    if mode == NoticeMode.NONE:
        settle(session, mailing.user_id, NoticeState.DROPPED, now)
    mailing.due_at = next_due(session, mailing.user_id, mode, now)
    mailing.lease_until = mailing.tried_since = None
    mailing.attempts = 0
    mailing.last_error = last_error


def _held(session: Session, leaving: Round) -> Mailing | None:
    """Give the mailing if it is still this worker's: the lease may have run out, or the person changed the mode."""
    mailing = session.get(Mailing, leaving.user_id, with_for_update=True)
    return mailing if mailing is not None and mailing.lease_until == leaving.lease_until else None


def _mark_sent(session: Session, leaving: Round, now: datetime) -> None:
    mailing = _held(session, leaving)
    if leaving.mode == NoticeMode.AT_ONCE:
        settle(session, leaving.user_id, NoticeState.SENT, now, leaving.tasks)
    if mailing is not None:
        mailing.sent_at = now
        _begin_next(session, mailing, now)


def _put_off(session: Session, leaving: Round, reason: str, now: datetime, *, final: bool) -> None:
    mailing = _held(session, leaving)
    if mailing is None:
        return
    pause = min(FIRST_PAUSE * 2 ** min(mailing.attempts - 1, 10), LONGEST_PAUSE)
    again = now + pause * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
    if leaving.mode == NoticeMode.DAILY:
        over = not is_digest_time(again)
    else:
        over = now - (mailing.tried_since or now) > GIVE_UP_AFTER
    if not final and not over:
        mailing.lease_until, mailing.due_at, mailing.last_error = None, again, reason[:500]
        return
    if leaving.mode == NoticeMode.AT_ONCE:
        settle(session, leaving.user_id, NoticeState.DEAD, now, leaving.tasks)
    _begin_next(session, mailing, now, reason[:500])
