"""Doors of the catalogs chapter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.catalogs import searching, service
from app.catalogs.messages import CatalogueOut, CatalogueWithVersions, LineDetail
from app.catalogs.search_messages import Asked, LinesFound
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations.access import Db

router = APIRouter(tags=["catalogues"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
Wish = Annotated[Asked, Depends()]


@router.get("/catalogues", response_model=Page[CatalogueOut])
def list_catalogues(wanted: Wanted, db: Db) -> Response:
    """The catalogues that you may look at."""
    return db.run(service.list_catalogues, wanted)


@router.get("/catalogues/{catalogue_id}", response_model=CatalogueWithVersions)
def get_catalogue(catalogue_id: UUID, db: Db) -> Response:
    """One catalogue with its versions."""
    return db.run(service.get_catalogue, catalogue_id)


@router.get("/catalogue-lines", response_model=LinesFound)
def search_lines(asked: Wish, wanted: Wanted, db: Db) -> Response:
    """Search what you may order today; lines whose item number is exactly `q` come first."""
    return db.run(searching.search_lines, asked, wanted)


@router.get("/catalogue-lines/{line_id}", response_model=LineDetail)
def get_line(line_id: UUID, db: Db) -> Response:
    """One line that you may order today, with all that its supplier says of it."""
    return db.run(service.get_line, line_id)
