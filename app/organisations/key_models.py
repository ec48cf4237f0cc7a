"""The table of API keys: what of a key is kept, which is never the key."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from app.kit.columns import json_column, moment_column


class ApiKey(SQLModel, table=True):
    """A key by which a system calls as itself, with no more than `permissions` of what its roles allow.

    `hint` is the readable part of the key; `digest` is SHA-256 of the whole key in hexadecimal. One with `ended_at` was
    revoked. `last_used_on` is a Danish calendar day.
    """

    __tablename__ = "api_key"
    __table_args__ = (CheckConstraint("valid_from <= valid_to", name="in_order"),)

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id", index=True)
    name: str = Field(max_length=200)
    hint: str = Field(max_length=12, unique=True)
    digest: str = Field(max_length=64)
    permissions: list[str] = Field(sa_column=json_column())
    valid_from: date
    valid_to: date
    made_by: UUID = Field(foreign_key="app_user.id")
    made_at: datetime = Field(sa_column=moment_column())
    last_used_on: date | None = None
    ended_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
