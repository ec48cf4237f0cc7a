"""The command `python -m bench [NAME]`: runs one benchmark or all, on SQLite and PostgreSQL or one of them."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.console import Console

from bench import (
    catalogue_changes,
    catalogue_import,
    match_batch,
    match_http,
    match_race,
    orders_http,
    orders_list,
    price_update,
    reorganisation,
    replay,
    search,
    setup_import,
    validate_catalogue,
    validate_invoice,
    validate_start,
    visibility,
)
from bench.databases import KINDS
from bench.figures import Figures, Plan
from bench.matchbench import benching as matchbench
from bench.matchbench.showing import Scores

BENCHES: Mapping[str, Callable[[Plan], Iterator[Figures] | Iterator[Scores]]] = {
    catalogue_changes.NAME: catalogue_changes.run,
    catalogue_import.NAME: catalogue_import.run,
    catalogue_import.MILLION: catalogue_import.run_million,
    match_batch.NAME: match_batch.run,
    match_http.NAME: match_http.run,
    match_race.NAME: match_race.run,
    matchbench.NAME: matchbench.run,
    orders_http.NAME: orders_http.run,
    orders_list.NAME: orders_list.run,
    price_update.NAME: price_update.run,
    reorganisation.NAME: reorganisation.run,
    replay.NAME: replay.run,
    search.NAME: search.run,
    setup_import.NAME: setup_import.run,
    validate_invoice.NAME: validate_invoice.run,
    validate_catalogue.NAME: validate_catalogue.run,
    validate_start.NAME: validate_start.run,
    visibility.NAME: visibility.run,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is asked for; each benchmark prints a table, then one JSON object a database."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("name", nargs="?", metavar="NAME", help=f"one of {', '.join(BENCHES)}; all without")
    parser.add_argument("--database", choices=KINDS, help="only this database")
    parser.add_argument("--workers", type=int, default=1, help="server processes")
    parser.add_argument("--quick", action="store_true", help="once with very little, to see that it works")
    asked = parser.parse_args(arguments)
    if asked.name is not None and asked.name not in BENCHES:
        parser.error(f"there is no benchmark {asked.name}; there are {', '.join(BENCHES)}")
    plan = Plan((asked.database,) if asked.database else KINDS, asked.quick, asked.workers)
    for name in [asked.name] if asked.name else BENCHES:
        for figures in BENCHES[name](plan):
            figures.show(Console())


if __name__ == "__main__":
    main()
