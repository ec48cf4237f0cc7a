"""Writes the lines of a new version beside the live ones, a chunk at a time, and ends those that it takes out.

Nothing is copied: a line that stays the same belongs to every version from its first to its last. How far it has come
stands in the version's row, written with the lines, so that whoever goes on writes none twice. What a chunk comes to is
worked out before it is written, so that nobody waits meanwhile.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from app.catalogs.changes import Change, ChangeKind, change_of, summary_of
from app.catalogs.indexing import Entry, entry_of, index_lines
from app.catalogs.line_changes import after, contradiction
from app.catalogs.lines import document_line, written_row
from app.catalogs.models import CatalogueLine, CatalogueVersion
from app.catalogs.recording import forget_changes, record_changes
from app.documents.catalogue import CatalogueLine as Line
from app.documents.catalogue_reading import CatalogueDocumentLine, ReadLine
from app.kit.bulk import insert_many
from app.kit.errors import Conflict, Fault

MOST_FAULTS: Final = 100
CONTRADICTION: Final = "ActionCode"
"""What a line is counted as that contradicts what stands in the catalogue."""

REMOVED: Final = Change(frozenset((ChangeKind.REMOVED,)))


class LinesMoved(Conflict):
    """What stood in the catalogue is not what it was when the chunk was worked out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written where: the version's ordinal, the id of its first row, and the day on which prices are compared.

    `lines_read` have been dealt with before. Lines at fault are left out when the version `is_partial`, and else it
    `is_sound` as long as there was none; `is_first` says that nothing stands in the catalogue.
    """

    version_id: UUID
    catalogue_id: UUID
    ordinal: int
    first_id: UUID
    day: date
    lines_read: int
    is_partial: bool
    is_sound: bool
    is_first: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A line that stands in the catalogue: the id of its row, and its content."""

    row_id: UUID
    content: Any

    def line(self) -> Line:
        return document_line(self.content)


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with one line of the document."""

    line_id: str
    fault: Fault

    def as_json(self) -> dict[str, Any]:
        return {"line_id": self.line_id, **self.fault.as_json()}


@dataclass(frozen=True, slots=True)
class Staged:
    """What a chunk comes to: rows that begin and what they are found by, rows that end, what changes, and what is at
    fault.
    """

    lines_read: int
    rows: Sequence[Mapping[str, Any]] = ()
    entries: Sequence[Entry | None] = ()
    ended: Sequence[UUID] = ()
    changes: Sequence[tuple[UUID, Change]] = ()
    faults: Sequence[LineFault] = ()


def plan_of(session: Session, version: CatalogueVersion) -> Plan:
    """Give the plan of a version."""
    assert version.first_line_id is not None  # noqa: S101 - set when the version is made
    return Plan(
        version_id=version.id,
        catalogue_id=version.catalogue_id,
        ordinal=version.ordinal,
        first_id=version.first_line_id,
        day=version.compared_on,
        lines_read=version.lines_read,
        is_partial=version.is_partial,
        is_sound=version.is_partial or not version.fault_counts,
        is_first=not _some_standing(session, version.catalogue_id, version.ordinal, 1),
    )


def standing_for(session: Session, plan: Plan, chunk: Iterable[ReadLine]) -> dict[str, Standing]:
    """Give the lines of the catalogue that a chunk is about, by their ids."""
    wanted = [line.line_id for line in chunk if line.line is not None]
    if plan.is_first or not wanted:
        return {}
    query = select(CatalogueLine.line_id, CatalogueLine.id, col(CatalogueLine.content)).where(
        CatalogueLine.catalogue_id == plan.catalogue_id,
        col(CatalogueLine.line_id).in_(wanted),
        col(CatalogueLine.to_version).is_(None),
        CatalogueLine.from_version < plan.ordinal,
    )
    return {line_id: Standing(row_id, content) for line_id, row_id, content in session.exec(query)}


def worked_out(plan: Plan, chunk: Sequence[ReadLine], standing: Mapping[str, Standing], *, writes: bool) -> Staged:
    """Give what a chunk comes to; when nothing is to be written, only what cannot be taken."""
    faults, taken = [], []
    for line in chunk:
        if line.line is None:
            faults += [LineFault(line.line_id, fault) for fault in line.faults] if plan.is_partial else []
        elif (reason := contradiction(line.line, is_standing=line.line_id in standing)) is not None:
            faults.append(LineFault(line.line_id, Fault(f"line {line.line_id}: {reason}", row=line.row)))
        else:
            taken.append((line.number, line.line))
    staged = Staged(chunk[-1].number, faults=faults)
    if not writes or (faults and not plan.is_partial):
        return staged
    return _written(plan, staged, taken, standing)


def _written(
    plan: Plan,
    staged: Staged,
    taken: Sequence[tuple[int, CatalogueDocumentLine]],
    standing: Mapping[str, Standing],
) -> Staged:
    rows, entries, ended, changes = [], [], [], []
    for number, line in taken:
        old = standing.get(line.line_id)
        before = _read_once(old)
        becomes = after(line, before)
        row_id = UUID(int=plan.first_id.int + number - 1)
        if old is not None:
            ended.append(old.row_id)
        if becomes is not None:
            rows.append(written_row(becomes, plan.catalogue_id, plan.ordinal, row_id))
            entries.append(entry_of(row_id, becomes))
        elif old is not None:
            row_id = old.row_id
        change = change_of(before() if old is not None and becomes is not None else None, becomes, plan.day)
        changes.append((row_id, change))
    return replace(staged, rows=rows, entries=entries, ended=ended, changes=changes)


def _read_once(standing: Standing | None) -> Callable[[], Line]:
    """Give what reads the line that stands when it is asked for the first time."""
    found: list[Line] = []

    def read() -> Line:
        if not found:
            assert standing is not None  # noqa: S101 - a line without one asks for none
            found.append(standing.line())
        return found[0]

    return read


def write(session: Session, plan: Plan, staged: Staged) -> None:
    """Write what a chunk comes to, and how far the version is with it.

    :raises LinesMoved: when rows that are to end have ended.
    """
    _end(session, plan, staged.ended)
    insert_many(session, CatalogueLine, staged.rows)
    index_lines(session, plan.catalogue_id, plan.ordinal, staged.entries)
    record_changes(session, plan.catalogue_id, plan.ordinal, staged.changes)
    version = session.get_one(CatalogueVersion, plan.version_id)
    version.lines_read = staged.lines_read
    _count(version, (change for _, change in staged.changes))
    tell(version, staged.faults)
    session.flush()


def _end(session: Session, plan: Plan, row_ids: Sequence[UUID]) -> None:
    if not row_ids:
        return
    ending = update(CatalogueLine).where(col(CatalogueLine.id).in_(row_ids), col(CatalogueLine.to_version).is_(None))
    if session.connection().execute(ending.values(to_version=plan.ordinal)).rowcount != len(row_ids):
        raise LinesMoved("lines of the catalogue have changed meanwhile; the document is read again")


def _count(version: CatalogueVersion, changes: Iterable[Change]) -> None:
    counted = summary_of(changes)
    version.change_summary = {kind: version.change_summary.get(kind, 0) + count for kind, count in counted.items()}


def tell(version: CatalogueVersion, faults: Sequence[LineFault]) -> None:
    """Add to what is wrong with lines of a version: the first are named, all are counted."""
    if not faults:
        return
    room = max(MOST_FAULTS - len(version.faults), 0)
    version.faults = [*version.faults, *(fault.as_json() for fault in faults[:room])]
    rules = Counter(fault.fault.rule_id or CONTRADICTION for fault in faults)
    version.fault_counts = dict(Counter(version.fault_counts or {}) + rules)


def end_some(session: Session, plan: Plan, most: int) -> bool:
    """End so many lines, at most, of those that stand yet; tells whether there may be others."""
    found = _some_standing(session, plan.catalogue_id, plan.ordinal, most)
    _end(session, plan, found)
    record_changes(session, plan.catalogue_id, plan.ordinal, ((row_id, REMOVED) for row_id in found))
    _count(session.get_one(CatalogueVersion, plan.version_id), (REMOVED for _ in found))
    session.flush()
    return len(found) == most


def _some_standing(session: Session, catalogue_id: UUID, ordinal: int, most: int) -> Sequence[UUID]:
    query = select(CatalogueLine.id).where(
        CatalogueLine.catalogue_id == catalogue_id,
        col(CatalogueLine.to_version).is_(None),
        CatalogueLine.from_version < ordinal,
    )
    return session.exec(query.limit(most)).all()


def chunks(lines: Iterable[ReadLine], size: Callable[[], int]) -> Generator[list[ReadLine]]:
    """Give lines some at a time, as many as are wanted by then."""
    chunk: list[ReadLine] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) >= size():
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def unstage(session: Session, catalogue_id: UUID, ordinal: int) -> None:
    """Take back what a version wrote: its lines go, and those that it ended stand again."""
    of_catalogue = col(CatalogueLine.catalogue_id) == catalogue_id
    connection = session.connection()
    forget_changes(session, catalogue_id, ordinal)
    connection.execute(delete(CatalogueLine).where(of_catalogue, col(CatalogueLine.from_version) == ordinal))
    connection.execute(
        update(CatalogueLine).where(of_catalogue, col(CatalogueLine.to_version) == ordinal).values(to_version=None)
    )
