"""What a simulation answers: the decision that an invoice would get, without what only a real one is given."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from app.kit.money import Exact
from app.match.engine.codes import Outcome
from app.match.messages import AllocationOut, ChargeOut, FindingOut, OrderUseOut, PairOut, PeriodUseOut


class VerdictOut(BaseModel):
    """A decision with everything it rests on, as DecisionOut tells it of one that was made."""

    outcome: Outcome
    policy_version: str
    findings: list[FindingOut]
    pairs: list[PairOut]
    allocations: list[AllocationOut]
    charges: list[ChargeOut]
    orders: list[OrderUseOut]
    periods: list[PeriodUseOut] = []


class SimulationOut(BaseModel):
    """What would become of an invoice. `seen_as` is the invoice that the same bytes already are: it was then decided on
    what was known when it last was. `policy_id` is the draft that decided. An unknown supplier has no id yet.
    """

    document_type: str
    number: str
    supplier_id: UUID | None
    organisation_id: UUID
    issue_date: date | None
    currency: str | None
    payable_amount: Exact | None
    outcome: Outcome
    decision: VerdictOut
    seen_as: UUID | None = None
    policy_id: UUID | None = None
