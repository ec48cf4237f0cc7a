"""An order of 20 lines made, submitted, approved and so sent over HTTP, beside the same writes in raw SQL.

Several clients at once, each of whom makes one order after the other. The floor is three transactions over small tables
of its own, one for each request: the order with its lines; the step and its task; the approval with the document, the
version and the messages. No token, no price, no rule, no document, no HTTP, one writer.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from app.documents.values import Period
from app.kit.clock import SystemClock
from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan, middle
from bench.floor import Connection, Floor
from bench.processes import Serving, serving
from tests.catalogues import line, publish
from tests.world import World, build_world

NAME = "orders-http"
WANTED = "20 orders a second on SQLite"
LINES = 20
RUNS, MEASURED, WARM_UP, CLIENTS = 3, 200, 20, 4
QUICK = (1, 8, 4)
STEPS = ("create", "submit", "approve and send")
TABLES = (
    "CREATE TABLE orders (id TEXT PRIMARY KEY, number TEXT UNIQUE, status TEXT, document_id TEXT)",
    "CREATE TABLE order_lines (id TEXT PRIMARY KEY, order_id TEXT, position BIGINT, item TEXT, price TEXT, "
    "quantity BIGINT, amount BIGINT)",
    "CREATE TABLE steps (id TEXT PRIMARY KEY, order_id TEXT, action TEXT)",
    "CREATE TABLE tasks (id TEXT PRIMARY KEY, order_id TEXT, state TEXT)",
    "CREATE TABLE versions (id TEXT PRIMARY KEY, order_id TEXT, lines TEXT)",
    "CREATE TABLE documents (id TEXT PRIMARY KEY, content TEXT)",
    "CREATE TABLE outbox (id TEXT PRIMARY KEY, message TEXT)",
    "CREATE TABLE audit (id TEXT PRIMARY KEY, event TEXT)",
)
ITEM = json.dumps({"name": "Kontorartikel", "sellers_item_id": {"value": "KA-1"}})
PRICE = json.dumps({"price_amount": "10.00", "currency": "DKK"})
DOCUMENT = "<line/>" * 2_000
"""As long as the document of an order of 20 lines is."""

Times = dict[str, list[float]]


@dataclass(frozen=True)
class Run:
    """One turn: orders a second, milliseconds of each step, and what the server took."""

    rate: float
    times: Times
    cpu_ms: float
    peak_rss_mb: float

    def p50(self, step: str) -> float:
        return middle(self.times[step])


def run(plan: Plan) -> Iterator[Figures]:
    """Measure on each database, the floor and the service in turn."""
    turns, measured, warm_up = QUICK if plan.quick else (RUNS, MEASURED, WARM_UP)
    for kind in plan.databases:
        with addresses(kind, "floor", "ours") as (folder, places):
            floor = _RawOrders(places["floor"])
            world, wanted = _prepared(places["ours"], folder)
            settings = {
                "PROKURA_DATABASE_URL": places["ours"],
                "PROKURA_DATA_FOLDER": str(folder),
                "PROKURA_DEMO_ISSUER": "true",
            }
            command = (sys.executable, "-m", "app.cli", "serve", "--port", "0", "--workers", str(plan.workers))
            least, runs = [], []
            for _ in range(turns):
                least.append(floor.times(warm_up, measured))
                with serving(command, settings, folder / "log") as server, httpx.Client(timeout=30) as http:
                    caller = _Caller(world, http, server.address)
                    _turn(server, caller, wanted, warm_up)
                    runs.append(_turn(server, caller, wanted, measured))
            yield _figures(kind, least, runs)


def _prepared(address: str, folder: Path) -> tuple[World, dict[str, Any]]:
    """Build the world with a catalogue, and give the order that is made again and again."""
    database = with_schema(address)
    now = SystemClock().now()
    world = build_world(database, folder, now)
    goods = [line(str(number), f"{number}.50", name=f"Kontorartikel nummer {number}") for number in range(1, LINES + 1)]
    period = Period(start_date=now.date() - timedelta(days=1), end_date=now.date() + timedelta(days=365))
    publish(world, goods, issue_date=now.date(), validity_period=period)
    found = world.client("buyer").get("/catalogue-lines", q="kontorartikel", limit=LINES).json()["data"]
    lines = [{"catalogue_line_id": row["id"], "quantity": "3"} for row in found]
    database.close()
    return world, {"organisation_id": str(world.institution_id), "buyer_reference": "7778", "lines": lines}


class _Caller:
    """The two people at their doors, over one connection."""

    def __init__(self, world: World, http: httpx.Client, address: str) -> None:
        self._http, self._address = http, address
        self._tokens = {who: world.issuer.mint(who, SystemClock()) for who in ("buyer", "disponent")}

    def post(self, who: str, path: str, body: Any = None, version: int | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._tokens[who]}", "Idempotency-Key": uuid4().hex}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        answer = self._http.post(f"{self._address}{path}", json=body, headers=headers)
        return dict(answer.raise_for_status().json())


def _turn(server: Serving, caller: _Caller, wanted: dict[str, Any], orders: int) -> Run:
    times: Times = {step: [] for step in STEPS}
    spent, begun = server.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        for marks in clients.map(lambda _: _order(caller, wanted), range(orders)):
            _note(times, marks)
    rate = orders / (time.perf_counter() - begun)
    return Run(rate, times, (server.cpu_seconds() - spent) * 1000 / orders, server.peak_rss_mb())


def _order(caller: _Caller, wanted: dict[str, Any]) -> list[float]:
    """Make an order and have it sent; gives when each step began, and when the last was over."""
    marks = [time.perf_counter()]
    order = caller.post("buyer", "/orders", wanted)
    marks.append(time.perf_counter())
    order = caller.post("buyer", f"/orders/{order['id']}/submit", version=order["version"])
    marks.append(time.perf_counter())
    order = caller.post("disponent", f"/orders/{order['id']}/approve", version=order["version"])
    marks.append(time.perf_counter())
    assert order["status"] == "SENT"
    return marks


def _note(times: Times, marks: Sequence[float]) -> None:
    for step, begun, ended in zip(STEPS, marks, marks[1:], strict=False):
        times[step].append((ended - begun) * 1000)


class _RawOrders(Floor):
    """The same writes with nothing else about them."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        with closing(self.connect()) as connection:
            for table in TABLES:
                connection.execute(table)

    def times(self, warm_up: int, measured: int) -> Times:
        for _ in range(warm_up):
            self._order({step: [] for step in STEPS})
        times: Times = {step: [] for step in STEPS}
        for _ in range(measured):
            self._order(times)
        return times

    def _order(self, times: Times) -> None:
        order_id, marks = uuid4().hex, [time.perf_counter()]
        for step in (self._create, self._submit, self._approve):
            with self.transaction() as connection:
                step(connection, order_id)
                self._put(connection, "audit", order_id)
            marks.append(time.perf_counter())
        _note(times, marks)

    def _put(self, connection: Connection, table: str, *values: Any) -> None:
        places = ", ".join(["%s"] * (len(values) + 1))
        connection.execute(self.sql(f"INSERT INTO {table} VALUES ({places})"), (uuid4().hex, *values))

    def _create(self, connection: Connection, order_id: str) -> None:
        insert = self.sql("INSERT INTO orders VALUES (%s, %s, 'DRAFT', NULL)")
        connection.execute(insert, (order_id, order_id))
        rows = [(uuid4().hex, order_id, position, ITEM, PRICE, 3, 3_000) for position in range(LINES)]
        connection.cursor().executemany(self.sql("INSERT INTO order_lines VALUES (%s, %s, %s, %s, %s, %s, %s)"), rows)

    def _submit(self, connection: Connection, order_id: str) -> None:
        connection.execute(self.sql("UPDATE orders SET status = 'PENDING' WHERE id = %s"), (order_id,))
        self._put(connection, "tasks", order_id, "OPEN")
        self._put(connection, "steps", order_id, "SUBMITTED")

    def _approve(self, connection: Connection, order_id: str) -> None:
        document_id = uuid4().hex
        update = self.sql("UPDATE orders SET status = 'SENT', document_id = %s WHERE id = %s")
        connection.execute(update, (document_id, order_id))
        connection.execute(self.sql("UPDATE tasks SET state = 'CLOSED' WHERE order_id = %s"), (order_id,))
        self._put(connection, "steps", order_id, "APPROVED")
        self._put(connection, "documents", DOCUMENT)
        self._put(connection, "outbox", document_id)
        self._put(connection, "versions", order_id, ITEM * LINES)


def _figures(kind: str, least: Sequence[Times], runs: Sequence[Run]) -> Figures:
    floor = {step: middle([middle(times[step]) for times in least]) for step in STEPS}
    ours = {step: middle([one.p50(step) for one in runs]) for step in STEPS}
    cpu_ms = middle([one.cpu_ms for one in runs])
    rate, least_rate = middle([one.rate for one in runs]), 1000 / sum(floor.values())
    return Figures(
        bench=NAME,
        database=kind,
        value=rate,
        unit="orders/s",
        floor=least_rate,
        runs=len(runs),
        peak_rss_mb=max(one.peak_rss_mb for one in runs),
        columns=("p50, ms", "floor p50, ms"),
        rows={
            **{step: (f"{ours[step]:.1f}", f"{floor[step]:.2f}") for step in STEPS},
            "whole order": (f"{sum(ours.values()):.1f}", f"{sum(floor.values()):.2f}"),
            "orders a second": (f"{rate:.1f}", f"{least_rate:.0f}"),
            "server CPU an order": (f"{cpu_ms:.1f}", ""),
        },
        wanted=WANTED,
    )
