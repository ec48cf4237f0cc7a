"""Doors of posting: schemes, combinations and defaults of organisations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.kit.uploads import SHEETS_BODY, Upload, uploaded
from app.orders import posting_defaults, posting_schemes
from app.orders.posting_messages import (
    CombinationOut,
    CombinationsOut,
    PostingDefaultIn,
    PostingDefaultOut,
    PostingSchemeIn,
    PostingSchemeOut,
)
from app.organisations.access import Db

router = APIRouter(tags=["posting"], responses=RESPONSES)
sheets_router = APIRouter(tags=["posting"], responses=RESPONSES)
"""Its bodies are files, which may be larger."""

Wanted = Annotated[PageQuery, Depends(page_query)]
SheetsBody = Annotated[Upload, Depends(uploaded)]


@router.put("/organisations/{organisation_id}/posting-scheme", response_model=PostingSchemeOut)
def put_posting_scheme(organisation_id: UUID, body: PostingSchemeIn, db: Db, if_match: IfMatch = None) -> Response:
    """Set by which dimensions it and all below it post; to change it takes `If-Match`."""
    return db.run(posting_schemes.put_scheme, organisation_id, body, if_match)


@router.get("/organisations/{organisation_id}/posting-scheme", response_model=PostingSchemeOut)
def get_posting_scheme(organisation_id: UUID, db: Db) -> Response:
    """The scheme that holds there, and whose it is."""
    return db.run(posting_schemes.get_scheme, organisation_id)


@sheets_router.post(
    "/organisations/{organisation_id}/posting-combinations",
    response_model=CombinationsOut,
    openapi_extra=SHEETS_BODY,
)
def import_posting_combinations(organisation_id: UUID, upload: SheetsBody, db: Db) -> Response:
    """Replace the combinations by a sheet with a column for each dimension: all rows or none."""
    return db.run(posting_schemes.import_combinations, organisation_id, upload)


@router.get("/organisations/{organisation_id}/posting-combinations", response_model=Page[CombinationOut])
def list_posting_combinations(organisation_id: UUID, wanted: Wanted, db: Db) -> Response:
    """The combinations of the scheme that holds there."""
    return db.run(posting_schemes.list_combinations, organisation_id, wanted)


@router.post("/organisations/{organisation_id}/posting-defaults", status_code=201, response_model=PostingDefaultOut)
def add_posting_default(organisation_id: UUID, body: PostingDefaultIn, db: Db) -> Response:
    """Say where lines are posted that nobody posts: of a user, an agreement, a product group, or of these together."""
    return db.run(posting_defaults.add_default, organisation_id, body)


@router.get("/organisations/{organisation_id}/posting-defaults", response_model=Page[PostingDefaultOut])
def list_posting_defaults(organisation_id: UUID, wanted: Wanted, db: Db) -> Response:
    """The defaults that it has set."""
    return db.run(posting_defaults.list_defaults, organisation_id, wanted)


@router.delete("/organisations/{organisation_id}/posting-defaults/{default_id}", status_code=204)
def drop_posting_default(organisation_id: UUID, default_id: UUID, db: Db) -> Response:
    """Take a default back."""
    return db.run(posting_defaults.drop_default, organisation_id, default_id)
