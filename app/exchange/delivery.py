"""Delivery: documents leave the outbox one by one, are tried again when it fails, and never twice at once. To one
receiver, those about one thing leave in their order; one that was given up holds up no other.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.exchange.transports import NotDeliverable, NotNow, Parcel, Transport
from app.kit.archive import ArchivedDocument
from app.kit.db import Database
from app.kit.outbox import OutboxItem, OutboxState
from app.orders import undelivered

LEASE = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a document did not leave, and how long it waits at least; a final one is not tried again."""

    reason: str
    is_final: bool = False
    wait: timedelta = timedelta(0)

    @classmethod
    def of(cls, error: Exception) -> "_Failure":
        if isinstance(error, NotDeliverable):
            return cls(str(error), is_final=True)
        if isinstance(error, NotNow):
            return cls(str(error), wait=error.wait)
        return cls(f"{type(error).__name__}: {error}")


def deliver_next(database: Database, transport: Transport, clock_now: Callable[[], datetime]) -> bool:
    """Send the next due document; tells whether there was one.

    It is leased in one transaction, sent outside any, and marked in another: a crash in between sends it again with
    the same message id, which the receiver recognises. Pauses grow from 5 seconds to 15 minutes, with jitter, or are as
    long as the other side asks for; after 48 hours, or at once when trying again is of no use, it is DEAD and waits for
    a person.
    """
    if database.run(lambda session: session.exec(_due(clock_now())).first(), write=False) is None:
        return False
    parcel = database.run(lambda session: _lease(session, clock_now()))
    if parcel is None:
        return False
    try:
        transport.send(parcel)
    except Exception as error:
        failure = _Failure.of(error)
        database.run(lambda session: _put_off(session, parcel, failure, clock_now()))
        return True
    database.run(lambda session: _mark_sent(session, parcel, clock_now()))
    return True


def _due(now: datetime) -> SelectOfScalar[OutboxItem]:
    """Give the first document that may leave: none before it, to the same receiver and about the same thing, waits."""
    earlier = aliased(OutboxItem)
    before = exists().where(
        col(earlier.about_id) == col(OutboxItem.about_id),
        col(earlier.receiver) == col(OutboxItem.receiver),
        col(earlier.state) == OutboxState.QUEUED,
        col(earlier.id) < col(OutboxItem.id),
    )
    return (
        select(OutboxItem)
        .where(OutboxItem.state == OutboxState.QUEUED, col(OutboxItem.next_attempt_at) <= now, ~before)
        .order_by(col(OutboxItem.id))
        .limit(1)
    )


def _lease(session: Session, now: datetime) -> Parcel | None:
    item = session.exec(_due(now).with_for_update(skip_locked=True)).first()
    if item is None:
        return None
    item.attempts += 1
    item.next_attempt_at = now + LEASE
    document = session.exec(select(ArchivedDocument).where(ArchivedDocument.id == item.document_id)).one()
    return Parcel(
        message_id=item.id,
        sender=document.sender,
        receiver=item.receiver,
        document_type=item.document_type,
        profile_id=item.profile_id,
        sha256=document.sha256,
        content=document.content,
        language=item.language,
    )


def _mark_sent(session: Session, parcel: Parcel, now: datetime) -> None:
    session.connection().execute(
        update(OutboxItem)
        .where(col(OutboxItem.id) == parcel.message_id, col(OutboxItem.state) == OutboxState.QUEUED)
        .values(state=OutboxState.SENT, sent_at=now, last_error=None)
    )


def _put_off(session: Session, parcel: Parcel, failure: _Failure, now: datetime) -> None:
    item = session.exec(select(OutboxItem).where(OutboxItem.id == parcel.message_id)).one()
    if item.state != OutboxState.QUEUED:
        return  # it took longer than its lease, and another worker has sent it meanwhile
    pause = min(FIRST_PAUSE * 2 ** min(item.attempts - 1, 10), LONGEST_PAUSE)
    pause *= random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
    item.last_error = failure.reason.replace("\0", "")[:1000]  # PostgreSQL's text holds no NUL
    item.next_attempt_at = now + max(pause, failure.wait)
    if failure.is_final or now - item.queued_at > GIVE_UP_AFTER:
        item.state = OutboxState.DEAD
        undelivered.fail(session, item, item.last_error, now)
