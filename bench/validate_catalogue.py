"""Validating a catalogue line by line, XSD and all rules, beside merely reading its lines off the disk."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from app.oioubl.line_reader import LineReader
from app.oioubl.stream import CatalogueStream, validate_catalogue
from app.oioubl.ubl import NAMESPACES, parse
from bench.figures import Figures, Plan, middle
from tests.samples import sample

NAME = "validate-catalogue"
WANTED = "5,000 lines a second on one core, at most 60 MB above idle"
LINES, RUNS = 100_000, 3
QUICK = (200, 1)
MOST_BYTES = 4 * 1024**3

Step = Callable[[BinaryIO], object]


def read(file: BinaryIO) -> None:
    """Read the lines and let each go, as any reader must."""
    for line in LineReader(file, MOST_BYTES).lines():
        line.clear()


def read_again(file: BinaryIO) -> None:
    """Read the lines of a catalogue that was validated before."""
    for _ in CatalogueStream(file, judge=False):
        pass


STEPS: dict[str, Step] = {
    "read the lines (floor)": read,
    "read those validated before": read_again,
    "validate: XSD + rules": validate_catalogue,
}
FLOOR, _, OURS = STEPS


def run(plan: Plan) -> Iterator[Figures]:
    """Measure every step in turn on one file, in processor time; the file is deleted in the end."""
    lines, runs = QUICK if plan.quick else (LINES, RUNS)
    parse(sample("catalogue"))
    idle = _peak_mb()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "catalogue.xml"
        write_catalogue(file, lines)
        with file.open("rb") as opened:
            report = validate_catalogue(opened)
        assert report.is_valid, report.findings
        seconds: dict[str, list[float]] = {name: [] for name in STEPS}
        for _ in range(runs):
            for name, step in STEPS.items():
                seconds[name].append(_seconds(step, file))
        megabytes = file.stat().st_size / 1024**2
    rates = {name: lines / middle(spent) for name, spent in seconds.items()}
    peak = _peak_mb()
    yield Figures(
        bench=NAME,
        database=None,
        value=rates[OURS],
        unit="lines/s",
        floor=rates[FLOOR],
        runs=runs,
        peak_rss_mb=peak,
        columns=("lines/s", "µs a line"),
        rows={name: (f"{rate:,.0f}", f"{1_000_000 / rate:.0f}") for name, rate in rates.items()}
        | {f"{lines:,} lines are {megabytes:,.0f} MB; most memory above idle": ("", f"{peak - idle:.0f} MB")},
        wanted=WANTED,
    )


def write_catalogue(file: Path, lines: int) -> None:
    """Write our sample catalogue with its first line many times over, each with an ID of its own."""
    document = sample("catalogue")
    number = parse(document).findtext("cac:CatalogueLine/cbc:ID", "", NAMESPACES)
    first, end = document.index(b"<cac:CatalogueLine>"), b"</cac:CatalogueLine>"
    behind_first = document.index(end) + len(end)
    before, after = document[first:behind_first].split(f"<cbc:ID>{number}</cbc:ID>".encode(), 1)
    with file.open("wb") as written:
        written.write(document[:first])
        for count in range(lines):
            written.write(b"%b<cbc:ID>%d</cbc:ID>%b\n" % (before, count, after))
        written.write(document[document.rindex(end) + len(end) :])


def _seconds(step: Step, file: Path) -> float:
    with file.open("rb") as opened:
        started = time.process_time()
        step(opened)
        return time.process_time() - started


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
