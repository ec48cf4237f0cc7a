"""Run as a process of its own: reads an xlsx workbook from standard input and writes its cells to standard output.

It imports nothing of the service, limits its own memory and processor time, and may die: whoever sent the workbook is
then told that it is too large. What Excel keeps as numbers is written as Danes write them, with a comma: `0,125` could
else not be told from a hundred and twenty-five that somebody typed with a thousands point.

Called with `rows`, it writes one row after the other, for sheets that are too long to be held (see long_sheets).
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
MOST_LONG_CELLS = 8_000_000
MOST_LONG_TEXT = 1024**3
PIECE = 1024 * 1024
LONGEST_ROW = 16 * PIECE
MOST_DIGITS = 15
"""Excel has so many digits of a number; what is longer has lost some."""

TOO_LARGE, UNREADABLE = 3, 4

RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ERROR_CELL = re.compile(rb'<(?:\w+:)?c (?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>')
ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
ROW_NUMBER = re.compile(rb"""\br=["']([0-9]{1,7})["']""")
HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
FAILED = re.compile(rb"""<(?:\w+:)?c\b(?=[^>]*\bt=["']e["'])([^>]*)>""")
WITHOUT_RESULT = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)(?<!/)><(?:\w+:)?f\b[^>]*(?:(?<=/)>|>[^<]*</(?:\w+:)?f>)</(?:\w+:)?c>"
)
CELL_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")


def main() -> None:
    """Read, or end with a status that tells why not."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what it dies of shall not fill the disk
    content = sys.stdin.buffer.read()
    try:
        if sys.argv[1:] == ["rows"]:
            for line in lines_in(content):
                sys.stdout.write(f"{json.dumps(line)}\n")
        else:
            sys.stdout.write(json.dumps(sheets_in(content)))
    except MemoryError:
        sys.exit(TOO_LARGE)
    except (python_calamine.CalamineError, ElementTree.ParseError, KeyError, ValueError, zipfile.BadZipFile) as reason:
        sys.stderr.write(str(reason)[:200])
        sys.exit(UNREADABLE)


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


def lines_in(content: bytes) -> Iterator[dict[str, Any] | list[Any]]:
    """Give every sheet in turn: its name and whether it is hidden, then its rows that are not blank, as number, cells,
    letters of the columns whose formulas failed or have no result, and whether the row is hidden.
    """
    book = python_calamine.load_workbook(io.BytesIO(content))
    names = [one.name for one in book.sheets_metadata]
    if len(set(names)) != len(names):
        raise ValueError("two of its sheets have the same name")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = dict(_parts(package))
        budget = [MOST_LONG_TEXT]
        for one in book.sheets_metadata:
            if one.typ == python_calamine.SheetTypeEnum.WorkSheet:
                yield {"name": one.name, "is_hidden": one.visible != python_calamine.SheetVisibleEnum.Visible}
                failed, hidden = _marks(package, parts.get(one.name, ""))
                yield from _rows(book.get_sheet_by_name(one.name), failed, hidden, budget)


def _marks(package: zipfile.ZipFile, part: str) -> tuple[dict[int, list[str]], set[int]]:
    """Find the cells whose formulas failed or have no result, by row, and the rows that are hidden."""
    failed: dict[int, list[str]] = {}
    hidden: set[int] = set()
    last = 0
    for piece in _pieces(package, part):
        last = _hidden(piece, last, hidden)
        for cell in _failures(piece):
            place = CELL_PLACE.search(cell[1])
            if place is None:
                raise ValueError("a formula failed in a cell that does not say where it is")
            failed.setdefault(int(place[2]), []).append(place[1].decode())
    return failed, hidden


def _hidden(piece: bytes, last: int, hidden: set[int]) -> int:
    """Find the rows that are hidden; gives the number of the last row where rows do not say theirs."""
    first = ROW.search(piece)
    if b"hidden=" in piece or (first is not None and not ROW_NUMBER.search(first[1])):
        for match in ROW.finditer(piece):
            number = ROW_NUMBER.search(match[1])
            last = int(number[1]) if number is not None else last + 1
            if HIDDEN.search(match[1]):
                hidden.add(last)
    return last


def _failures(piece: bytes) -> Iterator[re.Match[bytes]]:
    if b't="e"' in piece or b"t='e'" in piece:
        yield from FAILED.finditer(piece)
    if b"f>" in piece or b"<f" in piece or b":f" in piece:
        yield from WITHOUT_RESULT.finditer(piece)


def _pieces(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Give a part's text in pieces that end where a row ends."""
    if not part:
        return
    rest = b""
    with package.open(part) as file:
        while piece := file.read(PIECE):
            rest += piece
            end = rest.rfind(b"row>")
            if end >= 0:
                yield rest[: end + 4]
                rest = rest[end + 4 :]
            elif len(rest) > LONGEST_ROW:
                sys.exit(TOO_LARGE)
    yield rest


def _rows(
    sheet: python_calamine.CalamineSheet, failed: dict[int, list[str]], hidden: set[int], budget: list[int]
) -> Iterator[list[Any]]:
    if sheet.height * sheet.width > MOST_LONG_CELLS:
        sys.exit(TOO_LARGE)
    before = [""] * (sheet.start or (0, 0))[1]
    number = 0
    for number, cells in enumerate(_filled(sheet, len(before)), start=1):
        while cells and not cells[-1].strip():
            cells.pop()
        if cells or number in failed:
            budget[0] -= sum(map(len, cells))
            if budget[0] < 0:
                sys.exit(TOO_LARGE)
            yield [number, before + cells, failed.get(number, []), number in hidden]
    for beyond in sorted(one for one in failed if one > number):
        yield [beyond, [], failed[beyond], beyond in hidden]


def _filled(sheet: python_calamine.CalamineSheet, column: int) -> Iterator[list[str]]:
    """Give the cells of every row from the first one on; one merged downwards counts for every row that it covers and
    that has a cell of its own.
    """
    ranges = sheet.merged_cell_ranges or []
    merged = sorted((top, bottom, left - column) for (top, left), (bottom, right) in ranges if left == right)
    waiting = iter(merged)
    covering: dict[int, tuple[int, str]] = {}
    top, bottom, place = next(waiting, (-1, -1, -1))
    for index, values in enumerate(sheet.iter_rows()):
        cells = [_long_text(value) for value in values]
        if any(cells):
            for covered, (last, text) in covering.items():
                cells[covered] = text if index <= last else cells[covered]
        while top == index:
            if 0 <= place < len(cells):
                covering[place] = (bottom, cells[place])
            top, bottom, place = next(waiting, (-1, -1, -1))
        yield cells


def _long_text(value: object) -> str:
    """Give a cell as text; a number that has lost digits tells it by its exponent."""
    text = _text(value)
    if not isinstance(value, str) and len(text) > MOST_DIGITS and text.removeprefix("-").isdecimal():
        return format(Decimal(text), f".{MOST_DIGITS - 1}E").replace(".", ",")
    return text


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
