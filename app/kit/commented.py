"""Sheets as they came, with a column for what is wrong with each row or what becomes of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.kit.calls import Raw
from app.kit.errors import Fault
from app.kit.sheets import COMMENT, COMMENT_NAMES, XLSX, Column, Table, header_name
from app.kit.workbooks import Heading, WrittenSheet, write_workbook

WIDTH: Final = 70
WRITABLE_NAME: Final = re.compile(r"(?!')[^\[\]:*?/\\]{1,31}(?<!')")


def told(fault: Fault) -> str:
    """Give a fault as a comment: its column, and what is wrong in Danish where that is said."""
    place = f"{fault.column}: " if fault.column else ""
    return f"{place}{fault.message_da or fault.message}"


def kept_places(header: Sequence[str]) -> list[int]:
    """Give the places of a header that stay; a column of comments that the sheet had goes."""
    return [place for place, text in enumerate(header) if header_name(text) not in COMMENT_NAMES]


def headings_of(header: Sequence[str], places: Mapping[int, Column]) -> list[Heading]:
    """Give the headings of a sheet as it came, known columns with their notes, and the one for comments."""
    kept = [
        replace(places[place].heading, header=header[place].strip())
        if place in places
        else Heading(header[place].strip())
        for place in kept_places(header)
    ]
    return [*kept, Heading(COMMENT, width=WIDTH)]


def writable_name(name: str, otherwise: str) -> str:
    """Give a sheet's name, or another where no workbook can have it."""
    return name if WRITABLE_NAME.fullmatch(name) else otherwise


def commented(table: Table, name: str, becomes: Mapping[int, str], faults: Iterable[Fault]) -> WrittenSheet:
    """Give a sheet with each row at its place: its faults, or what becomes of it by its number. What is wrong with the
    header stands at the row below.
    """
    wrong: dict[int, list[str]] = {}
    for fault in faults:
        if fault.row is not None:
            wrong.setdefault(max(fault.row, table.header_row + 1), []).append(told(fault))
    comments = {**becomes, **{row: "; ".join(texts) for row, texts in wrong.items()}}
    kept, start = kept_places(table.header), table.header_row - table.sheet.first_row + 1
    rows = (
        (number, [*(texts[place] if place < len(texts) else "" for place in kept), comments.get(number, "")])
        for number, texts in enumerate(table.sheet.rows[start:], start=table.header_row + 1)
    )
    above: list[Sequence[str]] = [*([()] * (table.sheet.first_row - 1)), *table.sheet.rows[: max(start - 1, 0)]]
    return WrittenSheet(
        writable_name(table.sheet.name, name),
        headings_of(table.header, table.places),
        rows,
        table.header_row,
        frozenset(wrong),
        above,
    )


def commented_workbook(sheets: Iterable[WrittenSheet]) -> Raw:
    """Give sheets with comments as a file to keep."""
    return Raw(write_workbook(sheets), XLSX, named("kommenteret.xlsx"))


def named(name: str) -> dict[str, str]:
    """Give the header by which a browser keeps an answer as a file."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}
