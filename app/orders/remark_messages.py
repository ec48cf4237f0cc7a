"""What callers send and get about comments and attachments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from app.orders.remark_models import CommentKind
from app.organisations.messages import Message


class CommentIn(Message):
    """What somebody writes, and what it is for."""

    kind: CommentKind = CommentKind.NOTE
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class CommentOut(BaseModel):
    """A comment; a substitute wrote it for `written_for`."""

    id: UUID
    kind: CommentKind
    text: str
    written_by: UUID
    written_for: UUID | None
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it is handed in: its name, what it is, its bytes, and the receipt that it belongs to."""

    file_name: str
    media_type: str
    content: bytes
    receipt_id: UUID | None = None


class AttachmentOut(BaseModel):
    """A file beside an order or a requisition, maybe of one of its receipts; `size` is in bytes."""

    id: UUID
    file_name: str
    media_type: str
    size: int
    receipt_id: UUID | None
    added_by: UUID
    added_for: UUID | None
    added_at: datetime
