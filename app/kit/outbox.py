"""The outbox: documents waiting to leave, written in the same transaction as the state change that caused them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, Session, SQLModel

from app.kit.archive import Direction, seen_before, store
from app.kit.columns import enum_column, moment_column
from app.kit.ids import new_id


class OutboxState(StrEnum):
    """How far a document has come. SENT was taken by the transport; DELIVERED has reached the receiver's access point,
    and REJECTED was turned away there; ANSWERED is what the receiver has answered. DEAD was given up.
    """

    QUEUED = "QUEUED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    REJECTED = "REJECTED"
    ANSWERED = "ANSWERED"
    DEAD = "DEAD"


class OutboxItem(SQLModel, table=True):
    """One document for one receiver; `id` is the message id, the same at every attempt; one that was rejected is sent
    again under a new one. `language` is that of the
    letter in which it is read, where it goes by mail.
    """

    __tablename__ = "outbox_item"

    id: UUID = Field(primary_key=True)
    document_id: UUID = Field(foreign_key="archived_document.id", index=True)
    receiver: str = Field(max_length=200)
    document_type: str = Field(max_length=60)
    profile_id: str = Field(max_length=100)
    about_id: UUID | None = Field(default=None, index=True)
    language: str | None = Field(default=None, max_length=8)
    state: OutboxState = Field(default=OutboxState.QUEUED, sa_column=enum_column(OutboxState, index=True))
    attempts: int = 0
    last_error: str | None = Field(default=None, max_length=1000)
    next_attempt_at: datetime = Field(sa_column=moment_column())
    queued_at: datetime = Field(sa_column=moment_column())
    sent_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))


def enqueue(
    session: Session,
    content: bytes,
    *,
    sender: str,
    receiver: str,
    document_type: str,
    number: str,
    profile_id: str,
    now: datetime,
    about_id: UUID | None = None,
    language: str | None = None,
) -> OutboxItem:
    """Archive a document and queue it for its receiver; `about_id` is what it tells of, such as the order.

    The same document for a second receiver, or sent once more, is archived once.
    """
    document = seen_before(session, sender, content, Direction.OUT) or store(
        session,
        content,
        direction=Direction.OUT,
        sender=sender,
        document_type=document_type,
        number=number,
        now=now,
    )
    item = OutboxItem(
        id=new_id(now),
        document_id=document.id,
        receiver=receiver,
        document_type=document_type,
        profile_id=profile_id,
        about_id=about_id,
        language=language,
        next_attempt_at=now,
        queued_at=now,
    )
    session.add(item)
    return item
