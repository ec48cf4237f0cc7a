"""Replaying stored decisions: proofs are read from the database and decided again, beside the engine in a loop."""

import resource
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlmodel import col, select

from app import dialects
from app.demo import papers
from app.dialects import XML_TYPES
from app.documents.invoice import Invoice
from app.kit.clock import SystemClock, business_day
from app.kit.db import Database
from app.match import service
from app.match.drafts import Draft
from app.match.engine.facts import Case
from app.match.engine.matching import match
from app.match.models import MatchDecision
from app.match.redeciding import proven
from app.match.replay_messages import Tally
from app.match.replaying import Span, replayed
from app.organisations.policies import TolerancePolicy
from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan, middle
from bench.papers import Paper, company_numbers, made
from bench.state import built
from tests.world import World

NAME = "replay"
WANTED = "clean 3,000 decisions a second and core, mixed 1,500"
SUPPLIERS, LINES = 20, 5
RUNS, INVOICES = 5, 1_000
QUICK = (1, 12)
NARROW = TolerancePolicy(absolute=Decimal(100), percent=Decimal(5), freight_cap=Decimal(100))
COLUMNS = ("clean/s", "mixed/s")
FLOOR, SAME, DRAFT = "engine on prepared cases (floor)", "replay by the same policy", "replay under a draft"


def run(plan: Plan) -> Iterator[Figures]:
    """Decide the invoices of two days again, in turn with the engine alone; processor time of this process."""
    runs, count = QUICK if plan.quick else (RUNS, INVOICES)
    for kind in plan.databases:
        with addresses(kind, NAME) as (folder, found):
            database = with_schema(found[NAME])
            today = SystemClock().now().date()
            bills = list(made(2 * count, LINES, company_numbers(SUPPLIERS), today))
            world = built(database, folder, bills)
            clean = _handed_in(world, [bill.invoice for bill in bills[:count]])
            world.clock.advance(timedelta(days=1))
            mixed = _handed_in(world, [_mixed(bill, at) for at, bill in enumerate(bills[count:])])
            yield _figures(kind, [_measured(world, day, runs, count) for day in (clean, mixed)], runs)
            database.close()


def _handed_in(world: World, documents: Sequence[bytes]) -> date:
    """Let the service decide the documents; gives the day on which it did."""
    for document in documents:
        received = dialects.receive(document, XML_TYPES[0], Invoice, "Invoice", "CreditNote")
        world.step("invoice-system", service.submit, received)
        world.clock.advance(timedelta(milliseconds=1))
    return business_day(world.clock.now())


def _mixed(paper: Paper, at: int) -> bytes:
    """Let one in three be a little dearer, and one in three much dearer and short."""
    if at % 3 == 0:
        return paper.invoice
    order, first = paper.order, paper.order.lines[0]
    assert first.price is not None
    quantities = {line.line_id: str(line.quantity.value) for line in order.lines[: 5 if at % 3 == 1 else 3]}
    dearer = Decimal("1.03") if at % 3 == 1 else Decimal("1.50")
    price = (first.price.price_amount * dearer).quantize(Decimal("0.01"))
    invoice = papers.bill(order, quantities, number=f"M-{at:06}", prices={first.line_id: str(price)})
    return papers.written(invoice.but(supplier=papers.supplier_party(paper.supplier_cvr)))


def _measured(world: World, day: date, runs: int, count: int) -> dict[str, float]:
    span = Span(world.institution_id, day, day)
    draft = Draft(world.institution_id, "Prøveinstitutionen", day, (NARROW,))
    cases = _cases(world.database, day)
    steps: dict[str, Callable[[], int]] = {
        FLOOR: lambda: sum(1 for case in cases if match(case, explain=False)),
        SAME: lambda: _replay(world.database, span, None),
        DRAFT: lambda: _replay(world.database, span, draft),
    }
    found: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(runs):
        for name, step in steps.items():
            started = time.process_time()
            assert step() == count
            found[name].append(count / (time.process_time() - started))
    return {name: middle(rates) for name, rates in found.items()}


def _cases(database: Database, day: date) -> list[Case]:
    """Give the cases of a day's decisions, as the engine takes them."""
    query = select(MatchDecision).order_by(col(MatchDecision.id))
    decisions = database.run(lambda session: session.exec(query).all(), write=False)
    read = (proven(decision) for decision in decisions if business_day(decision.decided_at) == day)
    return [case for case in read if case is not None]


def _replay(database: Database, span: Span, draft: Draft | None) -> int:
    tally = Tally()
    for told in replayed(database, span, draft):
        tally = told
    assert not tally.divergent, tally.divergences
    assert not tally.left_out, tally.left_out
    return tally.decided


def _figures(kind: str, rates: Sequence[dict[str, float]], runs: int) -> Figures:
    clean = rates[0]
    return Figures(
        bench=NAME,
        database=kind,
        value=clean[DRAFT],
        unit="decisions/s",
        floor=clean[FLOOR],
        runs=runs,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        columns=COLUMNS,
        rows={name: [f"{one[name]:,.0f}" for one in rates] for name in clean},
        wanted=WANTED,
    )
