"""Doors to organisations, their policies and tasks, and to set-up sheets."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.kit.sheets import CSV, XLSX
from app.kit.uploads import SHEETS_BODY, Upload, uploaded, wants_workbook
from app.organisations import service, setup
from app.organisations.access import Db
from app.organisations.messages import OrganisationIn, OrganisationOut, TaskOut
from app.organisations.policy_messages import PolicyIn, PolicyOut
from app.organisations.setup_columns import Kind
from app.organisations.setup_messages import SetupFormat, SetupResult

router = APIRouter(tags=["organisations"], responses=RESPONSES)
sheets_router = APIRouter(tags=["organisations"], responses=RESPONSES)
"""Its bodies are files, which may be larger."""

Wanted = Annotated[PageQuery, Depends(page_query)]
AsWorkbook = Annotated[bool, Depends(wants_workbook)]
DryRun = Annotated[bool, Query(description="Only tell what an import would do, with every fault.")]
SheetsBody = Annotated[Upload, Depends(uploaded)]
BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.post("/organisations", status_code=201, response_model=OrganisationOut)
def create_organisation(body: OrganisationIn, db: Db) -> Response:
    """Make an organisation below another."""
    return db.run(service.create_organisation, body)


@router.get("/organisations", response_model=Page[OrganisationOut])
def list_organisations(wanted: Wanted, db: Db) -> Response:
    """The organisations of your branches."""
    return db.run(service.list_organisations, wanted)


@router.get("/organisations/{organisation_id}", response_model=OrganisationOut)
def get_organisation(organisation_id: UUID, db: Db) -> Response:
    """One organisation."""
    return db.run(service.get_organisation, organisation_id)


@router.post("/organisations/{organisation_id}/policies", status_code=201, response_model=PolicyOut)
def set_policy(organisation_id: UUID, body: PolicyIn, db: Db) -> Response:
    """Set a tolerance, the two-person rule, or what approval elsewhere is worth; it holds for all below, too."""
    return db.run(service.set_policy, organisation_id, body)


@router.get("/tasks", response_model=Page[TaskOut])
def list_tasks(wanted: Wanted, db: Db) -> Response:
    """What waits for you."""
    return db.run(service.list_tasks, wanted)


@sheets_router.post(
    "/setup-imports",
    response_model=SetupResult,
    responses={200: {"content": {XLSX: BINARY}}},
    openapi_extra=SHEETS_BODY,
)
def import_setup(
    upload: SheetsBody,
    db: Db,
    as_workbook: AsWorkbook,
    dry_run: DryRun = False,  # noqa: FBT002 - FastAPI calls it by name
) -> Response:
    """Import organisations, users, roles and prokura from set-up sheets: all rows or none; again changes nothing."""
    return db.run(setup.import_setup, upload, dry_run=dry_run, as_workbook=as_workbook)


@sheets_router.get("/setup-exports", response_class=Response, responses={200: {"content": {XLSX: BINARY, CSV: BINARY}}})
def export_setup(
    organisation_id: UUID,
    db: Db,
    form: Annotated[SetupFormat, Query(alias="format")] = SetupFormat.XLSX,
    sheet: Annotated[Kind, Query(description="Which sheet, as CSV has one.")] = Kind.ORGANISATIONS,
) -> Response:
    """A branch as set-up sheets, which can be imported again."""
    return db.run(setup.export_setup, organisation_id, form, sheet)
