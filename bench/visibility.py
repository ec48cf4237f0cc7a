"""Which agreements a user sees, among 20,000 organisations and 50,000 shares, beside one join of the closure table.

Agreements of the root go step by step to ministry areas or institutions and everybody there, others to everybody, to
users and to groups where they are owned; some shares narrow, some are revoked. The floor is raw SQL and reads what is
shared with everybody at and above the user's organisation, no more: neither days nor revocations, neither users' groups
nor product groups.
"""

import resource
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from statistics import quantiles
from uuid import UUID

from sqlalchemy import insert, text
from sqlmodel import Session, SQLModel

from app.agreements.queries import visible_agreements
from app.kit.db import Database
from app.organisations.access import Actor
from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan, middle
from bench.shares import TODAY, Size, State

NAME = "visibility"
WANTED = "p95 of 1 ms on SQLite, 5 ms on PostgreSQL"
FULL = Size(20, 500, 20_000, users=100_000, agreements=2_000, central=160, shares=50_000)
QUICK = Size(3, 10, 60, users=200, agreements=20, central=3, shares=300)
BATCH = 5_000
UNDER = text(
    "SELECT share.agreement_id FROM organisation_link JOIN share ON share.organisation_id = ancestor_id "
    "WHERE descendant_id = :organisation_id AND target = 'EVERYBODY'"
)

Step = Callable[[Session, Actor], Sequence[object]]


def _floor(session: Session, actor: Actor) -> Sequence[object]:
    key = actor.organisation_id if isinstance(actor.organisation_id, UUID) else None
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return session.connection().execute(UNDER, {"organisation_id": key.hex if is_sqlite and key else key}).all()


FLOOR, OURS, PAST = "one closure join (floor)", "visible today", "visible yesterday"
STEPS: dict[str, Step] = {
    FLOOR: _floor,
    OURS: lambda session, actor: visible_agreements(session, actor, TODAY),
    PAST: lambda session, actor: visible_agreements(session, actor, TODAY - timedelta(days=1)),
}


def run(plan: Plan) -> Iterator[Figures]:
    """Ask for many users in turn, each step of the same users."""
    state = State(QUICK if plan.quick else FULL).build()
    for kind in plan.databases:
        with addresses(kind, NAME) as (_, found):
            database = with_schema(found[NAME])
            fill(database, state)
            yield _figures(kind, database, state, *((1, 20) if plan.quick else (5, 1_000)))
            database.close()


def fill(database: Database, state: State) -> None:
    """Write the rows of a state down, and let the planner know."""
    by_table: dict[str, list[SQLModel]] = {}
    for row in state.rows:
        by_table.setdefault(str(row.__tablename__), []).append(row)

    def add(session: Session) -> None:
        for table in SQLModel.metadata.sorted_tables:
            rows = by_table.get(table.name, [])
            for first in range(0, len(rows), BATCH):
                batch = [row.model_dump() for row in rows[first : first + BATCH]]
                session.connection().execute(insert(table), batch)

    database.run(add)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _figures(kind: str, database: Database, state: State, runs: int, asked: int) -> Figures:
    people = state.chance.sample(state.people, asked)
    found: dict[str, list[list[float]]] = {name: [] for name in STEPS}
    for step in STEPS.values():
        database.run(lambda session, step=step: _timed(session, step, people[:20]), write=False)  # warm up
    for _ in range(runs):
        for name, step in STEPS.items():
            found[name].append(database.run(lambda session, step=step: _timed(session, step, people), write=False))
    seen = database.run(lambda session: [len(STEPS[OURS](session, actor)) for actor in people], write=False)
    cells = {
        name: [_p(times, 50) for times in found[name]] + [_p(times, 95) for times in found[name]] for name in STEPS
    }
    half = {name: (middle(cells[name][:runs]), middle(cells[name][runs:])) for name in STEPS}
    return Figures(
        bench=NAME,
        database=kind,
        value=half[OURS][1],
        unit="ms",
        floor=half[FLOOR][1],
        runs=runs,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        columns=("p50, ms", "p95, ms"),
        rows={
            **{name: (f"{p50:.3f}", f"{p95:.3f}") for name, (p50, p95) in half.items()},
            "agreements seen": (f"{middle(seen):.0f}", f"{_p([float(count) for count in seen], 95):.0f}"),
        },
        wanted=WANTED,
    )


def _timed(session: Session, step: Step, people: Sequence[Actor]) -> list[float]:
    """Give the milliseconds of each: on SQLite of processor, for there all is done in this process, else of waiting."""
    now = time.thread_time if session.get_bind().dialect.name == "sqlite" else time.perf_counter
    times = []
    for actor in people:
        started = now()
        step(session, actor)
        times.append((now() - started) * 1000)
    return times


def _p(times: Sequence[float], percent: int) -> float:
    return quantiles(times, n=100)[percent - 1]
