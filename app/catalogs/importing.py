"""Reads a document into a version of its catalogue, chunk by chunk: in the request's own transaction when it is small,
else as a job of many short ones, which goes on after whatever ended it from the last chunk that was written.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from functools import partial
from typing import BinaryIO, Final, Protocol, TypeVar
from uuid import UUID

from sqlmodel import Session

from app.catalogs import queries, staging
from app.catalogs.announcing import announce
from app.catalogs.clearing import clear_catalogue
from app.catalogs.concluding import audit_version, conclude, fit_of, organisation_of
from app.catalogs.intents import intent_of
from app.catalogs.models import TRANSITIONS, CatalogueVersion, VersionState
from app.catalogs.receiving import readable
from app.catalogs.sheet_reading import SHEETS, open_sheet
from app.catalogs.staging import Plan
from app.dialects import open_catalogue
from app.documents.catalogue_reading import CatalogueDocument, HeldReading, Reading, ReadLine
from app.documents.envelope import Envelope
from app.kit import archive
from app.kit.ahead import one_ahead
from app.kit.archive import ArchivedDocument
from app.kit.calls import Call as AnyCall
from app.kit.clock import business_day
from app.kit.shifts import LongHandler, Pace, Shift
from app.kit.states import advance
from app.organisations.access import Actor, Call, actor_by_id

IMPORT: Final = "catalogues.import"
RESULT: Final = "catalogue_version"
AT_ONCE_CHUNK: Final = 1000
Result = TypeVar("Result")


class Steps(Protocol):
    """How steps are run: each in a transaction of its own, or all in one, and which lines each deals with."""

    @property
    def size(self) -> int: ...

    def chunks(self, lines: Iterable[ReadLine]) -> Generator[list[ReadLine]]: ...

    def read(self, step: Callable[[Session], Result]) -> Result: ...

    def write(self, step: Callable[[Session], Result], lines_read: int) -> Result: ...


class AtOnce:
    """Runs all steps in one transaction."""

    size = AT_ONCE_CHUNK

    def __init__(self, session: Session) -> None:
        self._session = session

    def chunks(self, lines: Iterable[ReadLine]) -> Generator[list[ReadLine]]:
        return staging.chunks(lines, lambda: self.size)

    def read(self, step: Callable[[Session], Result]) -> Result:
        return step(self._session)

    def write(self, step: Callable[[Session], Result], lines_read: int) -> Result:
        del lines_read
        return step(self._session)


class _InShift:
    """Runs each step in a transaction of its own, and tells how many lines have been dealt with."""

    def __init__(self, shift: Shift, most: int) -> None:
        self._shift = shift
        self._pace = Pace(most, shift.database)

    @property
    def size(self) -> int:
        return self._pace.size

    def chunks(self, lines: Iterable[ReadLine]) -> Generator[list[ReadLine]]:
        """Give lines some at a time, and read the next while PostgreSQL writes. The driver of SQLite gives Python's
        lock away at each row and gets it back only when the other thread rests: that took twice as long.
        """
        chunks = staging.chunks(lines, lambda: self.size)
        return chunks if self._shift.database.is_sqlite else one_ahead(chunks)

    def read(self, step: Callable[[Session], Result]) -> Result:
        return self._shift.database.run(step, write=False)

    def write(self, step: Callable[[Session], Result], lines_read: int) -> Result:
        result = self._shift.step(step, progress=lines_read)
        self._pace.took(self._shift.last_took)
        return result


def stage_all(steps: Steps, plan: Plan, reading: Reading, is_welcome: Callable[[CatalogueDocument], bool]) -> None:
    """Deal with all lines of a document, some at a time, from where an earlier shift came. Nothing more is written
    once the document cannot be taken: because it is not welcome, or has a line that cannot be left out.
    """
    stager = _Stager(steps, plan, is_welcome)
    with closing(steps.chunks(reading)) as chunks:
        for chunk in chunks:
            stager.take(chunk, reading.head)
    stager.end(reading)


class _Stager:
    """Remembers, from chunk to chunk, whether what is read is worth writing."""

    def __init__(self, steps: Steps, plan: Plan, is_welcome: Callable[[CatalogueDocument], bool]) -> None:
        self._steps = steps
        self._plan = plan
        self._is_welcome = is_welcome
        self._asked = False
        self._writes = plan.is_sound
        self._lines_read = 0

    def take(self, chunk: list[ReadLine], head: CatalogueDocument | None) -> None:
        """Deal with a chunk; of one that was dealt with before, only tell that the job still goes on."""
        self._look(head)
        if not self._plan.is_partial and any(line.faults for line in chunk):
            self._writes = False
        self._lines_read = chunk[-1].number
        fresh = [line for line in chunk if line.number > self._plan.lines_read]
        if not fresh:
            self._steps.write(_nothing, self._lines_read)
            return
        plan, steps = self._plan, self._steps
        standing = steps.read(partial(staging.standing_for, plan=plan, chunk=fresh))
        staged = staging.worked_out(plan, fresh, standing, writes=self._writes)
        if staged.faults and not plan.is_partial:
            self._writes = False
        steps.write(partial(staging.write, plan=plan, staged=staged), self._lines_read)

    def end(self, reading: Reading) -> None:
        """Take out what stands yet, where the document ends the whole catalogue."""
        self._look(reading.head)
        head = reading.head
        if not self._writes or head is None or reading.verdict().faults or not intent_of(head).ends_all:
            return
        steps, plan = self._steps, self._plan
        while steps.write(partial(staging.end_some, plan=plan, most=steps.size), self._lines_read):
            pass

    def _look(self, head: CatalogueDocument | None) -> None:
        if not self._asked:
            self._asked = True
            self._writes = self._writes and head is not None and self._is_welcome(head)


def _nothing(_: Session) -> None:
    """Only the job's lease is renewed."""


