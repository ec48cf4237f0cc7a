"""What callers send and get about approvals."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from app.kit.money import Exact
from app.orders.approval_models import ApprovalAction
from app.orders.messages import Reason, Words
from app.organisations.messages import Message


class ApprovalIn(Message):
    """An approval; `checked` are the points of the organisation's checklist that were looked at."""

    checked: list[Words] = Field(default_factory=list, max_length=20)
    reason: Reason | None = None


class ApproverIn(Message):
    """Who is asked first."""

    approver_id: UUID


class ApprovalStepOut(BaseModel):
    """A step of an order's approval: who did what, for whom, when and why, to whom it went, and what was said then."""

    id: UUID
    subject_id: UUID
    action: ApprovalAction
    total_amount: Exact
    reason: str | None
    asked: str | None
    checked: list[str]
    warnings: list[str]
    done_by: UUID
    done_for: UUID | None
    done_at: datetime
