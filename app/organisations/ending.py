"""Roles, limits and substitutions are ended before their time: once, at once, and for good."""

from datetime import date, datetime
from typing import Protocol

from app.kit.errors import Conflict
from app.organisations.access import Call


class AlreadyEnded(Conflict):
    """It was ended before, or its last day is over."""


class Endable(Protocol):
    """A row that holds until a day, and may be ended before."""

    ended_at: datetime | None

    @property
    def valid_to(self) -> date | None: ...


def end(call: Call, row: Endable) -> None:
    """End a row now; of two who do so at once the second finds it ended.

    :raises AlreadyEnded: when it does not hold any more, nor will.
    """
    call.session.refresh(row, ["valid_to", "ended_at"], with_for_update=True)
    if row.ended_at is not None:
        raise AlreadyEnded(f"it was ended at {row.ended_at.isoformat(timespec='seconds')}")
    if row.valid_to is not None and row.valid_to < call.today:
        raise AlreadyEnded(f"its last day was {row.valid_to}")
    row.ended_at = call.now
