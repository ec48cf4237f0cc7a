"""`/match/batch` over HTTP: zips of invoices, two at a time, against the floor that takes one invoice a request."""

import io
import time
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.kit.clock import SystemClock
from bench.figures import Figures, Plan, middle
from bench.load import WrongAnswerError, load, name_of
from bench.match_http import Bench, Side, in_turns
from bench.papers import company_numbers, made
from bench.processes import serving

NAME = "match-batch"
WANTED = "150 invoices a second with two workers"
CONNECTIONS, SENDERS, SUPPLIERS, LINES = 8, 2, 20, 20
RUNS, MEASURED, WARM_UP, EACH = 3, 600, 100, 100
QUICK = (1, 16, 8, 8)
PATIENCE_SECONDS = 120
COLUMNS = ("invoices/s", "CPU ms/invoice", "peak RSS MiB")


@dataclass(frozen=True)
class Size:
    """How often it is measured, with how many invoices after how many to warm up, and how many a batch has."""

    runs: int
    measured: int
    warm_up: int
    each: int

    @property
    def turn(self) -> int:
        return self.warm_up + self.measured


@dataclass(frozen=True)
class Run:
    """One turn of a server under load."""

    rate: float
    cpu_ms: float
    peak_rss_mb: float


def _turn(bench: Bench, side: Side, first: int, size: Size) -> Run:
    """Start a server anew, warm it, and measure."""
    with serving(side.command, side.settings, bench.folder / f"{side.name}.log") as server:
        begin = first + size.warm_up
        _send(bench, side, server.address, range(first, begin), size.each)
        spent = server.cpu_seconds()
        seconds = _send(bench, side, server.address, range(begin, first + size.turn), size.each)
        cpu_ms = (server.cpu_seconds() - spent) * 1000 / size.measured
        return Run(size.measured / seconds, cpu_ms, server.peak_rss_mb())


def _send(bench: Bench, side: Side, address: str, documents: range, each: int) -> float:
    """Send some of the documents; gives the seconds that it took until the last answer."""
    if side.name == "floor":
        return load(address, bench.token, bench.folder, documents, CONNECTIONS).seconds
    batches = [_packed(bench.folder, documents[at : at + each]) for at in range(0, len(documents), each)]
    started = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(lambda batch: _post(address, bench.token, batch), batches))
    return time.perf_counter() - started


def _packed(folder: Path, documents: range) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for number in documents:
            package.write(folder / name_of(number), name_of(number))
    return file.getvalue()


def _post(address: str, token: str, batch: bytes) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/zip"}
    answer = httpx.post(f"{address}/match/batch", content=batch, headers=headers, timeout=PATIENCE_SECONDS)
    results = answer.json()["data"] if answer.status_code == 200 else [answer.text]
    wrong = [one for one in results if isinstance(one, str) or (one["invoice"] or {}).get("outcome") != "AUTO_APPROVED"]
    if wrong:
        raise WrongAnswerError(str(wrong[0])[:4000])


def run(plan: Plan) -> Iterator[Figures]:
    """Measure on each database; both servers take the same documents, in turn."""
    size = Size(*QUICK) if plan.quick else Size(RUNS, MEASURED, WARM_UP, EACH)
    papers = list(made(size.runs * size.turn, LINES, company_numbers(SUPPLIERS), SystemClock().now().date()))
    taken = in_turns(plan, papers, size.runs, lambda bench, side, at: _turn(bench, side, at * size.turn, size))
    for kind, runs in taken:
        yield _figures(kind, runs)


def _figures(kind: str, runs: dict[str, list[Run]]) -> Figures:
    rates = {side: middle([one.rate for one in found]) for side, found in runs.items()}
    return Figures(
        bench=NAME,
        database=kind,
        value=rates["ours"],
        unit="invoices/s",
        floor=rates["floor"],
        runs=len(runs["ours"]),
        peak_rss_mb=max(one.peak_rss_mb for one in runs["ours"]),
        columns=COLUMNS,
        rows={side: _cells(found) for side, found in runs.items()},
        wanted=WANTED,
    )


def _cells(runs: Sequence[Run]) -> list[str]:
    return [f"{middle([getattr(one, name) for one in runs]):.1f}" for name in ("rate", "cpu_ms", "peak_rss_mb")]
