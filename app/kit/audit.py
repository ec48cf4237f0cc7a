"""The audit trail: an event a state change, in its transaction, later sealed into a chain of hashes.

Events carry ids, never names or other personal data, so that erasing a person leaves the chain whole.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, bindparam, func, insert, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from app.kit.columns import json_column, moment_column
from app.kit.db import Database, write
from app.kit.ids import new_id

GENESIS = "0" * 64
BATCH = 1000


class AuditEvent(SQLModel, table=True):
    """What happened, by whom, to what. A trigger refuses every change but the sealing, once."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index(
            "ix_audit_event_unsealed",
            "chain",
            "id",
            sqlite_where=text("hash IS NULL"),
            postgresql_where=text("hash IS NULL"),
        ),
        Index("uq_audit_event_position", "chain", "position", unique=True),
    )

    id: UUID = Field(primary_key=True)
    chain: UUID = Field(description="Root organisation: one chain each.")
    at: datetime = Field(sa_column=moment_column())
    actor_id: UUID | None = None
    on_behalf_of: UUID | None = None
    action: str = Field(max_length=60)
    entity: str = Field(max_length=40)
    entity_id: UUID = Field(index=True)
    facts: dict[str, Any] = Field(sa_column=json_column())
    request_id: str | None = Field(default=None, max_length=80)
    position: int | None = None
    previous_hash: str | None = Field(default=None, max_length=64)
    hash: str | None = Field(default=None, max_length=64)


