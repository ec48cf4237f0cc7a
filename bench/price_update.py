"""New prices of 50,000 lines that stand in a catalogue: handed in, compared and staged, then approved.

The floor reads the same document, takes each line's number and price, and writes them with one bulk update.
"""

import resource
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

from lxml import etree
from sqlalchemy import text

from app.kit.db import Database
from app.oioubl.ubl import CAC, CBC
from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan, middle, seconds_of
from tests.catalogue_papers import prices
from tests.catalogues import decide, line, publish, read_in
from tests.world import NOON, World, build_world

NAME = "price-update"
WANTED = "30 s for 50,000 lines"
LINES, QUICK, RUNS = 50_000, 300, 3
LINE = f"{{{CAC}}}CataloguePricingUpdateLine"
FLOOR, STAGE, APPROVE = "read and update in bulk (floor)", "hand in, compare and stage", "approve"


def run(plan: Plan) -> Iterator[Figures]:
    """Measure on each database; each run changes every price again."""
    lines, runs = (QUICK, 1) if plan.quick else (LINES, RUNS)
    for kind in plan.databases:
        with addresses(kind, "ours", "floor") as (folder, found):
            database = with_schema(found["ours"])
            yield _figures(kind, lines, _measured(folder, database, Database(found["floor"]), lines, runs))
            database.close()


def _measured(folder: Path, database: Database, beside: Database, lines: int, runs: int) -> dict[str, list[float]]:
    world = build_world(database, folder, NOON)
    publish(world, [line(f"L{number}", "100.00") for number in range(lines)])
    _fill(beside, lines)
    found: dict[str, list[float]] = {FLOOR: [], STAGE: [], APPROVE: []}
    for run in range(2, runs + 2):
        amounts = {f"L{number}": f"{100 + (number + run) % 13}.50" for number in range(lines)}
        document = prices(str(run), of=str(run - 1), **amounts)
        found[FLOOR].append(seconds_of(lambda document=document: _floor(beside, document)))
        started = time.perf_counter()
        catalogue_id = UUID(read_in(world, document)["catalogue_id"])
        found[STAGE].append(time.perf_counter() - started)
        found[APPROVE].append(seconds_of(lambda catalogue_id=catalogue_id: _approve(world, catalogue_id)))
    return found


def _approve(world: World, catalogue_id: UUID) -> None:
    answer = decide(world, catalogue_id, "approve")
    assert answer.status_code == 200, answer.text


def _fill(beside: Database, lines: int) -> None:
    with beside.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE floor_price (id VARCHAR(40) PRIMARY KEY, price TEXT)")
        connection.execute(
            text("INSERT INTO floor_price VALUES (:id, '100.00')"), [{"id": f"L{n}"} for n in range(lines)]
        )


def _floor(beside: Database, document: bytes) -> None:
    rows = [
        {"id": line.findtext(f"{{{CBC}}}ID"), "price": line.findtext(f".//{{{CBC}}}PriceAmount")}
        for _, line in etree.iterparse(BytesIO(document), tag=LINE)
    ]
    assert rows
    with beside.engine.begin() as connection:
        connection.execute(text("UPDATE floor_price SET price = :price WHERE id = :id"), rows)


def _figures(kind: str, lines: int, found: dict[str, list[float]]) -> Figures:
    medians = {name: middle(seconds) for name, seconds in found.items()}
    return Figures(
        bench=NAME,
        database=kind,
        value=medians[STAGE] + medians[APPROVE],
        unit="s",
        floor=medians[FLOOR],
        runs=len(found[STAGE]),
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        columns=("s", "lines/s"),
        rows={name: (f"{seconds:.2f}", f"{lines / seconds:.0f}") for name, seconds in medians.items()},
        wanted=WANTED,
    )
