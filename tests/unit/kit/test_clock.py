"""Clocks: always UTC, and the Danish day."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.kit.clock import FixedClock, ShiftedClock, SystemClock, business_day, clock_from


def test_the_machines_clock_tells_utc_and_runs() -> None:
    clock = clock_from(None)

    assert isinstance(clock, SystemClock)
    first = clock.now()
    assert first.tzinfo is UTC
    assert clock.now() >= first


def test_a_shifted_clock_starts_where_it_is_told_and_runs() -> None:
    clock = clock_from(datetime(2024, 5, 1, 12, tzinfo=timezone(timedelta(hours=2))))

    assert isinstance(clock, ShiftedClock)
    assert clock.started_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    first = clock.now()
    assert first >= clock.started_at
    assert clock.now() >= first
    assert first.utcoffset() == timedelta(0)


def test_a_fixed_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock(datetime(2026, 3, 2, 9, tzinfo=UTC))

    assert clock.now() == clock.now()
    clock.advance(timedelta(days=1))
    assert clock.now() == datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 31, 22, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 23, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_a_day_ends_at_danish_midnight_in_winter_and_summer(moment: datetime, day: date) -> None:
    assert business_day(moment) == day
