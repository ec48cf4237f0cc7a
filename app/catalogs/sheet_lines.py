"""A row of a catalogue sheet becomes a line of the catalogue, or a list of what is wrong with it."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from app.catalogs.sheet_columns import NEEDED
from app.catalogs.sheet_terms import MOST_BRACKETS
from app.catalogs.sheet_words import Label, label_of
from app.documents.amounts import TaxCategory
from app.documents.catalogue import CatalogueLine, PriceBracket
from app.documents.item import Certificate, Classification, Item, Specification
from app.documents.party import Party
from app.documents.price import Price
from app.documents.values import Identifier, Period
from app.kit.money import Quantity

Values = Mapping[str, str]

ADD, DELETE = "Add", "Delete"
NUMBER: Final = "item_number"
UNSPSC_VERSION: Final = "19.0501"
STANDARD: Final = "StandardRated"
STANDARD_PERCENT: Final = Decimal(25)
ONE: Final = Decimal(1)
NO_CODE: Final = "NA"
PICTURE, DATA_SHEET = "Billede", "Datablad"


class Misfit(NamedTuple):
    """What is wrong with a field of a row, in both languages."""

    field: str
    message: str
    message_da: str


def misfits_of(values: Values, headers: Mapping[str, str]) -> list[Misfit]:
    """Say which fields of a row are missing or do not fit the others; `headers` are their columns' names for people."""
    if values.get("action") == DELETE:
        return [] if NUMBER in values else [_lacking(NUMBER, headers)]
    missing = [_lacking(field, headers) for field in NEEDED if field not in values]
    return [*missing, *_contradictions(values)]


def line_of(values: Values, currency: str) -> CatalogueLine:
    """Make the line of a row's values, by field as their readers give them; `currency` is for a price that names none.
    Ask `misfits_of` first.
    """
    return _deletion(values) if values.get("action") == DELETE else _line(values, currency)


def _lacking(field: str, headers: Mapping[str, str]) -> Misfit:
    header = headers.get(field, field)
    return Misfit(field, f"{header} is missing", f"{header} mangler")


def _deletion(values: Values) -> CatalogueLine:
    number = values[NUMBER]
    item = Item(name=values.get("name"), sellers_item_id=Identifier(value=number))
    return CatalogueLine(line_id=number, action_code=DELETE, item=item)


def _contradictions(values: Values) -> Iterator[Misfit]:
    if values.get("valid_from", "") > values.get("valid_to", "9999-12-31"):
        yield Misfit("valid_to", "the last day is before the first", "Den sidste dag er før den første")
    if ("content" in values) != ("content_unit" in values):
        missing = "content_unit" if "content" in values else "content"
        message = "how much is in the unit takes a number and a unit"
        yield Misfit(missing, message, "Indholdet skrives med både antal og enhed")
    unit, base_unit = values.get("unit"), values.get("base", "").partition(" ")[2]
    if unit and base_unit and base_unit != unit:
        message = f"the price is for {base_unit}, but {unit} is ordered; give the price of what is ordered"
        yield Misfit("base", message, f"Prisen er for {base_unit}, men der bestilles {unit}; skriv prisen for {unit}")
    yield from _tax_contradictions(values)
    yield from _bracket_contradictions(values)


def _tax_contradictions(values: Values) -> Iterator[Misfit]:
    category, percent = values.get("tax_category"), values.get("tax_percent")
    if category is None or percent is None:
        return
    if (category == STANDARD) != bool(Decimal(percent)):
        message = f"{category} does not go with {percent} %"
        yield Misfit("tax_percent", message, f"{category} passer ikke til {percent} %")


def _bracket_contradictions(values: Values) -> Iterator[Misfit]:
    before, last = Decimal(0), 1
    for number in range(2, MOST_BRACKETS + 1):
        least, price = values.get(f"from_{number}"), values.get(f"price_{number}")
        if (least is None) != (price is None):
            missing = f"from_{number}" if least is None else f"price_{number}"
            yield Misfit(missing, "a quantity and its price go together", "Et antal og dets pris hører sammen")
        elif least is not None:
            if last != number - 1:
                yield Misfit(f"price_{last + 1}", "a price before it is missing", "Der mangler en pris før denne")
            if Decimal(least) <= max(before, ONE):
                message = f"it must be more than {max(before, ONE):f}, from which the price before holds"
                message_da = f"Det skal være mere end {max(before, ONE):f}, som prisen før gælder fra"
                yield Misfit(f"from_{number}", message, message_da)
            before, last = Decimal(least), number


