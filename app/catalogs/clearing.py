"""Takes back what versions wrote that were turned away, given up or withdrawn: little at once, much by a job."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, Update, delete, select, update
from sqlmodel import Session, col

from app.catalogs import queries
from app.catalogs.models import CatalogueLine, CatalogueVersion, LineChange
from app.catalogs.staging import unstage
from app.kit import jobs
from app.kit.db import rows
from app.kit.shifts import LongHandler, Pace, Shift

CLEAR: Final = "catalogues.clear"
AT_ONCE: Final = 1000
"""So many lines of a document are taken back in the transaction that turns it away."""


def take_back(session: Session, version: CatalogueVersion, now: datetime) -> None:
    """Take back what a version wrote: its lines go, and those that it ended stand again. Much of it is left to a job;
    the next version of the catalogue is read after it.
    """
    if version.lines_read <= AT_ONCE and sum(version.change_summary.values()) <= AT_ONCE:
        unstage(session, version.catalogue_id, version.ordinal)
        return
    version.clearing = True
    catalogue_id = str(version.catalogue_id)
    jobs.enqueue(session, CLEAR, catalogue_id, {"catalogue_id": catalogue_id}, now)


def clear_catalogue(shift: Shift, catalogue_id: UUID, size: int) -> None:
    """Take back, so many rows at a time or fewer, what is to be taken back of a catalogue's versions."""
    pace = Pace(size, shift.database)
    for version in shift.database.run(partial(queries.clearing, catalogue_id=catalogue_id), write=False):
        for clear in (_forget_changes, _remove_lines, _raise_lines):
            while shift.step(partial(clear, version=version, most=pace.size)):
                pace.took(shift.last_took)
                shift.rest()
        shift.step(partial(_cleared, version_id=version.id))


def _cleared(session: Session, version_id: UUID) -> None:
    session.get_one(CatalogueVersion, version_id).clearing = False


def _forget_changes(session: Session, version: CatalogueVersion, most: int) -> bool:
    of_version = (col(LineChange.catalogue_id) == version.catalogue_id, col(LineChange.ordinal) == version.ordinal)
    some = _some(session, LineChange.row_id, of_version, most)
    return _gone(session, delete(LineChange).where(*of_version, col(LineChange.row_id).in_(some)), some, most)


def _remove_lines(session: Session, version: CatalogueVersion, most: int) -> bool:
    """Remove rows by their ids, which follow each other: to look for them by version would read the whole catalogue."""
    of_version: list[ColumnElement[bool]] = [
        col(CatalogueLine.catalogue_id) == version.catalogue_id,
        col(CatalogueLine.from_version) == version.ordinal,
    ]
    if version.first_line_id is not None:
        last_id = UUID(int=version.first_line_id.int + version.lines_read)
        of_version.append(col(CatalogueLine.id).between(version.first_line_id, last_id))
    some = _some(session, CatalogueLine.id, of_version, most)
    return _gone(session, delete(CatalogueLine).where(col(CatalogueLine.id).in_(some)), some, most)


def _raise_lines(session: Session, version: CatalogueVersion, most: int) -> bool:
    """Let lines stand again that the version ended."""
    ended = (
        col(CatalogueLine.catalogue_id) == version.catalogue_id,
        col(CatalogueLine.to_version) == version.ordinal,
    )
    some = _some(session, CatalogueLine.id, ended, most)
    standing = update(CatalogueLine).where(col(CatalogueLine.id).in_(some)).values(to_version=None)
    return _gone(session, standing, some, most)


def _some(session: Session, key: Any, conditions: Sequence[Any], most: int) -> list[UUID]:
    return [found[0] for found in rows(session, select(col(key)).where(*conditions).limit(most))]


def _gone(session: Session, statement: Delete | Update, some: Sequence[UUID], most: int) -> bool:
    """Run a statement on the rows that were found; tells whether there may be others."""
    if some:
        session.connection().execute(statement)
    return len(some) == most


def handler(size: int) -> LongHandler:
    """Give what does the job, so many rows at a time; nothing of it is taken back when it is cancelled."""

    def run(shift: Shift) -> None:
        clear_catalogue(shift, UUID(shift.payload["catalogue_id"]), size)

    return LongHandler(run=run, clear=run)
