"""Sheets that people fill in, xlsx or CSV: text by row and column, found by header; faults name both."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Final

from app.kit.cells import Misread, guarded, unguarded
from app.kit.errors import Fault, MediaTypeNotSupported
from app.kit.workbooks import Heading, Sheet, SheetTooLarge, UnreadableSheet, read_workbook

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv"

COMMENT: Final = "Kommentar"
COMMENT_NAMES: Final = frozenset({"kommentar", "comment"})
LONGEST_CELL: Final = 32_767
"""Characters: what Excel keeps in a cell."""
MOST_ROWS: Final = 250_000
HEADER_WITHIN: Final = 10
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def as_written(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is known: its field, the header that is written and others that are read, and how a cell is read.

    `read` raises ValueError with words for people, best Misread with words in both languages.
    """

    field: str
    heading: Heading
    aliases: tuple[str, ...] = ()
    needed: bool = False
    read: Callable[[str], str] = as_written

    @property
    def names(self) -> frozenset[str]:
        return frozenset(header_name(name) for name in (self.heading.header, *self.aliases))


@dataclass(frozen=True, slots=True)
class Row:
    """A row by field, read; blank cells are left out. `number` is what the spreadsheet program shows."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose header was understood: the columns at their places, and the rows that are not blank."""

    sheet: Sheet
    header_row: int
    columns: Sequence[Column]
    places: Mapping[int, Column]
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def header(self) -> Sequence[str]:
        return self.sheet.rows[self.header_row - self.sheet.first_row] if self.sheet.rows else ()

    def fault(
        self, row: int, of: str | None, message: str, message_da: str | None = None, rule_id: str | None = None
    ) -> Fault:
        """Make a fault of a row; `of` is a field, and the fault names its column by the header that the sheet has."""
        column = self._header_of(of) if of is not None else None
        return Fault(message, message_da, sheet=self.sheet.name or None, row=row, column=column, rule_id=rule_id)

    def _header_of(self, of: str) -> str:
        placed = (self.header[place].strip() for place, column in self.places.items() if column.field == of)
        return next(placed, next((column.heading.header for column in self.columns if column.field == of), of))


def read_sheets(content: bytes, media_type: str) -> list[Sheet]:
    """Read a workbook, or a CSV file as one sheet without a name.

    :raises MediaTypeNotSupported: for anything else.
    :raises UnreadableSheet, SheetTooLarge: naming the place where there is one.
    """
    if media_type == XLSX:
        sheets = read_workbook(content)
    elif media_type == CSV:
        sheets = [read_csv(content)]
    else:
        raise MediaTypeNotSupported(f"send {XLSX} or {CSV}, not {media_type[:80] or 'nothing'}")
    for sheet in sheets:
        _refuse_huge(sheet)
    return sheets


def _refuse_huge(sheet: Sheet) -> None:
    if len(sheet.rows) > MOST_ROWS:
        raise SheetTooLarge(f"the sheet {sheet.name} has more than {MOST_ROWS} rows; split it")
    for number, texts in enumerate(sheet.rows, start=sheet.first_row):
        if any(len(text) > LONGEST_CELL for text in texts):
            message = f"a cell of row {number} has more than {LONGEST_CELL} characters"
            raise UnreadableSheet(message, faults=[Fault(message, sheet=sheet.name or None, row=number)])


def read_csv(content: bytes) -> Sheet:
    """Read a CSV file: UTF-8 or windows-1252, between semicolons, commas or tabs.

    :raises UnreadableSheet: naming the row.
    """
    text = _decoded(content)
    first_line, _, rest = text.partition("\n")
    if first_line.strip().lower().startswith("sep="):  # Excel's own way to say it
        delimiter, text, first_row = first_line.strip()[4:5] or "\t", rest, 2
    else:
        delimiter, first_row = _delimiter(text), 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for texts in reader:
            rows.append([unguarded(one) for one in texts])
    except csv.Error as reason:
        number = first_row + len(rows)
        message = f"row {number} is no row of a CSV file between {delimiter!r}: {reason}"
        raise UnreadableSheet(message, faults=[Fault(message, row=number)]) from reason
    return Sheet("", rows, first_row)


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith(UTF_16) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as reason:
            line = content.count(b"\n", 0, reason.start) + 1
            message = f"line {line} is neither UTF-8 nor windows-1252"
            raise UnreadableSheet(message, faults=[Fault(message, row=line)]) from reason
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        message = f"line {line} holds a NUL character, which no text has"
        raise UnreadableSheet(message, faults=[Fault(message, row=line)])
    return text


