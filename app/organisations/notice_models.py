"""Tables of notices: how somebody wants to be told, which tasks they are told of, and when their next mail is due."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, moment_column, version_column

WAITING = "state = 'QUEUED'"


class Language(StrEnum):
    """In which language somebody is written to, as a tag of BCP 47."""

    DANISH = "da"
    ENGLISH = "en"


class NoticeMode(StrEnum):
    """AT_ONCE tells of each task when it opens; DAILY lists what is open, on working days."""

    AT_ONCE = "AT_ONCE"
    DAILY = "DAILY"
    NONE = "NONE"


class NoticeState(StrEnum):
    """DROPPED ones waited for the person no longer when their mail left; DEAD ones could not be mailed."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    DROPPED = "DROPPED"
    DEAD = "DEAD"


class NoticePreference(SQLModel, table=True):
    """How somebody wants to be told. Nothing else holds the address: deleting the row erases it, and mails end."""

    __tablename__ = "notice_preference"
    __table_args__ = (CheckConstraint("mode = 'NONE' OR address IS NOT NULL", name="addressed"),)

    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id")
    address: str | None = Field(default=None, max_length=254)
    language: Language = Field(default=Language.DANISH, sa_column=enum_column(Language))
    mode: NoticeMode = Field(default=NoticeMode.NONE, sa_column=enum_column(NoticeMode))
    version: int = Field(default=0, sa_column=version_column())


class Notice(SQLModel, table=True):
    """A task that somebody is told of at once, a row a task and person; a reminder queues it anew."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_waiting", "user_id", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
    )

    task_id: UUID = Field(primary_key=True, foreign_key="task.id")
    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id")
    state: NoticeState = Field(default=NoticeState.QUEUED, sa_column=enum_column(NoticeState))
    queued_at: datetime = Field(sa_column=moment_column())
    settled_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))


class Mailing(SQLModel, table=True):
    """When the next mail to somebody is due, if any, and how sending it goes; `lease_until` while a worker has it."""

    __tablename__ = "mailing"

    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id")
    due_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True, index=True))
    lease_until: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    attempts: int = 0
    tried_since: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    last_error: str | None = Field(default=None, max_length=500)
    sent_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
