"""What a transport brings: a message is kept first, with its bytes and hash, and then let go of by the transport."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sqlmodel import Session, col, select

from app.exchange import inbox
from app.exchange.arriving import received_from
from app.exchange.models import PulledMessage
from app.kit import archive
from app.kit.calls import Call
from app.kit.clock import business_day
from app.kit.config import MEBIBYTE
from app.kit.db import Database
from app.kit.errors import Refusal
from app.kit.fetch import FetchFailed
from app.kit.ids import new_id
from app.organisations.access import Actor, actor_by_id

log = logging.getLogger("prokura.exchange")

BETWEEN_LOOKS: Final = timedelta(seconds=30)
UNREADABLE: Final = "UNREADABLE"
MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}")
"""How a transport names a message; one that is named otherwise is not looked at."""


class NotGiven(FetchFailed):
    """The transport answers, but does not give this message; the others are not to wait for it."""


class Corrupted(NotGiven):
    """What came is not what was sent: its SHA-256 is another. It is asked for again."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that came for us; `message_id` is the transport's, `sha256` the hash of its bytes."""

    message_id: str
    sha256: str
    content: bytes


class Inlet(Protocol):
    """Where a transport keeps what came for us, until it is told to let go of it. Each method raises `FetchFailed` when
    it cannot; `fetch` gives a message whose hash is right, or raises `Corrupted`.
    """

    name: str

    def waiting(self) -> Sequence[str]: ...

    def fetch(self, message_id: str) -> Arrival: ...

    def acknowledge(self, message_id: str) -> None: ...


class Puller:
    """Looks every half minute at what waits, and at once again as long as something new came."""

    def __init__(
        self,
        database: Database,
        inlet: Inlet,
        user_id: UUID,
        clock_now: Callable[[], datetime],
        at_once: int = MEBIBYTE,
    ) -> None:
        self._database = database
        self._inlet = inlet
        self._user_id = user_id
        self._now = clock_now
        self._at_once = at_once
        self._next_look: datetime | None = None

    def pull_next(self) -> bool:
        """Take in what waits, and tell whether any of it was new. What goes wrong is logged and tried at the next look;
        one message keeps no other from coming, but a transport that is silent is left alone.
        """
        now = self._now()
        if self._next_look is not None and now < self._next_look:
            return False
        self._next_look = now + BETWEEN_LOOKS
        try:
            new = [message_id for message_id in self._inlet.waiting() if self._pulled(message_id)]
        except (FetchFailed, Refusal) as reason:
            log.warning("nothing can be pulled by %s: %s", self._inlet.name, reason)
            return False
        if new:
            self._next_look = now
        return bool(new)

    def _pulled(self, message_id: str) -> bool:
        try:
            return self._pull(message_id)
        except NotGiven as reason:
            log.warning("a message was not given by %s: %s", self._inlet.name, reason)
        except FetchFailed:
            raise
        except Exception:
            log.exception("message %s of %s cannot be kept", message_id, self._inlet.name)
        return False

    def _pull(self, message_id: str) -> bool:
        name = self._inlet.name
        is_new = self._database.run(lambda session: _known(session, name, message_id), write=False) is None
        if is_new:
            arrival = self._inlet.fetch(message_id)
            is_new = keep(self._database, name, arrival, self._user_id, self._now(), self._at_once)
        self._inlet.acknowledge(message_id)
        return is_new


def keep(
    database: Database, transport: str, arrival: Arrival, user_id: UUID, now: datetime, at_once: int = MEBIBYTE
) -> bool:
    """Keep a message and queue the work on it as a user's, once; tells whether it is new. What nobody can read is kept
    too, and nothing follows.

    :raises NotAllowed: when the user hands in no documents.
    """
    unreadable: Refusal | None = None
    try:
        received = received_from(arrival.content, "application/xml", at_once)
    except Refusal as reason:
        unreadable = reason
        log.warning("message %s of %s cannot be read: %s", arrival.message_id, transport, reason.code)

    def step(session: Session) -> bool:
        if _known(session, transport, arrival.message_id) is not None:
            return False
        call: Call[Actor] = Call(session, actor_by_id(session, user_id, business_day(now)), now)
        inbound_id = inbox.post_document(call, received).id if unreadable is None else None
        session.add(
            PulledMessage(
                id=new_id(now),
                transport=transport,
                message_id=arrival.message_id,
                sha256=arrival.sha256,
                document_id=_document_of(session, arrival, transport, inbound_id, now),
                inbound_id=inbound_id,
                detail=unreadable.message.replace("\0", "")[:1000] if unreadable is not None else None,
                pulled_at=now,
            )
        )
        return True

    return database.run(step)


def _document_of(session: Session, arrival: Arrival, transport: str, inbound_id: UUID | None, now: datetime) -> UUID:
    """Give where the bytes stand in the archive: the inbox's, or those of one that nobody can read."""
    if inbound_id is not None:
        return inbox.document_id_of(session, inbound_id)
    sender = f"{UNREADABLE}:{transport}"
    kept = archive.known(session, sender, arrival.sha256) or archive.store(
        session,
        arrival.content,
        direction=archive.Direction.IN,
        sender=sender,
        document_type=UNREADABLE,
        number=arrival.message_id,
        now=now,
        media_type="application/octet-stream",
    )
    return kept.id


def _known(session: Session, transport: str, message_id: str) -> PulledMessage | None:
    query = select(PulledMessage).where(
        PulledMessage.transport == transport, col(PulledMessage.message_id) == message_id
    )
    return session.exec(query).first()
