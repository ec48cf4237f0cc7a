"""The periods of standing orders: a table of first and last days, of which period an invoice is for, and of sums."""

from datetime import date
from decimal import Decimal

import pytest

from app.documents.values import Period as Span
from app.orders.periods import Expected, Schedule, commitment, months_later
from app.orders.standing_models import Recurrence

DAYS = [
    ("WEEKLY", "2026-01-05", "2026-01-05/2026-01-11 2026-01-12/2026-01-18"),
    ("WEEKLY", "2026-03-26", "2026-03-26/2026-04-01 2026-04-02/2026-04-08"),
    ("MONTHLY", "2026-01-01", "2026-01-01/2026-01-31 2026-02-01/2026-02-28 2026-03-01/2026-03-31"),
    ("MONTHLY", "2026-01-15", "2026-01-15/2026-02-14 2026-02-15/2026-03-14"),
    (
        "MONTHLY",
        "2026-01-31",
        "2026-01-31/2026-02-27 2026-02-28/2026-03-30 2026-03-31/2026-04-29 2026-04-30/2026-05-30",
    ),
    ("MONTHLY", "2024-01-30", "2024-01-30/2024-02-28 2024-02-29/2024-03-29 2024-03-30/2024-04-29"),
    ("MONTHLY", "2026-10-20", "2026-10-20/2026-11-19 2026-11-20/2026-12-19 2026-12-20/2027-01-19"),
    ("QUARTERLY", "2025-11-30", "2025-11-30/2026-02-27 2026-02-28/2026-05-29 2026-05-30/2026-08-29"),
    ("HALF_YEAR", "2025-08-31", "2025-08-31/2026-02-27 2026-02-28/2026-08-30 2026-08-31/2027-02-27"),
    ("YEARLY", "2024-02-29", "2024-02-29/2025-02-27 2025-02-28/2026-02-27 2026-02-28/2027-02-27 2027-02-28/2028-02-28"),
]
"""The second and the seventh begin before a change of the clock and end after it."""


def schedule(recurrence: str, anchor: str, valid_to: str | None = None) -> Schedule:
    last = None if valid_to is None else date.fromisoformat(valid_to)
    return Schedule(Recurrence(recurrence), date.fromisoformat(anchor), last)


def told(*periods: object) -> str:
    return " ".join(f"{period.first_on}/{period.last_on}" for period in periods if period is not None)


@pytest.mark.parametrize(("recurrence", "anchor", "expected"), DAYS)
def test_periods_follow_each_other_without_a_gap(recurrence: str, anchor: str, expected: str) -> None:
    days = schedule(recurrence, anchor)
    number = len(expected.split())
    found = [days.period(index) for index in range(number)]
    assert told(*found) == expected
    for period in found:
        assert days.period_of(period.first_on) == days.period_of(period.last_on or period.first_on) == period
        assert days.next_after(period) == days.period(period.index + 1)


@pytest.mark.parametrize(
    ("recurrence", "anchor", "valid_to", "day", "expected"),
    [
        ("MONTHLY", "2026-01-31", None, "2026-03-30", "2026-02-28/2026-03-30"),
        ("MONTHLY", "2026-01-31", None, "2026-03-31", "2026-03-31/2026-04-29"),
        ("MONTHLY", "2026-01-01", None, "2025-12-31", ""),
        ("MONTHLY", "2026-01-01", "2026-03-15", "2026-03-15", "2026-03-01/2026-03-31"),
        ("MONTHLY", "2026-01-01", "2026-03-15", "2026-03-16", ""),
        ("YEARLY", "2024-02-29", None, "2028-02-28", "2027-02-28/2028-02-28"),
        ("YEARLY", "2024-02-29", None, "2028-02-29", "2028-02-29/2029-02-27"),
        ("IRREGULAR", "2026-01-01", "2026-12-31", "2026-07-01", "2026-01-01/2026-12-31"),
        ("IRREGULAR", "2026-01-01", None, "2040-07-01", "2026-01-01/None"),
    ],
)
def test_a_day_is_in_one_period(recurrence: str, anchor: str, valid_to: str | None, day: str, expected: str) -> None:
    assert told(schedule(recurrence, anchor, valid_to).period_of(date.fromisoformat(day))) == expected


