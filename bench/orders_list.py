"""The order list and the inbox of a buyer and a disponent, with as many orders as $BENCH_ORDERS says beside 10,000.

Requests go through the application in this process. All orders are the institution's; one in a hundred waits for
approval, and each had a task. The floor is the very same with 10,000 orders: what lists cost must not grow.
"""

import os
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import event, insert
from sqlmodel import Session, SQLModel

from app.kit.clock import SystemClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.rows import made
from app.orders.models import OrderStatus, OrderType, PurchaseOrder, PurchaseOrderLine
from app.organisations.models import Task, TaskState, TaskType
from app.organisations.people_models import Role
from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan, middle
from tests.world import INSTITUTION_GLN, World, build_world

NAME = "orders-list"
WANTED = "p95 of 30 ms, and the same statements and processor time as with 10,000 orders, give or take 10 %"
FEW, MANY = 10_000, int(os.environ.get("BENCH_ORDERS", "1000000"))
QUICK = (200, 2_000)
BATCH, PENDING_OF = 5_000, 100
RUNS, ASKED, WARM_UP = 3, 200, 20
KINDS = tuple((who, path) for who in ("buyer", "disponent") for path in ("/orders", "/tasks"))

Row = dict[str, Any]
Kind = tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """What one kind of request took: milliseconds each, of the processor too, and statements a request."""

    times: list[float]
    cpu_ms: float
    statements: float

    def p(self, percent: int) -> float:
        return quantiles(self.times, n=100, method="inclusive")[percent - 1]


def run(plan: Plan) -> Iterator[Figures]:
    """Ask in both states, each kind of request in turn."""
    few, many = QUICK if plan.quick else (FEW, MANY)
    turns, asked = (1, 10) if plan.quick else (RUNS, ASKED)
    for kind in plan.databases:
        with addresses(kind, "few", "many") as (folder, places):
            found = {
                name: _asked(places[name], folder, count, turns, asked)
                for name, count in (("few", few), ("many", many))
            }
            yield _figures(kind, found, {"few": few, "many": many}, turns)


def _asked(address: str, folder: Path, count: int, turns: int, asked: int) -> dict[Kind, list[Asked]]:
    database = with_schema(address)
    world = build_world(database, folder, SystemClock().now())
    for first in range(0, count, BATCH):
        _add(world, range(first, min(first + BATCH, count)))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE")
    for kind in KINDS:
        _measured(world, kind, min(WARM_UP, asked))
    found: dict[Kind, list[Asked]] = {kind: [] for kind in KINDS}
    for _ in range(turns):
        for kind in KINDS:
            found[kind].append(_measured(world, kind, asked))
    database.close()
    return found


def _add(world: World, numbers: range) -> None:
    orders = [_order(world, number) for number in numbers]
    lines = [_line(world, order) for order in orders]
    tasks = [_task(world, order) for order in orders]

    def add(session: Session) -> None:
        for model, rows in ((PurchaseOrder, orders), (PurchaseOrderLine, lines), (Task, tasks)):
            session.connection().execute(insert(SQLModel.metadata.tables[model.__tablename__]), rows)

    world.database.run(add)


def _order(world: World, number: int) -> Row:
    now, waits = world.clock.now(), number % PENDING_OF == 0
    return made(
        PurchaseOrder,
        id=new_id(now),
        number=f"IO-{number:07}",
        normalised_number=f"IO{number:07}",
        organisation_id=world.institution_id,
        root_id=world.root_id,
        supplier_id=world.supplier_id,
        agreement_id=world.agreement_id,
        type=OrderType.CATALOGUE,
        status=OrderStatus.PENDING_APPROVAL if waits else OrderStatus.SENT,
        buyer_gln=INSTITUTION_GLN,
        buyer_reference="7778",
        currency="DKK",
        profile_id="Procurement-OrdAdv-BilSim-1.0",
        total_amount=Decimal(100),
        created_by=world.people["buyer"],
        created_at=now,
        sent_at=None if waits else now,
    ).model_dump()


def _line(world: World, order: Row) -> Row:
    one, amount = Decimal(1), Decimal(100)
    return made(
        PurchaseOrderLine,
        id=new_id(world.clock.now()),
        order_id=order["id"],
        position=1,
        line_id="1",
        item={"name": "Kopipapir"},
        unspsc="14111507",
        unit_code="EA",
        ordered_quantity=one,
        ordered_amount=amount,
        accepted_quantity=one,
        accepted_amount=amount,
        most_quantity=one,
        most_amount=Decimal(0),
    ).model_dump()


def _task(world: World, order: Row) -> Row:
    now, waits = world.clock.now(), order["status"] == OrderStatus.PENDING_APPROVAL
    return made(
        Task,
        id=new_id(now),
        type=TaskType.APPROVE_ORDER,
        organisation_id=world.institution_id,
        role=Role.DISPONENT,
        subject="order",
        subject_id=order["id"],
        reasons=[],
        state=TaskState.OPEN if waits else TaskState.CLOSED,
        opened_at=now,
        closed_at=None if waits else now,
        announced_at=now,
    ).model_dump()


def _measured(world: World, kind: Kind, asked: int) -> Asked:
    who, path = kind
    client, times = world.client(who), []
    with _counted(world.database) as statements:
        spent = time.process_time()
        for _ in range(asked):
            started = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - started) * 1000)
            answer.raise_for_status()
        cpu_ms = (time.process_time() - spent) * 1000 / asked
    return Asked(times, cpu_ms, len(statements) / asked)


@contextmanager
def _counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def _figures(kind: str, found: dict[str, dict[Kind, list[Asked]]], counts: dict[str, int], runs: int) -> Figures:
    slowest = {name: max(middle([one.p(95) for one in asked]) for asked in by.values()) for name, by in found.items()}
    return Figures(
        bench=NAME,
        database=kind,
        value=slowest["many"],
        unit="ms",
        floor=slowest["few"],
        runs=runs,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        columns=("p50, ms", "p95, ms", "CPU, ms", "statements"),
        rows={
            f"{path} of the {who}, {counts[name]:,} orders": _cells(found[name][who, path])
            for who, path in KINDS
            for name in ("few", "many")
        },
        wanted=WANTED,
    )


def _cells(runs: Sequence[Asked]) -> tuple[str, ...]:
    columns = ([one.p(50) for one in runs], [one.p(95) for one in runs], [one.cpu_ms for one in runs])
    return (*(f"{middle(values):.1f}" for values in columns), f"{middle([one.statements for one in runs]):.1f}")
