"""Which version of a catalogue buyers see on which day, from when each was to go live and when it was taken out.

A version is live until the day before the next one that was approved after it, however the days of the two lie. One
that is withdrawn while it is live leaves a gap: nothing comes back by itself. One that is withdrawn before its day is
as if it had never been approved: what was to end because of it goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """An approved version: the day from which it is to be live, and the one on which it was withdrawn. `ordinal` tells
    in which order versions were approved.
    """

    ordinal: int
    live_from: date
    withdrawn_on: date | None = None

    @property
    def never_came(self) -> bool:
        return self.withdrawn_on is not None and self.withdrawn_on < self.live_from


def last_days(turns: Iterable[Turn]) -> dict[int, date | None]:
    """Give the last day of each version by its ordinal, none for one that goes on; it may lie before the first day, of
    a version that buyers never see.
    """
    last: dict[int, date | None] = {}
    end: date | None = None
    for turn in sorted(turns, key=lambda turn: turn.ordinal, reverse=True):
        if turn.never_came:
            last[turn.ordinal] = turn.live_from - ONE_DAY
            continue
        withdrawn = turn.withdrawn_on - ONE_DAY if turn.withdrawn_on is not None else None
        last[turn.ordinal] = min((day for day in (end, withdrawn) if day is not None), default=None)
        before = turn.live_from - ONE_DAY
        end = before if end is None else min(end, before)
    return last
