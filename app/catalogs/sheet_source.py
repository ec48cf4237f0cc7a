"""A catalogue that comes as a sheet: its header, and its rows one after the other, as lines or as what is wrong there.

The sheet is walked through twice: first for the numbers that stand on two rows, which are then both at fault, then for
the lines. Hidden rows are at fault, too: nobody offers what is not seen.
"""

import sqlite3
import weakref
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO, Final

from pydantic import ValidationError

from app.catalogs.mapping_profiles import MappingProfile
from app.catalogs.sheet_cells import carried
from app.catalogs.sheet_columns import COLUMNS, FIELDS
from app.catalogs.sheet_header import SheetHeader, header_of
from app.catalogs.sheet_layout import CatalogueSheetNotFitting, Layout, chosen, layout_of, place_of
from app.catalogs.sheet_lines import DELETE, line_of, misfits_of
from app.documents.catalogue import CatalogueLine
from app.documents.values import Value
from app.kit.cells import Misread
from app.kit.errors import Fault
from app.kit.long_sheets import LongRow, LongSheets

NUMBER: Final = "item_number"
CONTRACT: Final = "contract"

Outcome = CatalogueLine | list[Fault]


class Legend(Value):
    """How to read a sheet: its mapping profile, and what was said in the request of which catalogue it is. It is kept
    with the upload, so that the same bytes can be read in the same way again.
    """

    profile: MappingProfile | None = None
    said: Mapping[str, str] = {}


class SheetSource:
    """A catalogue sheet, xlsx or CSV. Iterating gives the number of each row that is not blank with its line, or with
    its faults; again and again, one walk at a time. `file` is read from where it stands, once.

    :raises MediaTypeNotSupported, UnreadableSheet, SheetTooLarge, EncryptedWorkbook, WorkbookWithMacros: for a file
        that cannot be read.
    :raises CatalogueSheetNotFitting: for one whose header cannot, or without rows.

    A CSV file may also turn out unreadable on a walk (UnreadableSheet).
    """

    def __init__(self, file: BinaryIO, media_type: str, legend: Legend | None = None) -> None:
        legend = legend or Legend()
        profile = legend.profile
        self._sheets = LongSheets(file, media_type)
        sheet = chosen(self._sheets, profile.sheet if profile is not None else None)
        columns, passed_over = (profile.sheet_columns(), profile.passed_over) if profile is not None else (COLUMNS, ())
        self._fixed = profile.fixed_values() if profile is not None else {}
        self.layout = layout_of(sheet, columns, passed_over)
        self._places = {column.field: place for place, column in self.layout.places.items()}
        self._headers = {field: self.layout.header_of(field) for field in FIELDS}
        self._numbers = _Numbers()
        self._has_looked = False
        self.header: SheetHeader = header_of(self.layout, legend.said, self._first_contract())

    @property
    def row_count(self) -> int:
        """About how many rows there are to walk through."""
        return max(self.layout.sheet.row_count - len(self.layout.above) - 1, 1)

    def close(self) -> None:
        """Let go of the files that it is kept in."""
        self._sheets.close()
        self._numbers.close()

    def __enter__(self) -> "SheetSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[tuple[int, Outcome]]:
        return ((row.number, outcome) for row, outcome in self.judged() if outcome is not None)

    def judged(self) -> Iterator[tuple[LongRow, Outcome | None]]:
        """Give every row below the header with its line or faults; None for a blank one."""
        self._look_ahead()
        for row in self.layout.rows():
            yield row, self._outcome(row) if self._is_used(row) else None

    def _look_ahead(self) -> None:
        if not self._has_looked:
            for row in self.layout.rows():
                self._numbers.add(self._value(row, NUMBER), row.number)
            self._numbers.forget_single()
            self._has_looked = True

    def _first_contract(self) -> str | None:
        """Give the contract that the first row names.

        :raises CatalogueSheetNotFitting: when there is no row.
        """
        first = next((row for row in self.layout.rows() if self._is_used(row)), None)
        if first is None:
            message, message_da = "there is no row below the header", "Der er ingen rækker under overskriften"
            fault = self.layout.fault(self.layout.header_row, None, message, message_da)
            raise CatalogueSheetNotFitting(message, faults=[fault])
        return self._value(first, CONTRACT) or self._fixed.get(CONTRACT)

    def _is_used(self, row: LongRow) -> bool:
        texts = row.texts
        return any(place < len(texts) and texts[place].strip() for place in self.layout.places) or any(
            place_of(letters) in self.layout.places for letters in row.failed
        )

    def _value(self, row: LongRow, field: str) -> str | None:
        place = self._places.get(field)
        text = row.texts[place].strip() if place is not None and place < len(row.texts) else ""
        try:
            return FIELDS[field].read(carried(text, FIELDS[field].most)) if text else None
        except Misread:
            return None

    def _outcome(self, row: LongRow) -> Outcome:
        told = _Told(row.number, self.layout)
        values = {**self._fixed, **told.read(row)}
        if values.get("action") == DELETE:
            told.leave_only((NUMBER, "action"))
        if row.is_hidden:
            told.add(None, "the row is hidden; show it or delete it", "Rækken er skjult; vis den eller slet den")
        self._compare(values, told)
        for misfit in misfits_of(values, self._headers):
            told.add(*misfit, unless_told=True)
        if told.faults:
            return told.faults
        try:
            return line_of(values, self.header.currency)
        except ValidationError as reason:  # what no reader looks at
            told.add(NUMBER, *(["; ".join(fault["msg"] for fault in reason.errors())] * 2))
            return told.faults

    def _compare(self, values: Mapping[str, str], told: "_Told") -> None:
        """Hold a row against the others, and against what was said of all."""
        for other in self._numbers.others(values.get(NUMBER), told.row):
            message_da = f"Række {other} har samme nummer; hvert nummer står på én række"
            told.add(NUMBER, f"row {other} has the same number; each stands on one row", message_da)
        contract, common = values.get(CONTRACT), self.header.contract
        if contract is not None and contract != common:
            message = f"this file is for contract {common or 'none'}; send a file for each contract"
            told.add(CONTRACT, message, f"Filen er for aftale {common or '(ingen)'}; send én fil for hver aftale")