_EVENT = SQLModel.metadata.tables[AuditEvent.__tablename__]
APPEND = insert(_EVENT)
SEAL = (
    update(_EVENT)
    .where(_EVENT.c.id == bindparam("event"), _EVENT.c.hash.is_(None))
    .values(position=bindparam("place"), previous_hash=bindparam("previous"), hash=bindparam("digest"))
)
"""Core, on many events at once: the writers' queue waits while events are sealed."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A state change: in which chain, and what became of which thing."""

    action: str
    chain: UUID
    entity: str
    entity_id: UUID
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What verifying a chain found: how many events are sealed and wait, and what does not fit."""

    chain: UUID
    sealed: int
    unsealed: int
    head: str
    faults: tuple[str, ...]


def record(
    session: Session,
    action: str,
    *,
    chain: UUID,
    entity: str,
    entity_id: UUID,
    now: datetime,
    actor_id: UUID | None,
    on_behalf_of: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    request_id: str | None = None,
) -> None:
    """Append an event; `facts` must be JSON: strings, numbers as strings or integers, lists, objects.

    :raises TypeError: for facts that are not, such as a float: both databases must give back what was hashed.
    """
    happening = Happening(action, chain, entity, entity_id, facts or {})
    record_all(session, [happening], now=now, actor_id=actor_id, on_behalf_of=on_behalf_of, request_id=request_id)


def record_all(
    session: Session,
    happenings: Sequence[Happening],
    *,
    now: datetime,
    actor_id: UUID | None,
    on_behalf_of: UUID | None = None,
    request_id: str | None = None,
) -> None:
    """Append an event for each of many changes that one hand made at once.

    :raises TypeError: for facts that are no JSON, as `record` does.
    """
    for happening in happenings:
        _require_exact(happening.facts)
    events = [
        {
            "id": new_id(now),
            "chain": one.chain,
            "at": now,
            "actor_id": actor_id,
            "on_behalf_of": on_behalf_of,
            "action": one.action,
            "entity": one.entity,
            "entity_id": one.entity_id,
            "facts": dict(one.facts),
            "request_id": request_id,
        }
        for one in happenings
    ]
    if events:
        write(session, APPEND, events)


def _require_exact(value: object) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise TypeError(f"a fact's name is a text, not {type(name).__name__}")
            _require_exact(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _require_exact(inner)
    elif not (value is None or isinstance(value, str | int)):
        raise TypeError(f"write a fact of type {type(value).__name__} as a text")


def seal(session: Session) -> int:
    """Chain up to a thousand unsealed events and tell how many.

    Positions are given when sealing, not when recording: an event whose transaction commits late takes the next free
    position, so that none is ever skipped.
    """
    events = session.exec(
        select(AuditEvent)
        .where(col(AuditEvent.hash).is_(None))
        .order_by(col(AuditEvent.id))
        .limit(BATCH)
        .with_for_update()  # a second sealer waits here, and then finds these sealed
    ).all()
    heads: dict[UUID, tuple[int, str]] = {}
    seals = []
    for event in events:
        position, previous = heads.get(event.chain) or _head(session, event.chain)
        digest = event_hash(previous, position + 1, event)
        seals.append({"event": event.id, "place": position + 1, "previous": previous, "digest": digest})
        heads[event.chain] = (position + 1, digest)
    if seals:
        write(session, SEAL, seals)
    return len(events)


def seal_next(database: Database) -> bool:
    """Seal what waits; looks without taking the write lock first. Tells whether more may wait.

    Only after a full batch: a worker that went on at once after every few events would commit, and wait for the disk,
    as often as all requests together.
    """
    unsealed = select(AuditEvent.id).where(col(AuditEvent.hash).is_(None)).limit(1)
    if database.run(lambda session: session.exec(unsealed).first(), write=False) is None:
        return False
    return database.run(seal) == BATCH


def _head(session: Session, chain: UUID) -> tuple[int, str]:
    head = session.exec(
        select(col(AuditEvent.position), col(AuditEvent.hash))
        .where(AuditEvent.chain == chain, col(AuditEvent.position).is_not(None))
        .order_by(col(AuditEvent.position).desc())
        .limit(1)
    ).first()
    return (0, GENESIS) if head is None else (head[0] or 0, head[1] or GENESIS)


def event_hash(previous: str, position: int, event: AuditEvent) -> str:
    """Hash an event with its place in the chain: SHA-256 over the canonical JSON of its content."""
    content = {
        "previous": previous,
        "position": position,
        "id": str(event.id),
        "chain": str(event.chain),
        "at": event.at.isoformat(timespec="microseconds"),
        "actor_id": str(event.actor_id or ""),
        "on_behalf_of": str(event.on_behalf_of or ""),
        "action": event.action,
        "entity": event.entity,
        "entity_id": str(event.entity_id),
        "facts": event.facts,
        "request_id": event.request_id or "",
    }
    return hashlib.sha256(canonical_json(content)).hexdigest()


def canonical_json(value: object) -> bytes:
    """Write JSON in its one form: sorted keys, no blanks, UTF-8. Numbers must be strings or integers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def verify(session: Session) -> list[ChainCheck]:
    """Walk every chain from its first event and name each break."""
    chains = session.exec(select(col(AuditEvent.chain)).distinct().order_by(col(AuditEvent.chain))).all()
    return [_verify_chain(session, chain) for chain in chains]


def _verify_chain(session: Session, chain: UUID) -> ChainCheck:
    events = session.exec(
        select(AuditEvent)
        .where(AuditEvent.chain == chain, col(AuditEvent.position).is_not(None))
        .order_by(col(AuditEvent.position))
        .execution_options(yield_per=BATCH)
    )
    faults: list[str] = []
    previous, expected, sealed = GENESIS, 0, 0
    for event in events:
        sealed += 1
        expected += 1
        if event.position != expected:
            faults.append(f"position {expected} is missing")
            expected = event.position or expected
        if event.previous_hash != previous or event.hash != event_hash(previous, expected, event):
            faults.append(f"event {event.id} at position {expected} does not follow from what is before it")
        previous = event.hash or ""
    waiting = select(func.count()).where(AuditEvent.chain == chain, col(AuditEvent.position).is_(None))
    unsealed = session.exec(waiting).one()
    return ChainCheck(chain=chain, sealed=sealed, unsealed=unsealed, head=previous, faults=tuple(faults))
