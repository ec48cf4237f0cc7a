"""What a line is found, filtered and ranked by."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogs.indexing import MOST_WORDS, search_columns, search_text
from app.catalogs.prices import Point, point_on, points_of, price_on
from app.documents.catalogue import Catalogue, CatalogueLine
from app.documents.item import Certificate
from app.documents.party import Party
from app.documents.values import Identifier, Period
from app.kit.money import Quantity
from tests import catalogue_strategies
from tests.catalogues import bracket, line

DAY = date(2026, 3, 2)
SWAN = Certificate(id="SVANEN", type_code="MARK", type="Svanemærket", issuer=Party(name="Miljømærkning Danmark"))


def test_each_word_stands_where_it_stands_in_the_line() -> None:
    found = line(
        "1",
        name="Ærø  Blok",
        sellers_number="AB-12",
        unspsc="14111507",
        item={
            "keywords": ("NOTESBØGER",),
            "brand_name": "Mærke",
            "manufacturers_item_id": Identifier(value="F 7"),
            "buyers_item_id": Identifier(value="K9"),
            "standard_item_id": Identifier(value="5701234567899", scheme_id="GTIN"),
            "descriptions": ("Linjeret\n80 ark",),
            "certificates": (SWAN,),
        },
    )

    assert search_text(found).split() == [
        *("aaeroe", "baeroe", "bblok", "g14111507", "lsvanen", "lsvanemaerket", "caeroe", "cblok"),
        *("cab12", "cab", "c12", "c5701234567899", "cf7", "cf", "c7", "ck9", "cmaerk", "cnotesboeg", "clinj"),
        *("c80", "cark"),
    ]


def test_identifiers_are_kept_as_they_are_compared() -> None:
    item = {
        "manufacturers_item_id": Identifier(value="F 7"),
        "standard_item_id": Identifier(value="05701234567899", scheme_id="GTIN"),
    }
    columns = search_columns(line("1", sellers_number="AB-12", item=item))

    keys = {name: columns[name] for name in ("seller_key", "gtin_key", "maker_key", "buyer_key")}
    assert keys == {"seller_key": "ab12", "gtin_key": "5701234567899", "maker_key": "f7", "buyer_key": None}


def test_a_line_of_endless_text_is_found_by_its_first_words() -> None:
    words = search_text(line("1", item={"descriptions": (" ".join(f"ord{n}x" for n in range(3000)),)})).split()

    assert len([word for word in words if word.startswith("c")]) == MOST_WORDS
    assert {"bvar", "cord0x"} <= set(words)


@pytest.mark.parametrize(
    ("times", "days"),
    [
        ([], None),
        ([("3", "DAY"), ("2", "WEE")], 3),
        ([("36", "HUR")], 2),
        ([("1", "MON")], 30),
        ([("5", "XYZ")], None),
        ([("5", "XYZ"), ("9", "DAY")], 9),
    ],
)
def test_the_quickest_delivery_is_told_in_days(times: list[tuple[str, str]], days: int | None) -> None:
    brackets = tuple(bracket("1").but(lead_time=Quantity(Decimal(value), unit)) for value, unit in times)

    assert search_columns(line("1", brackets=brackets))["lead_days"] == days


@pytest.mark.parametrize(
    ("status", "available"), [(None, True), ("Available", True), ("ItemTemporarilyUnavailable", False)]
)
def test_what_cannot_be_had_is_told_by_its_status(status: str | None, available: bool) -> None:
    assert search_columns(line("1", life_cycle_status_code=status))["available"] is available


def test_bounds_of_prices_are_never_on_the_wrong_side() -> None:
    third = bracket("10").but(price=bracket("10").price.but(base_quantity=Quantity(Decimal(3), "EA")))  # type: ignore[union-attr]
    columns = search_columns(line("1", brackets=(third,)))

    assert (columns["least_price"], columns["most_price"]) == (Decimal("3.333333"), Decimal("3.333334"))


def test_a_line_without_a_price_or_with_one_beyond_counting_has_no_bounds() -> None:
    assert search_columns(line("1", None))["least_price"] is None
    assert search_columns(line("1", "1" + "0" * 20))["most_price"] is None


@given(catalogue_strategies.catalogues(), st.integers(-400, 400), st.decimals("0.5", "200", places=1))
def test_the_price_that_ranks_is_the_price_that_is_told(catalogue: Catalogue, days: int, quantity: Decimal) -> None:
    on = DAY + timedelta(days=days)
    for found in catalogue.lines:
        price = price_on(found, on, quantity)
        point = point_on([Point(*kept) for kept in points_of(found)], on, quantity)
        assert (point is None) == (price is None)
        if point is not None and price is not None:
            assert (Decimal(point.price), point.currency) == (price.unit_price, price.currency)


def test_of_two_prices_that_hold_the_one_for_more_counts_then_the_lower() -> None:
    stepped: CatalogueLine = line(
        "1", brackets=(bracket("9"), bracket("8", from_quantity="10"), bracket("7", from_quantity="10"))
    )
    late = bracket("1").but(price=bracket("1").price.but(validity_period=Period(start_date=date(2027, 1, 1))))  # type: ignore[union-attr]
    points = points_of(stepped.but(brackets=(*stepped.brackets, late)))

    def price(quantity: int, day: date = DAY) -> str | None:
        point = point_on(points, day, Decimal(quantity))
        return point.price if point is not None else None

    assert (price(1), price(10), price(1, date(2027, 1, 1))) == ("9", "7", "1")
