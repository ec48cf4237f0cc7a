"""Doors of catalogue sheets: the blank sheet, and profiles by which other sheets are read."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from app.catalogs import sheet_intake, sheet_templates, stored_profiles
from app.catalogs.mapping_files import YAML
from app.catalogs.mapping_messages import MappingProfileOut, MappingProfilesOut
from app.catalogs.mapping_profiles import MappingProfile
from app.catalogs.sheet_templates import SheetFormat
from app.catalogs.stored_profiles import JSON, ProfileBody
from app.kit.pages import PageQuery, page_query
from app.kit.problems import RESPONSES
from app.kit.sheets import CSV, XLSX
from app.organisations.access import Db

router = APIRouter(tags=["catalogues"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
MOST_ORDINAL: Final = 2**31 - 1
BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
PROFILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": MappingProfile.model_json_schema()},
            YAML: {"schema": {"type": "string", "description": "The same as YAML"}},
        },
    }
}


@router.get("/catalogue-templates", response_class=Response, responses={200: {"content": {XLSX: BINARY, CSV: BINARY}}})
def get_template(db: Db, form: Annotated[SheetFormat, Query(alias="format")] = SheetFormat.XLSX) -> Response:
    """Our own catalogue sheet, blank: a workbook with notes and choices, or CSV."""
    return db.run(sheet_templates.template, form)


@router.get(
    "/catalogues/{catalogue_id}/versions/{ordinal}/sheet",
    response_class=Response,
    responses={200: {"content": {XLSX: BINARY, CSV: BINARY}}},
)
def get_commented_sheet(catalogue_id: UUID, ordinal: Annotated[int, Path(ge=1, le=MOST_ORDINAL)], db: Db) -> Response:
    """The sheet that a version came as, with a column for what was wrong with each row."""
    return db.run(sheet_intake.sheet_of_version, catalogue_id, ordinal)


@router.post("/mapping-profiles", status_code=201, response_model=MappingProfileOut, openapi_extra=PROFILE)
def store_mapping_profile(
    profile: ProfileBody, db: Db, supplier_id: UUID | None = None, organisation_id: UUID | None = None
) -> Response:
    """Store how a supplier's sheets with other headers are read: as the supplier, or for an organisation of yours."""
    return db.run(stored_profiles.store, profile, supplier_id, organisation_id)


@router.get("/mapping-profiles", response_model=MappingProfilesOut)
def list_mapping_profiles(wanted: Wanted, db: Db) -> Response:
    """The profiles that are shipped, and those that were stored by you or for you."""
    return db.run(stored_profiles.list_profiles, wanted)


@router.get("/mapping-profiles/{profile_id}", response_model=MappingProfileOut)
def get_mapping_profile(profile_id: UUID, db: Db) -> Response:
    """One stored profile."""
    return db.run(stored_profiles.get_profile, profile_id)


@router.delete("/mapping-profiles/{profile_id}", status_code=204)
def delete_mapping_profile(profile_id: UUID, db: Db) -> Response:
    """Delete a stored profile; what was read with it stays as it is."""
    return db.run(stored_profiles.delete, profile_id)
