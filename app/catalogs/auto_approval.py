"""Whether a version goes live by itself: pure, from what it changes and within which limits the agreement lets it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.kit.money import plain

MOST_TOLD: Final = 20
"""So many lines are told of each reason."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the agreement lets by: see agreements.CatalogueLimits."""

    most_rise_percent: Decimal
    most_removed_percent: Decimal
    text_changes: bool


@dataclass(frozen=True, slots=True)
class Culprit:
    """A line that a limit stops at, what it was and would be, and by how many per cent that is more."""

    line_id: str
    before: str | None = None
    after: str | None = None
    percent: Decimal | None = None

    def __str__(self) -> str:
        said = " → ".join(text for text in (self.before, self.after) if text is not None)
        more = f"{self.percent:+} %" if self.percent is not None else ""
        told = ", ".join(filter(None, (said, more)))
        return f"line {self.line_id}: {told}" if told else f"line {self.line_id}"


@dataclass(frozen=True, slots=True)
class Found:
    """How many lines there are of a kind, and the first of them."""

    count: int = 0
    first: Sequence[Culprit] = ()


NONE: Final = Found()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What a version is judged by. `obstacles` are why it is looked at whatever it changes. `lost` lines are removed,
    without a price or not orderable any more; `rises` are above the limit; `returned` were in the catalogue before,
    under the same or another line id, so that their price is one of an added line and compared with nothing.
    """

    obstacles: Sequence[str] = ()
    lines_before: int
    rises: Found = NONE
    incomparable: Found = NONE
    unpriced: Found = NONE
    currencies: Found = NONE
    units: Found = NONE
    outside: Found = NONE
    returned: Found = NONE
    lost: Found = NONE
    others: Found = NONE


def reasons_to_look(weighed: Weighed, limits: Limits) -> tuple[str, ...]:
    """Say why a content manager has to look at a version; nothing lets it go live."""
    return tuple(_reasons(weighed, limits))


def _reasons(weighed: Weighed, limits: Limits) -> Iterator[str]:
    yield from weighed.obstacles
    yield from _told(weighed.currencies, "priced in another currency than the agreement's or the one before")
    yield from _told(weighed.units, "for another unit, pack or base quantity than before")
    yield from _told(weighed.incomparable, "with prices that cannot be compared with those before")
    yield from _told(weighed.unpriced, "that had no price before")
    yield from _told(weighed.outside, "outside of the agreement's product groups")
    yield from _told(weighed.returned, "added that the catalogue had before, under this or another id")
    yield from _told(weighed.rises, f"with a price that rises by more than {plain(limits.most_rise_percent)} %")
    if weighed.lost.count * 100 > limits.most_removed_percent * weighed.lines_before:
        share = f"of {weighed.lines_before}, more than {plain(limits.most_removed_percent)} %,"
        yield from _told(weighed.lost, f"{share} removed or no longer orderable")
    if not limits.text_changes:
        yield from _told(weighed.others, "in which more than prices changes")


def _told(found: Found, what: str) -> Iterator[str]:
    if not found.count:
        return
    yield f"{found.count} {'line' if found.count == 1 else 'lines'} {what}"
    yield from map(str, found.first[:MOST_TOLD])
    if found.count > MOST_TOLD:
        yield f"… and {found.count - MOST_TOLD} more"
