"""The one place that reads the clock; everybody else is handed the time."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


class Clock(Protocol):
    """Tells the time, always in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place


@dataclass
class ShiftedClock:
    """Runs like the machine's clock but started at another moment, to play a story of another year."""

    started_at: datetime
    _system_start: datetime = field(default_factory=lambda: SystemClock().now())

    def now(self) -> datetime:
        return self.started_at + (SystemClock().now() - self._system_start)


@dataclass
class FixedClock:
    """Stands still until it is moved; for tests."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


def clock_from(start: datetime | None) -> Clock:
    """Give the machine's clock, or one that starts at the given moment."""
    return SystemClock() if start is None else ShiftedClock(start.astimezone(UTC))


def business_day(moment: datetime) -> date:
    """Give the Danish calendar day of a moment: agreements, prices and prokura begin and end at Danish midnight."""
    return moment.astimezone(COPENHAGEN).date()


def midnight_after(day: date) -> datetime:
    """Give the moment, in UTC, at which a Danish calendar day is over."""
    return datetime.combine(day + timedelta(days=1), time(), COPENHAGEN).astimezone(UTC)
