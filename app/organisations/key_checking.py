"""Whom an API key speaks for: its system, within the permissions of the key, while both hold."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy import select as core_select
from sqlmodel import Session, col

from app.kit import keys
from app.kit.clock import business_day
from app.kit.db import Database, rows
from app.kit.errors import Unauthenticated
from app.kit.tokens import Principal
from app.organisations.key_models import ApiKey
from app.organisations.people_models import User


class ApiKeyInvalid(Unauthenticated):
    """The API key is none of this service's, or was copied wrongly."""


class ApiKeyRevoked(Unauthenticated):
    """The API key was good once, and was revoked."""


class ApiKeyExpired(Unauthenticated):
    """The API key was good once; its last day is over."""


_BY_HINT = (
    core_select(
        col(ApiKey.id),
        col(ApiKey.digest),
        col(ApiKey.permissions),
        col(ApiKey.valid_to),
        col(ApiKey.last_used_on),
        col(ApiKey.ended_at),
        col(User.issuer),
        col(User.subject),
    )
    .join_from(ApiKey, User, col(User.id) == col(ApiKey.user_id))
    .where(col(ApiKey.hint) == bindparam("hint"))
)

NO_DIGEST = "0" * 64
"""What a key that nobody knows is compared with, so that it takes as long as any other."""


def verify(database: Database, token: str, now: datetime) -> Principal:
    """Tell whom an API key speaks for, and write down the day when it is the first time that day.

    :raises ApiKeyInvalid: when it is not one of this service's.
    :raises ApiKeyRevoked, ApiKeyExpired: for one that holds no more; only whoever has the key is told so.
    """
    key, today = keys.read(token), business_day(now)
    if key is None:
        raise ApiKeyInvalid(
            "it has not the form of an API key, or its check does not hold; see that all of it was copied"
        )
    found = database.run(lambda session: rows(session, _BY_HINT, hint=key.hint), write=False)
    if not key.is_of(found[0].digest if found else NO_DIGEST):
        raise ApiKeyInvalid("it is no API key of this service")
    row = found[0]
    _require_holds(row, today)
    if row.last_used_on != today:
        database.run(lambda session: _used(session, row.id, today))
    return Principal(row.issuer, row.subject, frozenset(row.permissions))


def _require_holds(row: Any, today: date) -> None:
    if row.ended_at is not None:
        raise ApiKeyRevoked("this API key was revoked; ask your administrator for another")
    if row.valid_to < today:
        raise ApiKeyExpired(f"the last day of this API key was {row.valid_to}; ask your administrator for another")


def _used(session: Session, key_id: UUID, today: date) -> None:
    session.connection().execute(update(ApiKey).where(col(ApiKey.id) == key_id).values(last_used_on=today))
