"""What callers send and get about receipts."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.kit.money import Exact
from app.orders.messages import Positive
from app.organisations.messages import Message


class ReceiptLineIn(Message):
    """How much of a line came: `quantity` in the line's unit, or `amount` on a line received by amount."""

    line_id: str
    quantity: Positive | None = None
    amount: Positive | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> "ReceiptLineIn":
        if (self.quantity is None) == (self.amount is None):
            raise ValueError("give either a quantity or an amount")
        return self


class ReceiptIn(Message):
    """What came on a day."""

    received_on: date
    delivery_note: Annotated[str, StringConstraints(max_length=100)] | None = None
    lines: Annotated[list[ReceiptLineIn], Field(min_length=1, max_length=5000)]


class ReceiptLineOut(BaseModel):
    """What came of a line."""

    line_id: str
    quantity: Exact
    amount: Exact


class ReceiptOut(BaseModel):
    """A receipt as it was posted, by a substitute for `received_for`."""

    id: UUID
    order_id: UUID
    received_on: date
    received_by: UUID
    received_for: UUID | None
    delivery_note: str | None
    lines: list[ReceiptLineOut]