def _line(values: Values, currency: str) -> CatalogueLine:
    unit = values["unit"]
    content = Quantity(Decimal(values.get("content", "1")), values.get("content_unit", unit))
    return CatalogueLine(
        line_id=values[NUMBER],
        action_code=values.get("action", ADD),
        orderable_unit=unit,
        content_unit_quantity=content,
        order_quantity_increment=_number(values, "multiple"),
        minimum_order_quantity=_number(values, "minimum"),
        validity_period=_period(values),
        brackets=tuple(_brackets(values, unit, values.get("currency", currency))),
        item=_item(values),
    )


def _number(values: Values, field: str) -> Decimal | None:
    return Decimal(values[field]) if field in values else None


def _period(values: Values) -> Period | None:
    if "valid_from" not in values and "valid_to" not in values:
        return None
    return Period(start_date=_day(values, "valid_from"), end_date=_day(values, "valid_to"))


def _day(values: Values, field: str) -> date | None:
    return date.fromisoformat(values[field]) if field in values else None


def _brackets(values: Values, unit: str, currency: str) -> Iterator[PriceBracket]:
    base = Quantity(Decimal(values.get("base", "1").partition(" ")[0]), unit)
    lead_time = Quantity(Decimal(values["lead_time"]), "DAY") if "lead_time" in values else None
    taxes = _taxes(values)
    for number in range(1, MOST_BRACKETS + 1):
        field = "price" if number == 1 else f"price_{number}"
        if field not in values:
            return
        least = _number(values, f"from_{number}")
        price = Price(
            price_amount=Decimal(values[field]),
            currency=currency,
            base_quantity=base,
            orderable_unit_factor_rate=ONE,
        )
        yield PriceBracket(
            lead_time=lead_time,
            minimum_quantity=Quantity(least, unit) if least is not None else None,
            price=price,
            tax_categories=taxes,
        )


def _taxes(values: Values) -> tuple[TaxCategory, ...]:
    """Give the tax: a category without a rate has its usual one, a rate without a category is the standard one or 0."""
    category, percent = values.get("tax_category"), _number(values, "tax_percent")
    if category is None and percent is None:
        return ()
    if category is None:
        category = STANDARD if percent else "ZeroRated"
    if percent is None:
        percent = STANDARD_PERCENT if category == STANDARD else Decimal(0)
    return (TaxCategory(id=category, percent=percent),)


def _item(values: Values) -> Item:
    return Item(
        name=values["name"],
        descriptions=(values["description"],) if "description" in values else (),
        keywords=_several(values, "keywords"),
        sellers_item_id=Identifier(value=values[NUMBER]),
        manufacturers_item_id=_identifier(values, "manufacturer_number"),
        standard_item_id=_identifier(values, "gtin", "GTIN"),
        manufacturer_name=values.get("manufacturer"),
        classifications=(Classification(code=values["unspsc"], list_version_id=UNSPSC_VERSION),),
        specifications=(
            *_specifications(values, "picture", PICTURE),
            *_specifications(values, "data_sheet", DATA_SHEET),
        ),
        certificates=tuple(_certificate(*label_of(text)) for text in _several(values, "labels")),
    )


def _several(values: Values, field: str) -> tuple[str, ...]:
    return tuple(values[field].split("\n")) if field in values else ()


def _identifier(values: Values, field: str, scheme_id: str | None = None) -> Identifier | None:
    return Identifier(value=values[field], scheme_id=scheme_id) if field in values else None


def _specifications(values: Values, field: str, kind: str) -> Iterator[Specification]:
    for number, link in enumerate(_several(values, field), start=1):
        yield Specification(number=f"{kind} {number}", document_type=kind, uri=link)


def _certificate(name: str, label: Label) -> Certificate:
    return Certificate(id=label.code, type_code=NO_CODE, type=name, issuer=Party(name=label.issuer))
