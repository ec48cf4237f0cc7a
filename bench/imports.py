"""What a catalogue import is measured by, each step in a process of its own so that its memory is its own.

`python -m bench.imports STEP ADDRESS FILE FOLDER`; prints JSON. STEP is `floor` (iterparse, extract, bulk insert),
`import`, `unjudged` (import without validation), or `writer` (writes every 20 ms until its input ends, and tells how
long it waited).
"""

import gc
import json
import resource
import select as polling
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from lxml import etree
from sqlalchemy import Connection, text
from sqlmodel import select

from app.catalogs import importing
from app.catalogs.intake import take_in
from app.catalogs.models import CatalogueVersion
from app.catalogs.receiving import Arrived, CatalogueTaker, received_from
from app.kit import jobs
from app.kit.clock import FixedClock
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.jobs import Job
from app.kit.shifts import run_next_long
from app.oioubl.catalogue_reading import CatalogueReading
from app.oioubl.stream import validate_catalogue
from app.oioubl.ubl import CAC, CBC
from tests.samples import FOLDER
from tests.world import NOON, build_world, call_of

PART, ROWS, PAUSE_SECONDS = 1024 * 1024, 5000, 0.02
LINE: Final = f"{{{CAC}}}CatalogueLine"
FIELDS: Final = (
    "ID",
    "ActionCode",
    "OrderableUnit",
    "ContentUnitQuantity",
    "LeadTimeMeasure",
    "PriceAmount",
    "BaseQuantity",
    "Name",
    "Description",
    "BrandName",
    "ItemClassificationCode",
    "Percent",
    "Value",
)
COLUMNS: Final = ", ".join(name.lower() for name in FIELDS)


def floor(address: str, file: Path, _: Path) -> dict[str, float]:
    """Read the lines, take thirteen fields of each as they are, and insert them as fast as the database takes them."""
    database = Database(address)
    database.run(lambda session: _make_table(session.connection()))
    begun = _Begun()
    rows: list[tuple[str | None, ...]] = []
    count = 0
    for row in _extracted(file):
        rows.append(row)
        count += 1
        if len(rows) == ROWS:
            database.run(lambda session: _insert(session.connection(), rows))
            rows.clear()
    database.run(lambda session: _insert(session.connection(), rows))
    return begun.measured(count)


def _make_table(connection: Connection) -> None:
    columns = ", ".join(f"{name.lower()} TEXT" for name in FIELDS)
    connection.execute(text("DROP TABLE IF EXISTS floor_line"))
    connection.execute(text(f"CREATE TABLE floor_line ({columns})"))
    connection.execute(text("CREATE UNIQUE INDEX floor_line_id ON floor_line (id)"))
    connection.execute(text("CREATE INDEX floor_line_name ON floor_line (name)"))


def _extracted(file: Path) -> Iterator[tuple[str | None, ...]]:
    for _, line in etree.iterparse(file, events=("end",), tag=LINE):
        yield tuple(line.findtext(f".//{{{CBC}}}{name}") for name in FIELDS)
        line.clear()
        while line.getprevious() is not None:
            del line.getparent()[0]


def _insert(connection: Connection, rows: list[tuple[str | None, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(FIELDS))
        driver.executemany(f"INSERT INTO floor_line ({COLUMNS}) VALUES ({marks})", rows)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY floor_line ({COLUMNS}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def imported(address: str, file: Path, folder: Path, *, judge: bool = True) -> dict[str, float]:
    """Hand a file in as the world's supplier and do the job that reads it."""
    database, settings, clock = Database(address), Settings(data_folder=folder), FixedClock(NOON)
    build_world(database, folder)
    if not judge:
        importing.open_catalogue = partial(CatalogueReading, judge=False)
    with (FOLDER / "catalogue.xml").open("rb") as sample:
        assert validate_catalogue(sample).is_valid
    gc.freeze()  # as `prokura worker` does
    begun = _Begun()
    taker = CatalogueTaker(database, clock, settings, "application/xml")
    with file.open("rb") as opened:
        while chunk := opened.read(PART):
            if taker.take(chunk):
                taker.keep()
    received = received_from(Arrived(taker.end("application/xml"), taker.lines), 0, database=database)
    upload_seconds = begun.again()
    database.run(lambda session: take_in(call_of(session, "supplier", NOON), received))
    handlers = {importing.IMPORT: importing.handler(settings.catalogue_chunk)}
    assert run_next_long(database, handlers, clock.now)
    job, version = database.run(
        lambda session: (
            session.exec(select(Job).where(Job.kind == importing.IMPORT)).one(),
            session.exec(select(CatalogueVersion)).one(),
        )
    )
    assert (job.state, version.status) == (jobs.JobState.SUCCEEDED, "PENDING_APPROVAL"), (
        job.last_error,
        version.faults,
    )
    return begun.measured(version.lines_read) | {"upload_seconds": upload_seconds}


def writer(address: str, _: Path, __: Path) -> dict[str, float]:
    """Write a row every 20 ms, as another process would, until somebody says that it is enough."""
    database = Database(address)
    waits: list[float] = []
    print("ready", flush=True)
    while not polling.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
        started = time.perf_counter()
        database.run(lambda session: jobs.enqueue(session, "bench", "another", {}, NOON))
        waits.append((time.perf_counter() - started) * 1000)
    waits.sort()
    return {"writes": len(waits), "longest_ms": waits[-1], "p99_ms": waits[int(len(waits) * 0.99)]}


class _Begun:
    """Time and memory when something began."""

    def __init__(self) -> None:
        self._idle_mb = _peak_mb()
        self._at, self._cpu = time.perf_counter(), time.process_time()

    def again(self) -> float:
        """Begin again, but for the memory, and give the seconds that have passed."""
        passed = time.perf_counter() - self._at
        self._at, self._cpu = time.perf_counter(), time.process_time()
        return passed

    def measured(self, lines: int) -> dict[str, float]:
        cpu_seconds = time.process_time() - self._cpu
        return {
            "lines": lines,
            "seconds": self.again(),
            "cpu_seconds": cpu_seconds,
            "above_idle_mb": _peak_mb() - self._idle_mb,
            "peak_mb": _peak_mb(),
        }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


STEPS: Final[dict[str, Callable[[str, Path, Path], dict[str, float]]]] = {
    "floor": floor,
    "import": imported,
    "unjudged": partial(imported, judge=False),
    "writer": writer,
}

if __name__ == "__main__":
    step, address, *paths = sys.argv[1:]
    file, folder = map(Path, paths)
    json.dump(STEPS[step](address, file, folder), sys.stdout)