class _Told:
    """What is wrong with a row, cell by cell."""

    def __init__(self, row: int, layout: Layout) -> None:
        self.row = row
        self._layout = layout
        self._faults: list[tuple[str | None, Fault]] = []

    @property
    def faults(self) -> list[Fault]:
        return [fault for _, fault in self._faults]

    def add(self, field: str | None, message: str, message_da: str, *, unless_told: bool = False) -> None:
        if not unless_told or all(field != told for told, _ in self._faults):
            self._faults.append((field, self._layout.fault(self.row, field, message, message_da)))

    def leave_only(self, fields: Collection[str]) -> None:
        self._faults = [(field, fault) for field, fault in self._faults if field in fields]

    def read(self, row: LongRow) -> dict[str, str]:
        """Give the values of the cells that can be read, by field."""
        values = {}
        failed = {place_of(letters): letters for letters in row.failed}
        for place, column in self._layout.places.items():
            text = row.texts[place].strip() if place < len(row.texts) else ""
            if place in failed:
                cell = f"{failed[place]}{row.number}"
                message = f"the formula in {cell} failed, or was never calculated; write the value"
                self.add(column.field, message, f"Formlen i {cell} fejler eller er ikke beregnet; skriv værdien")
            elif text:
                try:
                    values[column.field] = column.read(carried(text, column.most))
                except Misread as reason:
                    self.add(column.field, str(reason), reason.message_da)
        return values


class _Numbers:
    """Which numbers stand on several rows, on disk as soon as they are many."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", check_same_thread=False)  # one thread looks ahead, another may walk
        self.close = weakref.finalize(self, self._database.close)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE number (text TEXT PRIMARY KEY, first INTEGER, last INTEGER) WITHOUT ROWID")
        self._has_repeated = False

    def add(self, number: str | None, row: int) -> None:
        if number is not None:
            again = "ON CONFLICT DO UPDATE SET last = excluded.last"
            self._database.execute(f"INSERT INTO number VALUES (?, ?, ?) {again}", (number, row, row))  # noqa: S608

    def forget_single(self) -> None:
        """Keep the numbers that stand on several rows alone."""
        self._database.execute("DELETE FROM number WHERE first = last")
        self._has_repeated = self._database.execute("SELECT 1 FROM number LIMIT 1").fetchone() is not None

    def others(self, number: str | None, row: int) -> Iterator[int]:
        """Give the first or last of the other rows with a number."""
        if self._has_repeated and number is not None:
            found = self._database.execute("SELECT first, last FROM number WHERE text = ?", (number,)).fetchone()
            first, last = found or (row, row)
            if first != row or last != row:
                yield first if first != row else last
