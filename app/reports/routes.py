"""Doors to reports; each only reads."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.kit.problems import RESPONSES
from app.organisations.access import Db
from app.organisations.reorganisation_messages import ReorganisationIn
from app.reports import authority, case_files, previewing
from app.reports.messages import AuthorityOut, ReorganisationPreview

router = APIRouter(tags=["reports"], responses=RESPONSES)


@router.get("/reorganisation-previews", response_model=ReorganisationPreview)
def preview_reorganisation(wanted: Annotated[ReorganisationIn, Query()], db: Db) -> Response:
    """What a reorganisation would do to shares, agreements, roles, prokura, tasks and orders, before anyone decides."""
    return db.run(previewing.preview, wanted)


@router.get("/users/{user_id}/authority", response_model=AuthorityOut)
def get_authority(
    user_id: UUID, order_id: Annotated[UUID, Query(alias="order", description="An order that you see.")], db: Db
) -> Response:
    """Whether somebody may approve an order, and why not more: role, limits by line, the sum, the second person."""
    return db.run(authority.authority, user_id, order_id)


@router.get(
    "/match/{invoice_id}/case-file",
    response_class=Response,
    responses={200: {"content": {case_files.ZIP: {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_case_file(invoice_id: UUID, db: Db) -> Response:
    """All there is about an invoice as one zip: documents, decisions with proofs, orders, receipts, postings, audit."""
    return db.run(case_files.get_case_file, invoice_id)
