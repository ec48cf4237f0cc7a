"""Doors to organisations and tasks, and to set-up sheets."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.kit.sheets import CSV, XLSX
from app.kit.uploads import SHEETS_BODY, Upload, uploaded, wants_workbook
from app.organisations import location_numbers, reorganisations, service, setup
from app.organisations.access import Db
from app.organisations.messages import OrganisationChange, OrganisationIn, OrganisationOut, TaskOut
from app.organisations.models import TaskState
from app.organisations.reorganisation_messages import (
    LocationNumberEnd,
    LocationNumberIn,
    LocationNumberOut,
    PlacementsOut,
    ReorganisationIn,
    ReorganisationOut,
)
from app.organisations.setup_columns import Kind
from app.organisations.setup_messages import SetupFormat, SetupResult

router = APIRouter(tags=["organisations"], responses=RESPONSES)
sheets_router = APIRouter(tags=["organisations"], responses=RESPONSES)
"""Its bodies are files, which may be larger."""

Wanted = Annotated[PageQuery, Depends(page_query)]
InState = Annotated[TaskState | None, Query(description="Only tasks that are open, or closed.")]
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


@router.patch("/organisations/{organisation_id}", response_model=OrganisationOut)
def change_organisation(organisation_id: UUID, body: OrganisationChange, db: Db, if_match: IfMatch = None) -> Response:
    """Change its name or CVR number."""
    return db.run(service.change_organisation, organisation_id, body, if_match)


@router.get("/organisations/{organisation_id}/placements", response_model=PlacementsOut)
def list_placements(organisation_id: UUID, db: Db) -> Response:
    """Below which organisations it has stood, and since when it stands where it does."""
    return db.run(service.list_placements, organisation_id)


@router.post("/organisations/{organisation_id}/location-numbers", status_code=201, response_model=LocationNumberOut)
def register_location_number(organisation_id: UUID, body: LocationNumberIn, db: Db) -> Response:
    """Let a GLN route to it, from a day and maybe to one."""
    return db.run(location_numbers.register, organisation_id, body)


@router.get("/organisations/{organisation_id}/location-numbers", response_model=Page[LocationNumberOut])
def list_location_numbers(organisation_id: UUID, wanted: Wanted, db: Db) -> Response:
    """Its GLNs, with those that have ended and those to come."""
    return db.run(location_numbers.list_numbers, organisation_id, wanted)


@router.post("/location-numbers/{number_id}/end", response_model=LocationNumberOut)
def end_location_number(number_id: UUID, body: LocationNumberEnd, db: Db) -> Response:
    """End a GLN; what comes to it is still taken in for half a year, or until the day you say."""
    return db.run(location_numbers.end, number_id, body)


@router.post("/reorganisations", status_code=201, response_model=ReorganisationOut)
def plan_reorganisation(body: ReorganisationIn, db: Db) -> Response:
    """Plan to move, merge or close an organisation with all below it on a day; done when the day comes."""
    return db.run(reorganisations.plan, body)


@router.get("/reorganisations", response_model=Page[ReorganisationOut])
def list_reorganisations(wanted: Wanted, db: Db) -> Response:
    """The reorganisations of your branches."""
    return db.run(reorganisations.list_reorganisations, wanted)


@router.get("/reorganisations/{reorganisation_id}", response_model=ReorganisationOut)
def get_reorganisation(reorganisation_id: UUID, db: Db) -> Response:
    """One reorganisation, with what followed from it."""
    return db.run(reorganisations.get_reorganisation, reorganisation_id)


@router.post("/reorganisations/{reorganisation_id}/withdraw", response_model=ReorganisationOut)
def withdraw_reorganisation(reorganisation_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Take back what is planned."""
    return db.run(reorganisations.withdraw, reorganisation_id, if_match)


@router.get("/tasks", response_model=Page[TaskOut])
def list_tasks(wanted: Wanted, db: Db, state: InState = None) -> Response:
    """What waits for you, or with `On-Behalf-Of` for whom you act; what waited once, too, unless `state` is OPEN."""
    return db.run(service.list_tasks, wanted, state)


@router.post("/tasks/{task_id}/set-aside", response_model=TaskOut)
def set_task_aside(task_id: UUID, db: Db) -> Response:
    """Say of a task that only tells something (AGREEMENT_ENDS, REORGANISED, REQUISITION_RETURNED) that it has been seen
    to.
    """
    return db.run(service.set_aside, task_id)


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
