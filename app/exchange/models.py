"""Tables of the exchange chapter: documents that came in through `POST /documents` or by a transport, and
what became of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column


class InboundState(StrEnum):
    """RECEIVED waits for the worker, or is being read; WAITING is a catalogue's next version that waits until the one
    before it is decided on; PROCESSED had its effect; the others say why it had none.
    """

    RECEIVED = "RECEIVED"
    WAITING = "WAITING"
    PROCESSED = "PROCESSED"
    REFUSED = "REFUSED"
    REJECTED_TECHNICAL = "REJECTED_TECHNICAL"


class InboundDocument(SQLModel, table=True):
    """A document that was handed in, by a substitute for `posted_for`. Its bytes stand in the archive; `result` names
    what it became. `waits_for` is the catalogue whose turn it awaits, `job_id` the job that reads it.
    """

    __tablename__ = "inbound_document"

    id: UUID = Field(primary_key=True)
    document_id: UUID = Field(foreign_key="archived_document.id", unique=True)
    document_type: str = Field(max_length=60)
    number: str = Field(max_length=300)
    sender: str = Field(max_length=200)
    posted_by: UUID = Field(foreign_key="app_user.id", index=True)
    posted_for: UUID | None = Field(default=None, foreign_key="app_user.id", index=True)
    state: InboundState = Field(sa_column=enum_column(InboundState, index=True))
    result: str | None = Field(default=None, max_length=40)
    result_id: UUID | None = None
    problem: str | None = Field(default=None, max_length=60)
    detail: str | None = Field(default=None, max_length=1000)
    faults: list[dict[str, Any]] = Field(sa_column=json_column())
    waits_for: UUID | None = Field(default=None, index=True)
    job_id: UUID | None = None
    received_at: datetime = Field(sa_column=moment_column())
    processed_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))


class PulledMessage(SQLModel, table=True):
    """A message that a transport brought, under the transport's id for it. `detail` says why nobody can read it, and
    then there is no `inbound_id`.
    """

    __tablename__ = "pulled_message"
    __table_args__ = (UniqueConstraint("transport", "message_id"),)

    id: UUID = Field(primary_key=True)
    transport: str = Field(max_length=20)
    message_id: str = Field(max_length=200)
    sha256: str = Field(max_length=64)
    document_id: UUID = Field(foreign_key="archived_document.id", index=True)
    inbound_id: UUID | None = Field(default=None, foreign_key="inbound_document.id", index=True)
    detail: str | None = Field(default=None, max_length=1000)
    pulled_at: datetime = Field(sa_column=moment_column())
