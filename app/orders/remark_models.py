"""Tables of what people write and attach to requisitions and orders."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, moment_column


class Subject(StrEnum):
    """What something is written about."""

    REQUISITION = "requisition"
    ORDER = "order"


class CommentKind(StrEnum):
    """What a comment is for, so that nobody has to read it to know."""

    NOTE = "NOTE"
    QUESTION = "QUESTION"
    ANSWER = "ANSWER"
    DEVIATION = "DEVIATION"
    DELIVERY = "DELIVERY"


class Comment(SQLModel, table=True):
    """What somebody has written about a requisition or an order; a substitute writes for `written_for`."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_subject", "subject_id", "id"),)

    id: UUID = Field(primary_key=True)
    subject: Subject = Field(sa_column=enum_column(Subject))
    subject_id: UUID
    kind: CommentKind = Field(sa_column=enum_column(CommentKind))
    text: str = Field(max_length=4000)
    written_by: UUID = Field(foreign_key="app_user.id")
    written_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    written_at: datetime = Field(sa_column=moment_column())


class Attachment(SQLModel, table=True):
    """A file beside a requisition, an order, or one receipt of an order; its bytes stand in the archive."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_subject", "subject_id", "id"),)

    id: UUID = Field(primary_key=True)
    subject: Subject = Field(sa_column=enum_column(Subject))
    subject_id: UUID
    receipt_id: UUID | None = Field(default=None, foreign_key="receipt.id")
    file_name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    size: int
    document_id: UUID = Field(foreign_key="archived_document.id")
    added_by: UUID = Field(foreign_key="app_user.id")
    added_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    added_at: datetime = Field(sa_column=moment_column())
