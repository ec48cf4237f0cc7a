"""What a line costs before and after: for the same quantities, on the day of comparing and on later days that the
prices of either side name.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import islice, product
from typing import Final

from app.catalogs.prices import ONE, Point, points_of, price_on
from app.documents.catalogue import CatalogueLine
from app.documents.price import Price
from app.documents.values import Value
from app.kit.money import Exact, rounded

PRICE_DECIMALS: Final = 4
MOST_COMPARED: Final = 100
"""So many pairs of a quantity and a day are compared in a line."""


class Incomparable(StrEnum):
    """Why two prices say nothing of each other: another currency, another unit, units that hold another content,
    another factor between the unit of the price and the orderable one; or the line has too many prices to compare.
    """

    CURRENCY = "CURRENCY"
    UNIT = "UNIT"
    CONTENT = "CONTENT"
    FACTOR = "FACTOR"
    TOO_MANY = "TOO_MANY"


class PriceStep(Value):
    """A price that changes, for a quantity (in orderable units) and what is above it, from a day on. `difference` is
    what one base unit costs more (or less), rounded to four decimals; it is missing when either price is, or when the
    two cannot be compared: then `because` says why.
    """

    quantity: Exact
    day: date
    before: Price | None = None
    after: Price | None = None
    difference: Exact | None = None
    percent: Exact | None = None
    because: Incomparable | None = None

    @property
    def is_rise(self) -> bool:
        return self.difference is not None and self._is_dearer

    @property
    def is_fall(self) -> bool:
        return self.difference is not None and not self._is_dearer

    @property
    def _is_dearer(self) -> bool:
        """Whether it costs more now; a difference may be too small to be seen when it is rounded."""
        return bool(self.before and self.after and self.after.unit_price > self.before.unit_price)

    @property
    def exact_percent(self) -> Decimal | None:
        """The change in per cent, not rounded; none for a price that was nothing."""
        if self.difference is None or self.before is None or self.after is None:
            return None
        return _percent(self.before, self.after)


def price_steps(before: CatalogueLine, after: CatalogueLine, day: date) -> tuple[PriceStep, ...]:
    """Give each price that changes, the least quantity first.

    A price that begins later is compared with the one of the line before on that day, or where that has ended by then,
    with the one on the day of comparing: a supplier who names next year's price beside this year's raises it all the
    same.
    """
    if before.brackets == after.brackets and _packed(before) == _packed(after):
        return ()
    points = [*points_of(before), *points_of(after)]
    places = product(_quantities(points, after.minimum_order_quantity or ONE), _days(points, day))
    steps = list(_steps(before, after, day, list(islice(places, MOST_COMPARED))))
    if next(places, None) is not None:
        steps.append(PriceStep(quantity=ONE, day=day, because=Incomparable.TOO_MANY))
    return tuple(steps)


def _steps(
    before: CatalogueLine, after: CatalogueLine, day: date, places: Iterable[tuple[Decimal, date]]
) -> Iterator[PriceStep]:
    """Tell each change once: what goes on unchanged on a later day is no other one."""
    told: tuple[Decimal, Price | None, Price | None] | None = None
    for quantity, on in places:
        old = price_on(before, on, quantity) or price_on(before, day, quantity)
        new = price_on(after, on, quantity)
        if (new is None and (old is None or on > day)) or told == (quantity, old, new):
            continue
        told = (quantity, old, new)
        step = _step((before, old), (after, new), quantity, on)
        if step is not None:
            yield step


def _step(
    before: tuple[CatalogueLine, Price | None], after: tuple[CatalogueLine, Price | None], quantity: Decimal, day: date
) -> PriceStep | None:
    (_, old), (_, new) = before, after
    if old is None or new is None:
        return PriceStep(quantity=quantity, day=day, before=old, after=new)
    because = _because((before[0], old), (after[0], new))
    if because is not None:
        return PriceStep(quantity=quantity, day=day, before=old, after=new, because=because)
    if old.unit_price == new.unit_price:
        return None
    percent = _percent(old, new)
    return PriceStep(
        quantity=quantity,
        day=day,
        before=old,
        after=new,
        difference=rounded(new.unit_price - old.unit_price, PRICE_DECIMALS),
        percent=rounded(percent) if percent is not None else None,
    )


def _percent(old: Price, new: Price) -> Decimal | None:
    before = old.unit_price
    return (new.unit_price - before) / before * 100 if before else None


def _packed(line: CatalogueLine) -> tuple[object, object]:
    return line.orderable_unit, line.content_unit_quantity


def unit_of(line: CatalogueLine, price: Price) -> str | None:
    """Give the unit that a price is for."""
    return price.base_quantity.unit_code if price.base_quantity is not None else line.orderable_unit


def factor_of(price: Price) -> Decimal:
    """Give how many orderable units one base unit makes."""
    return ONE if price.orderable_unit_factor_rate is None else price.orderable_unit_factor_rate


def _because(before: tuple[CatalogueLine, Price], after: tuple[CatalogueLine, Price]) -> Incomparable | None:
    old, new = _measures(*before), _measures(*after)
    return next((reason for reason, measure in old.items() if measure != new[reason]), None)


def _measures(line: CatalogueLine, price: Price) -> dict[Incomparable, object]:
    """Give what must be alike on both sides for two prices to be compared."""
    return {
        Incomparable.CURRENCY: price.currency,
        Incomparable.UNIT: (unit_of(line, price), line.orderable_unit),
        Incomparable.CONTENT: line.content_unit_quantity,
        Incomparable.FACTOR: factor_of(price),
    }


def _quantities(points: Sequence[Point], least: Decimal) -> list[Decimal]:
    """Give the quantities at which either side may begin to cost something else; above a bracket's most, too."""
    floors = {least, *(floor for floor in (Decimal(point.least) for point in points) if floor > least)}
    above = {Decimal(point.most) + 1 for point in points if point.most is not None and Decimal(point.most) >= least}
    return sorted(floors | {one for one in above if not any(one - 1 < floor <= one for floor in floors)})


def _days(points: Sequence[Point], day: date) -> list[date]:
    begun = (date.fromisoformat(point.begins) for point in points if point.begins is not None)
    over = (date.fromisoformat(point.ends) for point in points if point.ends is not None)
    return sorted({day, *(one for one in begun if one > day), *(one + timedelta(days=1) for one in over if one >= day)})
