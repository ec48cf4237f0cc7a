"""What a version of 100,000 lines changes: shown in pages and as a workbook, and approved, beside reading its lines.

Every line of the version has another price. The floor is one join of the lines before and after, read and parsed.
"""

import io
import json
import resource
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from app.catalogs.changes import Change, change_of
from app.catalogs.lines import written_row
from app.catalogs.models import Catalogue, CatalogueLine, CatalogueVersion, VersionState
from app.catalogs.recording import record_changes
from app.documents.catalogue import CatalogueLine as Line
from app.documents.envelope import Envelope
from app.kit.archive import Direction, store
from app.kit.bulk import insert_many
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.sheets import XLSX
from app.organisations.access import Call
from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan, middle, seconds_of
from tests.catalogues import bracket, catalogue, line
from tests.client import Client
from tests.world import NOON, World, build_world, call_of

NAME = "catalogue-changes"
WANTED = "all changes in 10 s, a page in 200 ms, approval in 2 s"
MANAGER = "state-content-manager"
LINES, QUICK, RUNS, CHUNK, PAGE = 100_000, 300, 3, 1000, 200
TEXT = (
    "Til daglig brug i kontoret; leveres i kasser med fem pakker og kan returneres ubrudt inden for fjorten dage. " * 4
)

FLOOR, COMPARE, PAGES, WORKBOOK, FIRST, LARGEST, APPROVE = (
    "join, read and parse (floor)",
    "compare and record",
    "every page",
    "workbook",
    "first page",
    "first page by price",
    "approve",
)
JOIN = """
SELECT after.line_id, before.content, after.content FROM catalogue_line AS after
JOIN catalogue_line AS before ON before.catalogue_id = after.catalogue_id AND before.line_id = after.line_id
    AND before.to_version = after.from_version
WHERE after.from_version = 2
"""


def run(plan: Plan) -> Iterator[Figures]:
    """Measure on each database, and approve the version in the end."""
    lines, runs = (QUICK, 1) if plan.quick else (LINES, RUNS)
    for kind in plan.databases:
        with addresses(kind, NAME) as (folder, found):
            database = with_schema(found[NAME])
            yield _figures(kind, lines, _measured(folder, database, lines, runs))
            database.close()


def _measured(folder: Path, database: Database, lines: int, runs: int) -> dict[str, list[float]]:
    world = build_world(database, folder, NOON)
    catalogue_id = database.run(lambda session: _catalogue(call_of(session, MANAGER, NOON), world))
    found: dict[str, list[float]] = {COMPARE: [_fill(database, catalogue_id, lines)]}
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE")
    client, path = world.client(MANAGER), f"/catalogues/{catalogue_id}/changes"
    steps: dict[str, Callable[[], object]] = {
        FLOOR: lambda: _floor(database),
        PAGES: lambda: _every_page(client, path, lines),
        WORKBOOK: lambda: _workbook(client, path),
        FIRST: lambda: _page(client, path),
        LARGEST: lambda: _page(client, path, sort="PRICE", min_percent="5"),
    }
    for _ in range(runs):
        for name, step in steps.items():
            found.setdefault(name, []).append(seconds_of(step))
    found[APPROVE] = [seconds_of(lambda: _approve(client, f"/catalogues/{catalogue_id}"))]
    return found


def _catalogue(call: Call, world: World) -> UUID:
    """Put a catalogue there with a live version and one that waits, both without lines."""
    paper = catalogue([])
    own = Catalogue(
        id=new_id(call.now),
        supplier_id=world.supplier_id,
        number="BENCH",
        organisation_id=world.institution_id,
        agreement_id=world.agreement_id,
        created_at=call.now,
    )
    call.session.add(own)
    call.session.flush()
    for ordinal, status in ((1, VersionState.APPROVED), (2, VersionState.PENDING_APPROVAL)):
        stored = store(
            call.session,
            f"{ordinal}".encode(),
            direction=Direction.IN,
            sender="bench",
            document_type="Catalogue",
            number="BENCH",
            now=call.now,
        )
        envelope = Envelope(
            document_type="Catalogue",
            number="BENCH",
            profile_id=paper.profile_id,
            issue_date=paper.issue_date,
            version_id=str(ordinal),
            sender=paper.provider,
            receiver=paper.receiver,
        )
        version = CatalogueVersion(
            id=new_id(call.now),
            catalogue_id=own.id,
            ordinal=ordinal,
            version_id=str(ordinal),
            document_id=stored.id,
            status=status,
            live_from=call.today - timedelta(days=30) if status == VersionState.APPROVED else None,
            compared_on=call.today,
            change_summary={},
            envelope=envelope.model_dump(mode="json"),
            faults=[],
            received_at=call.now,
            received_from=world.people["supplier"],
        )
        call.session.add(version)
    return own.id


