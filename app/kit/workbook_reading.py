"""Run as a process of its own: reads an xlsx workbook from standard input and writes its cells to standard output.

It imports nothing of the service, limits its own memory and processor time, and may die: whoever sent the workbook is
then told that it is too large. What Excel keeps as numbers is written as Danes write them, with a comma: `0,125` could
else not be told from a hundred and twenty-five that somebody typed with a thousands point.
"""

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import python_calamine

MEMORY = 1024**3
SECONDS = 120
MOST_CELLS = 5_000_000
MOST_TEXT = 128 * 1024 * 1024
MOST_ERRORS = 100
TOO_LARGE, UNREADABLE = 3, 4

RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ERROR_CELL = re.compile(rb'<(?:\w+:)?c (?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>')


def main() -> None:
    """Read, or end with a status that tells why not."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what it dies of shall not fill the disk
    content = sys.stdin.buffer.read()
    try:
        told = json.dumps(sheets_in(content))
    except MemoryError:
        sys.exit(TOO_LARGE)
    except (python_calamine.CalamineError, ElementTree.ParseError, KeyError, ValueError, zipfile.BadZipFile) as reason:
        sys.stderr.write(str(reason)[:200])
        sys.exit(UNREADABLE)
    sys.stdout.write(told)


def sheets_in(content: bytes) -> list[dict[str, Any]]:
    """Give every sheet: name, whether it is hidden, cells as text with the first one's place, formulas that failed."""
    book = python_calamine.load_workbook(io.BytesIO(content))
    errors = _error_cells(content)
    worksheets = [one for one in book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
    budget = [MOST_TEXT]
    return [
        {
            "name": one.name,
            "is_hidden": one.visible != python_calamine.SheetVisibleEnum.Visible,
            "error_cells": errors.get(one.name, []),
            **_cells(book.get_sheet_by_name(one.name), budget),
        }
        for one in worksheets
    ]


def _cells(sheet: python_calamine.CalamineSheet, budget: list[int]) -> dict[str, Any]:
    """Give the cells from the first used one on; a cell merged downwards counts for every row that it covers."""
    if sheet.height * sheet.width > MOST_CELLS:
        sys.exit(TOO_LARGE)
    row, column = sheet.start or (0, 0)
    rows = [[_text(value) for value in values] for values in sheet.to_python()]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if left == right and 0 <= left - column < sheet.width and top >= row:
            for covered in rows[top - row + 1 : bottom - row + 1]:
                covered[left - column] = rows[top - row][left - column]
    budget[0] -= sum(len(text) for texts in rows for text in texts)
    if budget[0] < 0:
        sys.exit(TOO_LARGE)
    return {"first_row": row + 1, "first_column": column + 1, "rows": rows}


def _text(value: object) -> str:
    """Give a cell as text: dates in ISO's notation, numbers with the fifteen digits that Excel has of them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    try:
        return format(Decimal(format(value, ".15g")), "f").replace(".", ",")
    except (TypeError, ValueError):  # a duration
        return str(value)


def _error_cells(content: bytes) -> dict[str, list[list[str]]]:
    """Find cells whose formula failed: calamine gives them as blank, as if nobody had meant to write anything."""
    found: dict[str, list[list[str]]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name, part in _parts(package):
            xml = package.read(part)
            if b't="e"' in xml:
                cells = (match.groups() for match in ERROR_CELL.finditer(xml))
                found[name] = [[letters.decode(), row.decode()] for letters, row in _first(cells)]
    return found


def _first(cells: Iterator[Sequence[bytes]]) -> Iterator[Sequence[bytes]]:
    return (cell for cell, _ in zip(cells, range(MOST_ERRORS), strict=False))


def _parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Give each sheet's name and the part of the package that it is kept in."""
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - limited process
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    book = ElementTree.fromstring(package.read("xl/workbook.xml"))  # noqa: S314 - limited process
    known = set(package.namelist())
    for sheet in (one for one in book.iter() if one.tag.endswith("}sheet")):
        target = targets.get(sheet.get(RELATIONSHIP), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if part in known:
            yield sheet.get("name", ""), part


if __name__ == "__main__":
    main()
