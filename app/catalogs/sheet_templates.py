"""Our own catalogue sheet, blank, to be filled in: as a workbook with notes and choices, or as CSV."""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Final

from app.catalogs.sheet_column import SheetColumn
from app.catalogs.sheet_columns import COLUMNS, GUIDE, SHEET_NAME
from app.catalogs.sheet_header import HEAD
from app.kit.calls import Raw
from app.kit.sheets import CSV, XLSX, write_csv
from app.kit.workbooks import Heading, WrittenSheet, write_workbook
from app.organisations.access import Call

HEADER_ROW: Final = len(HEAD) + 2
NEEDED_DA: Final = "skal udfyldes"
GUIDE_HEADINGS: Final = (Heading("Felt", width=26), Heading("Kræves", width=14), Heading("Hvad der skrives", width=90))


class SheetFormat(StrEnum):
    """How catalogue sheets are written."""

    XLSX = "xlsx"
    CSV = "csv"


def template(call: Call, form: SheetFormat) -> Raw:
    """Give the blank sheet; whoever is registered may have it."""
    del call
    return blank(form)


def blank(form: SheetFormat) -> Raw:
    headings = [_heading(column) for column in COLUMNS]
    above = [[_heading(one).header, ""] for one in HEAD]
    if form == SheetFormat.CSV:
        first, *others = above
        rows = [*others, [], [heading.header for heading in headings]]
        return Raw(write_csv(first, rows), f"{CSV}; charset=utf-8", _named("katalog.csv"))
    sheets = [
        WrittenSheet(SHEET_NAME, headings, (), HEADER_ROW, above=above),
        WrittenSheet(GUIDE, GUIDE_HEADINGS, enumerate(_guide(), start=2)),
    ]
    return Raw(write_workbook(sheets), XLSX, _named("katalog.xlsx"))


def _heading(column: SheetColumn) -> Heading:
    star = "*" if column.needed else ""
    return replace(column.heading, header=f"{column.heading.header}{star}")


def _guide() -> Iterator[list[str]]:
    for column in (*HEAD, *COLUMNS):
        yield [column.heading.header, NEEDED_DA if column.needed else "", column.heading.note]


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
