"""Where things stand in a catalogue sheet: which sheet of a file it is, its header, its columns, what stands above."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from string import ascii_uppercase
from typing import Final

from app.catalogs.sheet_column import SheetColumn
from app.catalogs.sheet_columns import GUIDES, SHEET_NAME, SHEET_NAMES
from app.kit.errors import Fault, Invalid
from app.kit.long_sheets import LongRow, LongSheet, LongSheets
from app.kit.sheets import COMMENT_NAMES, header_name

HEADER_WITHIN: Final = 25
"""Rows that are not blank among which the header is sought."""

EVERYTHING_ELSE: Final = "*"
ALIKE: Final = 0.75
"""How like a name must be to one that is known to be taken for it misspelt: 1 is the same."""

LONGEST_SHOWN: Final = 80


class CatalogueSheetNotFitting(Invalid):
    """The file has no sheet or header that can be used, or does not say which catalogue it is; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet whose header was found: its row's number and cells, the columns at their places, the rows above."""

    sheet: LongSheet
    columns: Sequence[SheetColumn]
    header_row: int
    header: Sequence[str]
    places: Mapping[int, SheetColumn]
    above: Sequence[LongRow]

    def rows(self) -> Iterator[LongRow]:
        """Walk through the rows below the header."""
        return (row for row in self.sheet.rows() if row.number > self.header_row)

    def fault(self, row: int, of: str | None, message: str, message_da: str) -> Fault:
        """Make a fault of a row; `of` is a field, and the fault names its column by the header that the sheet has. It
        is counted by its field.
        """
        column, rule_id = (self.header_of(of), f"sheet.{of}") if of is not None else (None, "sheet.row")
        return Fault(message, message_da, sheet=self.sheet.name or None, row=row, column=column, rule_id=rule_id)

    def header_of(self, field: str) -> str:
        placed = (self.header[place].strip() for place, column in self.places.items() if column.field == field)
        return next(placed, next((column.heading.header for column in self.columns if column.field == field), field))


def chosen(sheets: LongSheets, name: str | None) -> LongSheet:
    """Choose the sheet to be read: the one with a name, else the one called Varer, else the only one with rows.

    Guides, hidden sheets and blank ones are passed over; with a name, so are all others.

    :raises CatalogueSheetNotFitting: when it is none, or one of several.
    """
    known = (name,) if name is not None else SHEET_NAMES
    seen = [sheet for sheet in sheets.sheets if _is_named(sheet, known)]
    others = [] if name is not None else [sheet for sheet in sheets.sheets if _may_be_meant(sheet, seen)]
    found = seen or others
    if len(found) == 1 and (not seen or not others):
        return found[0]
    if not found:
        there = ", ".join(sheet.name[:LONGEST_SHOWN] for sheet in sheets.sheets) or "nothing"
        raise CatalogueSheetNotFitting(f"there is no sheet {known[0]} with rows; there are {there}")
    raise _too_many([*seen, *others])


def _is_named(sheet: LongSheet, known: Sequence[str]) -> bool:
    return not sheet.name or header_name(sheet.name) in (header_name(one) for one in known)


def _may_be_meant(sheet: LongSheet, seen: Sequence[LongSheet]) -> bool:
    if sheet in seen or sheet.is_hidden or header_name(sheet.name) in (header_name(one) for one in GUIDES):
        return False
    return next(sheet.rows(), None) is not None


def _too_many(sheets: Sequence[LongSheet]) -> CatalogueSheetNotFitting:
    names = ", ".join(sheet.name[:LONGEST_SHOWN] for sheet in sheets)
    message = f"{names} may all be meant; leave one sheet, called {SHEET_NAME}, and delete or hide the others"
    message_da = f"{names} kan alle være ment; behold ét ark, {SHEET_NAME}, og slet eller skjul de andre"
    faults = [Fault(message, message_da, sheet=sheet.name) for sheet in sheets]
    return CatalogueSheetNotFitting(message, faults=faults)


