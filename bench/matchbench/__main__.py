"""The command `python -m bench.matchbench`: makes a world, lets a system play it, and judges what it answered."""

import argparse
import importlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from bench.databases import KINDS
from bench.matchbench import files
from bench.matchbench.adapters import Adapter, play
from bench.matchbench.engine_adapter import EngineAdapter
from bench.matchbench.generating import events
from bench.matchbench.http_adapter import served
from bench.matchbench.scoring import score
from bench.matchbench.showing import Scores
from bench.matchbench.world import Event, Policy


def main(arguments: Sequence[str] | None = None) -> None:
    """Generate, run or score; the last line of what is printed is a JSON object."""
    asked = _parser().parse_args(arguments)
    if asked.command == "generate":
        count = files.write(asked.out, Policy(), events(asked.seed, asked.invoices))
        print(f"{count} invoices in {asked.out}")
    elif asked.command == "run":
        _run(asked)
    else:
        report = score(files.answered(asked.files, asked.answers), files.read_policy(asked.files))
        Scores(f"matchbench: {asked.answers}", report).show(Console())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.matchbench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    generate = commands.add_parser("generate", help="write the files of a world")
    run = commands.add_parser("run", help="let a system play a world, and judge it")
    judge = commands.add_parser("score", help="judge what a system answered to a world's files")
    for command in (generate, run):
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--invoices", type=int, default=1000)
    generate.add_argument("--out", type=Path, required=True, help="folder to write to")
    run.add_argument("--adapter", default="engine", help="engine, http, or MODULE:FACTORY called with the policy")
    run.add_argument("--database", choices=KINDS, default="sqlite", help="what the http adapter's server stores in")
    run.add_argument("--files", type=Path, help="folder of a world, instead of seed and invoices")
    run.add_argument("--answers", type=Path, help="file to write the answers to")
    judge.add_argument("--files", type=Path, required=True, help="folder of the world")
    judge.add_argument("--answers", type=Path, required=True, help="file of the answers")
    return parser


def _run(asked: argparse.Namespace) -> None:
    policy = files.read_policy(asked.files) if asked.files else Policy()
    happened: Iterator[Event] = files.read(asked.files) if asked.files else events(asked.seed, asked.invoices)
    with adapter(asked.adapter, policy, asked.database) as system:
        played = play(happened, system)
        report = score(files.with_answers(played, asked.answers) if asked.answers else played, policy)
    facts = {"adapter": asked.adapter, "seed": None if asked.files else asked.seed}
    Scores(f"matchbench: {asked.adapter}", report, facts).show(Console())


@contextmanager
def adapter(name: str, policy: Policy, database: str) -> Iterator[Adapter]:
    """Give the adapter of a name: ours, or one that a module's factory makes."""
    if name == "engine":
        yield EngineAdapter(policy)
    elif name == "http":
        with served(database, policy) as system:
            yield system
    else:
        module, _, factory = name.partition(":")
        yield getattr(importlib.import_module(module), factory)(policy)


if __name__ == "__main__":
    main()
