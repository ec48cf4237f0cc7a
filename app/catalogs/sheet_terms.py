"""The columns of a catalogue sheet that say on which terms an item can be had: unit, price, tax, quantities, days."""

from collections.abc import Iterator
from typing import Final

from app.catalogs import sheet_cells as cells
from app.catalogs.sheet_column import SheetColumn, column
from app.catalogs.sheet_words import TAX_CATEGORIES, UNITS, unit_code
from app.documents.values import NUMBER_LENGTH
from app.kit.cells import day

MOST_BRACKETS: Final = 5


def _brackets() -> Iterator[SheetColumn]:
    for number in range(2, MOST_BRACKETS + 1):
        yield column(
            f"from_{number}",
            f"Fra antal {number}",
            f"Fra hvilket antal af enheden Pris {number} gælder; højere end antallet før.",
            f"From how many units on price {number} holds; more than the one before.",
            f"From quantity {number}",
            read=cells.quantity,
            width=12,
        )
        yield column(
            f"price_{number}",
            f"Pris {number}",
            f"Prisen fra Fra antal {number}, for samme Prisenhed som Pris.",
            "The price from that quantity on, for the same base quantity as the price.",
            f"Price {number}",
            read=cells.amount,
            is_amount=True,
            width=12,
        )


TERMS: Final = (
    column(
        "unit",
        "Enhed",
        "Det, der bestilles: et ord fra listen eller en kode fra UN/ECE-anbefaling 20.",
        "What is ordered: a word of the list, or a code of UN/ECE recommendation 20.",
        "Bestillingsenhed",
        "Unit",
        needed=True,
        read=unit_code,
        choices=UNITS.offered,
        width=10,
    ),
    column(
        "content",
        "Indhold pr. enhed",
        "Hvor meget der er i enheden, fx 10; blank: 1 af enheden selv.",
        "How much is in the unit, such as 10; blank: 1 of the unit itself.",
        "Indhold",
        "Content per unit",
        read=cells.quantity,
        width=12,
    ),
    column(
        "content_unit",
        "Indholdsenhed",
        "Enheden for indholdet, fx stk.",
        "The content's unit, such as stk (pieces).",
        "Content unit",
        read=unit_code,
        choices=UNITS.offered,
        width=12,
    ),
    column(
        "price",
        "Pris",
        "Pris uden moms for én Prisenhed, fx 1234,50.",
        "Price without VAT for one base quantity, such as 1234,50.",
        "Nettopris",
        "Price",
        needed=True,
        read=cells.amount,
        is_amount=True,
        width=12,
    ),
    column(
        "base",
        "Prisenhed",
        "Hvor mange enheder prisen er for, fx 100; blank: 1.",
        "How many units the price is for, such as 100; blank: 1.",
        "Base quantity",
        "Price unit",
        read=cells.base_quantity,
        width=10,
    ),
    column(
        "currency",
        "Valuta",
        "Blank: katalogets valuta, ellers DKK.",
        "Blank: the catalogue's currency, else DKK.",
        "Currency",
        read=cells.currency,
        width=8,
    ),
    column(
        "tax_category",
        "Momskategori",
        "Standard, Nul eller Omvendt (omvendt betalingspligt).",
        "Standard, Nul (zero rated) or Omvendt (reverse charge).",
        "VAT category",
        read=cells.tax_category,
        choices=TAX_CATEGORIES.offered,
        width=12,
    ),
    column(
        "tax_percent",
        "Momssats",
        "Procent, fx 25; blank: 25 for Standard, 0 for de andre.",
        "Percentage, such as 25; blank: 25 for Standard, 0 for the others.",
        "Moms %",
        "VAT rate",
        read=cells.percent,
        width=10,
    ),
    column(
        "minimum",
        "Minimumsantal",
        "Det mindste, der kan bestilles.",
        "The least that can be ordered.",
        "Minimum",
        "Minimum quantity",
        read=cells.quantity,
        width=10,
    ),
    column(
        "multiple",
        "Ordre-multiplum",
        "Hvad en bestilling stiger med, fx 5.",
        "The steps in which an order goes up, such as 5.",
        "Multiplum",
        "Order multiple",
        read=cells.quantity,
        width=10,
    ),
    column(
        "lead_time",
        "Leveringstid (dage)",
        "Hele dage; det højeste, levering tager.",
        "Whole days; the most that delivery takes.",
        "Leveringstid",
        "Lead time (days)",
        "Lead time",
        read=cells.days,
        width=10,
    ),
    column(
        "valid_from",
        "Gyldig fra",
        "Første dag, linjen gælder, fx 01-03-2026.",
        "First day on which the line holds, such as 01-03-2026.",
        "Valid from",
        read=day,
        is_date=True,
        width=12,
    ),
    column(
        "valid_to",
        "Gyldig til",
        "Sidste dag, linjen gælder.",
        "Last day on which the line holds.",
        "Valid to",
        read=day,
        is_date=True,
        width=12,
    ),
    column(
        "contract",
        "Aftalenr",
        "En fil er for én aftale: alle rækker nævner den samme eller ingen.",
        "A file is for one contract: all rows name the same, or none.",
        "Aftalenummer",
        "Contract number",
        read=cells.item_number,
        most=NUMBER_LENGTH,
        width=16,
    ),
)
BRACKETS: Final = tuple(_brackets())
"""Prices for larger quantities stand in further columns of the same row."""
