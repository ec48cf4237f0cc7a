"""Doors of the organisations chapter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.kit.sheets import CSV, XLSX
from app.kit.uploads import SHEETS_BODY, Upload, uploaded, wants_workbook
from app.organisations import notices, people, service, setup, suppliers
from app.organisations.access import Db
from app.organisations.messages import (
    Me,
    OrganisationIn,
    OrganisationOut,
    PolicyIn,
    PolicyOut,
    ProkuraIn,
    ProkuraOut,
    RoleGrantIn,
    RoleGrantOut,
    SupplierIn,
    SupplierOut,
    TaskOut,
    UserIn,
    UserOut,
)
from app.organisations.notice_messages import NoticesIn, NoticesOut
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


@router.get("/me", response_model=Me)
def get_me(db: Db) -> Response:
    """Who the service takes you for, and your roles today."""
    return db.run(service.me)


@router.get("/me/notices", response_model=NoticesOut)
def get_notices(db: Db) -> Response:
    """How you are told of tasks that wait for you: by mail at once, daily, or not."""
    return db.run(notices.my_notices)


@router.put("/me/notices", response_model=NoticesOut)
def set_notices(body: NoticesIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say how you want to be told; NONE without an address erases the address."""
    return db.run(notices.set_notices, body, if_match)


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


@router.post("/suppliers", status_code=201, response_model=SupplierOut)
def register_supplier(body: SupplierIn, db: Db) -> Response:
    """Register a supplier."""
    return db.run(suppliers.register_supplier, body)


@router.get("/suppliers", response_model=Page[SupplierOut])
def list_suppliers(wanted: Wanted, db: Db) -> Response:
    """The suppliers."""
    return db.run(suppliers.list_suppliers, wanted)


@router.get("/suppliers/{supplier_id}", response_model=SupplierOut)
def get_supplier(supplier_id: UUID, db: Db) -> Response:
    """One supplier."""
    return db.run(suppliers.get_supplier, supplier_id)


@router.post("/users", status_code=201, response_model=UserOut)
def create_user(body: UserIn, db: Db) -> Response:
    """Register a person or a system by the issuer and subject of its tokens."""
    return db.run(people.create_user, body)


@router.get("/users", response_model=Page[UserOut])
def list_users(wanted: Wanted, db: Db) -> Response:
    """The users whom you administer, and you."""
    return db.run(people.list_users, wanted)


@router.post("/role-grants", status_code=201, response_model=RoleGrantOut)
def grant_role(body: RoleGrantIn, db: Db) -> Response:
    """Give somebody else a role."""
    return db.run(people.grant_role, body)


@router.post("/prokura", status_code=201, response_model=ProkuraOut)
def set_prokura(body: ProkuraIn, db: Db) -> Response:
    """Give somebody else a spending limit."""
    return db.run(people.set_prokura, body)


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
