"""Danish working days: weekends, holidays that move, days that are closed by custom, and clocks that change."""

from datetime import UTC, date, datetime, time

import pytest

from app.kit.working_days import (
    add_working_days,
    danish_moment,
    is_working_day,
    next_working_day,
    working_days_between,
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param(date(2026, 3, 2), True, id="a Monday"),
        pytest.param(date(2026, 3, 6), True, id="a Friday"),
        pytest.param(date(2026, 3, 7), False, id="a Saturday"),
        pytest.param(date(2026, 3, 8), False, id="a Sunday"),
        pytest.param(date(2026, 4, 1), True, id="Wednesday before Easter"),
        pytest.param(date(2026, 4, 2), False, id="skærtorsdag"),
        pytest.param(date(2026, 4, 3), False, id="langfredag"),
        pytest.param(date(2026, 4, 6), False, id="2. påskedag"),
        pytest.param(date(2026, 4, 7), True, id="Tuesday after Easter"),
        pytest.param(date(2023, 5, 5), False, id="Store Bededag 2023"),
        pytest.param(date(2024, 4, 26), True, id="Store Bededag would have been, 2024"),
        pytest.param(date(2026, 5, 1), False, id="1 May"),
        pytest.param(date(2026, 5, 14), False, id="Kristi himmelfart"),
        pytest.param(date(2026, 5, 15), True, id="the Friday after it"),
        pytest.param(date(2026, 5, 25), False, id="2. pinsedag"),
        pytest.param(date(2026, 6, 5), False, id="Grundlovsdag"),
        pytest.param(date(2026, 12, 23), True, id="the day before Christmas Eve"),
        pytest.param(date(2026, 12, 24), False, id="Christmas Eve"),
        pytest.param(date(2026, 12, 25), False, id="Christmas Day"),
        pytest.param(date(2025, 12, 26), False, id="Second Day of Christmas"),
        pytest.param(date(2026, 12, 28), True, id="Monday between the years"),
        pytest.param(date(2026, 12, 31), False, id="New Year's Eve"),
        pytest.param(date(2027, 1, 1), False, id="New Year's Day"),
    ],
)
def test_which_days_are_working_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 3, 2), date(2026, 3, 3)),
        (date(2026, 3, 6), date(2026, 3, 9)),
        (date(2026, 3, 7), date(2026, 3, 9)),
        (date(2026, 4, 1), date(2026, 4, 7)),
        (date(2026, 12, 23), date(2026, 12, 28)),
        (date(2026, 12, 30), date(2027, 1, 4)),
    ],
)
def test_the_next_working_day_leaves_out_weekends_and_holidays(day: date, following: date) -> None:
    assert next_working_day(day) == following


@pytest.mark.parametrize(
    ("day", "count", "reached"),
    [
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
        (date(2026, 3, 7), 0, date(2026, 3, 9)),
        (date(2026, 3, 2), 3, date(2026, 3, 5)),
        (date(2026, 3, 5), 3, date(2026, 3, 10)),
        (date(2026, 3, 31), 3, date(2026, 4, 8)),
        (date(2026, 12, 22), 5, date(2027, 1, 4)),
    ],
)
def test_working_days_are_added(day: date, count: int, reached: date) -> None:
    assert add_working_days(day, count) == reached
    assert working_days_between(day, reached) == max(count, int(not is_working_day(day)))


def test_working_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="-1"):
        add_working_days(date(2026, 3, 2), -1)
    assert working_days_between(date(2026, 3, 3), date(2026, 3, 2)) == 0


@pytest.mark.parametrize(
    ("day", "hour"),
    [(date(2026, 3, 27), 6), (date(2026, 3, 30), 5), (date(2026, 10, 23), 5), (date(2026, 10, 26), 6)],
)
def test_half_past_seven_is_so_in_winter_and_in_summer(day: date, hour: int) -> None:
    assert danish_moment(day, time(7, 30)) == datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)
