"""Periods of a standing order: which there are, which of them an invoice is for, and what all of them come to; pure.

Everything is counted in Danish calendar days, so a change to summer time moves nothing.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, islice
from typing import Final, NamedTuple

from app.documents.values import Period as Span
from app.orders.standing_models import Recurrence

WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
LAST_YEAR: Final = 2999
MOST_PERIODS: Final = 60
"""An invoice for more periods than a weekly order has in a year, or of a later year, is for none that can be named."""

MONTHS: Final = {Recurrence.MONTHLY: 1, Recurrence.QUARTERLY: 3, Recurrence.HALF_YEAR: 6, Recurrence.YEARLY: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """One period, both days included; `last_on` is open in an irregular order that runs on."""

    index: int
    first_on: date
    last_on: date | None


def months_later(day: date, months: int) -> date:
    """Give the same day of a later month, or the last day of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Schedule:
    """How an order repeats itself: from `anchor_on`, the first day of its first period, as long as periods begin by
    `valid_to`. Each first day is counted from the anchor, so a 31st is a 31st again after a short month.
    """

    recurrence: Recurrence
    anchor_on: date
    valid_to: date | None = None

    def first_day(self, index: int) -> date:
        if self.recurrence == Recurrence.WEEKLY:
            return self.anchor_on + index * WEEK
        return months_later(self.anchor_on, index * MONTHS[self.recurrence])

    def period(self, index: int) -> Period:
        if self.recurrence == Recurrence.IRREGULAR:
            return Period(0, self.anchor_on, self.valid_to)
        return Period(index, self.first_day(index), self.first_day(index + 1) - DAY)

    def periods(self, until: date) -> Iterator[Period]:
        """Give the periods that begin by a day, the first one first."""
        last = until if self.valid_to is None else min(until, self.valid_to)
        for index in count():
            found = self.period(index)
            if found.first_on > last:
                return
            yield found
            if self.recurrence == Recurrence.IRREGULAR:
                return

    def period_of(self, day: date) -> Period | None:
        """Give the period that a day is in; none before the first and after the last day."""
        if day < self.anchor_on or (self.valid_to is not None and day > self.valid_to):
            return None
        index = self._about(day)
        return self.period(index if self.period(index).first_on <= day else index - 1)

    def _about(self, day: date) -> int:
        """Give the index of a day's period, or that of the next one where the day comes before the anchor's."""
        if self.recurrence == Recurrence.IRREGULAR:
            return 0
        if self.recurrence == Recurrence.WEEKLY:
            return (day - self.anchor_on) // WEEK
        months = (day.year - self.anchor_on.year) * 12 + day.month - self.anchor_on.month
        return months // MONTHS[self.recurrence]

    def next_after(self, period: Period) -> Period | None:
        """Give the period that follows, unless the order is over by then."""
        if self.recurrence == Recurrence.IRREGULAR:
            return None
        following = self.period(period.index + 1)
        return None if self.valid_to is not None and following.first_on > self.valid_to else following

    def periods_of(self, span: Span | None, issued_on: date, advance_days: int) -> tuple[Period, ...]:
        """Give the periods that an invoice is for: by the period it states, else the one of its issue date, which may
        come `advance_days` before the period begins.
        """
        stated = [day for day in (span.start_date, span.end_date) if day is not None] if span is not None else []
        if max(issued_on, *stated, self.anchor_on).year > LAST_YEAR:
            return ()
        return self._of_span(stated[0], stated[-1]) if stated else self._of_day(issued_on, advance_days)

    def _of_day(self, issued_on: date, advance_days: int) -> tuple[Period, ...]:
        day = issued_on + timedelta(days=advance_days)
        if self.valid_to is not None and issued_on <= self.valid_to:
            day = min(day, self.valid_to)
        found = self.period_of(day)
        return () if found is None else (found,)

    def _of_span(self, first_on: date, last_on: date) -> tuple[Period, ...]:
        """Give the periods that have more than half of their days in a span, or else the one that has most of it."""
        touching = islice(self._touching(first_on, last_on), MOST_PERIODS + 1)
        touched = {found: _shared(found, first_on, last_on) for found in touching}
        mostly = tuple(found for found, days in touched.items() if found.last_on is None or days * 2 > _days(found))
        if mostly or not touched:
            return mostly if len(touched) <= MOST_PERIODS else ()
        return (max(touched, key=lambda found: (touched[found], -found.index)),)

    def _touching(self, first_on: date, last_on: date) -> Iterator[Period]:
        found = self.period_of(max(first_on, self.anchor_on))
        while found is not None and found.first_on <= last_on:
            yield found
            found = self.next_after(found)

    def year_from(self, day: date) -> date:
        """Give the last day of the twelve months from a day on."""
        return months_later(day, 12) - DAY


def _days(period: Period) -> int:
    assert period.last_on is not None  # noqa: S101 - an open period has no number of days
    return (period.last_on - period.first_on).days + 1


def _shared(period: Period, first_on: date, last_on: date) -> int:
    last = last_on if period.last_on is None else min(last_on, period.last_on)
    return (last - max(first_on, period.first_on)).days + 1


class Expected(NamedTuple):
    """What a period costs from a day on."""

    effective_from: date
    amount: Decimal


def expected_at(period: Period, terms: tuple[Expected, ...]) -> Expected:
    """Give the terms of a period: the newest that were in force on its first day, or else the first ones."""
    return next((one for one in reversed(terms) if one.effective_from <= period.first_on), terms[0])


def commitment(schedule: Schedule, terms: tuple[Expected, ...]) -> Decimal:
    """Give what all periods come to, each on its terms, the oldest terms first; of an order that runs on, what twelve
    months on the newest terms come to.
    """
    if schedule.valid_to is None:
        a_year = schedule.year_from(schedule.anchor_on)
        return sum((terms[-1].amount for _ in schedule.periods(a_year)), Decimal(0))
    return sum((expected_at(period, terms).amount for period in schedule.periods(schedule.valid_to)), Decimal(0))
