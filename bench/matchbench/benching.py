"""The benchmark as `python -m bench matchbench` runs it: the engine alone, then the service over HTTP, each time with a
seed that nobody has seen; it is printed, so that the run can be repeated.
"""

import resource
import secrets
from collections.abc import Iterator

from bench.figures import Plan
from bench.matchbench.adapters import Adapter, play
from bench.matchbench.engine_adapter import EngineAdapter
from bench.matchbench.generating import events
from bench.matchbench.http_adapter import served
from bench.matchbench.scoring import score
from bench.matchbench.showing import Scores
from bench.matchbench.world import Policy

NAME = "matchbench"
ENGINE, HTTP = 20_000, 500
QUICK, QUICK_SEED = (100, 6), 1
WANTED_LINKS = 99.9


def run(plan: Plan) -> Iterator[Scores]:
    """Judge the engine, then the service on each database."""
    seed, policy = QUICK_SEED if plan.quick else secrets.randbelow(10**9), Policy()
    by_engine, by_http = QUICK if plan.quick else (ENGINE, HTTP)
    yield _scores(EngineAdapter(policy), policy, seed, by_engine, None)
    for kind in plan.databases:
        with served(kind, policy) as system:
            yield _scores(system, policy, seed, by_http, kind)


def _scores(system: Adapter, policy: Policy, seed: int, invoices: int, database: str | None) -> Scores:
    report = score(play(events(seed, invoices), system), policy)
    links = 100 * report.whole.right_lines / max(1, report.whole.lines)
    facts = {
        "database": database,
        "seed": seed,
        "value": round(links, 3),
        "unit": "% right links",
        "floor": WANTED_LINKS,
        "ratio": round(links / WANTED_LINKS, 3),
        "runs": 1,
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    return Scores(f"{NAME}{f' on {database}' if database else ', engine alone'}, seed {seed}", report, facts)
