"""A catalogue sheet as it came, with a column for what is wrong with each row or what becomes of it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from app.catalogs.sheet_columns import SHEET_NAME
from app.catalogs.sheet_lines import ADD
from app.catalogs.sheet_source import Outcome, SheetSource
from app.documents.catalogue import CatalogueLine
from app.kit.calls import Raw
from app.kit.cells import guarded
from app.kit.commented import headings_of, kept_places, named, told, writable_name
from app.kit.sheets import CSV, XLSX, write_csv
from app.kit.workbooks import Heading, WrittenSheet, write_workbook

BECOMES_DA: Final = {"Add": "ny", "Update": "rettes", "Delete": "slettes"}
IS_THERE_DA: Final = "den er i kataloget allerede; skriv Ret"
IS_NOT_THERE_DA: Final = "den er ikke i kataloget; skriv Ny"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a sheet beside the faults of its rows: why the whole is turned away, if it is, and which sound
    lines cannot be taken, by their ids, because they are in the catalogue or not.
    """

    is_taken: bool = True
    reasons: Sequence[str] = ()
    refused: Collection[str] = frozenset()


def contradiction_da(action_code: str) -> str:
    """Say in Danish why a line of an action contradicts what is in the catalogue."""
    return IS_THERE_DA if action_code == ADD else IS_NOT_THERE_DA


def commented(source: SheetSource, media_type: str, verdict: Verdict) -> Raw:
    """Write a sheet again, in the form in which it came; why the whole is turned away stands at the first row."""
    rows, warned = _Rows(source, verdict), set[int]()
    if media_type == CSV:
        above = [*rows.above(), rows.header()]
        below = _by_number(rows.below(warned), len(above) + 1)
        content = write_csv([guarded(text) for text in above[0]], chain(above[1:], below))
        return Raw(content, f"{CSV}; charset=utf-8", named("kommenteret.csv"))
    sheet = WrittenSheet(
        rows.sheet_name(), rows.headings(), rows.below(warned), source.layout.header_row, warned, rows.above()
    )
    return Raw(write_workbook([sheet]), XLSX, named("kommenteret.xlsx"))


def _by_number(rows: Iterator[tuple[int, list[str]]], first: int) -> Iterator[list[str]]:
    """Put blank rows where there were such, so that each keeps its number."""
    following = first
    for number, texts in rows:
        yield from ([] for _ in range(following, number))
        yield texts
        following = number + 1


class _Rows:
    """The rows of a sheet with their comments; a column of comments that it had goes."""

    def __init__(self, source: SheetSource, verdict: Verdict) -> None:
        self._source = source
        self._verdict = verdict
        self._general = list(verdict.reasons)
        self._kept = kept_places(source.layout.header)

    def sheet_name(self) -> str:
        return writable_name(self._source.layout.sheet.name, SHEET_NAME)

    def above(self) -> list[Sequence[str]]:
        layout = self._source.layout
        above: list[Sequence[str]] = [()] * (layout.header_row - 1)
        for row in layout.above:
            above[row.number - 1] = row.texts
        return above

    def header(self) -> list[str]:
        return [heading.header for heading in self.headings()]

    def headings(self) -> list[Heading]:
        return headings_of(self._source.layout.header, self._source.layout.places)

    def below(self, warned: set[int]) -> Iterator[tuple[int, list[str]]]:
        """Give the rows below the header; the numbers of those at fault go into `warned` before they are given."""
        for row, outcome in self._source.judged():
            wrong = [*self._general, *self._wrong(outcome)]
            self._general = []
            if wrong:
                warned.add(row.number)
            texts = row.texts
            comment = "; ".join(wrong) or self._becomes(outcome)
            yield row.number, [*(texts[place] if place < len(texts) else "" for place in self._kept), comment]

    def _wrong(self, outcome: Outcome | None) -> list[str]:
        if isinstance(outcome, CatalogueLine):
            is_refused = outcome.line_id in self._verdict.refused
            return [contradiction_da(outcome.action_code)] if is_refused else []
        return [told(fault) for fault in outcome or ()]

    def _becomes(self, outcome: Outcome | None) -> str:
        if not isinstance(outcome, CatalogueLine) or not self._verdict.is_taken:
            return ""
        return BECOMES_DA[outcome.action_code]
