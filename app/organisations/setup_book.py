"""Which sheet of an upload is which, and the same sheets again with what was found, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.kit.commented import commented
from app.kit.errors import Fault, Invalid
from app.kit.sheets import HEADER_WITHIN, Table, table_of, unknown_headers
from app.kit.workbooks import Sheet, WrittenSheet
from app.organisations.setup_columns import COLUMNS, SHEET_NAMES, Kind
from app.organisations.setup_plan import Outcome, Plan

GUIDES: Final = ("vejledning", "guide")
PLANNED_DA: Final = {Outcome.CREATED: "oprettes", Outcome.CHANGED: "ændres", Outcome.UNCHANGED: "uændret"}
DONE_DA: Final = {Outcome.CREATED: "oprettet", Outcome.CHANGED: "ændret", Outcome.UNCHANGED: "uændret"}


class SheetsNotKnown(Invalid):
    """The upload has a sheet that is none of the set-up sheets, one of them twice, or none at all."""


def book_of(sheets: Sequence[Sheet]) -> dict[Kind, Table]:
    """Give the tables of an upload by kind; sheets that are blank, hidden or a guide are passed over.

    :raises SheetsNotKnown: naming each sheet that cannot be used.
    """
    book: dict[Kind, Table] = {}
    faults: list[Fault] = []
    for sheet in sheets:
        kind = _kind_of(sheet)
        if kind is None or kind in book:
            faults += _unusable(sheet, kind)
        else:
            named = replace(sheet, name=sheet.name or SHEET_NAMES[kind][0])
            book[kind] = table_of(named, COLUMNS[kind])
    if faults or not book:
        raise SheetsNotKnown(f"the sheets are {_known()}, and at least one of them", faults=faults)
    return {kind: book[kind] for kind in Kind if kind in book}


def _known() -> str:
    return ", ".join(names[0] for names in SHEET_NAMES.values())


def _kind_of(sheet: Sheet) -> Kind | None:
    """Tell the kind by the sheet's name; a CSV file has none, so there its header tells."""
    if not sheet.name:
        return min(Kind, key=lambda kind: _misfit(sheet, kind)) if _has_text(sheet) else None
    name = sheet.name.strip().casefold()
    return next((kind for kind, names in SHEET_NAMES.items() if name in (one.casefold() for one in names)), None)


def _misfit(sheet: Sheet, kind: Kind) -> int:
    table = table_of(replace(sheet, rows=sheet.rows[:HEADER_WITHIN]), COLUMNS[kind])
    placed = {column.field for column in table.places.values()}
    return len(unknown_headers(table)) + sum(column.needed and column.field not in placed for column in table.columns)


def _has_text(sheet: Sheet) -> bool:
    return any(text.strip() for texts in sheet.rows for text in texts)


def _unusable(sheet: Sheet, kind: Kind | None) -> Iterator[Fault]:
    if kind is not None:
        message, message_da = f"there are two sheets of {kind}", f"Der er to ark med {SHEET_NAMES[kind][0]}"
        yield Fault(message, message_da, sheet=sheet.name)
    elif _has_text(sheet) and not sheet.is_hidden and sheet.name.strip().casefold() not in GUIDES:
        message, message_da = f"there is no sheet {sheet.name[:80]}", f"{sheet.name[:80]} er intet ark her"
        yield Fault(f"{message}; there are {_known()}", f"{message_da}; der er {_known()}", sheet=sheet.name)


def faults_of(book: Mapping[Kind, Table], plan: Plan) -> list[Fault]:
    """Give every fault, sheet by sheet and row by row."""
    order = [table.sheet.name for table in book.values()]
    faults = [fault for table in book.values() for fault in table.faults] + plan.faults
    return sorted(faults, key=lambda fault: (order.index(fault.sheet or order[0]), fault.row or 0))


def commented_book(book: Mapping[Kind, Table], plan: Plan, *, is_done: bool) -> Iterator[WrittenSheet]:
    """Give the sheets as they came, each row at its place, with a column for its faults or what becomes of it."""
    faults, words = faults_of(book, plan), DONE_DA if is_done else PLANNED_DA
    for kind, table in book.items():
        becomes = {row: words[outcome] for row, outcome in plan.outcomes[kind].items()}
        own = [fault for fault in faults if fault.sheet == table.sheet.name]
        yield commented(table, SHEET_NAMES[kind][0], becomes, own)
