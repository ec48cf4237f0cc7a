"""Importing a workbook of users, checked row by row, beside reading its cells and inserting them unchecked."""

import io
import resource
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from uuid import UUID

import python_calamine
from sqlalchemy import Connection

from app.kit.clock import SystemClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.sheets import XLSX
from app.kit.workbooks import WrittenSheet, write_workbook
from app.organisations.setup_columns import COLUMNS, SHEET_NAMES, Kind
from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan, middle, seconds_of
from tests.client import Client
from tests.world import ADMINISTRATOR, build_world

NAME = "setup-import"
WANTED = "100,000 users in a minute"
ISSUER, USERS, OFFICES, RUNS = "https://login.example/realms/one", 100_000, 1000, 3
QUICK = (1, 200)
STEPS = ("read + insert unchecked (floor)", "dry run", "import", "import again")
FLOOR, _, OURS, _ = STEPS
FIELDS = ("id", "issuer", "subject", "name", "kind", "organisation_id", "created_at")


def run(plan: Plan) -> Iterator[Figures]:
    """Measure on each database, with users of other subjects in each turn; seconds for the whole file."""
    turns, users = QUICK if plan.quick else (RUNS, USERS)
    books = [_book(users, turn) for turn in range(turns)]
    for kind in plan.databases:
        with ExitStack() as stack:
            folder, places = stack.enter_context(addresses(kind, "floor", "ours"))
            yield _figures(kind, users, _measured(folder, places, books))


def _book(users: int, turn: int) -> bytes:
    """Make a workbook of offices, by ten in a department, and of users spread over them."""
    offices = max(1, min(OFFICES, users // 100))
    places = [["", "", "Prøveinstitutionen", f"Afdeling {one}"] for one in range(max(1, offices // 10))]
    places += [["", "", f"Afdeling {one // 10}", f"Kontor {one}"] for one in range(offices)]
    people = [
        [ISSUER, f"{turn}-{one}", f"Navn Nummer {one}", "Person", f"Kontor {one % offices}"] for one in range(users)
    ]
    return write_workbook(
        WrittenSheet(SHEET_NAMES[kind][0], [column.heading for column in COLUMNS[kind]], enumerate(rows, start=2))
        for kind, rows in ((Kind.ORGANISATIONS, places), (Kind.USERS, people))
    )


def _measured(folder: Path, places: dict[str, str], books: list[bytes]) -> dict[str, list[float]]:
    floor, ours = with_schema(places["floor"]), with_schema(places["ours"])
    world = build_world(ours, folder, SystemClock().now())
    client = world.client(ADMINISTRATOR)
    found: dict[str, list[float]] = {name: [] for name in STEPS}
    for book in books:
        again = partial(_post, client, book)
        steps = (partial(_insert, floor, book), partial(_post, client, book, dry_run="true"), again, again)
        for name, step in zip(STEPS, steps, strict=True):
            found[name].append(seconds_of(step))
    for database in (floor, ours):
        database.close()
    return found


def _post(client: Client, book: bytes, dry_run: str = "false") -> None:
    answer = client.upload(f"/setup-imports?dry_run={dry_run}", book, XLSX)
    assert answer.status_code == 200, answer.text
    assert answer.json()["fault_count"] == 0


def _insert(database: Database, book: bytes) -> None:
    """Read the users with the same library, in this process, and insert them as fast as the database takes them."""
    rows = python_calamine.load_workbook(io.BytesIO(book)).get_sheet_by_name(SHEET_NAMES[Kind.USERS][0]).to_python()
    now = SystemClock().now()
    values = [(new_id(now), issuer, subject, name, "PERSON", None, now) for issuer, subject, name, *_ in rows[1:]]
    database.run(lambda session: _raw(session.connection(), values))


def _raw(connection: Connection, values: list[tuple[object, ...]]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    if connection.dialect.name == "sqlite":
        kept = ((_text(one[0]), *one[1:6], str(one[6])) for one in values)
        marks = ", ".join("?" * len(FIELDS))
        driver.executemany(f"INSERT INTO app_user ({', '.join(FIELDS)}) VALUES ({marks})", kept)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY app_user ({', '.join(FIELDS)}) FROM STDIN") as copy:
        for value in values:
            copy.write_row(value)


def _text(value: object) -> str:
    assert isinstance(value, UUID)
    return value.hex


def _figures(kind: str, users: int, found: dict[str, list[float]]) -> Figures:
    medians = {name: middle(seconds) for name, seconds in found.items()}
    return Figures(
        bench=NAME,
        database=kind,
        value=medians[OURS],
        unit="s",
        floor=medians[FLOOR],
        runs=len(found[OURS]),
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        columns=("s", "users/s"),
        rows={name: (f"{seconds:.2f}", f"{users / seconds:.0f}") for name, seconds in medians.items()},
        wanted=WANTED,
    )
