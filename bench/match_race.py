"""Many invoices for few orders, by several clients at once: each order's five claim twice what was received.

The floor is the same number of invoices by the same clients, each for an order of its own. What counts is told in words
that a program can trust: the bench ends with an error when a line has more allocated than was received, when what an
order line counts is not what its allocations add up to, or when an invoice is lost.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import httpx
from sqlalchemy import func
from sqlmodel import Session, col, select

from app.demo import papers
from app.kit.clock import SystemClock
from app.kit.db import Database
from app.match.models import InvoiceCase
from app.orders.models import Allocation, PurchaseOrderLine
from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan
from bench.papers import Paper, company_numbers, made
from bench.processes import serving
from bench.state import built

NAME = "match-race"
WANTED = "1,000 invoices by 8 clients on 200 orders: never one allocation too many, no deadlock"
SHARES = ("0.5", "0.4", "0.3", "0.2", "0.6")
"""What each of an order's invoices bills of every line."""

CLIENTS, SUPPLIERS, LINES, ORDERS = 8, 20, 5, 200
QUICK_ORDERS = 4
PATIENCE_SECONDS = 120


class RaceLostError(Exception):
    """Something was allocated twice, miscounted or lost; the message says what."""


@dataclass(frozen=True)
class Raced:
    """How fast the invoices were answered, and how many came to what."""

    rate: float
    outcomes: Counter[str]
    peak_rss_mb: float


def rivals(paper: Paper) -> Iterator[bytes]:
    """Give the invoices that claim an order between them, each for a part of every line."""
    for place, share in enumerate(SHARES, start=1):
        parts = {line.line_id: str(line.quantity.value * Decimal(share)) for line in paper.order.lines}
        bill = papers.bill(paper.order, parts, number=f"R-{paper.order.number}-{place}")
        yield papers.written(bill.but(supplier=papers.supplier_party(paper.supplier_cvr)))


def run(plan: Plan) -> Iterator[Figures]:
    """Measure on each database."""
    orders = QUICK_ORDERS if plan.quick else ORDERS
    alone, shared = orders * len(SHARES), orders
    made_papers = list(made(alone + shared, LINES, company_numbers(SUPPLIERS), SystemClock().now().date()))
    bills = {
        "an order each (floor)": [paper.invoice for paper in made_papers[:alone]],
        "five for each order": [bill for paper in made_papers[alone:] for bill in rivals(paper)],
    }
    for kind in plan.databases:
        with addresses(kind, "ours") as (folder, places):
            database = with_schema(places["ours"])
            world = built(database, folder, made_papers)
            token = world.issuer.mint("invoice-system", world.clock)
            raced = {told: _raced(folder, places["ours"], token, sent, plan.workers) for told, sent in bills.items()}
            check(database, sum(map(len, bills.values())))
            database.close()
        yield _figures(kind, raced)


def check(database: Database, invoices: int) -> None:
    """See that nothing was allocated twice, miscounted or lost.

    :raises RaceLostError: naming what was.
    """
    wrong = database.run(lambda session: [*_wrong_lines(session), *_lost(session, invoices)], write=False)
    if wrong:
        raise RaceLostError("; ".join(wrong[:5]))


def _wrong_lines(session: Session) -> Iterator[str]:
    allocated: Counter[object] = Counter()
    for line_id, quantity in session.exec(select(Allocation.order_line_id, Allocation.quantity)):
        allocated[line_id] += quantity  # type: ignore[assignment]
    for line in session.exec(select(PurchaseOrderLine)):
        counted = line.invoiced_quantity + line.held_quantity
        if line.invoiced_quantity > line.received_quantity:
            yield f"line {line.line_id}: {line.invoiced_quantity} invoiced, {line.received_quantity} received"
        if counted != allocated[line.id]:
            yield f"line {line.line_id}: {counted} counted, {allocated[line.id]} allocated"


def _lost(session: Session, invoices: int) -> Iterator[str]:
    kept = session.exec(select(func.count(col(InvoiceCase.id)))).one()
    if kept != invoices:
        yield f"{invoices} invoices were sent, {kept} are there"


def _raced(folder: Path, address: str, token: str, bills: Sequence[bytes], workers: int) -> Raced:
    settings = {
        "PROKURA_DATABASE_URL": address,
        "PROKURA_DATA_FOLDER": str(folder),
        "PROKURA_DEMO_ISSUER": "true",
    }
    command = (sys.executable, "-m", "app.cli", "serve", "--port", "0", "--workers", str(workers))
    with serving(command, settings, folder / "race.log") as server:
        started = time.perf_counter()
        with (
            ThreadPoolExecutor(CLIENTS) as clients,
            httpx.Client(base_url=server.address, timeout=PATIENCE_SECONDS) as http,
        ):
            outcomes = Counter(clients.map(lambda bill: _outcome(http, token, bill), bills))
        return Raced(len(bills) / (time.perf_counter() - started), outcomes, server.peak_rss_mb())


def _outcome(http: httpx.Client, token: str, bill: bytes) -> str:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/xml"}
    answer = http.post("/match", content=bill, headers=headers)
    if answer.status_code != 200:
        raise RaceLostError(f"{answer.status_code}: {answer.text[:1000]}")
    return str(answer.json()["outcome"])


def _figures(kind: str, raced: dict[str, Raced]) -> Figures:
    floor, ours = raced.values()
    return Figures(
        bench=NAME,
        database=kind,
        value=ours.rate,
        unit="invoices/s",
        floor=floor.rate,
        runs=1,
        peak_rss_mb=max(one.peak_rss_mb for one in raced.values()),
        columns=("invoices/s", "outcomes"),
        rows={
            told: (f"{one.rate:.1f}", ", ".join(f"{count} {name}" for name, count in one.outcomes.most_common()))
            for told, one in raced.items()
        },
        wanted=WANTED,
    )
