"""What a benchmark found: figures for people in a table, and one JSON object for programs as the last line."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Plan:
    """What is asked of a benchmark. `quick` runs it once with very little, to see that it works."""

    databases: Sequence[str]
    quick: bool = False
    workers: int = 1


@dataclass(frozen=True)
class Figures:
    """The figures of one benchmark on one database.

    `value` and `floor` are medians in `unit`; `ratio` is our share of the floor's speed, so 1 is as fast as can be.
    `rows` are what the table shows: a label and its cells under `columns`.
    """

    bench: str
    database: str | None
    value: float
    unit: str
    floor: float
    runs: int
    peak_rss_mb: float
    columns: Sequence[str]
    rows: Mapping[str, Sequence[str]]
    wanted: str

    @property
    def ratio(self) -> float:
        is_rate = self.unit.endswith("/s")
        return self.value / self.floor if is_rate else self.floor / self.value

    def show(self, console: Console) -> None:
        """Print the table, then the JSON object."""
        place = f" on {self.database}" if self.database else ""
        table = Table(title=f"{self.bench}{place}: medians of {self.runs}", caption=f"Wanted: {self.wanted}")
        table.add_column()
        for column in self.columns:
            table.add_column(column, justify="right")
        for label, cells in self.rows.items():
            table.add_row(label, *cells)
        console.print(table)
        print(self.as_json())

    def as_json(self) -> str:
        stated = {
            "bench": self.bench,
            "database": self.database,
            "value": round(self.value, 3),
            "unit": self.unit,
            "floor": round(self.floor, 3),
            "ratio": round(self.ratio, 3),
            "runs": self.runs,
            "peak_rss_mb": round(self.peak_rss_mb, 1),
        }
        return json.dumps(stated)


def middle(values: Sequence[float]) -> float:
    return float(median(values))


def seconds_of(step: Callable[[], object]) -> float:
    """Do something and tell how long it took."""
    started = time.perf_counter()
    step()
    return time.perf_counter() - started
