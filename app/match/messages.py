"""What callers get in the match chapter: the case, and a decision with every finding it rests on."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from app.kit.money import Exact
from app.match.engine.codes import Outcome
from app.match.engine.decision import How
from app.match.engine.facts import ChargeKind
from app.match.models import Trigger


class FindingOut(BaseModel):
    """What one rule found: what was expected, what was there, the limit and who set it, and what would have passed."""

    code: str
    outcome: Outcome
    invoice_line_id: str | None = None
    order_number: str | None = None
    order_line_id: str | None = None
    expected: str | None = None
    actual: str | None = None
    limit: Exact | None = None
    limit_source: str | None = None
    message_en: str
    message_da: str
    counterfactual_en: str | None = None
    counterfactual_da: str | None = None


class PairOut(BaseModel):
    """Which order line an invoice line was found to bill, and how."""

    invoice_line_id: str
    order_id: UUID
    order_line_id: UUID
    how: How


class AllocationOut(BaseModel):
    """What an invoice line takes of an order line."""

    order_id: UUID
    order_line_id: UUID
    invoice_line_id: str
    quantity: Exact
    amount: Exact
    order_amount: Exact
    deviation: Exact


class ChargeOut(BaseModel):
    """A charge of the invoice, and the part of it that nothing covers."""

    name: str
    kind: ChargeKind
    amount: Exact
    uncovered: Exact
    invoice_line_id: str | None = None


class OrderUseOut(BaseModel):
    """What the invoice takes of an order's value and of its tolerance budget, under which limit."""

    order_id: UUID
    order_number: str
    value: Exact
    over: Exact
    used_before: Exact
    limit: Exact
    limit_source: str


class PeriodUseOut(BaseModel):
    """What the invoice takes of a standing order's period."""

    order_id: UUID
    first_on: date
    amount: Exact


class Prokura(BaseModel):
    """The limit that a person's decision rests on, and the rows of it that cover the lines."""

    limit: Exact
    currency: str
    rows: list[UUID]


class PostedOut(BaseModel):
    """Where a line of an invoice without order is posted, and how much of it, with tax."""

    invoice_line_id: str
    accounting_cost: str
    amount: Exact


class PersonOut(BaseModel):
    """Who made a decision, for whom, why, and on which prokura; `overrides` is the hash of the decision before."""

    id: UUID
    on_behalf_of: UUID | None = None
    reason: str
    amount: Exact
    prokura: Prokura | None = None
    overrides: str
    assignee_id: UUID | None = None
    postings: list[PostedOut] = []


class DecisionOut(BaseModel):
    """A decision about an invoice; it never changes, a later one takes over. A `person` made it, or the engine did.

    `agreeing` counts the findings that plainly agree, by code. Handing an invoice in is answered without them in
    `findings`; whoever reads it is told each.
    """

    id: UUID
    sequence: int
    trigger: Trigger
    outcome: Outcome
    decided_at: datetime
    policy_version: str
    findings: list[FindingOut]
    agreeing: dict[str, int] = {}
    pairs: list[PairOut]
    allocations: list[AllocationOut]
    charges: list[ChargeOut]
    orders: list[OrderUseOut]
    periods: list[PeriodUseOut] = []
    person: PersonOut | None = None
    proof_sha256: str


class MatchOut(BaseModel):
    """An invoice with its live decision."""

    id: UUID
    document_id: UUID
    document_type: str
    number: str
    supplier_id: UUID | None
    organisation_id: UUID
    issue_date: date | None
    currency: str | None
    payable_amount: Exact | None
    outcome: Outcome
    received_at: datetime
    decision: DecisionOut
    version: int


class MatchRow(BaseModel):
    """An invoice in a list."""

    id: UUID
    document_type: str
    number: str
    supplier_id: UUID | None
    organisation_id: UUID
    currency: str | None
    payable_amount: Exact | None
    outcome: Outcome
    received_at: datetime


class SupplierInvoiceStatus(StrEnum):
    """How far an invoice has come, in its supplier's words: RECEIVED waits for the goods, IN_PROGRESS for a person."""

    RECEIVED = "RECEIVED"
    IN_PROGRESS = "IN_PROGRESS"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    DUPLICATE = "DUPLICATE"


class SupplierInvoiceOut(BaseModel):
    """An invoice or credit note as its supplier sees it; `reason` is what the rejection said that was sent."""

    id: UUID
    number: str
    document_type: str
    issue_date: date | None
    payable_amount: Exact | None
    currency: str | None
    received_at: datetime
    order_numbers: list[str]
    status: SupplierInvoiceStatus
    reason: str | None
