"""What callers send and get about changes and versions of an order that has been sent."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from app.kit.columns import kept
from app.kit.money import Exact
from app.orders.change_models import ChangeStatus, VersionCause
from app.orders.messages import Positive, Reason
from app.organisations.messages import Message


class ChangedLineIn(Message):
    """What is to become of a line: another quantity (0 takes it off the order), price, or on a line by amount another
    amount.
    """

    line_id: str
    quantity: Annotated[Exact, Field(ge=0), AfterValidator(kept)] | None = None
    price_amount: Annotated[Exact, Field(ge=0), AfterValidator(kept)] | None = None
    amount: Positive | None = None

    @model_validator(mode="after")
    def _something(self) -> "ChangedLineIn":
        if self.quantity is None and self.price_amount is None and self.amount is None:
            raise ValueError("say what becomes of the line: quantity, price_amount or amount")
        return self


class OrderChangeIn(Message):
    """A change of an order that has been sent, and why."""

    reason: Reason
    lines: list[ChangedLineIn] = Field(default_factory=list, max_length=5000)
    requested_delivery_on: date | None = None
    ends_on: date | None = None

    @model_validator(mode="after")
    def _something(self) -> "OrderChangeIn":
        if not self.lines and self.requested_delivery_on is None and self.ends_on is None:
            raise ValueError("say what changes: lines, requested_delivery_on or ends_on")
        return self


class DeclineIn(Message):
    """No to what a supplier answered, and why: the order is insisted on as it was, or cancelled."""

    reason: Reason
    instead: Literal["INSIST", "CANCEL"]


class OrderChangeOut(BaseModel):
    """A change of an order: what it comes to, who made and who decided on it."""

    id: UUID
    order_id: UUID
    status: ChangeStatus
    sequence_number: int | None
    reason: str
    lines: list[ChangedLineIn]
    requested_delivery_on: date | None
    ends_on: date | None
    total_before: Exact
    total_amount: Exact
    made_by: UUID
    made_for: UUID | None
    made_at: datetime
    decided_by: UUID | None
    decided_for: UUID | None
    decided_at: datetime | None
    decision_reason: str | None
    version: int


class OrderVersionOut(BaseModel):
    """An order as it stood from a moment on."""

    ordinal: int
    cause: VersionCause
    total_amount: Exact
    lines: list[dict[str, Any]]
    made_at: datetime
