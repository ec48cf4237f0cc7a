"""The sheet of open orders: its columns, one row an order line, and how their cells are read."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from app.kit.cells import Misread, day, decimal, digits
from app.kit.columns import kept
from app.kit.sheets import Column
from app.kit.workbooks import Heading

CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
UNSPSC: Final = re.compile(r"[0-9]{8}", re.ASCII)


def _text(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > most:
            raise Misread(f"this has more than {most} characters", f"det er mere end {most} tegn")
        return text

    return read


def _number(text: str) -> str:
    """Read a number that is kept whole and is not less than nothing."""
    read = decimal(text)
    if kept(Decimal(read)) < 0:
        raise Misread(f"{read} is less than nothing", f"{read} er mindre end intet")
    return read


def _currency(text: str) -> str:
    if not CURRENCY.fullmatch(text):
        raise Misread(
            f"{text[:40]} is no currency; write it like EUR", f"{text[:40]} er ingen valuta; skriv den som EUR"
        )
    return text


def _group(text: str) -> str:
    code = digits(text)
    if not UNSPSC.fullmatch(code):
        raise Misread(f"{code[:40]} is not the eight digits of UNSPSC", f"{code[:40]} er ikke UNSPSC's otte cifre")
    return code


def _code(most: int) -> Callable[[str], str]:
    return lambda text: _text(most)(digits(text))


COUNTED_NOTE: Final = "I linjens enhed, eller i kroner og øre på en linje med beløb; blank: intet."

COLUMNS: Final = (
    Column(
        "number",
        Heading("Ordrenummer", "Som på fakturaen."),
        ("Order number",),
        needed=True,
        read=_text(300),
    ),
    Column("gln", Heading("GLN", "Organisationens GLN."), ("EAN", "EAN-nummer"), needed=True, read=_code(100)),
    Column("supplier", Heading("Leverandør", "CVR-nummer eller GLN."), ("Supplier",), needed=True, read=_code(100)),
    Column("contract_number", Heading("Aftalenummer", "Blank: uden aftale."), ("Contract number",), read=_text(200)),
    Column("currency", Heading("Valuta", "Blank: DKK."), ("Currency",), read=_currency),
    Column("buyer_reference", Heading("Personreference"), ("Buyer reference",), read=_text(200)),
    Column("issued_on", Heading("Ordredato", "Fx 01-03-2026.", is_date=True), ("Order date",), needed=True, read=day),
    Column("text", Heading("Varetekst", width=40), ("Text",), needed=True, read=_text(1000)),
    Column("item_number", Heading("Varenummer", "Leverandørens."), ("Item number",), read=_text(100)),
    Column("gtin", Heading("GTIN"), read=_code(20)),
    Column("unspsc", Heading("UNSPSC", "8 cifre."), read=_group),
    Column("quantity", Heading("Antal", "Sammen med en pris."), ("Quantity",), read=_number),
    Column("unit", Heading("Enhed", "Blank: EA."), ("Unit",), read=_text(20)),
    Column("price", Heading("Pris", "For én enhed, uden moms.", is_amount=True), ("Price",), read=_number),
    Column("amount", Heading("Beløb", "I stedet for antal og pris.", is_amount=True), ("Amount",), read=_number),
    Column("received", Heading("Modtaget", COUNTED_NOTE), ("Received",), read=_number),
    Column("invoiced", Heading("Faktureret", COUNTED_NOTE), ("Invoiced",), read=_number),
    Column("accounting_cost", Heading("Kontering"), ("Accounting cost",), read=_text(200)),
    Column("stated_approver", Heading("Godkendt af", "Hvem der godkendte ordren."), ("Approver",), read=_text(200)),
)

SAID_ALIKE: Final = ("supplier", "contract_number", "currency", "buyer_reference", "issued_on", "stated_approver")
"""What the rows of an order say of the whole order; one that is blank says the same as the first."""
