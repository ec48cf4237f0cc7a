"""Which price is in force, and which quantities may be ordered."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogs.prices import price_on, quantity_faults
from app.documents.catalogue import CatalogueLine, PriceBracket
from app.documents.party import Address
from app.documents.price import Price
from app.documents.values import Period
from app.kit.money import Quantity
from tests.catalogues import bracket, line

DAY = date(2026, 3, 2)


def price_of(found: CatalogueLine, quantity: str = "1", day: date = DAY) -> str | None:
    price = price_on(found, day, Decimal(quantity))
    return None if price is None else str(price.price_amount)


@pytest.mark.parametrize(
    ("quantity", "amount"),
    [("1", "10.00"), ("9.99", "10.00"), ("10", "9.00"), ("99", "9.00"), ("100", "8.00"), ("5000", "8.00")],
)
def test_the_bracket_of_the_quantity_counts(quantity: str, amount: str) -> None:
    stepped = line(
        "1",
        brackets=(
            bracket("8.00", from_quantity="100"),
            bracket("10.00", to_quantity="9.99"),
            bracket("9.00", from_quantity="10", to_quantity="99"),
        ),
    )

    assert price_of(stepped, quantity) == amount


def test_a_quantity_in_no_bracket_has_no_price() -> None:
    assert price_of(line("1", brackets=(bracket("9.00", from_quantity="10"),)), "9") is None


def test_a_line_without_a_price_has_none() -> None:
    assert price_of(line("1", None)) is None
    assert price_of(line("1", brackets=(PriceBracket(lead_time=Quantity(Decimal(3), "DAY")),))) is None


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (date(2026, 2, 28), None),
        (date(2026, 3, 1), "10.00"),
        (date(2026, 3, 31), "10.00"),
        (date(2026, 4, 1), "11.00"),
        (date(2030, 1, 1), "11.00"),
    ],
)
def test_a_price_holds_from_its_first_day_to_its_last(day: date, amount: str | None) -> None:
    def during(price: str, period: Period) -> PriceBracket:
        return PriceBracket(price=Price(price_amount=Decimal(price), currency="DKK", validity_period=period))

    seasons = line(
        "1",
        brackets=(
            during("10.00", Period(start_date=date(2026, 3, 1), end_date=date(2026, 3, 31))),
            during("11.00", Period(start_date=date(2026, 4, 1))),
        ),
    )

    assert price_of(seasons, "1", day) == amount


def test_a_price_for_another_country_does_not_count() -> None:
    def at(code: str | None) -> PriceBracket:
        place = Address(format_code="StructuredRegion", country_code=code, region="Norden")
        return bracket("5.00").model_copy(update={"territories": (place,)})

    assert price_of(line("1", brackets=(at("SE"), bracket("9.00")))) == "9.00"
    assert price_of(line("1", brackets=(at("DK"),))) == "5.00"
    assert price_of(line("1", brackets=(at(None),))) == "5.00"


def test_of_two_prices_for_the_same_the_lower_by_base_unit_counts() -> None:
    by_the_ten = Price(price_amount=Decimal("90.00"), currency="DKK", base_quantity=Quantity(Decimal(10), "EA"))

    assert price_of(line("1", brackets=(bracket("9.50"), PriceBracket(price=by_the_ten)))) == "90.00"


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        ("5", []),
        ("20", []),
        ("0", ["must be more than 0", "is at least 5"]),
        ("-5", ["must be more than 0", "is at least 5"]),
        ("2.5", ["is at least 5"]),
        ("22.5", ["is at most 20"]),
        ("6", ["goes up in steps of 2.5"]),
        ("21", ["is at most 20", "goes up in steps of 2.5"]),
    ],
)
def test_every_bound_that_a_quantity_breaks_is_named(quantity: str, said: list[str]) -> None:
    bounded = line(
        "1",
        minimum_order_quantity=Decimal(5),
        maximum_order_quantity=Decimal(20),
        order_quantity_increment=Decimal("2.5"),
    )

    faults = quantity_faults(bounded, Decimal(quantity))

    assert [fault.message.removeprefix("the quantity of this line ") for fault in faults] == said
    assert all(fault.message_da and fault.pointer == "/quantity" for fault in faults)


@given(
    quantity=st.decimals(min_value="0.01", max_value="1000000", places=2),
    step=st.decimals(min_value="0.01", max_value="1000", places=2),
)
def test_whole_steps_and_only_they_are_accepted(quantity: Decimal, step: Decimal) -> None:
    stepped = line("1", order_quantity_increment=step)

    assert quantity_faults(stepped, step * 7) == []
    assert bool(quantity_faults(stepped, quantity)) == bool((quantity * 100) % (step * 100))
