"""xlsx workbooks: read in a process of its own after the package was looked at, and written with what helps people."""

import io
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

import xlsxwriter  # type: ignore[import-untyped]  # the library ships no types

from app.kit import cells, workbook_reading
from app.kit.errors import Fault, Invalid

MOST_ENTRIES: Final = 2000
MOST_UNPACKED: Final = 200 * 1024 * 1024
MOST_RATIO: Final = 100
SMALL: Final = 1024 * 1024
"""A part that unpacks to less may shrink as well as it likes: the style sheets of empty workbooks do."""

WRITTEN_AT: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the library wants it naive
"""When every workbook says that it was made: the same rows are the same bytes, whenever they are asked for."""

COMPOUND_FILE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED_BIT: Final = 1
MACROS: Final = ("vbaproject.bin", "vbadata.xml", "xl/macrosheets/")

_turns = threading.BoundedSemaphore(2)
"""Reading takes up to a gigabyte, so no more than two workbooks are read at once."""


class UnreadableSheet(Invalid):
    """The file is no workbook (xlsx) and no CSV that can be read."""


class SheetTooLarge(Invalid):
    """The file unpacks to more than is read, or takes too long."""


class EncryptedWorkbook(Invalid):
    """The workbook is protected with a password, or in Excel's old format."""


class WorkbookWithMacros(Invalid):
    """Workbooks that carry programs are refused."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was filled in: text by row and column. `first_row` and `first_column` are numbers from 1."""

    name: str
    rows: Sequence[Sequence[str]]
    first_row: int = 1
    first_column: int = 1
    is_hidden: bool = False


def read_workbook(content: bytes) -> list[Sheet]:
    """Read every sheet of an xlsx workbook.

    :raises UnreadableSheet, SheetTooLarge, EncryptedWorkbook, WorkbookWithMacros: naming what is wrong.
    """
    look_at(io.BytesIO(content))
    sheets: list[dict[str, Any]] = json.loads(read_apart(input=content, stdout=subprocess.PIPE))
    _refuse_error_cells(sheets)
    return [Sheet(**{name: value for name, value in sheet.items() if name != "error_cells"}) for sheet in sheets]


def read_apart(*arguments: str, **streams: Any) -> bytes:
    """Let the reading process read, two at a time; gives what it wrote, unless `stdout` is a file.

    :raises UnreadableSheet, SheetTooLarge: when it ended otherwise than well.
    """
    command = [sys.executable, "-I", str(Path(workbook_reading.__file__)), *arguments]
    with _turns:
        try:
            done = subprocess.run(  # noqa: S603 - our own program, the workbook is its standard input
                command, stderr=subprocess.PIPE, timeout=workbook_reading.SECONDS, check=False, **streams
            )
        except subprocess.TimeoutExpired as reason:
            raise SheetTooLarge("the workbook takes too long to read; split it") from reason
    if done.returncode == workbook_reading.UNREADABLE:
        raise UnreadableSheet(f"the workbook cannot be read: {done.stderr.decode(errors='replace')}")
    if done.returncode != 0:
        raise SheetTooLarge("the workbook takes more memory than is allowed; delete what is not needed, or split it")
    return done.stdout or b""


def look_at(file: BinaryIO, most_unpacked: int = MOST_UNPACKED) -> None:
    """Look at the package before anything is unpacked. Its own figures may lie; the reading process has limits, too.

    :raises UnreadableSheet, SheetTooLarge, EncryptedWorkbook, WorkbookWithMacros: naming what is wrong.
    """
    file.seek(0)
    if file.read(len(COMPOUND_FILE)) == COMPOUND_FILE:
        raise EncryptedWorkbook("the workbook has a password, or is in Excel's old format; save it as xlsx without one")
    try:
        with zipfile.ZipFile(file) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, RuntimeError) as reason:
        raise UnreadableSheet("the file is no xlsx workbook: it is no zip package, or a broken one") from reason
    names = [entry.filename for entry in entries]
    _refuse_large(entries, most_unpacked)
    if any(entry.flag_bits & ENCRYPTED_BIT for entry in entries):
        raise EncryptedWorkbook("parts of the workbook are encrypted; save it without a password")
    if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names):
        raise UnreadableSheet("the package has a part whose name leads outside of it")
    if any(word in name.lower() for name in names for word in MACROS):
        raise WorkbookWithMacros("the workbook carries macros; save it as xlsx")
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise UnreadableSheet("the file is a zip package, but no xlsx workbook")


