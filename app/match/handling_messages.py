"""What callers send and get when they handle invoices."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from app.kit.money import Exact
from app.match.engine.facts import ChargeKind
from app.match.handling_models import CorrectionKind, ExplanationCause, NoteKind
from app.match.messages import MatchOut
from app.orders.messages import Positive, Reason
from app.orders.posting_messages import Posting
from app.organisations.messages import Message, TaskOut

Number = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
LineId = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Words = Annotated[str, StringConstraints(min_length=3, max_length=4000, strip_whitespace=True)]


class Action(StrEnum):
    """What can be done with an invoice; each has a door of its own."""

    SET_ORDER_NUMBERS = "SET_ORDER_NUMBERS"
    MAP_LINES = "MAP_LINES"
    ACCEPT_CHARGES = "ACCEPT_CHARGES"
    CLEAR_DUPLICATE = "CLEAR_DUPLICATE"
    ASK_BUYER = "ASK_BUYER"
    EXPLAIN = "EXPLAIN"
    ASK_FOR_RECEIPT = "ASK_FOR_RECEIPT"
    APPROVE = "APPROVE"
    DISPUTE = "DISPUTE"
    MAKE_NON_ORDER = "MAKE_NON_ORDER"
    REVERSE = "REVERSE"


class OrderNumbersIn(Message):
    """The orders that an invoice bills, and why it is read so; what the document names no longer counts."""

    order_numbers: list[Number] = Field(min_length=1, max_length=50)
    reason: Reason


class PartIn(Message):
    """A line of an order that an invoice line bills; `quantity` is in the order line's unit, and needed where a line is
    split or billed in another unit.
    """

    order_id: UUID
    line_id: LineId
    quantity: Positive | None = None


class LineIn(Message):
    """An invoice line and what it bills: one order line, or several with a quantity of each."""

    invoice_line_id: LineId
    parts: list[PartIn] = Field(min_length=1, max_length=50)


class LinesIn(Message):
    """What lines bill, and why they are read so."""

    lines: list[LineIn] = Field(min_length=1, max_length=500)
    reason: Reason


class ChargesIn(Message):
    """Lines that are charges, of which kind, and why; interest and reminder fees are never accepted."""

    invoice_line_ids: list[LineId] = Field(min_length=1, max_length=500)
    kind: Literal[ChargeKind.FREIGHT, ChargeKind.PACKING, ChargeKind.FEE, ChargeKind.OTHER]
    reason: Reason


class QuestionIn(Message):
    """What the buyer is asked, or the receiver is told."""

    text: Words


class ExplanationIn(Message):
    """Why an invoice differs from its order."""

    cause: ExplanationCause
    text: Words


class DisputedLine(Message):
    """Why one line is turned away."""

    invoice_line_id: LineId
    reason: Reason


class DisputeIn(Message):
    """Why an invoice is turned away; the supplier reads this."""

    reason: Reason
    lines: list[DisputedLine] = Field(default_factory=list, max_length=200)


class LinePosting(Message):
    """Where a line is posted; without `invoice_line_id` every line that is not named."""

    invoice_line_id: LineId | None = None
    accounting_cost: Posting


class NonOrderIn(Message):
    """Why an invoice goes the way of one without order, where it is posted, and who is to approve it."""

    reason: Reason
    postings: list[LinePosting] = Field(min_length=1, max_length=500)
    assignee_id: UUID | None = None


class CorrectionOut(BaseModel):
    """What somebody has corrected, and why."""

    id: UUID
    kind: CorrectionKind
    invoice_line_id: str | None
    value: dict[str, Any]
    reason: str
    made_by: UUID
    made_for: UUID | None
    made_at: datetime


class NoteOut(BaseModel):
    """What was written about an invoice, or a reminder of it."""

    id: UUID
    kind: NoteKind
    cause: ExplanationCause | None
    text: str
    document_id: UUID | None
    written_by: UUID
    written_for: UUID | None
    written_at: datetime


class SuggestionOut(BaseModel):
    """An open order that an invoice may bill, and what speaks for it."""

    order_id: UUID
    order_number: str
    total_amount: Exact
    score: int
    reasons: list[str]


class SuggestionsOut(BaseModel):
    """Open orders of the buyer with an invoice's supplier, the likeliest first."""

    data: list[SuggestionOut]


class CaseOut(MatchOut):
    """An invoice with its live decision, what waits for whom, what was written about it, and what the caller may do."""

    tasks: list[TaskOut]
    allowed_actions: list[Action]
    corrections: list[CorrectionOut]
    notes: list[NoteOut]
