"""What callers send and get about a supplier's answer to an order, line by line."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from app.documents.item import Item
from app.documents.price import Price
from app.kit.money import Exact, Quantity
from app.orders.messages import Reason
from app.organisations.messages import Message


class Choice(StrEnum):
    """What a buyer makes of an answer to a line: ACCEPT it, ACCEPT_WITHOUT_REST what is not on back-order, INSIST on
    the line as it is agreed on, or DROP the line. The supplier is told of all but the first by an OrderChange.
    """

    ACCEPT = "ACCEPT"
    ACCEPT_WITHOUT_REST = "ACCEPT_WITHOUT_REST"
    INSIST = "INSIST"
    DROP = "DROP"


class LineChoiceIn(Message):
    """What becomes of one line of an answer; `substitute` says which, where several are offered."""

    line_id: str
    choice: Choice = Choice.ACCEPT
    substitute: str | None = None


class AcceptIn(Message):
    """Which lines of an answer are accepted, and which are not; those that are not named are. `reason` is what the
    supplier is told of those that are not accepted as they are.
    """

    lines: list[LineChoiceIn] = Field(default_factory=list, max_length=5000)
    reason: Reason | None = None

    @model_validator(mode="after")
    def _told_why(self) -> "AcceptIn":
        if self.reason is None and any(line.choice != Choice.ACCEPT for line in self.lines):
            raise ValueError("give the reason that the supplier is told for the lines that are not accepted")
        return self


class OfferOut(BaseModel):
    """What is offered of a line; `difference` is how much dearer than what is agreed on, and `hindrance` why it cannot
    be accepted, if it cannot. `item` is told where it is another.
    """

    substitute: str | None
    item: Item | None
    quantity: Quantity
    back_ordered_quantity: Exact
    price: Price | None
    amount: Exact
    difference: Exact
    promised_on: date | None
    hindrance: str | None


class AnsweredLineOut(BaseModel):
    """A line of an answer: what is agreed on now, what is offered, and what of it waits for the buyer. A line that is
    not on the order has nothing agreed on.
    """

    line_id: str
    line_status_code: str | None
    substitution_status_code: str | None
    notes: list[str]
    item: Item
    quantity: Quantity | None
    price: Price | None
    amount: Exact | None
    reasons: list[str]
    offers: list[OfferOut]


class AnswerOut(BaseModel):
    """An answer that waits for the buyer; `total_amount` is what the order comes to now, `offered_amount` by the first
    offer of each line.
    """

    order_id: UUID
    number: str
    answered_on: date
    currency: str
    total_amount: Exact
    offered_amount: Exact
    difference: Exact
    lines: list[AnsweredLineOut]
    version: int
