"""Which price of a catalogue line is in force, and which quantities of it may be ordered."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from app.documents.catalogue import CatalogueLine, PriceBracket
from app.documents.price import Price
from app.kit.errors import Fault
from app.kit.money import plain

HOME = "DK"
ONE = Decimal(1)


class Priced(Protocol):
    """A catalogue line, or what is read of one for its price alone."""

    @property
    def brackets(self) -> Sequence[PriceBracket]: ...


def price_on(line: Priced, day: date, quantity: Decimal = ONE) -> Price | None:
    """Give the price in force on a day for a quantity in orderable units, or none: then the line cannot be ordered."""
    bracket = bracket_on(line, day, quantity)
    return bracket.price if bracket is not None else None


def bracket_on(line: Priced, day: date, quantity: Decimal = ONE) -> PriceBracket | None:
    """Give the price in force on a day for a quantity, with what stands beside it.

    Of several that hold, the one for the larger quantity counts, then the lower. Prices for other places than Denmark
    do not count.
    """
    holding = [
        (bracket, bracket.price)
        for bracket in line.brackets
        if bracket.price is not None and _holds(bracket, bracket.price, day, quantity)
    ]
    if not holding:
        return None
    return min(holding, key=lambda found: (-_floor(found[0]), found[1].unit_price))[0]


def _holds(bracket: PriceBracket, price: Price, day: date, quantity: Decimal) -> bool:
    if not _holds_on(price, day):
        return False
    if bracket.maximum_quantity is not None and quantity > bracket.maximum_quantity.value:
        return False
    return quantity >= _floor(bracket) and _is_for_denmark(bracket)


def _holds_on(price: Price, day: date) -> bool:
    return price.validity_period is None or price.validity_period.covers(day)


def _floor(bracket: PriceBracket) -> Decimal:
    return bracket.minimum_quantity.value if bracket.minimum_quantity is not None else Decimal(0)


def _is_for_denmark(bracket: PriceBracket) -> bool:
    return not bracket.territories or any(place.country_code in (None, HOME) for place in bracket.territories)


def brackets_on(line: Priced, day: date) -> list[dict[str, Any]] | None:
    """Give a line's prices by quantity that hold in Denmark on a day, the smallest quantity first, as they are kept on
    an order; None where one price holds for all quantities.
    """
    holding = [
        (_floor(bracket), bracket.price)
        for bracket in line.brackets
        if bracket.price is not None and _holds_on(bracket.price, day) and _is_for_denmark(bracket)
    ]
    if len({least for least, _ in holding}) < 2:
        return None
    told = {"price_amount", "currency", "base_quantity", "orderable_unit_factor_rate"}
    return [
        {"least": plain(least), "price": price.model_dump(mode="json", include=told, exclude_none=True)}
        for least, price in sorted(holding, key=lambda found: (found[0], found[1].unit_price))
    ]


class Point(NamedTuple):
    """A price as it is kept to rank many lines by, without reading them: of one base unit, for quantities and on days
    from and to, all as texts; JSON carries it as a list.
    """

    price: str
    currency: str | None
    least: str
    most: str | None = None
    begins: str | None = None
    ends: str | None = None

    def holds(self, day: str, quantity: Decimal) -> bool:
        if (self.begins is not None and day < self.begins) or (self.ends is not None and day > self.ends):
            return False
        return Decimal(self.least) <= quantity and (self.most is None or quantity <= Decimal(self.most))


def points_of(line: CatalogueLine) -> list[Point]:
    """Give the prices of a line that hold in Denmark, on whichever day and for whichever quantity."""
    return [
        _point(bracket, bracket.price)
        for bracket in line.brackets
        if bracket.price is not None and _is_for_denmark(bracket)
    ]


def _point(bracket: PriceBracket, price: Price) -> Point:
    period, most = price.validity_period, bracket.maximum_quantity
    return Point(
        price=str(price.unit_price),
        currency=price.currency,
        least=str(_floor(bracket)),
        most=str(most.value) if most is not None else None,
        begins=period.start_date.isoformat() if period is not None and period.start_date is not None else None,
        ends=period.end_date.isoformat() if period is not None and period.end_date is not None else None,
    )


def point_on(points: Sequence[Point], day: date, quantity: Decimal) -> Point | None:
    """Give the price that `price_on` gives."""
    on = day.isoformat()
    holding = [point for point in points if point.holds(on, quantity)]
    if len(holding) < 2:
        return holding[0] if holding else None
    return min(holding, key=lambda point: (-Decimal(point.least), Decimal(point.price)))


def quantity_faults(line: CatalogueLine, quantity: Decimal) -> list[Fault]:
    """Say why a quantity, in orderable units, cannot be ordered of a line: minimum, maximum, increment."""
    faults = []
    minimum, maximum = line.minimum_order_quantity, line.maximum_order_quantity
    if quantity <= 0:
        faults.append(_fault("must be more than 0", "skal være mere end 0"))
    if minimum is not None and quantity < minimum:
        faults.append(_fault(f"is at least {plain(minimum)}", f"er mindst {plain(minimum)}"))
    if maximum is not None and quantity > maximum:
        faults.append(_fault(f"is at most {plain(maximum)}", f"er højst {plain(maximum)}"))
    step = line.order_quantity_increment
    if step is not None and step > 0 and quantity % step != 0:
        faults.append(_fault(f"goes up in steps of {plain(step)}", f"stiger i trin på {plain(step)}"))
    return faults


def _fault(said: str, said_da: str) -> Fault:
    return Fault(f"the quantity of this line {said}", f"linjens mængde {said_da}", pointer="/quantity")
