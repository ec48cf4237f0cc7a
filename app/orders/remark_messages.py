"""What callers send and get about comments."""

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