@pytest.mark.parametrize(
    ("anchor", "stated", "issued", "advance", "expected"),
    [
        ("2026-01-01", None, "2026-03-20", 0, "03-01"),
        ("2026-01-01", None, "2026-03-20", 12, "04-01"),
        ("2026-01-01", None, "2026-03-20", 11, "03-01"),
        ("2026-01-01", None, "2025-12-20", 12, "01-01"),
        ("2026-01-01", None, "2025-12-20", 11, ""),
        ("2026-01-01", None, "2026-12-28", 10, "12-01"),
        ("2026-01-01", None, "2027-01-02", 10, ""),
        ("2026-01-01", "2026-03-01/2026-03-31", "2026-06-02", 0, "03-01"),
        ("2026-01-01", "2026-01-01/2026-03-31", "2026-03-02", 0, "01-01 02-01 03-01"),
        ("2026-01-01", "2026-03-02/2026-04-01", "2026-04-02", 0, "03-01"),
        ("2026-01-01", "2026-03-10/2026-03-20", "2026-03-20", 0, "03-01"),
        ("2026-01-01", "2026-03-28/2026-04-02", "2026-03-20", 0, "03-01"),
        ("2026-01-01", "2026-03-20/2026-04-03", "2026-03-20", 0, "03-01"),
        ("2026-01-01", "2026-03-05/", "2026-06-02", 0, "03-01"),
        ("2026-01-01", "/2026-03-05", "2026-06-02", 0, "03-01"),
        ("2026-01-01", "/", "2026-06-02", 0, "06-01"),
        ("2026-01-01", "2025-11-01/2025-12-31", "2026-01-02", 0, ""),
        ("2026-01-01", "2025-12-01/2026-01-31", "2026-01-02", 0, "01-01"),
        ("2026-01-01", "2026-12-01/2027-02-28", "2026-12-02", 0, "12-01"),
        ("2026-01-01", "2026-04-30/2026-04-01", "2026-04-02", 0, "04-01"),
        ("2026-01-01", "2026-12-01/9999-12-31", "2026-12-02", 0, ""),
        ("2026-01-01", None, "9999-12-31", 0, ""),
        ("2026-01-15", "2026-03-01/2026-03-31", "2026-03-02", 0, "03-15"),
        ("2026-01-15", "2026-02-15/2026-03-14", "2026-03-02", 0, "02-15"),
    ],
)
def test_an_invoice_is_for_the_periods_it_states_or_else_for_that_of_its_day(
    anchor: str, stated: str | None, issued: str, advance: int, expected: str
) -> None:
    span = None
    if stated is not None:
        first, _, last = stated.partition("/")
        span = Span(start_date=first or None, end_date=last or None)
    found = schedule("MONTHLY", anchor, "2026-12-31").periods_of(span, date.fromisoformat(issued), advance)
    assert " ".join(str(period.first_on)[5:] for period in found) == expected


def test_an_invoice_for_more_periods_than_anybody_bills_is_for_none() -> None:
    weekly = schedule("WEEKLY", "2026-01-05")
    for last, number in ((date(2027, 2, 28), 60), (date(2027, 3, 7), 0), (date(2999, 12, 31), 0)):
        span = Span(start_date=date(2026, 1, 5), end_date=last)
        assert len(weekly.periods_of(span, date(2026, 1, 5), 0)) == number


def test_an_irregular_order_has_one_period_for_every_invoice() -> None:
    days = schedule("IRREGULAR", "2026-01-01")
    stated = Span(start_date=date(2027, 3, 1), end_date=date(2027, 3, 31))
    assert told(*days.periods_of(stated, date(2027, 4, 1), 0)) == "2026-01-01/None"
    assert days.next_after(days.period(0)) is None
    assert told(*days.periods(date(2030, 1, 1))) == "2026-01-01/None"


@pytest.mark.parametrize(
    ("recurrence", "valid_to", "periods"),
    [
        ("WEEKLY", "2026-01-31", 5),
        ("WEEKLY", None, 53),
        ("MONTHLY", "2026-12-31", 12),
        ("MONTHLY", "2026-03-15", 3),
        ("MONTHLY", "2027-01-01", 13),
        ("MONTHLY", None, 12),
        ("QUARTERLY", None, 4),
        ("HALF_YEAR", "2027-12-31", 4),
        ("YEARLY", None, 1),
        ("IRREGULAR", "2029-12-31", 1),
        ("IRREGULAR", None, 1),
    ],
)
def test_a_commitment_is_what_all_periods_come_to_or_those_of_a_year(
    recurrence: str, valid_to: str | None, periods: int
) -> None:
    days = schedule(recurrence, "2026-01-01", valid_to)
    assert commitment(days, (Expected(date(2026, 1, 1), Decimal("10.50")),)) == periods * Decimal("10.50")


def test_new_terms_count_for_the_periods_that_begin_under_them() -> None:
    terms = (
        Expected(date(2026, 1, 1), Decimal(100)),
        Expected(date(2026, 7, 15), Decimal(110)),
        Expected(date(2026, 6, 1), Decimal(120)),
    )
    assert commitment(schedule("MONTHLY", "2026-01-01", "2026-12-31"), terms[:2]) == 7 * 100 + 5 * 110
    assert commitment(schedule("MONTHLY", "2026-01-01", "2026-12-31"), terms) == 5 * 100 + 7 * 120
    assert commitment(schedule("MONTHLY", "2026-01-01"), terms[:2]) == 12 * 110


def test_a_month_that_is_too_short_has_its_last_day() -> None:
    assert months_later(date(2026, 1, 31), 13) == date(2027, 2, 28)
    assert months_later(date(2026, 1, 31), 25) == date(2028, 2, 29)
    assert months_later(date(2026, 12, 31), 2) == date(2027, 2, 28)
