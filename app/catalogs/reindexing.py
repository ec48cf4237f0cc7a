"""Jobs that keep the search small and whole: what no version will show again is forgotten, the pieces of the index are
put together, and lines that are not searched yet, as after an update of the service, are indexed.

Each does some hundred lines and asks to go on, so that nobody waits for it.
"""

from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import Session, col

from app.catalogs.indexing import entry_of, index_lines
from app.catalogs.lines import document_line
from app.catalogs.models import ACCEPTED, CatalogueLine, CatalogueVersion
from app.catalogs.search_models import SearchedCatalogue, SearchedLine
from app.kit import jobs
from app.kit.clock import business_day
from app.kit.db import is_postgresql, rows

FORGET, INDEX = "catalogues.forget", "catalogues.index"
AT_ONCE: Final = 500
PAGES: Final = 64
"""So many pages of the index are written anew at once."""


def forget_later(session: Session, catalogue_id: UUID, now: datetime) -> None:
    """Ask for a catalogue's past to be forgotten by the search."""
    jobs.enqueue(session, FORGET, str(catalogue_id), {"catalogue_id": str(catalogue_id)}, now)


def forget(work: jobs.Work) -> None:
    """Forget some lines that ended with a version that was live, or before; after the last, put the index together."""
    catalogue_id = UUID(work.payload["catalogue_id"])
    past = _past(work.session, catalogue_id, work.now)
    if _forget_some(work.session, catalogue_id, past) or merge_some(work.session):
        forget_later(work.session, catalogue_id, work.now)


def _past(session: Session, catalogue_id: UUID, now: datetime) -> int:
    """Give the newest version that was live: what ended with it, or before, will not be shown again."""
    came = or_(col(CatalogueVersion.live_to).is_(None), col(CatalogueVersion.live_to) >= CatalogueVersion.live_from)
    query = select(func.coalesce(func.max(col(CatalogueVersion.ordinal)), 0)).where(
        col(CatalogueVersion.catalogue_id) == catalogue_id,
        col(CatalogueVersion.status).in_(ACCEPTED),
        col(CatalogueVersion.live_from) <= business_day(now),
        came,
    )
    return int(rows(session, query)[0][0])


def _forget_some(session: Session, catalogue_id: UUID, past: int) -> bool:
    """Forget some lines, and up to which version all are forgotten; tells whether there may be more."""
    of_catalogue = col(SearchedCatalogue.catalogue_id) == catalogue_id
    query = (
        select(col(SearchedLine.number))
        .join_from(SearchedLine, CatalogueLine, col(CatalogueLine.id) == col(SearchedLine.line_id))
        .join(SearchedCatalogue, col(SearchedCatalogue.catalogue_id) == col(CatalogueLine.catalogue_id))
        .where(
            of_catalogue,
            col(CatalogueLine.catalogue_id) == catalogue_id,
            col(CatalogueLine.to_version) > col(SearchedCatalogue.forgotten),
            col(CatalogueLine.to_version) <= past,
        )
        .limit(AT_ONCE)
    )
    numbers = [row.number for row in rows(session, query)]
    connection = session.connection()
    connection.execute(delete(SearchedLine).where(col(SearchedLine.number).in_(numbers)))
    if len(numbers) < AT_ONCE:
        connection.execute(update(SearchedCatalogue).where(of_catalogue).values(forgotten=past))
    return len(numbers) == AT_ONCE


def merge_some(session: Session) -> bool:
    """Put a few pieces of the index together; tells whether there may be more. Every upload leaves pieces, and every
    search looks into each: with twenty it takes three times as long as with five. This is for SQLite; PostgreSQL keeps
    its index in one piece.
    """
    if is_postgresql(session):
        return False
    connection = session.connection()
    before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
    connection.exec_driver_sql("INSERT INTO searched_text (searched_text, rank) VALUES ('merge', ?)", (PAGES,))
    after = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
    return bool(after - before > 1)  # FTS5 counts one change when there is nothing to do


def index(work: jobs.Work) -> None:
    """Index the next lines of a catalogue that are not searched yet."""
    catalogue_id, session = UUID(work.payload["catalogue_id"]), work.session
    past = _past(session, catalogue_id, work.now)
    query = (
        select(col(CatalogueLine.from_version), col(CatalogueLine.id), col(CatalogueLine.content))
        .outerjoin_from(CatalogueLine, SearchedLine, col(SearchedLine.line_id) == col(CatalogueLine.id))
        .where(
            col(CatalogueLine.catalogue_id) == catalogue_id,
            col(CatalogueLine.id) > UUID(work.payload.get("after", str(UUID(int=0)))),
            col(CatalogueLine.orderable).is_(True),
            or_(col(CatalogueLine.to_version).is_(None), col(CatalogueLine.to_version) > past),
            col(SearchedLine.number).is_(None),
        )
        .order_by(col(CatalogueLine.id))
        .limit(AT_ONCE)
    )
    found = rows(session, query)
    for from_version, lines in groupby(found, key=itemgetter(0)):
        index_lines(session, catalogue_id, from_version, [entry_of(line[1], document_line(line[2])) for line in lines])
    if len(found) == AT_ONCE:
        payload = {"catalogue_id": str(catalogue_id), "after": str(found[-1][1])}
        jobs.enqueue(session, INDEX, str(catalogue_id), payload, work.now)
