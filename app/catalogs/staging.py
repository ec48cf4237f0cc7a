"""Writes the lines of a new version beside the live ones, and takes them back when the version is turned away.

Nothing is copied: a line that stays the same belongs to every version from its first to its last.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from app.catalogs.changes import Change, change_of, summary_of
from app.catalogs.lines import document_line, row_of
from app.catalogs.models import CatalogueLine
from app.documents import catalogue as documents
from app.organisations.answers import LineReason

CHUNK: Final = 1000
ADD, UPDATE, DELETE = "Add", "Update", "Delete"


@dataclass
class Staged:
    """What a version does: counts of its changes, and the lines that cannot be taken."""

    summary: Counter[str] = field(default_factory=Counter)
    refused: list[LineReason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A line that stands in the catalogue: the id of its row, and its content."""

    row_id: UUID
    content: Any


def stage(
    session: Session,
    catalogue_id: UUID,
    ordinal: int,
    lines: Sequence[documents.CatalogueLine],
    first_id: UUID,
    day: date,
) -> Staged:
    """Write a version's lines, a thousand at a time; the rows' ids rise with the lines from `first_id` on.

    Add takes a line that is not there, Update and Delete one that is: somebody who sends a whole catalogue anew as
    Add would else leave what is gone from it standing.
    """
    staged = Staged()
    numbers = iter(range(first_id.int, first_id.int + len(lines)))
    remaining = iter(lines)
    while chunk := list(islice(remaining, CHUNK)):
        standing = _standing(session, catalogue_id, [line.line_id for line in chunk])
        refused = list(_refused(chunk, standing))
        staged.refused += refused
        if not staged.refused:
            staged.summary.update(summary_of(_changes(chunk, standing, day)))
            _write(session, catalogue_id, ordinal, chunk, standing, numbers)
    return staged


def _standing(session: Session, catalogue_id: UUID, line_ids: Sequence[str]) -> dict[str, _Standing]:
    query = select(CatalogueLine.line_id, CatalogueLine.id, col(CatalogueLine.content)).where(
        CatalogueLine.catalogue_id == catalogue_id,
        col(CatalogueLine.line_id).in_(line_ids),
        col(CatalogueLine.to_version).is_(None),
    )
    return {line_id: _Standing(row_id, content) for line_id, row_id, content in session.exec(query)}


def _refused(chunk: Sequence[documents.CatalogueLine], standing: dict[str, _Standing]) -> Iterator[LineReason]:
    for line in chunk:
        if line.action_code == ADD and line.line_id in standing:
            yield LineReason(line.line_id, "it is in the catalogue already; send it as Update")
        elif line.action_code in (UPDATE, DELETE) and line.line_id not in standing:
            yield LineReason(line.line_id, f"it is not in the catalogue; {line.action_code} takes a line that is")
        elif line.action_code not in (ADD, UPDATE, DELETE):
            yield LineReason(line.line_id, f"its ActionCode is none of {ADD}, {UPDATE} and {DELETE}")


def _changes(chunk: Sequence[documents.CatalogueLine], standing: dict[str, _Standing], day: date) -> Iterator[Change]:
    for line in chunk:
        old = standing.get(line.line_id)
        before = document_line(old.content) if old is not None else None
        yield change_of(before, None if line.action_code == DELETE else line, day)


def _write(
    session: Session,
    catalogue_id: UUID,
    ordinal: int,
    chunk: Sequence[documents.CatalogueLine],
    standing: dict[str, _Standing],
    numbers: Iterator[int],
) -> None:
    connection = session.connection()
    if ended := [old.row_id for old in standing.values()]:
        connection.execute(update(CatalogueLine).where(col(CatalogueLine.id).in_(ended)).values(to_version=ordinal))
    rows = [
        row_of(line, catalogue_id, ordinal, UUID(int=number))
        for line, number in zip(chunk, numbers, strict=False)
        if line.action_code != DELETE
    ]
    if rows:
        connection.execute(insert(CatalogueLine), rows)


def unstage(session: Session, catalogue_id: UUID, ordinal: int) -> None:
    """Take back what a version wrote: its lines go, and those that it ended stand again."""
    of_catalogue = col(CatalogueLine.catalogue_id) == catalogue_id
    connection = session.connection()
    connection.execute(delete(CatalogueLine).where(of_catalogue, col(CatalogueLine.from_version) == ordinal))
    connection.execute(
        update(CatalogueLine).where(of_catalogue, col(CatalogueLine.to_version) == ordinal).values(to_version=None)
    )
