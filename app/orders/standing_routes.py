"""Doors of standing orders; they are submitted, approved and sent as every other order is."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.orders import standing, standing_life, standing_terms
from app.orders.messages import ReasonIn
from app.orders.standing_messages import NewTermsIn, StandingOrderIn, StandingOrderOut, StandingOrderRow
from app.organisations.access import Db

router = APIRouter(tags=["standing orders"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.post("/standing-orders", status_code=201, response_model=StandingOrderOut)
def create_standing_order(body: StandingOrderIn, db: Db) -> Response:
    """Make a standing order in DRAFT; submit it as an order."""
    return db.run(standing.create, body)


@router.get("/standing-orders", response_model=Page[StandingOrderRow])
def list_standing_orders(wanted: Wanted, db: Db) -> Response:
    """The standing orders that you see."""
    return db.run(standing.list_standing_orders, wanted)


@router.get("/standing-orders/{standing_id}", response_model=StandingOrderOut)
def get_standing_order(standing_id: UUID, db: Db) -> Response:
    """One standing order with its terms and periods."""
    return db.run(standing.get, standing_id)


@router.put("/standing-orders/{standing_id}", response_model=StandingOrderOut)
def change_standing_order(standing_id: UUID, body: StandingOrderIn, db: Db, if_match: IfMatch = None) -> Response:
    """Change a draft into another one of the same organisation and supplier."""
    return db.run(standing.change, standing_id, body, if_match)


@router.post("/standing-orders/{standing_id}/terms", status_code=201, response_model=StandingOrderOut)
def propose_terms(standing_id: UUID, body: NewTermsIn, db: Db, if_match: IfMatch = None) -> Response:
    """Propose new terms from a day on, such as an index regulation; a disponent decides."""
    return db.run(standing_terms.propose, standing_id, body, if_match)


@router.post("/standing-orders/{standing_id}/terms/{ordinal}/approve", response_model=StandingOrderOut)
def approve_terms(standing_id: UUID, ordinal: int, db: Db, if_match: IfMatch = None) -> Response:
    """Approve new terms within your prokura, on the commitment as it will be."""
    return db.run(standing_terms.approve, standing_id, ordinal, if_match)


@router.post("/standing-orders/{standing_id}/terms/{ordinal}/reject", response_model=StandingOrderOut)
def reject_terms(standing_id: UUID, ordinal: int, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say no to new terms, saying why; the terms so far go on."""
    return db.run(standing_terms.reject, standing_id, ordinal, body.reason, if_match)


@router.post("/standing-orders/{standing_id}/suspend", response_model=StandingOrderOut)
def suspend_standing_order(standing_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Let none of its invoices approve itself, until it is resumed."""
    return db.run(standing_life.suspend, standing_id, body.reason, if_match)


@router.post("/standing-orders/{standing_id}/resume", response_model=StandingOrderOut)
def resume_standing_order(standing_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Let its invoices approve themselves again."""
    return db.run(standing_life.resume, standing_id, body.reason, if_match)


@router.post("/standing-orders/{standing_id}/end", response_model=StandingOrderOut)
def end_standing_order(standing_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """End it for good, saying why."""
    return db.run(standing_life.end, standing_id, body.reason, if_match)
