"""Idempotency keys: a request that is sent again gets its first answer, and has its effect once.

draft-ietf-httpapi-idempotency-key-header: the answer is stored in the transaction of the effect. Two at once: the
second waits at the unique key until the first has committed, and is then answered from the store.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Field, Session, SQLModel, col, select

from app.kit.columns import bytes_column, moment_column
from app.kit.db import is_postgresql, rows, write
from app.kit.errors import Invalid

LONGEST_KEY = 255


class IdempotencyKeyMissing(Invalid):
    """A request that creates something needs an `Idempotency-Key`, so that it can be sent again safely."""


class IdempotencyKeyReused(Invalid):
    """The key was already used for another request, or on behalf of somebody else."""


class StoredAnswer(SQLModel, table=True):
    """The first answer to a request: kept for seven days at least."""

    __tablename__ = "stored_answer"

    caller: str = Field(primary_key=True, max_length=400)
    operation: str = Field(primary_key=True, max_length=300)
    key: str = Field(primary_key=True, max_length=LONGEST_KEY)
    fingerprint: str = Field(max_length=64)
    status: int = 0
    media_type: str = Field(default="application/json", max_length=80)
    body: bytes = Field(default=b"", sa_column=bytes_column())
    etag: str | None = Field(default=None, max_length=80)
    location: str | None = Field(default=None, max_length=300)
    answered_at: datetime = Field(sa_column=moment_column(index=True))


def _taking(insert: Any) -> ReturningInsert[Any]:
    """Give the statement that takes a key, and tells so in a row: the row count on PostgreSQL is -1."""
    taking: ReturningInsert[Any] = insert(StoredAnswer).on_conflict_do_nothing().returning(col(StoredAnswer.key))
    return taking


_TAKE_ON_POSTGRESQL, _TAKE_ON_SQLITE = _taking(postgresql_insert), _taking(sqlite_insert)
_KEEP = (
    update(StoredAnswer)
    .where(
        col(StoredAnswer.caller) == bindparam("its_caller"),
        col(StoredAnswer.operation) == bindparam("its_operation"),
        col(StoredAnswer.key) == bindparam("its_key"),
    )
    .values({name: bindparam(f"new_{name}") for name in ("status", "media_type", "body", "etag", "location")})
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A request as its key sees it: who, what operation, which key, which content (and on whose behalf)."""

    caller: str
    operation: str
    key: str
    fingerprint: str


def read_key(header: str) -> str:
    """Read the header's value, quoted as the draft wants or bare as most send it.

    :raises IdempotencyKeyMissing: when nothing is left of it, or it is longer than 255 characters.
    """
    key = header.strip().removeprefix('"').removesuffix('"')
    if not key or len(key) > LONGEST_KEY:
        raise IdempotencyKeyMissing(f"`Idempotency-Key` must hold 1 to {LONGEST_KEY} characters")
    return key


def fingerprint(content_type: str, body: bytes, on_behalf_of: UUID | None = None) -> str:
    """Give the digest that tells one request's content from another's, and for whom it was sent."""
    kind = content_type if on_behalf_of is None else f"{content_type} on-behalf-of {on_behalf_of}"
    return hashlib.sha256(kind.encode() + b"\0" + body).hexdigest()


def first_answer(session: Session, claim: Claim, now: datetime) -> StoredAnswer | None:
    """Take the key for this request, or give the answer that it got before.

    :raises IdempotencyKeyReused: when the key belongs to a request with another content.
    """
    free = {
        "caller": claim.caller,
        "operation": claim.operation,
        "key": claim.key,
        "fingerprint": claim.fingerprint,
        "status": 0,
        "media_type": "",
        "body": b"",
        "answered_at": now,
    }
    if rows(session, _TAKE_ON_POSTGRESQL if is_postgresql(session) else _TAKE_ON_SQLITE, **free):
        return None
    stored = session.exec(
        select(StoredAnswer).where(
            StoredAnswer.caller == claim.caller,
            StoredAnswer.operation == claim.operation,
            StoredAnswer.key == claim.key,
        )
    ).one()
    if stored.fingerprint != claim.fingerprint:
        raise IdempotencyKeyReused(
            "this `Idempotency-Key` was used for a request with another content, or on another's behalf; take a new one"
        )
    return stored


def was_answered(session: Session, claim: Claim) -> bool:
    """Tell whether the key was taken before, without taking it."""
    return session.get(StoredAnswer, (claim.caller, claim.operation, claim.key)) is not None


def keep_answer(
    session: Session,
    claim: Claim,
    status: int,
    media_type: str,
    body: bytes,
    etag: str | None = None,
    location: str | None = None,
) -> None:
    """Store the answer beside its effect."""
    which = {"its_caller": claim.caller, "its_operation": claim.operation, "its_key": claim.key}
    told = {"status": status, "media_type": media_type, "body": body, "etag": etag, "location": location}
    write(session, _KEEP, {**which, **{f"new_{name}": value for name, value in told.items()}})