def _delimiter(text: str) -> str:
    """Give what stands most often in the first line that is not blank, outside quotation marks; else a semicolon."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(line.split('"')[::2])
    return max(";,\t", key=bare.count)


def table_of(sheet: Sheet, columns: Sequence[Column]) -> Table:
    """Understand a sheet: its header is the first row that names every needed column, within the first ten; titles may
    stand above it. Unknown columns are faults, so that a misspelt one is not left out silently; only one for comments
    is passed over.
    """
    at = _header_at(sheet, columns)
    by_name = {name: column for column in columns for name in column.names}
    names = [header_name(text) for text in sheet.rows[at]] if sheet.rows else []
    places = {place: by_name[name] for place, name in enumerate(names) if name in by_name}
    table = Table(sheet, sheet.first_row + at, columns, places)
    table.faults.extend(_header_faults(table))
    if not table.faults:
        table.rows.extend(_rows(table, at))
    return table


def _header_at(sheet: Sheet, columns: Sequence[Column]) -> int:
    needed = [column.names for column in columns if column.needed]
    for at, texts in enumerate(sheet.rows[:HEADER_WITHIN]):
        names = {header_name(text) for text in texts}
        if all(names & one for one in needed):
            return at
    return next((at for at, texts in enumerate(sheet.rows) if any(text.strip() for text in texts)), 0)


def unknown_headers(table: Table) -> list[str]:
    """Give the headers of a sheet that are no column's and not for comments."""
    texts = (text.strip()[:80] for place, text in enumerate(table.header) if place not in table.places)
    return [text for text in texts if text and header_name(text) not in COMMENT_NAMES]


def _header_faults(table: Table) -> Iterator[Fault]:
    placed = [column.field for column in table.places.values()]
    known = ", ".join([*(column.heading.header for column in table.columns), COMMENT])
    for text in unknown_headers(table):
        message, message_da = (
            f"there is no column {text}; there are {known}",
            f"{text} er ingen kolonne; der er {known}",
        )
        yield table.fault(table.header_row, text, message, message_da)
    for column in table.columns:
        header = column.heading.header
        if column.needed and column.field not in placed:
            message, message_da = f"the column {header} is missing", f"Kolonnen {header} mangler"
            yield table.fault(table.header_row, column.field, message, message_da)
        elif placed.count(column.field) > 1:
            message, message_da = f"the column {header} stands there twice", f"Kolonnen {header} står der to gange"
            yield table.fault(table.header_row, column.field, message, message_da)


def _rows(table: Table, at: int) -> Iterator[Row]:
    needed = [column for column in table.columns if column.needed]
    for number, texts in enumerate(table.sheet.rows[at + 1 :], start=table.header_row + 1):
        written = [(column, texts[place].strip()) for place, column in table.places.items() if place < len(texts)]
        if not any(text for _, text in written):
            continue
        row = Row(number, {column.field: _read(table, number, column, text) for column, text in written if text})
        for column in needed:
            if column.field not in row.cells:
                header = column.heading.header
                table.faults.append(table.fault(number, column.field, f"{header} is missing", f"{header} mangler"))
        yield row


def _read(table: Table, number: int, column: Column, text: str) -> str:
    try:
        return column.read(text)
    except ValueError as reason:
        message_da = reason.message_da if isinstance(reason, Misread) else None
        table.faults.append(table.fault(number, column.field, str(reason), message_da))
        return text


def header_name(header: str) -> str:
    """Give a header as headers are compared: without the star of needed ones, however spaced or cased."""
    return " ".join(header.replace("*", " ").split()).casefold()


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a CSV file as Danish Excel opens it: UTF-8 with a mark, semicolons; cells are guarded against formulas."""
    content = io.BytesIO()
    write_long_csv(content, header, rows)
    return content.getvalue()


def write_long_csv(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write the same to a file, row by row."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([guarded(text) for text in texts] for texts in rows)
    text.detach()  # which writes the rest, and leaves the file open
