"""Importing a catalogue of any size, validated line by line and searchable, beside merely extracting and inserting."""

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan, middle
from bench.goods import COLOURS, FIRST, LAST
from tests.catalogues import catalogue_xml
from tests.catalogues import line as sound_line
from tests.samples import sample

NAME, MILLION = "catalogue-import", "catalogue-million"
WANTED = "≥ 25 % of the floor on SQLite, ≥ 35 % on PostgreSQL, ≥ 60 % unvalidated; ≤ 60 MB above idle; no wait > 100 ms"
LINES, RUNS = 100_000, 1
QUICK = (300, 1)
FLOOR, OURS, UNJUDGED = "floor", "import", "unjudged"
TOLD = {
    FLOOR: "iterparse + extract + bulk insert (floor)",
    OURS: "import: validated, staged, searchable",
    UNJUDGED: "import without validation",
}


def run(plan: Plan) -> Iterator[Figures]:
    """Measure 100,000 lines on each database."""
    yield from _run(plan, NAME, LINES)


def run_million(plan: Plan) -> Iterator[Figures]:
    """Measure a million lines: as fast a line, and as little memory."""
    yield from _run(plan, MILLION, 10 * LINES, without=(UNJUDGED,))


def _run(plan: Plan, name: str, lines: int, without: tuple[str, ...] = ()) -> Iterator[Figures]:
    lines, runs = QUICK if plan.quick else (lines, RUNS)
    steps = [step for step in TOLD if step not in without]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "catalogue.xml"
        write_goods(file, lines)
        for kind in plan.databases:
            places = [f"{step}{run}" for step in steps for run in range(runs)]
            with addresses(kind, *places) as (_, found):
                told = {
                    step: [_measured(step, found[f"{step}{run}"], file, Path(folder)) for run in range(runs)]
                    for step in steps
                }
            yield _figures(name, kind, file, told)


def _measured(step: str, address: str, file: Path, folder: Path) -> dict[str, float]:
    """Run a step in a process of its own, and beside an import somebody else who writes."""
    with_schema(address).close()
    if step == FLOOR:
        return _child(step, address, file, folder)
    with _another_writer(address, file, folder) as other:
        found = _child(step, address, file, folder)
    return {**found, **other}


def _command(step: str, *words: object) -> list[str]:
    return [sys.executable, "-m", "bench.imports", step, *map(str, words)]


def _child(step: str, *words: object) -> dict[str, float]:
    done = subprocess.run(_command(step, *words), check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout)
    return found


@contextmanager
def _another_writer(*words: object) -> Iterator[dict[str, float]]:
    """Let another process write meanwhile; what it found is there in the end."""
    process = subprocess.Popen(_command("writer", *words), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    found: dict[str, float] = {}
    try:
        yield found
    finally:
        told, _ = process.communicate(b"\n")
    found |= json.loads(told)


def _figures(name: str, kind: str, file: Path, told: dict[str, list[dict[str, float]]]) -> Figures:
    rates = {step: middle([one["lines"] / one["seconds"] for one in runs]) for step, runs in told.items()}
    ours = told[OURS]
    megabytes, lines = file.stat().st_size / 1024**2, ours[0]["lines"]
    rows = {
        TOLD[step]: (
            f"{rates[step]:,.0f}",
            f"{middle([one['cpu_seconds'] / one['lines'] for one in runs]) * 1_000_000:.0f}",
            f"{rates[step] / rates[FLOOR]:.0%}",
            f"{max(one['above_idle_mb'] for one in runs):.0f}",
            f"{max(one.get('longest_ms', 0) for one in runs):.0f}",
        )
        for step, runs in told.items()
    }
    rows[f"{lines:,} lines are {megabytes:,.0f} MB; handed in"] = (
        f"{megabytes / middle([one['upload_seconds'] for one in ours]):,.0f} MB/s",
        *("",) * 4,
    )
    return Figures(
        bench=name,
        database=kind,
        value=rates[OURS],
        unit="lines/s",
        floor=rates[FLOOR],
        runs=len(ours),
        peak_rss_mb=max(one["peak_mb"] for one in ours),
        columns=("lines/s", "CPU µs a line", "of the floor", "MB above idle", "longest wait, ms"),
        rows=rows,
        wanted=WANTED,
    )


def write_goods(file: Path, lines: int) -> None:
    """Write a catalogue of the test world's supplier: lines as our sample has them, each of another thing."""
    empty = catalogue_xml([sound_line("1")])
    sample_document = sample("catalogue").decode()
    begin, end = "<cac:CatalogueLine>", "</cac:CatalogueLine>"
    template = sample_document[sample_document.index(begin) : sample_document.index(end) + len(end)]
    head, foot = empty[: empty.index(begin.encode())], empty[empty.rindex(end.encode()) + len(end) :]
    chance = random.Random(7)
    with file.open("wb") as written:
        written.write(head)
        for number in range(1, lines + 1):
            written.write(_varied(template, number, chance).encode() + b"\n")
        written.write(foot)


def _varied(template: str, number: int, chance: random.Random) -> str:
    thing = f"{chance.choice(FIRST)}{chance.choice(LAST)}"
    name = f"{thing.capitalize()} {chance.choice(COLOURS)} {number % 997}"
    told = " ".join(f"{chance.choice(FIRST)}{chance.choice(LAST)}" for _ in range(40))
    changes = {
        "<cbc:ID>1<": f"<cbc:ID>{number}<",
        "Kopipapir A4 80 g": name,
        "Hvidt kopipapir, 80 g, kasse med 5 pakker a 500 ark": f"{name}: {told}",
        "KV-1001": f"KV-{number:07d}",
        "5701234567899": f"57{number:011d}",
        "142.50": f"{chance.randrange(500, 90_000) / 100:.2f}",
    }
    for old, new in changes.items():
        assert old in template, old
        template = template.replace(old, new, 1)
    return template
