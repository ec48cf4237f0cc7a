"""Danish working days: Monday to Friday without public holidays and the days on which public offices stay closed.

Public holidays are those of the law; Store Bededag is none from 2024 on. 1 May, Grundlovsdag (5 June), 24 and 31
December are no public holidays, but most public offices are closed: here they are no working days either. An office
that works on them is told a day later, never a day too early.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from holidays import OPTIONAL, PUBLIC, country_holidays

from app.kit.clock import COPENHAGEN

DAY = timedelta(days=1)
SATURDAY = 5


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in _closed(day.year)


def next_working_day(day: date) -> date:
    """Give the first working day after a day."""
    return add_working_days(day, 1)


def add_working_days(day: date, count: int) -> date:
    """Give the working day that is `count` working days after a day; 0 is the day itself, or the next working day.

    :raises ValueError: for a negative count.
    """
    if count < 0:
        raise ValueError(f"working days are counted forward, not {count}")
    reached = day
    if count == 0:
        return day if is_working_day(day) else next_working_day(day)
    for _ in range(count):
        reached += DAY
        while not is_working_day(reached):
            reached += DAY
    return reached


def working_days_between(begin: date, end: date) -> int:
    """Count the working days after `begin`, up to and with `end`; 0 when `end` is not after `begin`."""
    return sum(is_working_day(begin + DAY * passed) for passed in range(1, (end - begin).days + 1))


def danish_moment(day: date, at: time) -> datetime:
    """Give the moment, in UTC, when Danish clocks show a time on a day; summer time counts."""
    return datetime.combine(day, at, COPENHAGEN).astimezone(UTC)


@cache
def _closed(year: int) -> frozenset[date]:
    """Give a year's days off. Once a year: the library's own calendar fills itself while it is asked, which two threads
    must not do at once.
    """
    return frozenset(country_holidays("DK", years=year, categories=(PUBLIC, OPTIONAL)))
