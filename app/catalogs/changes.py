"""What a new version of a catalogue changes in a line: its price, its text, or whether it is there at all."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.catalogs.prices import price_on
from app.documents.catalogue import CatalogueLine
from app.documents.price import Price
from app.kit.money import rounded

PRICE_DECIMALS = 4


class ChangeKind(StrEnum):
    """What happens to the line."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    UPDATED = "UPDATED"


@dataclass(frozen=True, slots=True)
class Change:
    """A line before and after, with the prices in force on the day of comparing for the least that can be ordered.

    `price_difference` is what one base unit costs more (or less), rounded to four decimals; none when a price is
    missing on either side or the two are in different currencies. `changed_fields` names what else differs.
    """

    kind: ChangeKind
    before: CatalogueLine | None
    after: CatalogueLine | None
    price_before: Price | None
    price_after: Price | None
    price_difference: Decimal | None
    price_percent: Decimal | None
    changed_fields: tuple[str, ...]


def change_of(before: CatalogueLine | None, after: CatalogueLine | None, day: date) -> Change:
    """Compare a line with what takes its place; one of the two may be missing, not both."""
    price_before, price_after = _least_price(before, day), _least_price(after, day)
    difference = _difference(price_before, price_after)
    return Change(
        kind=_kind(before, after),
        before=before,
        after=after,
        price_before=price_before,
        price_after=price_after,
        price_difference=difference,
        price_percent=_percent(difference, price_before),
        changed_fields=_changed_fields(before, after) if before and after else (),
    )


def _kind(before: CatalogueLine | None, after: CatalogueLine | None) -> ChangeKind:
    if before is None:
        return ChangeKind.ADDED
    return ChangeKind.REMOVED if after is None else ChangeKind.UPDATED


def _least_price(line: CatalogueLine | None, day: date) -> Price | None:
    if line is None:
        return None
    return price_on(line, day, max(line.minimum_order_quantity or Decimal(1), Decimal(1)))


def _difference(before: Price | None, after: Price | None) -> Decimal | None:
    if before is None or after is None or before.currency != after.currency:
        return None
    return rounded(after.unit_price - before.unit_price, PRICE_DECIMALS)


def _percent(difference: Decimal | None, before: Price | None) -> Decimal | None:
    if difference is None or before is None or not before.unit_price:
        return None
    return rounded(difference / before.unit_price * 100)


def _changed_fields(before: CatalogueLine, after: CatalogueLine) -> tuple[str, ...]:
    """Name the fields that differ, those of the item with `item.` in front; the action code is not of the line."""
    fields = [name for name in CatalogueLine.model_fields if name not in ("action_code", "item")]
    own = [name for name in fields if getattr(before, name) != getattr(after, name)]
    of_item = [
        f"item.{name}"
        for name in type(before.item).model_fields
        if getattr(before.item, name) != getattr(after.item, name)
    ]
    return (*own, *of_item)


def summary_of(changes: Iterable[Change]) -> dict[str, int]:
    """Count changes by what an approver asks about."""
    counted: Counter[str] = Counter()
    for change in changes:
        counted[change.kind.lower()] += 1
        counted["price_up"] += change.price_difference is not None and change.price_difference > 0
        counted["price_down"] += change.price_difference is not None and change.price_difference < 0
        counted["price_gone"] += change.price_before is not None and change.after is not None and not change.price_after
        counted["text_changed"] += any(name != "brackets" for name in change.changed_fields)
    return dict(counted)
