"""Sheets of hundreds of thousands of rows, xlsx or CSV: kept in a file, and walked through row by row, again and again.

A workbook is read in the limited process (see workbook_reading), which writes its rows to a temporary file; a CSV file
is kept as it is. Neither is ever held as a whole.
"""

import codecs
import csv
import io
import json
import os
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, Final

from app.kit.cells import unguarded
from app.kit.errors import Fault, MediaTypeNotSupported
from app.kit.sheets import CSV, LONGEST_CELL, UTF_16, XLSX
from app.kit.workbooks import SheetTooLarge, UnreadableSheet, look_at, read_apart

PIECE: Final = 1024 * 1024
MOST_BYTES: Final = 512 * PIECE
MOST_UNPACKED: Final = 512 * PIECE
"""Bytes that a workbook's package may unpack to: some 300,000 rows of fifteen cells."""

LONGEST_LINE: Final = 2 * PIECE
"""Characters of a line in a CSV file."""

LOOKED_AT: Final = 25
"""Lines from which the delimiter of a CSV file is told."""


@dataclass(frozen=True, slots=True)
class LongRow:
    """A row that is not blank: its number as the spreadsheet program shows it, and its cells as text, from column A on.

    `failed` are the letters of columns whose formulas failed, or were never calculated.
    """

    number: int
    texts: Sequence[str]
    failed: Sequence[str] = ()
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class LongSheet:
    """A sheet, without a name when it is a CSV file. `rows` begins a walk; one walk at a time. Of CSV `row_count`
    counts blank rows and line ends in cells, too.
    """

    name: str
    rows: Callable[[], Iterator[LongRow]]
    row_count: int
    is_hidden: bool = False


class LongSheets:
    """The sheets of a workbook, or a CSV file as one; `file` is read from where it stands, and needs not be seekable.

    What they are kept in goes with `close`, or with the last who knows of them.

    :raises MediaTypeNotSupported: for anything else.
    :raises UnreadableSheet, SheetTooLarge, EncryptedWorkbook, WorkbookWithMacros: naming the place where there is one;
        the first of them also on a walk.
    """

    def __init__(self, file: BinaryIO, media_type: str) -> None:
        if media_type not in (XLSX, CSV):
            raise MediaTypeNotSupported(f"send {XLSX} or {CSV}, not {media_type[:80] or 'nothing'}")
        with ExitStack() as files:
            kept = files.enter_context(tempfile.TemporaryFile())
            _copy(file, kept)
            if media_type == CSV:
                self.sheets: Sequence[LongSheet] = [_csv_sheet(kept)]
            else:
                rows = files.enter_context(tempfile.TemporaryFile())
                self.sheets = list(_sheets_of(kept, rows))
            self.close = weakref.finalize(self, files.pop_all().close)


def _copy(file: BinaryIO, kept: BinaryIO) -> None:
    while piece := file.read(PIECE):
        if kept.tell() + len(piece) > MOST_BYTES:
            raise SheetTooLarge(f"the file has more than {MOST_BYTES // PIECE} MiB; split it")
        kept.write(piece)


def _sheets_of(workbook: BinaryIO, rows: BinaryIO) -> Iterator[LongSheet]:
    look_at(workbook, MOST_UNPACKED)
    os.lseek(workbook.fileno(), 0, os.SEEK_SET)
    read_apart("rows", stdin=workbook, stdout=rows)
    rows.seek(0)
    found: list[tuple[dict[str, Any], int]] = []
    counts: Counter[int] = Counter()
    while line := rows.readline():
        if line.startswith(b"{"):
            found.append((json.loads(line), rows.tell()))
        else:
            counts[len(found)] += 1
    for number, (sheet, start) in enumerate(found, start=1):
        yield LongSheet(sheet["name"], _Walk(rows, start), counts[number], is_hidden=sheet["is_hidden"])


@dataclass(frozen=True, slots=True)
class _Walk:
    """The rows of a sheet of a workbook, which stand in a file from a place on until the next sheet."""

    file: BinaryIO
    start: int

    def __call__(self) -> Iterator[LongRow]:
        self.file.seek(self.start)
        while line := self.file.readline():
            if line.startswith(b"{"):
                return
            row = LongRow(*json.loads(line))
            _refuse_huge(row.number, row.texts)
            yield row


def _refuse_huge(number: int, texts: Sequence[str]) -> None:
    if any(len(text) > LONGEST_CELL for text in texts):
        message = f"a cell of row {number} has more than {LONGEST_CELL} characters"
        raise UnreadableSheet(message, faults=[Fault(message, row=number)])


def _csv_sheet(file: BinaryIO) -> LongSheet:
    encoding, count = _encoding(file), _count(file)
    first = list(islice(_lines(file, encoding), LOOKED_AT))
    said = first[0].strip() if first else ""
    is_said = said.lower().startswith("sep=")  # Excel's own way to say it
    delimiter = (said[4:5] or "\t") if is_said else _delimiter(first)
    return LongSheet("", lambda: _csv_rows(file, encoding, delimiter, int(is_said)), count)


def _count(file: BinaryIO) -> int:
    file.seek(0)
    return 1 + sum(piece.count(b"\n") for piece in iter(lambda: file.read(PIECE), b""))


def _encoding(file: BinaryIO) -> str:
    """Tell UTF-8, with or without a mark, from windows-1252, and UTF-16 by its mark."""
    file.seek(0)
    begin = file.read(3)
    if begin.startswith(UTF_16):
        return "utf-16"
    fault = _fault_of(file, "utf-8-sig")
    if fault is None:
        return "utf-8-sig"
    if not begin.startswith(codecs.BOM_UTF8):
        fault = _fault_of(file, "cp1252")
        if fault is None:
            return "cp1252"
    raise _unreadable(fault, "is neither UTF-8 nor windows-1252")


def _unreadable(line: int, what: str) -> UnreadableSheet:
    message = f"line {line} {what}"
    return UnreadableSheet(message, faults=[Fault(message, row=line)])


def _fault_of(file: BinaryIO, encoding: str) -> int | None:
    """Give the line of the first bytes that are not of an encoding."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    file.seek(0)
    while piece := file.read(PIECE):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as reason:
            return line + reason.object.count(b"\n", 0, reason.start)
        line += piece.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    file.seek(0)
    reader = io.TextIOWrapper(file, encoding, newline="")
    number = 0
    try:
        while line := reader.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise _unreadable(number, "is too long for a row")
            if "\0" in line:
                raise _unreadable(number, "holds a NUL character, which no text has")
            yield line
    except UnicodeDecodeError as reason:
        raise _unreadable(number + 1, f"is no {encoding}") from reason
    finally:
        if not file.closed:
            reader.detach()


def _delimiter(lines: Sequence[str]) -> str:
    """Give what stands most often in the first lines, outside quotation marks; else a semicolon."""
    bare = ["".join(line.split('"')[::2]) for line in lines]
    return max(";,\t", key=lambda mark: sum(line.count(mark) for line in bare))


def _csv_rows(file: BinaryIO, encoding: str, delimiter: str, before: int) -> Iterator[LongRow]:
    lines = islice(_lines(file, encoding), before, None)
    number = before
    try:
        for texts in csv.reader(lines, delimiter=delimiter, strict=True):
            number += 1
            if any(text.strip() for text in texts):
                _refuse_huge(number, texts)
                yield LongRow(number, [unguarded(text) for text in texts])
    except csv.Error as reason:
        message = f"row {number + 1} is no row of a CSV file between {delimiter!r}: {reason}"
        raise UnreadableSheet(message, faults=[Fault(message, row=number + 1)]) from reason
