"""Importing a document about a catalogue from the shell: the same steps as at the door, in this process."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlmodel import Session, select

from app.catalogs.intake import take_in
from app.catalogs.models import TURNED_AWAY, CatalogueVersion
from app.catalogs.receiving import Arrived, CatalogueTaker, Mode, ReceivedCatalogue, received_from
from app.catalogs.sheet_reading import SHEETS
from app.catalogs.sheet_receiving import Hand, SheetWish, opened
from app.dialects import JSON_TYPE, XML_TYPES
from app.kit import jobs
from app.kit.calls import Call as AnyCall
from app.kit.clock import Clock
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.jobs import Job, JobState
from app.kit.sheets import CSV, XLSX
from app.kit.shifts import LongHandler, run_next_long
from app.kit.tokens import Principal
from app.organisations.access import Call, find_actor
from app.organisations.people_models import User
from app.organisations.queries import UserNotFound

MEDIA_TYPES: Final = {".json": JSON_TYPE, ".xlsx": XLSX, ".csv": CSV}
"""By a file's suffix; every other file is XML."""

OVER: Final = (JobState.SUCCEEDED, JobState.DEAD, JobState.CANCELLED)
LOOK_SECONDS: Final = 0.2
_CHUNK: Final = 1024 * 1024

Tell = Callable[[int, int | None], None]
"""Is told how many lines have been dealt with, of how many, where that is known."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports into a database, as somebody who is registered there."""

    database: Database
    settings: Settings
    clock: Clock
    handlers: Mapping[str, LongHandler]
    who: Principal
    profile: str | None = None
    """The mapping profile of a sheet."""

    def run(self, file: Path, mode: Mode, tell: Tell) -> CatalogueVersion:
        """Take a file in and read it to the end; whoever interrupts this gives it up.

        :raises Refusal: as the door does.
        """
        version = self._take_in(file, mode)
        if version.job_id is not None:
            self._see_through(version.job_id, tell)
        return self.database.run(lambda session: session.get_one(CatalogueVersion, version.id), write=False)

    def _take_in(self, file: Path, mode: Mode) -> CatalogueVersion:
        media_type = MEDIA_TYPES.get(file.suffix.lower(), XML_TYPES[0])
        taker = CatalogueTaker(self.database, self.clock, self.settings, media_type)
        try:
            with file.open("rb") as opened:
                while chunk := opened.read(_CHUNK):
                    if taker.take(chunk):
                        taker.keep()
            arrived = Arrived(taker.end(media_type), taker.lines)
            return self._handed_in(arrived, mode)
        finally:
            taker.give_up()

    def _handed_in(self, arrived: Arrived, mode: Mode) -> CatalogueVersion:
        incoming = arrived.incoming
        if incoming.media_type in SHEETS:
            with opened(
                Hand(self.database, self.who, self.clock.now()), incoming, SheetWish(self.profile), mode
            ) as sheet:
                return self.database.run(partial(self._step, received=sheet.received, mode=mode))
        received = received_from(arrived, self.settings.catalogue_at_once, mode, self.database)
        return self.database.run(partial(self._step, received=received, mode=mode))

    def _step(self, session: Session, received: ReceivedCatalogue, mode: Mode) -> CatalogueVersion:
        now = self.clock.now()
        call: Call = AnyCall(session, find_actor(session, self.who, now), now)
        return take_in(call, received, mode)

    def _see_through(self, job_id: UUID, tell: Tell) -> None:
        """Do the job in a thread, unless a worker has it already, and look how far it is."""
        stopping = threading.Event()
        working = threading.Thread(target=self._work, args=(job_id, stopping), daemon=True)
        working.start()
        try:
            while (job := self._job(job_id)).state not in OVER:
                tell(job.progress, job.total)
                working.join(LOOK_SECONDS)
            tell(job.progress, job.progress)
        except KeyboardInterrupt:
            self.database.run(lambda session: jobs.cancel(session.get_one(Job, job_id), self.clock.now()))
            working.join()
            raise
        finally:
            stopping.set()

    def _work(self, job_id: UUID, stopping: threading.Event) -> None:
        while not stopping.is_set() and self._job(job_id).state not in OVER:
            if not run_next_long(self.database, self.handlers, self.clock.now, stopping=stopping, job_id=job_id):
                stopping.wait(1)

    def _job(self, job_id: UUID) -> Job:
        return self.database.run(lambda session: session.get_one(Job, job_id), write=False)


def principal_of(session: Session, subject: str, issuer: str | None) -> Principal:
    """Find who is meant by a subject, and an issuer where more than one has it.

    :raises UserNotFound: for nobody, or for several.
    """
    query = select(User).where(User.subject == subject)
    found = session.exec(query if issuer is None else query.where(User.issuer == issuer).limit(2)).all()
    if len(found) != 1:
        several = "is several users; say which with --issuer" if found else "is no user here"
        raise UserNotFound(f"{subject} {several}")
    return Principal(found[0].issuer, subject)


def show_import(importer: Importer, file: Path, mode: Mode, console: Console) -> bool:
    """Import a file with a progress bar, and tell what came of it; tells whether it was taken."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("lines", total=None)
        version = importer.run(file, mode, lambda done, total: progress.update(bar, completed=done, total=total))
    told = f"catalogue {version.catalogue_id}, version {version.ordinal}: {version.status}"
    console.print(told, json.dumps(version.change_summary), markup=False)
    for fault in version.faults:
        console.print(f"{_place(fault)}{fault['message']}", markup=False)
    for rule, count in (version.fault_counts or {}).items():
        console.print(f"{rule}: {count}", markup=False)
    return version.status not in TURNED_AWAY


def _place(fault: Mapping[str, Any]) -> str:
    """Tell where a fault is: the cell of a sheet, or the line."""
    if "row" in fault:
        parts = (fault.get("sheet"), f"row {fault['row']}", fault.get("column"))
        return f"{', '.join(part for part in parts if part)}: "
    return f"line {fault['line_id']}: " if fault.get("line_id") else ""
