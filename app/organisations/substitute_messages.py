"""What callers send and get about substitutes."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from app.organisations.messages import Dated


class SubstitutionIn(Dated):
    """A user who acts for a principal, the caller unless another is named; both days included."""

    principal_id: UUID | None = None
    substitute_id: UUID
    valid_to: date


class SubstitutionOut(BaseModel):
    """Who acts for whom, and when; one with `ended_at` was ended before its time."""

    id: UUID
    principal_id: UUID
    substitute_id: UUID
    valid_from: date
    valid_to: date
    set_by: UUID
    set_at: datetime
    ended_at: datetime | None