def layout_of(sheet: LongSheet, columns: Sequence[SheetColumn], passed_over: Sequence[str]) -> Layout:
    """Find the header: the first row that names every needed column, else the one that names most columns.

    :raises CatalogueSheetNotFitting: naming every header that is missing, not known, or there twice.
    """
    first = list(islice(sheet.rows(), HEADER_WITHIN))
    by_name = {name: column for column in columns for name in column.names}
    at = _header_at(first, columns, by_name)
    if at is None:
        wanted = ", ".join(column.heading.header for column in columns if column.needed)
        message = f"no row names the columns; a header has {wanted}" if first else "there is not a single row"
        message_da = f"Ingen række navngiver kolonnerne; en overskrift har {wanted}" if first else "Der er ingen rækker"
        raise CatalogueSheetNotFitting(message, faults=[Fault(message, message_da, sheet=sheet.name or None)])
    header = first[at].texts
    places = {place: by_name[name] for place, text in enumerate(header) if (name := header_name(text)) in by_name}
    layout = Layout(sheet, columns, first[at].number, header, places, first[:at])
    faults = [*_missing(layout), *_unknown(layout, by_name, passed_over)]
    if faults:
        raise CatalogueSheetNotFitting("the header does not fit; see `errors`", faults=faults)
    return layout


def _header_at(rows: Sequence[LongRow], columns: Sequence[SheetColumn], known: Mapping[str, object]) -> int | None:
    needed = [column.names for column in columns if column.needed]
    best, most = None, 1
    for at, row in enumerate(rows):
        names = {header_name(text) for text in row.texts}
        if needed and all(names & one for one in needed):
            return at
        if (count := len(names & known.keys())) > most:
            best, most = at, count
    return best


def _missing(layout: Layout) -> Iterator[Fault]:
    placed = [column.field for column in layout.places.values()]
    for column in layout.columns:
        header = column.heading.header
        if column.needed and column.field not in placed:
            message, message_da = f"the column {header} is missing", f"Kolonnen {header} mangler"
            yield layout.fault(layout.header_row, column.field, message, message_da)
        elif placed.count(column.field) > 1:
            message, message_da = f"the column {header} stands there twice", f"Kolonnen {header} står der to gange"
            yield layout.fault(layout.header_row, column.field, message, message_da)


def _unknown(layout: Layout, known: Mapping[str, SheetColumn], passed_over: Sequence[str]) -> Iterator[Fault]:
    if EVERYTHING_ELSE in passed_over:
        return
    passed = COMMENT_NAMES | {header_name(text) for text in passed_over}
    for place, text in enumerate(layout.header):
        name = header_name(text)
        if name and place not in layout.places and name not in passed:
            shown = text.strip()[:LONGEST_SHOWN]
            meant = likely(name, known)
            hint = f"; did you mean {meant}?" if meant else "; delete it, or let a mapping profile pass it over"
            hint_da = f"; mente du {meant}?" if meant else "; slet den, eller lad en profil springe den over"
            message, message_da = f"there is no column {shown}{hint}", f"{shown} er ingen kolonne{hint_da}"
            row, rule_id = layout.header_row, "sheet.header"
            yield Fault(message, message_da, sheet=layout.sheet.name or None, row=row, column=shown, rule_id=rule_id)


def likely(name: str, known: Mapping[str, SheetColumn]) -> str | None:
    """Give the header that a misspelt name is most likely meant for."""
    found = get_close_matches(name[:LONGEST_SHOWN], known, n=1, cutoff=ALIKE)
    return known[found[0]].heading.header if found else None


def place_of(letters: str) -> int:
    """Give the place of a column by its letters, from 0: A, B, …, AA."""
    place = 0
    for letter in letters:
        place = place * len(ascii_uppercase) + ascii_uppercase.index(letter) + 1
    return place - 1
