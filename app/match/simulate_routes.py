"""The door of simulations: what would become of an invoice, without anything being kept."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.dialects import Received, body_of, body_schema
from app.documents.invoice import Invoice
from app.kit.problems import RESPONSES
from app.match import simulating
from app.match.simulate_messages import SimulationOut
from app.match.simulating import ReadingDb

router = APIRouter(tags=["match"], responses=RESPONSES)
Bill = Annotated[Received[Invoice], Depends(body_of(Invoice, "Invoice", "CreditNote"))]
Under = Annotated[UUID | None, Query(description="A proposed policy; with the others of its bundle it decides.")]


@router.post("/match/simulate", response_model=SimulationOut, openapi_extra=body_schema("Invoice", "CreditNote"))
def simulate_match(db: ReadingDb, received: Bill, policy: Under = None) -> Response:
    """Tell what would become of an invoice or credit note if it came now, maybe under a draft; nothing is kept."""
    return db.run(simulating.simulate, received, policy)
