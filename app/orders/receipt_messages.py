"""What callers send and get about receipts, returns and reversals."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.documents.item import Item
from app.kit.money import Exact
from app.orders.messages import Positive, Reason, Words
from app.orders.receipt_models import ReceiptKind
from app.organisations.messages import Message


class ReceiptLineIn(Message):
    """How much of a line came or went back: `quantity` in the line's unit, or `amount` on a line by amount."""

    line_id: str
    quantity: Positive | None = None
    amount: Positive | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> "ReceiptLineIn":
        if (self.quantity is None) == (self.amount is None):
            raise ValueError("give either a quantity or an amount")
        return self


class ReceiptIn(Message):
    """What came on a day: some of the lines, or `everything` that is still open. After the last day of a text order it
    takes a `reason`; `checked` are the points of the organisation's checklist that were looked at.
    """

    received_on: date
    delivery_note: Annotated[str, StringConstraints(max_length=100)] | None = None
    lines: list[ReceiptLineIn] = Field(default_factory=list, max_length=5000)
    everything: bool = False
    reason: Reason | None = None
    checked: list[Words] = Field(default_factory=list, max_length=20)

    @model_validator(mode="after")
    def _lines_or_everything(self) -> "ReceiptIn":
        if self.everything == bool(self.lines):
            raise ValueError("give either lines, or everything")
        return self


class ReturnCause(StrEnum):
    """Why goods go back."""

    DAMAGED = "DAMAGED"
    WRONG_ITEM = "WRONG_ITEM"
    SURPLUS = "SURPLUS"
    OTHER = "OTHER"


class ReturnIn(Message):
    """What goes back on a day, and why. What was billed already is expected to be credited."""

    returned_on: date
    cause: ReturnCause
    reason: Reason
    lines: list[ReceiptLineIn] = Field(min_length=1, max_length=5000)


class ReceiptLineOut(BaseModel):
    """What came of a line; less than nothing went back."""

    line_id: str
    quantity: Exact
    amount: Exact


class ReceiptOut(BaseModel):
    """A receipt, a return or a reversal as it was posted, by a substitute for `received_for`."""

    id: UUID
    order_id: UUID
    kind: ReceiptKind
    reversal_of: UUID | None
    received_on: date
    received_by: UUID
    received_for: UUID | None
    delivery_note: str | None
    reason: str | None
    checked: list[str]
    lines: list[ReceiptLineOut]


class OpenLine(BaseModel):
    """What is still to come of a line: the quantity, or the amount, that a receipt would be of."""

    line_id: str
    item: Item
    unit_code: str
    quantity: Exact | None
    amount: Exact | None


class OpenLines(BaseModel):
    """What is still to come of an order; a receipt of `everything` is of just that."""

    lines: list[OpenLine]
