"""What callers send and get about replays: a period, a draft, and what would have come of the period's invoices."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from app.kit.jobs import JobState
from app.kit.money import Exact
from app.match.engine.codes import Outcome
from app.organisations.messages import Message
from app.organisations.policies import PolicyRule

MOST_RULES = 20


class ReplayIn(Message):
    """Which invoices, by the days on which they came, both included, and under which draft: a proposed policy (with its
    bundle) or rules as they stand here; neither decides them by the policies of their time.
    """

    organisation_id: UUID
    received_from: date
    received_to: date
    policy_id: UUID | None = None
    rules: Annotated[Sequence[PolicyRule], Field(max_length=MOST_RULES)] = ()


class Exposure(BaseModel):
    """Invoices in one currency that would pass untouched now and did not: what is to be paid for them, and how much of
    it is above their orders.
    """

    invoices: int = 0
    payable_amount: Exact
    deviation: Exact


class ChangedInvoice(BaseModel):
    """An invoice that would have another outcome, and the codes that decide otherwise."""

    invoice_id: UUID
    number: str
    currency: str | None
    payable_amount: Exact | None
    deviation: Exact
    before: Outcome
    after: Outcome
    codes_gone: Sequence[str]
    codes_new: Sequence[str]


class Divergence(BaseModel):
    """A stored decision that its own proof does not give any more; the engine or the proof was changed."""

    invoice_id: UUID
    decision_id: UUID
    before: Outcome
    after: Outcome | None


class CodeCount(BaseModel):
    """How many invoices have a finding of a code, before and after."""

    before: int = 0
    after: int = 0


class Tally(BaseModel):
    """What a replay found. `outcomes` says how many invoices went from which outcome to which, `codes` on how many a
    rule found what; findings that plainly agree are left out. `exposed` is by currency; credit notes have no part in
    it. `left_out` counts decisions that could not be decided under the draft, by why.
    """

    decided: int = 0
    passing_more: int = 0
    passing_fewer: int = 0
    exposed: dict[str, Exposure] = {}
    largest: list[ChangedInvoice] = []
    codes: dict[str, CodeCount] = {}
    outcomes: dict[Outcome, dict[Outcome, int]] = {}
    divergent: int = 0
    divergences: list[Divergence] = []
    left_out: dict[str, int] = {}


class ReplayOut(BaseModel):
    """A replay; `progress` counts invoices of `total`. `result` is there when the job has SUCCEEDED."""

    id: UUID
    organisation_id: UUID
    received_from: date
    received_to: date
    policy_id: UUID | None
    policy_organisation_id: UUID
    rules: Sequence[PolicyRule]
    job_id: UUID
    state: JobState
    progress: int
    total: int | None
    started_by: UUID
    started_for: UUID | None
    started_at: datetime
    finished_at: datetime | None
    result: Tally | None
