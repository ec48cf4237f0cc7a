"""The door for documents about catalogues, whose bodies may be larger than any other."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from app.catalogs import sheet_intake
from app.catalogs.messages import VersionOut
from app.catalogs.receiving import InMode, Mode, UploadDb
from app.catalogs.request_messages import CatalogueAnswerOut
from app.catalogs.sheet_messages import SheetTrial
from app.catalogs.sheet_receiving import AsSheet, BroughtBody
from app.dialects import body_schema
from app.documents.catalogue_reading import CATALOGUE_TYPES
from app.kit.problems import RESPONSES
from app.kit.uploads import SHEETS_BODY
from app.organisations.job_messages import JobOut

router = APIRouter(tags=["catalogues"], responses=RESPONSES)

DryRun = Annotated[bool, Query(description="Of a sheet: only tell what would happen.")]


DOCUMENT_OR_SHEET: Final = (body_schema(*CATALOGUE_TYPES), SHEETS_BODY)
BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            media_type: schema
            for told in DOCUMENT_OR_SHEET
            for media_type, schema in told["requestBody"]["content"].items()
        },
    }
}
"""What the route tells of its body: a document, or a sheet."""

ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "model": VersionOut | CatalogueAnswerOut | SheetTrial,
        "description": "Turned away on arrival, `faults` tell why; a request, and what is answered; or a dry run",
    },
    202: {"model": JobOut, "description": "Large: a job reads it, at `Location`"},
}


@router.post(
    "/catalogues",
    status_code=201,
    response_model=VersionOut,
    responses=ANSWERS,
    openapi_extra=BODY,
)
def upload_catalogue(
    db: UploadDb,
    body: BroughtBody,
    as_sheet: AsSheet,
    mode: InMode = Mode.WHOLE,
    dry_run: DryRun = False,  # noqa: FBT002 - FastAPI calls it by name
) -> Response:
    """Upload a catalogue of any size, also as a sheet, new prices or items for one, or its deletion; or ask for one."""
    return db.run(sheet_intake.bring_in, body, mode, dry_run=dry_run, as_sheet=as_sheet)
