"""Exact numbers: what is read, what is refused, and the one rounding."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from app.kit.money import Exact, Money, Quantity, at_least_decimals, exact, plain, rounded


class Priced(BaseModel):
    """A message with an exact number."""

    price: Exact


def kroner(amount: str) -> Money:
    return Money(Decimal(amount), "DKK")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12.50", "12.50"),
        (" 7 ", "7"),
        ("-0.01", "-0.01"),
        ("+3", "3"),
        (".5", "0.5"),
        ("5.", "5"),
        (42, "42"),
        (Decimal("1.10"), "1.10"),
        ("9" * 28, "9" * 28),
    ],
)
def test_plain_decimals_are_read_with_the_digits_they_have(written: object, read: str) -> None:
    assert plain(exact(written)) == read


@pytest.mark.parametrize("value", [0.1, 1.0, True, None, b"1", [1], Fraction(1, 2)])
def test_a_float_and_whatever_else_is_no_exact_number_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        exact(value)


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-inf", "1e3", "1E-2", "", " ", "1,5", "1_000", "+-1", "--1", "1.2.3", "١٢", "0x1", "."]
)
def test_text_that_is_no_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a decimal number"):
        exact(text)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")])
def test_a_decimal_that_is_not_finite_is_refused(value: Decimal) -> None:
    with pytest.raises(ValueError, match="finite"):
        exact(value)


@pytest.mark.parametrize("value", ["1" * 29, 10**28, Decimal("1E+28"), Decimal("1E-28"), "0." + "0" * 27 + "1"])
def test_a_number_of_more_than_28_digits_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="at most 28 digits"):
        exact(value)


@pytest.mark.parametrize(
    ("value", "places", "result"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("2.675", 2, "2.68"),
        ("1.004999", 2, "1.00"),
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("2.5", 0, "3"),
        ("7", 2, "7.00"),
        ("9" * 28, 2, "9" * 28 + ".00"),
    ],
)
def test_halves_are_rounded_away_from_zero(value: str, places: int, result: str) -> None:
    assert str(rounded(Decimal(value), places)) == result


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_rounding_moves_a_number_by_at_most_half_a_unit(value: Decimal) -> None:
    assert abs(rounded(value) - value) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("value", "written"),
    [("1", "1.00"), ("1.125", "1.125"), ("1.1000", "1.10"), ("100", "100.00"), ("1E+2", "100.00"), ("0", "0.00")],
)
def test_decimals_are_filled_up_and_never_lost(value: str, written: str) -> None:
    assert at_least_decimals(Decimal(value)) == written


def test_json_carries_a_number_as_text() -> None:
    message = Priced.model_validate_json('{"price": "0.10"}')

    assert message.price == Decimal("0.10")
    assert message.model_dump_json() == '{"price":"0.10"}'


@pytest.mark.parametrize("number", ["0.1", "1e2", "true", '"NaN"', "null"])
def test_a_message_with_another_number_than_an_exact_one_is_not_valid(number: str) -> None:
    with pytest.raises(ValidationError):
        Priced.model_validate_json(f'{{"price": {number}}}')


def test_amounts_of_one_currency_are_added_subtracted_and_compared() -> None:
    assert kroner("0.10") + kroner("0.20") == kroner("0.30")
    assert kroner("0.30") - kroner("0.10") == kroner("0.20")
    assert kroner("1") < kroner("2") <= kroner("2")
    assert not kroner("2") < kroner("2")
    assert str(kroner("1234.5")) == "1234.50 DKK"


def test_an_amount_times_a_factor_is_rounded_to_two_decimals() -> None:
    assert kroner("0.335").times(Decimal(3)) == kroner("1.01")


def test_no_digit_is_lost_where_the_default_context_would_round() -> None:
    large = "9" * 26
    assert kroner(large) + kroner("0.0001") == kroner(large + ".0001")
    assert kroner(large).times(Decimal("0.1")) == kroner("9" * 25 + ".90")


def test_a_total_of_nothing_is_zero() -> None:
    assert Money.total([], "DKK") == kroner("0")
    assert Money.total([kroner("1.10"), kroner("2.20")], "DKK") == kroner("3.30")


def test_currencies_do_not_mix() -> None:
    euro = Money(Decimal(1), "EUR")
    for mix in (
        lambda: kroner("1") + euro,
        lambda: kroner("1") - euro,
        lambda: kroner("1") < euro,
        lambda: kroner("1") <= euro,
        lambda: Money.total([kroner("1"), euro], "DKK"),
    ):
        with pytest.raises(ValueError, match="do not add up"):
            mix()


def test_quantities_of_one_unit_are_added_subtracted_and_compared() -> None:
    three, one = Quantity(Decimal(3), "EA"), Quantity(Decimal(1), "EA")
    assert three - one + one == three
    assert one <= three
    assert str(Quantity(Decimal("1.50"), "KGM")) == "1.50 KGM"


def test_units_do_not_mix() -> None:
    one, box = Quantity(Decimal(1), "EA"), Quantity(Decimal(1), "BX")
    for mix in (lambda: one + box, lambda: one - box, lambda: one <= box):
        with pytest.raises(ValueError, match="do not add up"):
            mix()


@pytest.mark.parametrize(("value", "error"), [(1.5, TypeError), (1, TypeError), (Decimal("NaN"), ValueError)])
def test_amounts_and_quantities_are_finite_decimals(value: Decimal, error: type[Exception]) -> None:
    with pytest.raises(error):
        Money(value, "DKK")
    with pytest.raises(error):
        Quantity(value, "EA")
