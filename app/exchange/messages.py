"""What callers get in the exchange chapter: documents that came in, and those that leave."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.exchange.models import InboundState
from app.kit.outbox import OutboxState
from app.kit.pages import MOST, NO_NUL, PageQuery


class InboundOut(BaseModel):
    """A document that was handed in: `result` and `result_id` name what it became, `faults` why it did not; `job_id` is
    the job that reads a large one.
    """

    id: UUID
    document_type: str
    number: str
    sender: str
    state: InboundState
    result: str | None
    result_id: UUID | None
    problem: str | None
    detail: str | None
    faults: list[dict[str, Any]]
    job_id: UUID | None
    received_at: datetime
    processed_at: datetime | None


class OutboxQuery(PageQuery):
    """Which documents on their way out, and a page of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(50, ge=1, le=MOST, description="Rows on a page.")
    cursor: str | None = Field(None, max_length=100, description="`next_cursor` of the page before.")
    state: OutboxState | None = None
    document_type: str | None = Field(None, max_length=60, pattern=NO_NUL, description="Such as `Order`.")
    receiver: str | None = Field(None, max_length=200, pattern=NO_NUL, description="Such as `DK:CVR:DK16356706`.")
    about_id: UUID | None = Field(None, description="What the document tells of, such as an order.")


class OutboundOut(BaseModel):
    """A document on its way out; `about_id` is what it tells of, such as an order."""

    id: UUID
    document_id: UUID
    document_type: str
    receiver: str
    profile_id: str
    about_id: UUID | None
    state: OutboxState
    attempts: int
    last_error: str | None
    queued_at: datetime
    sent_at: datetime | None
