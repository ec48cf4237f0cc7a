"""Doors of the catalogs chapter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.catalogs import decisions, service
from app.catalogs.messages import (
    AttachIn,
    CatalogueOut,
    CatalogueWithVersions,
    ChangesOut,
    LineDetail,
    LineOut,
    RejectionIn,
    VersionOut,
)
from app.dialects import Received, body_of, body_schema
from app.documents.catalogue import Catalogue
from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations.access import Db

router = APIRouter(tags=["catalogues"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
CatalogueBody = Annotated[Received[Catalogue], Depends(body_of(Catalogue, "Catalogue"))]
Words = Annotated[
    str, Query(max_length=200, pattern=r"^[^\x00]*$", description="Words that must all occur, or an item number.")
]


@router.post(
    "/catalogues",
    status_code=201,
    response_model=VersionOut,
    responses={200: {"model": VersionOut, "description": "Turned away on arrival; `faults` tell why"}},
    openapi_extra=body_schema("Catalogue"),
)
def upload_catalogue(db: Db, received: CatalogueBody) -> Response:
    """Upload a catalogue, or a version with the lines that it adds, updates and deletes; 200 when it is turned away."""
    return db.run(service.upload_catalogue, received)


@router.get("/catalogues", response_model=Page[CatalogueOut])
def list_catalogues(wanted: Wanted, db: Db) -> Response:
    """The catalogues that you may look at."""
    return db.run(service.list_catalogues, wanted)


@router.get("/catalogues/{catalogue_id}", response_model=CatalogueWithVersions)
def get_catalogue(catalogue_id: UUID, db: Db) -> Response:
    """One catalogue with its versions."""
    return db.run(service.get_catalogue, catalogue_id)


@router.get("/catalogues/{catalogue_id}/changes", response_model=ChangesOut)
def list_changes(catalogue_id: UUID, wanted: Wanted, db: Db) -> Response:
    """What the waiting version would change, line by line."""
    return db.run(service.list_changes, catalogue_id, wanted)


@router.post("/catalogues/{catalogue_id}/approve", response_model=CatalogueWithVersions)
def approve_catalogue(catalogue_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Let the waiting version go live."""
    return db.run(decisions.approve, catalogue_id, if_match)


@router.post("/catalogues/{catalogue_id}/reject", response_model=CatalogueWithVersions)
def reject_catalogue(catalogue_id: UUID, body: RejectionIn, db: Db, if_match: IfMatch = None) -> Response:
    """Turn the waiting version away; the supplier reads why."""
    return db.run(decisions.reject, catalogue_id, body, if_match)


@router.post("/catalogues/{catalogue_id}/attach", response_model=CatalogueWithVersions)
def attach_catalogue(catalogue_id: UUID, body: AttachIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say which agreement a catalogue is for that named none."""
    return db.run(decisions.attach, catalogue_id, body, if_match)


@router.get("/catalogue-lines", response_model=Page[LineOut])
def search_lines(wanted: Wanted, db: Db, q: Words = "", agreement_id: UUID | None = None) -> Response:
    """Search what you may order today; lines whose item number is exactly `q` come first."""
    return db.run(service.search_lines, q, agreement_id, wanted)


@router.get("/catalogue-lines/{line_id}", response_model=LineDetail)
def get_line(line_id: UUID, db: Db) -> Response:
    """One line that you may order today, with all that its supplier says of it."""
    return db.run(service.get_line, line_id)
