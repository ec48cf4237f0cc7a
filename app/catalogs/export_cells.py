"""A catalogue line as a row of a catalogue sheet, as it is on a day: what such sheets bring in, the other way round."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from app.catalogs.lines import commodity_code, labels_of
from app.catalogs.links import LinkKind, links_of
from app.catalogs.prices import ONE, bracket_on, points_of
from app.catalogs.sheet_columns import COLUMNS
from app.catalogs.sheet_terms import MOST_BRACKETS
from app.catalogs.sheet_words import TAX_CATEGORIES, UNITS
from app.documents.catalogue import CatalogueLine, PriceBracket
from app.documents.item import Item
from app.documents.price import Price
from app.kit.money import Quantity, at_least_decimals, plain

DAYS: Final = "DAY"


def row_of(line: CatalogueLine, contract: str, day: date) -> list[str]:
    """Give the cells of a line in the order of the columns; prices are those of the day."""
    cells = dict(_cells(line, contract, day))
    return [cells.get(column.field) or "" for column in COLUMNS]


def _cells(line: CatalogueLine, contract: str, day: date) -> Iterator[tuple[str, str | None]]:
    yield from _of_item(line.item)
    yield "unit", unit_name(line.orderable_unit or "")
    if line.content_unit_quantity is not None:
        yield "content", _number(line.content_unit_quantity.value)
        yield "content_unit", unit_name(line.content_unit_quantity.unit_code)
    yield "minimum", _optional(line.minimum_order_quantity)
    yield "multiple", _optional(line.order_quantity_increment)
    if line.validity_period is not None:
        yield "valid_from", _day(line.validity_period.start_date)
        yield "valid_to", _day(line.validity_period.end_date)
    yield "contract", contract
    yield from _of_prices(line, day)


def _of_item(item: Item) -> Iterator[tuple[str, str | None]]:
    links = list(links_of(item))
    yield "item_number", item.sellers_number
    yield "name", item.name
    yield "description", " ".join(item.descriptions)
    yield "gtin", item.gtin
    yield "manufacturer", item.manufacturer_name
    yield "manufacturer_number", item.manufacturers_item_id.value if item.manufacturers_item_id is not None else None
    yield "unspsc", commodity_code(item)
    yield "labels", "; ".join(labels_of(item))
    yield "keywords", "; ".join(item.keywords)
    yield "picture", " ".join(link.uri for link in links if link.kind == LinkKind.PICTURE)
    yield "data_sheet", " ".join(link.uri for link in links if link.kind == LinkKind.DATA_SHEET)


def _of_prices(line: CatalogueLine, day: date) -> Iterator[tuple[str, str | None]]:
    found = list(_prices(line, day))
    if not found:
        return
    (_, first), *others = found
    assert first.price is not None  # noqa: S101 - a bracket that holds has a price
    yield "price", _amount(first.price)
    yield "currency", first.price.currency
    yield "base", _base(line, first.price.base_quantity)
    if first.lead_time is not None and first.lead_time.unit_code == DAYS:
        yield "lead_time", _number(first.lead_time.value)
    for tax in first.tax_categories[:1]:
        yield "tax_category", TAX_CATEGORIES.words.get(tax.id, (tax.id,))[0]
        yield "tax_percent", _optional(tax.percent)
    for number, (least, bracket) in enumerate(others[: MOST_BRACKETS - 1], start=2):
        yield f"from_{number}", _number(least)
        yield f"price_{number}", _amount(bracket.price) if bracket.price is not None else None


def _prices(line: CatalogueLine, day: date) -> Iterator[tuple[Decimal, PriceBracket]]:
    """Give the prices of a day from the least quantity that can be ordered on, as far as they are for the same as the
    first: a sheet says once what its prices are for.
    """
    least, last = line.minimum_order_quantity or ONE, None
    floors = (Decimal(point.least) for point in points_of(line))
    for quantity in sorted({least, *(floor for floor in floors if floor > least)}):
        bracket = bracket_on(line, day, quantity)
        if bracket is not None and bracket.price is not None and (last is None or _follows(bracket.price, last)):
            last = bracket.price
            yield quantity, bracket


def _follows(price: Price, last: Price) -> bool:
    same = (price.currency, price.base_quantity) == (last.currency, last.base_quantity)
    return same and price.price_amount != last.price_amount


def unit_name(code: str) -> str:
    """Give the usual word for a unit, or its code."""
    return UNITS.words.get(code, (code,))[0]


def _base(line: CatalogueLine, base: Quantity | None) -> str:
    if base is None:
        return "1"
    unit = "" if base.unit_code == line.orderable_unit else f" {unit_name(base.unit_code)}"
    return f"{_number(base.value)}{unit}"


def _amount(price: Price) -> str:
    return at_least_decimals(price.price_amount).replace(".", ",")


def _number(value: Decimal) -> str:
    """Write a number as Danes do, without decimals that say nothing."""
    text = plain(value)
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _optional(value: Decimal | None) -> str | None:
    return _number(value) if value is not None else None


def _day(day: date | None) -> str | None:
    return day.strftime("%d-%m-%Y") if day is not None else None
