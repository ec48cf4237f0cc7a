"""`/match` over HTTP with everything on, against a floor that parses, tries the XSD and runs one raw transaction."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import TypeVar

from app.kit.clock import SystemClock
from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan, middle
from bench.floor import Floor
from bench.load import load, name_of
from bench.papers import Paper, company_numbers, made
from bench.processes import serving
from bench.state import built

NAME = "match-http"
WANTED = "SQLite 100/s, PostgreSQL 70/s, p99 < 150 ms, at least 40 % of the floor"
CONNECTIONS, SUPPLIERS, LINES = 8, 20, 20
RUNS, MEASURED, WARM_UP = 3, 500, 80
QUICK = (1, 16, 8)
Taken = TypeVar("Taken")
COLUMNS = ("requests/s", "p50 ms", "p99 ms", "CPU ms/request", "peak RSS MiB")


@dataclass(frozen=True)
class Run:
    """One turn of a server under load."""

    rate: float
    p50: float
    p99: float
    cpu_ms: float
    peak_rss_mb: float


@dataclass(frozen=True)
class Side:
    """A server to measure: how it starts, and with which settings."""

    name: str
    command: Sequence[str]
    settings: dict[str, str]


@dataclass(frozen=True)
class Bench:
    """The two servers with their databases, the documents to post and the token to post them with."""

    folder: Path
    sides: tuple[Side, Side]
    token: str

    def turn(self, side: Side, first: int, warm_up: int, measured: int) -> Run:
        """Start the server anew, warm it, and measure."""
        with serving(side.command, side.settings, self.folder / f"{side.name}.log") as server:
            begin = first + warm_up
            load(server.address, self.token, self.folder, range(first, begin), CONNECTIONS)
            spent = server.cpu_seconds()
            done = load(server.address, self.token, self.folder, range(begin, begin + measured), CONNECTIONS)
            cpu_ms = (server.cpu_seconds() - spent) * 1000 / measured
            cuts = quantiles(done.latencies, n=100, method="inclusive")
            return Run(done.rate, cuts[49], cuts[98], cpu_ms, server.peak_rss_mb())


def run(plan: Plan) -> Iterator[Figures]:
    """Measure on each database; both servers post the same documents, in turn."""
    turns, measured, warm_up = QUICK if plan.quick else (RUNS, MEASURED, WARM_UP)
    cvrs = company_numbers(SUPPLIERS)
    papers = list(made(turns * (warm_up + measured), LINES, cvrs, SystemClock().now().date()))
    each = warm_up + measured
    taken = in_turns(plan, papers, turns, lambda bench, side, at: bench.turn(side, at * each, warm_up, measured))
    for kind, runs in taken:
        yield _figures(kind, runs)


def in_turns(
    plan: Plan, papers: Sequence[Paper], turns: int, turn: Callable[[Bench, Side, int], Taken]
) -> Iterator[tuple[str, dict[str, list[Taken]]]]:
    """Let the floor and our server take turns on each database; gives what came of each one's turns."""
    for kind in plan.databases:
        with addresses(kind, "floor", "ours") as (folder, places):
            bench = prepared(folder, places, papers, plan.workers)
            runs: dict[str, list[Taken]] = {side.name: [] for side in bench.sides}
            for at in range(turns):
                for side in bench.sides:
                    runs[side.name].append(turn(bench, side, at))
        yield kind, runs


def prepared(folder: Path, places: dict[str, str], papers: Sequence[Paper], workers: int) -> Bench:
    """Write the documents down and build what both servers start from."""
    for number, paper in enumerate(papers):
        (folder / name_of(number)).write_bytes(paper.invoice)
    Floor(places["floor"]).fill(papers)
    database = with_schema(places["ours"])
    world = built(database, folder, papers)
    token = world.issuer.mint("invoice-system", world.clock)
    database.close()
    ours = {
        "PROKURA_DATABASE_URL": places["ours"],
        "PROKURA_DATA_FOLDER": str(folder),
        "PROKURA_DEMO_ISSUER": "true",
    }
    floor = {"BENCH_DATABASE": places["floor"], "BENCH_WORKERS": str(workers)}
    serve = (sys.executable, "-m", "app.cli", "serve", "--port", "0", "--workers", str(workers))
    sides = (Side("floor", (sys.executable, "-m", "bench.floor"), floor), Side("ours", serve, ours))
    return Bench(folder, sides, token)


def _figures(kind: str, runs: dict[str, list[Run]]) -> Figures:
    rates = {name: middle([one.rate for one in its_runs]) for name, its_runs in runs.items()}
    return Figures(
        bench=NAME,
        database=kind,
        value=rates["ours"],
        unit="requests/s",
        floor=rates["floor"],
        runs=len(runs["ours"]),
        peak_rss_mb=max(one.peak_rss_mb for one in runs["ours"]),
        columns=COLUMNS,
        rows={name: _cells(its_runs) for name, its_runs in runs.items()},
        wanted=WANTED,
    )


def _cells(runs: Sequence[Run]) -> list[str]:
    def median_of(name: str) -> float:
        return middle([getattr(one, name) for one in runs])

    return [f"{median_of(name):.1f}" for name in ("rate", "p50", "p99", "cpu_ms", "peak_rss_mb")]
