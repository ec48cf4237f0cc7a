"""Validating an invoice, XSD and all rules, beside the bare parse and the XSD that OASIS publishes."""

import resource
import time
from collections.abc import Callable, Iterator

from app.kit.clock import SystemClock
from app.oioubl.schemas import document_faults
from app.oioubl.ubl import parse
from app.oioubl.validation import validate
from bench.figures import Figures, Plan, middle
from bench.papers import company_numbers, made
from tests import oasis

NAME = "validate-invoice"
WANTED = "XSD and rules of 20 lines in 1.5 ms"
SHORT, LONG = 20, 500
RUNS, SECONDS = 7, 0.3
QUICK = (1, 0.01)

Step = Callable[[bytes], object]
STEPS: dict[str, Step] = {
    "parse (floor)": parse,
    "parse + OASIS XSD": lambda document: oasis.complaint(document),
    "parse + our XSD": lambda document: document_faults(parse(document)),
    "parse + our XSD + rules": validate,
}
FLOOR, _, _, OURS = STEPS


def run(plan: Plan) -> Iterator[Figures]:
    """Measure every step in turn, on an invoice of 20 lines and on one of 500; processor time."""
    runs, seconds = QUICK if plan.quick else (RUNS, SECONDS)
    short, long = (_measured(lines, runs, seconds) for lines in (SHORT, LONG))
    yield Figures(
        bench=NAME,
        database=None,
        value=short[OURS],
        unit="ms",
        floor=short[FLOOR],
        runs=runs,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        columns=(f"{SHORT} lines, ms", f"{LONG} lines, ms"),
        rows={name: (f"{short[name]:.2f}", f"{long[name]:.1f}") for name in STEPS},
        wanted=WANTED,
    )


def _measured(lines: int, runs: int, seconds: float) -> dict[str, float]:
    (paper,) = made(1, lines, company_numbers(1), SystemClock().now().date())
    report = validate(paper.invoice)
    assert report.is_valid, report.findings
    assert oasis.complaint(paper.invoice) is None
    found: dict[str, list[float]] = {name: [] for name in STEPS}
    for _ in range(runs):
        for name, step in STEPS.items():
            found[name].append(_milliseconds(step, paper.invoice, seconds))
    return {name: middle(times) for name, times in found.items()}


def _milliseconds(step: Step, document: bytes, seconds: float) -> float:
    started, count = time.process_time(), 0
    while (spent := time.process_time() - started) < seconds:
        step(document)
        count += 1
    return spent * 1000 / count