def read_at_once(call: Call, version: CatalogueVersion, reading: HeldReading) -> None:
    """Read a small document in the call's own transaction, and conclude."""
    if not reading.verdict().faults:
        catalogue = queries.locked(call.session, version.catalogue_id)
        organisation = organisation_of(call, catalogue)
        stage_all(
            AtOnce(call.session),
            staging.plan_of(call.session, version),
            reading,
            lambda head: not fit_of(call, catalogue, organisation, head).reasons,
        )
    conclude(call, version, reading.head, reading.verdict())


def handler(size: int) -> LongHandler:
    """Give what does the job, so many lines at a time or fewer."""
    return LongHandler(run=partial(_run, size=size), clear=partial(_clear, size=size))


def _run(shift: Shift, size: int) -> None:
    version = _version(shift)
    clear_catalogue(shift, version.catalogue_id, size)
    if version.status == VersionState.STAGING:
        _import(shift, version, size)
    clear_catalogue(shift, version.catalogue_id, size)


def _import(shift: Shift, version: CatalogueVersion, size: int) -> None:
    plan = shift.database.run(lambda session: staging.plan_of(session, version), write=False)
    document = shift.database.run(lambda session: session.get_one(ArchivedDocument, version.document_id), write=False)
    reading = _reading(archive.opened(shift.database, document.id), document.media_type, version)
    steps = _InShift(shift, size)
    stage_all(steps, plan, reading, lambda head: shift.step(partial(_is_welcome, shift, version, head)))
    shift.step(partial(_conclude, shift, version.id, reading))


def _reading(file: BinaryIO, media_type: str, version: CatalogueVersion) -> Reading:
    if media_type in SHEETS:
        envelope = Envelope.model_validate(version.envelope)
        return open_sheet(file, media_type, version.legend, envelope, sort_out=version.is_partial)
    return open_catalogue(readable(file, media_type), sort_out=version.is_partial)


def _is_welcome(shift: Shift, version: CatalogueVersion, head: CatalogueDocument, session: Session) -> bool:
    call = _call(shift, session, version)
    catalogue = queries.locked(session, version.catalogue_id)
    return not fit_of(call, catalogue, organisation_of(call, catalogue), head).reasons


def _conclude(shift: Shift, version_id: UUID, reading: Reading, session: Session) -> None:
    version = session.get_one(CatalogueVersion, version_id)
    call = _call(shift, session, version)
    conclude(call, version, reading.head, reading.verdict())
    announce(call, version.catalogue_id, version.document_id)
    shift.tell(session, RESULT, version.id, faults=version.faults)


def _clear(shift: Shift, size: int) -> None:
    """Give a version up that is being read."""
    version = _version(shift)
    shift.step(partial(_give_up, shift, version.id))
    clear_catalogue(shift, version.catalogue_id, size)


def _give_up(shift: Shift, version_id: UUID, session: Session) -> None:
    version = session.get_one(CatalogueVersion, version_id)
    catalogue = queries.locked(session, version.catalogue_id)
    if version.status != VersionState.STAGING:
        return
    call = _call(shift, session, version)
    advance(version, VersionState.CANCELLED, TRANSITIONS)
    version.clearing, version.change_summary = True, {}
    audit_version(call, organisation_of(call, catalogue), version)
    announce(call, version.catalogue_id, version.document_id)


def _version(shift: Shift) -> CatalogueVersion:
    version_id = UUID(shift.payload["version_id"])
    return shift.database.run(lambda session: session.get_one(CatalogueVersion, version_id), write=False)


def _call(shift: Shift, session: Session, version: CatalogueVersion) -> Call:
    """Act as whoever handed the document in."""
    actor = actor_by_id(session, version.received_from, business_day(shift.now), version.received_for)
    call: AnyCall[Actor] = AnyCall(session, actor, shift.now)
    return call
