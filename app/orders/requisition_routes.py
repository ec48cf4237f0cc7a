"""Doors of requisitions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.orders import converting, requisition_work, requisitions
from app.orders.messages import ReasonIn
from app.orders.requisition_messages import (
    ConversionIn,
    ConversionOut,
    Need,
    NeedChange,
    RequisitionChange,
    RequisitionIn,
    RequisitionOut,
    RequisitionRow,
)
from app.orders.requisition_models import RequisitionStatus
from app.organisations.access import Db

router = APIRouter(tags=["requisitions"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
InStatus = Annotated[RequisitionStatus | None, Query(description="Only those in this status.")]


@router.post("/requisitions", status_code=201, response_model=RequisitionOut)
def make_requisition(body: RequisitionIn, db: Db) -> Response:
    """Write down what is needed, in DRAFT; its lines may span suppliers and agreements, and nobody else sees it."""
    return db.run(requisitions.make_requisition, body)


@router.get("/requisitions", response_model=Page[RequisitionRow])
def list_requisitions(wanted: Wanted, db: Db, status: InStatus = None) -> Response:
    """Your requisitions, and those handed in where you read them."""
    return db.run(requisitions.list_requisitions, wanted, status)


@router.get("/requisitions/{requisition_id}", response_model=RequisitionOut)
def get_requisition(requisition_id: UUID, db: Db) -> Response:
    """One requisition, with the order that came of each line."""
    return db.run(requisitions.get_requisition, requisition_id)


@router.patch("/requisitions/{requisition_id}", response_model=RequisitionOut)
def change_requisition(requisition_id: UUID, body: RequisitionChange, db: Db, if_match: IfMatch = None) -> Response:
    """Change its title, references, delivery or reason."""
    return db.run(requisitions.change_requisition, requisition_id, body, if_match)


@router.post("/requisitions/{requisition_id}/lines", status_code=201, response_model=RequisitionOut)
def add_requisition_line(requisition_id: UUID, body: Need, db: Db, if_match: IfMatch = None) -> Response:
    """Put a line on it, from a catalogue or in words."""
    return db.run(requisitions.add_line, requisition_id, body, if_match)


@router.patch("/requisitions/{requisition_id}/lines/{line_id}", response_model=RequisitionOut)
def change_requisition_line(
    requisition_id: UUID, line_id: UUID, body: NeedChange, db: Db, if_match: IfMatch = None
) -> Response:
    """Change a line; one from a catalogue takes today's price."""
    return db.run(requisitions.change_line, requisition_id, line_id, body, if_match)


@router.delete("/requisitions/{requisition_id}/lines/{line_id}", response_model=RequisitionOut)
def drop_requisition_line(requisition_id: UUID, line_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Take a line off it."""
    return db.run(requisitions.drop_line, requisition_id, line_id, if_match)


@router.post("/requisitions/{requisition_id}/submit", response_model=RequisitionOut)
def submit_requisition(requisition_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Hand it in to the organisation's buyers."""
    return db.run(requisitions.submit_requisition, requisition_id, if_match)


@router.post("/requisitions/{requisition_id}/withdraw", response_model=RequisitionOut)
def withdraw_requisition(requisition_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Take back your own that nobody works on."""
    return db.run(requisitions.withdraw_requisition, requisition_id, if_match)


@router.post("/requisitions/{requisition_id}/claim", response_model=RequisitionOut)
def claim_requisition(requisition_id: UUID, db: Db) -> Response:
    """Take it to work on; of two buyers the first has it."""
    return db.run(requisition_work.claim_requisition, requisition_id)


@router.post("/requisitions/{requisition_id}/release", response_model=RequisitionOut)
def release_requisition(requisition_id: UUID, db: Db) -> Response:
    """Give it back to all buyers."""
    return db.run(requisition_work.release_requisition, requisition_id)


@router.post("/requisitions/{requisition_id}/return", response_model=RequisitionOut)
def return_requisition(requisition_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Give it back to whoever needs it, saying why."""
    return db.run(requisition_work.return_requisition, requisition_id, body.reason, if_match)


@router.post("/requisitions/{requisition_id}/reject", response_model=RequisitionOut)
def reject_requisition(requisition_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say no for good, saying why."""
    return db.run(requisition_work.reject_requisition, requisition_id, body.reason, if_match)


@router.post("/requisitions/{requisition_id}/convert", status_code=201, response_model=ConversionOut)
def convert_requisition(
    requisition_id: UUID, db: Db, body: ConversionIn | None = None, if_match: IfMatch = None
) -> Response:
    """Make orders of it, one a supplier, agreement and kind: of what you have claimed, or of your own draft."""
    return db.run(converting.convert, requisition_id, body or ConversionIn(), if_match)
