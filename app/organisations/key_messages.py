"""What callers send and get about API keys."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from app.organisations.messages import Message, Name
from app.organisations.permissions import Permission


def _makes_no_keys(permissions: frozenset[Permission]) -> frozenset[Permission]:
    if Permission.KEY_MANAGE in permissions:
        raise ValueError(f"no key makes or revokes keys; leave {Permission.KEY_MANAGE} out")
    return permissions


Scope = Annotated[frozenset[Permission], Field(min_length=1), AfterValidator(_makes_no_keys)]


class ApiKeyIn(Message):
    """A key for a system, until a day, which is included; it is good for no more than the permissions named."""

    name: Name
    permissions: Scope
    valid_to: date


class ApiKeyOut(BaseModel):
    """A key without its secret; one with `ended_at` was revoked. `last_used_on` is the last Danish calendar day."""

    id: UUID
    user_id: UUID
    name: str
    hint: str
    permissions: list[Permission]
    valid_from: date
    valid_to: date
    made_by: UUID
    made_at: datetime
    last_used_on: date | None
    ended_at: datetime | None


class ApiKeyMade(ApiKeyOut):
    """A new key. `key` is told this once; a repeated request gets null, then revoke the key and make another."""

    key: str | None = None
