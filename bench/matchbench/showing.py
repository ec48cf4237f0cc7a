"""What a run found: a table by noise class for people, the first wrong approvals with why, and one JSON object."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.matchbench.scoring import ALL, SHOWN, Report, Tally, share

COLUMNS = ("bills", "outcome", "links", "wrong", "clean", "untouched")
"""Invoices and credit notes; right outcomes and right links in per cent; wrong auto-approvals; bills that nobody should
have to touch, and how many of them were approved untouched.
"""
WANTED = "0 wrong, 99.9 links, 96.3 untouched"


@dataclass(frozen=True)
class Scores:
    """The report of one run under a title; `facts` are further members of the JSON object."""

    title: str
    report: Report
    facts: Mapping[str, object] = field(default_factory=dict)

    def show(self, console: Console) -> None:
        """Print the table, what was wrong, then the JSON object as the last line."""
        table = Table(title=self.title, caption=f"In per cent. Wanted: {WANTED}", box=SIMPLE_HEAD, padding=(0, 0))
        table.add_column("noise class", no_wrap=True)
        for column in COLUMNS:
            table.add_column(column, justify="right", no_wrap=True)
        names = sorted(self.report.tallies, key=lambda name: (name == ALL, name))
        for name in names:
            table.add_row(name, *_cells(self.report.tallies[name]))
        console.print(table)
        for wrong in self.report.wrong_approvals[:SHOWN]:
            console.print(f"wrong: {wrong.bill} ({', '.join(wrong.classes)}): {wrong.why}", highlight=False)
        for (name, outcome), count in self.report.unexpected.most_common(SHOWN):
            console.print(f"unexpected: {count} of {name}: {outcome}", highlight=False)
        print(self.as_json())

    def as_json(self) -> str:
        return json.dumps({"bench": "matchbench", **self.facts, **self.report.as_json()})


def _cells(tally: Tally) -> list[str]:
    return [
        str(tally.invoices),
        _share(tally.right, tally.invoices),
        _share(tally.right_lines, tally.lines),
        str(tally.wrong_approvals),
        str(tally.clean),
        _share(tally.untouched, tally.clean),
    ]


def _share(part: int, whole: int) -> str:
    """Write all of something as 100, so that nothing looks like all of it by rounding."""
    if not whole:
        return "–"
    return "100" if part == whole else str(share(part, whole))