def _fill(database: Database, catalogue_id: UUID, lines: int) -> float:
    """Write the lines of both versions a thousand at a time; gives the seconds that comparing and recording took."""
    seconds = 0.0
    for first in range(0, lines, CHUNK):
        numbers = range(first, min(first + CHUNK, lines))
        before = [_line(number) for number in numbers]
        after = [_dearer(one, number) for one, number in zip(before, numbers, strict=True)]
        database.run(lambda session, of=before: _write(session, catalogue_id, 1, of))
        row_ids = database.run(lambda session, of=after: _write(session, catalogue_id, 2, of))
        started = time.perf_counter()
        changes = [change_of(old, new, NOON.date()) for old, new in zip(before, after, strict=True)]
        told = list(zip(row_ids, changes, strict=True))
        database.run(lambda session, of=told: _record(session, catalogue_id, of))
        seconds += time.perf_counter() - started
    ended = update(CatalogueLine).where(col(CatalogueLine.from_version) == 1).values(to_version=2)
    database.run(lambda session: session.connection().execute(ended))
    return seconds


def _line(number: int) -> Line:
    return line(f"{number:07d}", f"{100 + number % 900}.00", item={"descriptions": (TEXT,), "keywords": ("kontor",)})


def _dearer(one: Line, number: int) -> Line:
    amount = Decimal(100 + number % 900) * (100 + number % 13 - 4) / 100
    return one.model_copy(update={"action_code": "Update", "brackets": (bracket(f"{amount:.2f}"),)})


def _write(session: Session, catalogue_id: UUID, ordinal: int, lines: list[Line]) -> list[UUID]:
    first = new_id(NOON).int
    row_ids = [UUID(int=first + place) for place in range(len(lines))]
    rows = [written_row(one, catalogue_id, ordinal, row_id) for one, row_id in zip(lines, row_ids, strict=True)]
    insert_many(session, CatalogueLine, rows)
    return row_ids


def _record(session: Session, catalogue_id: UUID, changes: list[tuple[UUID, Change]]) -> None:
    record_changes(session, catalogue_id, 2, changes)


def _floor(database: Database) -> None:
    with database.engine.connect() as connection:
        for _, before, after in connection.execution_options(yield_per=CHUNK).exec_driver_sql(JOIN):
            for content in (before, after):
                assert content if isinstance(content, dict) else json.loads(content)


def _page(client: Client, path: str, **asked: str) -> dict[str, object]:
    answer = client.get(path, limit=PAGE, **asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _every_page(client: Client, path: str, lines: int) -> None:
    seen, page = 0, _page(client, path)
    while True:
        data, cursor = page["data"], page["next_cursor"]
        assert isinstance(data, list)
        seen += len(data)
        if not isinstance(cursor, str):
            break
        page = _page(client, path, cursor=cursor)
    assert seen == lines


def _workbook(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": XLSX})
    assert answer.status_code == 200, answer.text
    assert "xl/worksheets/sheet2.xml" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()


def _approve(client: Client, path: str) -> None:
    etag = client.get(path).headers["etag"]
    answer = client.post(f"{path}/approve", headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text


def _figures(kind: str, lines: int, found: dict[str, list[float]]) -> Figures:
    medians = {name: middle(seconds) for name, seconds in found.items()}
    return Figures(
        bench=NAME,
        database=kind,
        value=medians[WORKBOOK],
        unit="s",
        floor=medians[FLOOR],
        runs=len(found[WORKBOOK]),
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        columns=("s", "lines/s"),
        rows={
            name: (f"{medians[name]:.3f}", "" if name in (FIRST, LARGEST, APPROVE) else f"{lines / medians[name]:.0f}")
            for name in (FLOOR, COMPARE, PAGES, WORKBOOK, FIRST, LARGEST, APPROVE)
        },
        wanted=WANTED,
    )
