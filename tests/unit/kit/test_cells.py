"""Cells are read as Danes write them, and refused where they may mean two things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.cells import day, decimal, digits, guarded, unguarded


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234", "1234"),
        ("-5", "-5"),
        ("1234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("1 234 567,80", "1234567.80"),
        ("1\u00a0234,5", "1234.5"),
        ("1234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("1,234", "1.234"),
        ("12345.678", "12345.678"),
        (" 7 ", "7"),
    ],
)
def test_a_decimal_is_read_as_danes_write_it(text: str, number: str) -> None:
    assert decimal(text) == number


@pytest.mark.parametrize("text", ["1.234", "50.000", "-5.000"])
def test_a_point_before_three_digits_may_mean_two_things_and_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="may be"):
        decimal(text)


@pytest.mark.parametrize("text", ["", "kr. 5", "1e3", "1.23.456", "1,2,3", "12 34", "1..2", "5,", ",5", "NaN", "١٢"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        decimal(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5798009882882", "5798009882882"),
        ("5798009882882.0", "5798009882882"),
        ("5798009882882,00", "5798009882882"),
        ("5.798009882882E+12", "5798009882882"),
        ("5,798009882882e12", "5798009882882"),
        ("0012", "0012"),
        (" 44 ", "44"),
        ("DK30714008", "DK30714008"),
        ("44.5", "44.5"),
    ],
)
def test_numbers_of_digits_keep_their_zeros_and_lose_what_programs_added(text: str, number: str) -> None:
    assert digits(text) == number


@pytest.mark.parametrize("text", ["5.79801E+12", "5,798E12"])
def test_a_number_that_has_lost_digits_is_not_filled_with_zeros(text: str) -> None:
    with pytest.raises(ValueError, match="has lost digits"):
        digits(text)


@pytest.mark.parametrize("text", ["2026-03-01", "01-03-2026", "1-3-2026", "01.03.2026", "1/3/2026", " 01-03-2026 "])
def test_a_date_is_read_day_first(text: str) -> None:
    assert day(text) == "2026-03-01"


@pytest.mark.parametrize("text", ["01-03-26", "46082", "1-3/2026", "2026-3-1", "2026-03-01T10:00:00", "marts"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        day(text)


@pytest.mark.parametrize("text", ["31-02-2026", "03/13/2026", "2026-02-30"])
def test_a_day_that_is_not_in_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no day of the calendar"):
        day(text)


@pytest.mark.parametrize("text", ["=1+1", "+45 12 34 56 78", "-kontor", "@sum", "\tx", "\rx", "'=1"])
def test_what_a_program_would_take_for_a_formula_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "-1.234,50", "+7", "Kontor", "'quoted'", ""])
def test_numbers_and_other_text_are_not_guarded(text: str) -> None:
    assert guarded(text) == text


@given(st.text(alphabet="'=+-@\t 5a,.", max_size=8))
def test_the_guard_is_taken_away_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
