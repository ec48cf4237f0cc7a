"""Catalogue sheets to test with, as a supplier would fill them in."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.catalogs.sheet_source import Legend, SheetSource
from app.documents.catalogue import CatalogueLine
from app.kit.errors import Fault
from app.kit.sheets import CSV, XLSX
from tests.sheets import Cell, csv_file, workbook
from tests.world import CONTRACT, INSTITUTION_GLN

Rows = list[list[Cell]]

GTIN = "5701234567899"
HEADER = ["Leverandørens varenr", "Varenavn", "UNSPSC", "Enhed", "Pris"]
FILLED: Mapping[str, Cell] = {
    "Leverandørens varenr": "A-1",
    "Handling": "Ny",
    "Varenavn": "Kopipapir A4",
    "Beskrivelse": "Hvidt papir, 80 g",
    "GTIN": GTIN,
    "Producent": "Papirfabrikken",
    "Producentens varenr": "PF-80",
    "UNSPSC": "14111507",
    "Enhed": "kasse",
    "Indhold pr. enhed": 5,
    "Indholdsenhed": "ris",
    "Pris": Decimal("1250.5"),
    "Prisenhed": "pr. 10",
    "Valuta": "EUR",
    "Momskategori": "Standard",
    "Momssats": "25 %",
    "Minimumsantal": 2,
    "Ordre-multiplum": 2,
    "Leveringstid (dage)": 3,
    "Gyldig fra": date(2026, 3, 1),
    "Gyldig til": "31-12-2026",
    "Aftalenr": CONTRACT,
    "Mærkning": "svanen; FSC",
    "Billede-URL": "https://billeder.example/a-1.jpg https://billeder.example/a-1-b.jpg",
    "Datablad-URL": "https://blade.example/a-1.pdf",
    "Søgeord": "papir; kopi, a4",
    "Fra antal 2": 10,
    "Pris 2": "1.200,00",
    "Fra antal 3": 50,
    "Pris 3": 1100,
}
"""A row with every column filled in."""


PROFILE: dict[str, Any] = {
    "name": "min-liste",
    "columns": {"item_number": ["Nr"], "name": ["Tekst"], "unspsc": ["Kode"], "unit": ["Enhed"], "price": ["Pris"]},
}
"""How sheets with other headers are read."""


def head(number: str = "KAT-1", version: str = "1", **more: Cell) -> Rows:
    """Give the rows above the header."""
    rows: Rows = [["Katalognummer", number], ["Version", version], ["Modtagers GLN", INSTITUTION_GLN]]
    return [*rows, *([name, cell] for name, cell in {"Aftalenr": CONTRACT, **more}.items() if cell is not None), []]


def item(
    number: Cell = "A-1", price: Cell = "12,50", name: Cell = "Kopipapir", unspsc: Cell = "14111507"
) -> list[Cell]:
    """Give a row under HEADER."""
    return [number, name, unspsc, "stk", price]


def sheet(rows: Sequence[Sequence[Cell]], header: Sequence[Cell] = HEADER, above: Rows | None = None) -> Rows:
    return [*(head() if above is None else above), list(header), *map(list, rows)]


def book(rows: Rows, finish: Callable[[Any], None] | None = None, name: str = "Varer") -> bytes:
    return workbook({name: rows}, finish)


def csv_of(rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ";") -> bytes:
    """Make a CSV file of rows; cells with a delimiter stand in quotation marks."""
    return csv_file([[_quoted(cell, delimiter) for cell in row] for row in rows], encoding, delimiter)


def _quoted(cell: Cell, delimiter: str) -> str:
    text = "" if cell is None else str(cell)
    return f'"{text}"' if delimiter in text else text


def read(content: bytes, legend: Legend | None = None, media_type: str = XLSX) -> SheetSource:
    return SheetSource(io.BytesIO(content), media_type, legend)


def outcomes(content: bytes, legend: Legend | None = None, media_type: str = XLSX) -> dict[int, Any]:
    with read(content, legend, media_type) as source:
        return dict(source)


def lines(content: bytes, legend: Legend | None = None, media_type: str = XLSX) -> list[CatalogueLine]:
    """Give the lines of a sheet without faults."""
    found = outcomes(content, legend, media_type)
    assert all(isinstance(one, CatalogueLine) for one in found.values()), found
    return list(found.values())


def faults(content: bytes, legend: Legend | None = None, media_type: str = XLSX) -> list[tuple[int, str | None]]:
    """Give row and column of every fault."""
    found = outcomes(content, legend, media_type).values()
    return [place(fault) for told in found if not isinstance(told, CatalogueLine) for fault in told]


def place(fault: Fault) -> tuple[int, str | None]:
    assert fault.row is not None
    assert fault.message_da
    return fault.row, fault.column


def row_with(**cells: Cell) -> tuple[list[str], list[Cell]]:
    """Give a header and a row: a good one, but for some cells by the names of their columns (blanks as underlines)."""
    named = {name.replace("_", " "): cell for name, cell in cells.items()}
    good = dict(zip(HEADER, item(), strict=True))
    row = {**good, **named}
    return list(row), list(row.values())


__all__ = ["CSV", "XLSX"]