def _refuse_large(entries: Sequence[zipfile.ZipInfo], most_unpacked: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise SheetTooLarge(f"the package has {len(entries)} parts; a workbook has {MOST_ENTRIES} at most")
    if sum(entry.file_size for entry in entries) > most_unpacked:
        raise SheetTooLarge(f"the workbook unpacks to more than {most_unpacked // SMALL} MiB")
    for entry in entries:
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * entry.compress_size:
            raise SheetTooLarge(f"{entry.filename[:80]} unpacks to more than {MOST_RATIO} times its size")


def _refuse_error_cells(sheets: Sequence[Mapping[str, Any]]) -> None:
    faults = [
        Fault(
            f"the formula in {letters}{row} failed; write the value",
            f"Formlen i {letters}{row} fejler; skriv værdien",
            sheet=sheet["name"],
            row=int(row),
            column=letters,
        )
        for sheet in sheets
        for letters, row in sheet["error_cells"]
    ]
    if faults:
        raise UnreadableSheet("formulas of the workbook failed; see `errors`", faults=faults)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column as it is written: its header, the note that explains it, what may be chosen, and how values look."""

    header: str
    note: str = ""
    choices: tuple[str, ...] = ()
    is_date: bool = False
    is_amount: bool = False
    width: int = 18


@dataclass(frozen=True, slots=True)
class WrittenSheet:
    """A sheet to write: its rows with their numbers, in rising order, below the header's; `above` are rows from the
    first one on, above it.
    """

    name: str
    headings: Sequence[Heading]
    rows: Iterable[tuple[int, Sequence[str]]]
    header_row: int = 1
    warned: Container[int] = frozenset()
    """Rows whose last cell is written in red; asked when the row is written."""

    above: Sequence[Sequence[str]] = ()


def write_workbook(sheets: Iterable[WrittenSheet]) -> bytes:
    """Write a workbook: frozen headers with notes, choices to pick from, dates and amounts as such, all else as text.

    Text is never taken for a formula or a link.
    """
    content = io.BytesIO()
    write_long_workbook(content, sheets)
    return content.getvalue()


def write_long_workbook(file: IO[bytes], sheets: Iterable[WrittenSheet]) -> None:
    """Write the same to a file; rows are read while they are written, and never held."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        book.set_properties({"created": WRITTEN_AT})
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#DDEBF7", "bottom": 1}),
            "date": book.add_format({"num_format": "dd-mm-yyyy"}),
            "amount": book.add_format({"num_format": "#,##0.00"}),
            "text": book.add_format({"num_format": "@"}),
            "warned": book.add_format({"font_color": "#C00000"}),
        }
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, formats)


def _write_sheet(target: Any, sheet: WrittenSheet, formats: Mapping[str, Any]) -> None:
    top = sheet.header_row - 1
    target.freeze_panes(top + 1, 0)
    _write_above(target, sheet.above[:top], formats)
    for column, heading in enumerate(sheet.headings):
        target.set_column(column, column, heading.width, formats["text"])
        target.write_string(top, column, heading.header, formats["head"])
        if heading.note:
            target.write_comment(top, column, heading.note, {"x_scale": 2})
        if heading.choices:
            validation = {"validate": "list", "source": list(heading.choices), "error_type": "warning"}
            target.data_validation(top + 1, column, 1_048_575, column, validation)
    last = len(sheet.headings) - 1
    for number, texts in sheet.rows:
        for column, text in enumerate(texts):
            if text:
                warned = column == last and number in sheet.warned
                _write_cell(target, (number - 1, column), text, sheet.headings[column], formats, is_warned=warned)


def _write_above(target: Any, rows: Sequence[Sequence[str]], formats: Mapping[str, Any]) -> None:
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            target.write_string(row, column, text, formats["head" if column == 0 else "text"])


def _write_cell(
    target: Any, place: tuple[int, int], text: str, heading: Heading, formats: Mapping[str, Any], *, is_warned: bool
) -> None:
    try:
        if heading.is_date:
            target.write_datetime(*place, date.fromisoformat(cells.day(text)), formats["date"])
            return
        if heading.is_amount:
            target.write_number(*place, Decimal(cells.decimal(text)), formats["amount"])
            return
    except ValueError:  # what somebody wrote stays what it is
        pass
    target.write_string(*place, text, formats["warned" if is_warned else "text"])
