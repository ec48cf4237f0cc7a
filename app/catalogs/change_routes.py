"""Doors of the content manager: what a version changes, what is decided about it, and the catalogue going out again."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.catalogs import comparing, decisions, exporting
from app.catalogs.change_messages import ChangesOut, Sought
from app.catalogs.exporting import ExportFormat
from app.catalogs.messages import ApprovalIn, AttachIn, CatalogueWithVersions, RejectionIn, WithdrawalIn
from app.kit.calls import IfMatch
from app.kit.pages import PageQuery, page_query
from app.kit.problems import RESPONSES
from app.kit.sheets import CSV, XLSX
from app.kit.uploads import wants_workbook
from app.organisations.access import Db

router = APIRouter(tags=["catalogues"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
AsWorkbook = Annotated[bool, Depends(wants_workbook)]
Wish = Annotated[Sought, Depends()]
WORKBOOK = {XLSX: {"schema": {"type": "string", "format": "binary"}}}
SHEET = {CSV: {"schema": {"type": "string"}}}
XML = {"application/xml": {"schema": {"type": "string", "description": "OIOUBL 2.1: Catalogue"}}}


@router.get(
    "/catalogues/{catalogue_id}/changes",
    response_model=ChangesOut,
    responses={200: {"content": WORKBOOK, "description": "A page; or the whole, as a workbook"}},
)
def list_changes(catalogue_id: UUID, wish: Wish, wanted: Wanted, as_workbook: AsWorkbook, db: Db) -> Response:
    """What the waiting version, or another, changes: in short, then line by line; also as a workbook."""
    return db.run(comparing.list_changes, catalogue_id, wish, wanted, as_workbook=as_workbook)


@router.post("/catalogues/{catalogue_id}/approve", response_model=CatalogueWithVersions)
def approve_catalogue(catalogue_id: UUID, db: Db, body: ApprovalIn | None = None, if_match: IfMatch = None) -> Response:
    """Let the waiting version go live, today or from the day that is named."""
    return db.run(decisions.approve, catalogue_id, body, if_match)


@router.post("/catalogues/{catalogue_id}/reject", response_model=CatalogueWithVersions)
def reject_catalogue(catalogue_id: UUID, body: RejectionIn, db: Db, if_match: IfMatch = None) -> Response:
    """Turn the waiting version away; the supplier reads why, line by line if you say so."""
    return db.run(decisions.reject, catalogue_id, body, if_match)


@router.post("/catalogues/{catalogue_id}/withdraw", response_model=CatalogueWithVersions)
def withdraw_catalogue(catalogue_id: UUID, body: WithdrawalIn, db: Db, if_match: IfMatch = None) -> Response:
    """Take an approved version out: one that is live ends at once, one that is to come never does."""
    return db.run(decisions.withdraw, catalogue_id, body, if_match)


@router.post("/catalogues/{catalogue_id}/attach", response_model=CatalogueWithVersions)
def attach_catalogue(catalogue_id: UUID, body: AttachIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say which agreement a catalogue is for that named none."""
    return db.run(decisions.attach, catalogue_id, body, if_match)


@router.get(
    "/catalogues/{catalogue_id}/export",
    responses={200: {"content": {**XML, **SHEET, **WORKBOOK}, "description": "The file"}},
)
def export_catalogue(
    catalogue_id: UUID,
    db: Db,
    form: Annotated[ExportFormat, Query(alias="format", description="What it goes out as.")] = ExportFormat.OIOUBL,
    on: Annotated[date | None, Query(description="The day, today without.")] = None,
) -> Response:
    """The catalogue as it is live on a day, for your own system: in the product groups that shares leave you."""
    return db.run(exporting.export_catalogue, catalogue_id, form, on)
