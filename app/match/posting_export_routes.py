"""Doors of postings for an ERP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.match import posting_export
from app.match.payable_messages import AcknowledgementsIn, AcknowledgementsOut, PostingOut
from app.organisations.access import Db

router = APIRouter(tags=["posting"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
Acknowledged = Annotated[bool, Query(description="Those that were acknowledged, instead of those that wait for it.")]


@router.get("/postings", response_model=Page[PostingOut])
def list_postings(
    wanted: Wanted,
    db: Db,
    acknowledged: Acknowledged = False,  # noqa: FBT002 - FastAPI calls it by name
) -> Response:
    """What is to be booked of approved invoices, until it is acknowledged: begin each round without a cursor."""
    return db.run(posting_export.list_postings, wanted, acknowledged=acknowledged)


@router.post("/postings/acknowledgements", response_model=AcknowledgementsOut)
def acknowledge_postings(body: AcknowledgementsIn, db: Db) -> Response:
    """Say which postings you have taken over: all of them are noted or none, and once is as good as twice."""
    return db.run(posting_export.acknowledge, body)


@router.get("/postings/{posting_id}", response_model=PostingOut)
def get_posting(posting_id: UUID, db: Db) -> Response:
    """One posting, also when it was acknowledged or withdrawn."""
    return db.run(posting_export.get_posting, posting_id)
