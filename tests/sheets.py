"""Workbooks and CSV files as people and programs make them, for the tests of set-up sheets and of what reads them."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

Cell = str | int | Decimal | date | bool | None
Rows = Sequence[Sequence[Cell]]


def workbook(sheets: Mapping[str, Rows], finish: Callable[[Any], None] | None = None) -> bytes:
    """Make a workbook of rows; `finish` may do to it whatever else the library can."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the library wants it naive
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    _write(sheet, row, column, cell, day)
        if finish is not None:
            finish(book)
    return content.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell, day: Any) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, day)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif cell is not None:
        sheet.write_number(row, column, cell)


def repacked(
    content: bytes, change: Callable[[str, bytes], bytes | None], more: Mapping[str, bytes] | None = None
) -> bytes:
    """Give a package with its parts changed, left out (None), or joined by more."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return packed.getvalue()


def csv_file(rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig", delimiter: str = ";") -> bytes:
    """Make a CSV file without quotation marks."""
    return "".join(delimiter.join(cells) + "\r\n" for cells in rows).encode(encoding)
