"""How long a process takes until it can validate every kind of document, beside starting Python with lxml."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figures, Plan, middle

NAME = "validate-start"
WANTED = "all schemas and rules within 1 s"
RUNS = 7
FLOOR = "start Python and lxml (floor)"
OURS = "load XSD and rules of all fourteen"

LOADING = """
import json, resource, time
from lxml import etree
started = time.process_time()
from app.oioubl import rules, schemas
from app.oioubl.ubl import DOCUMENT_TYPES, namespace_of
schemas.schema_for("Invoice")
loaded = time.process_time()
for name in DOCUMENT_TYPES:
    rules.breaches(name, etree.Element(f"{{{namespace_of(name)}}}{name}"))
done = time.process_time()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"xsd": loaded - started, "rules": done - loaded, "started": started, "peak": peak}))
"""


def run(plan: Plan) -> Iterator[Figures]:
    """Start a process anew for every run; seconds of its processor time."""
    runs = 1 if plan.quick else RUNS
    found = [_started() for _ in range(runs)]
    told = {name: middle([one[name] for one in found]) for name in found[0]}
    ours = told["xsd"] + told["rules"]
    yield Figures(
        bench=NAME,
        database=None,
        value=ours,
        unit="s",
        floor=told["started"],
        runs=runs,
        peak_rss_mb=told["peak"],
        columns=("s",),
        rows={
            FLOOR: (f"{told['started']:.2f}",),
            "the XSD": (f"{told['xsd']:.2f}",),
            "the rules": (f"{told['rules']:.2f}",),
            OURS: (f"{ours:.2f}",),
        },
        wanted=WANTED,
    )


def _started() -> dict[str, float]:
    command = [sys.executable, "-c", LOADING]
    done = subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[1])
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
