"""What callers get of open orders that are taken over from an earlier system."""

from uuid import UUID

from pydantic import BaseModel

from app.kit.money import Exact
from app.kit.problems import ProblemFault
from app.orders.models import ExternalApproval


class OpenOrderOut(BaseModel):
    """An order that was taken over, or would be; `id` is null when nothing was written."""

    id: UUID | None
    number: str
    organisation_id: UUID
    supplier_id: UUID
    agreement_id: UUID | None
    external_approval: ExternalApproval
    currency: str
    total_amount: Exact
    committed: Exact
    received_not_invoiced: Exact
    invoiced: Exact
    lines: int


class OpenOrdersOut(BaseModel):
    """What an import of open orders did, or would do; `faults` are at most a thousand of the `fault_count`."""

    dry_run: bool
    sha256: str
    orders: list[OpenOrderOut]
    fault_count: int
    faults: list[ProblemFault]
