"""Which price of a catalogue line is in force, and which quantities of it may be ordered."""

from datetime import date
from decimal import Decimal

from app.documents.catalogue import CatalogueLine, PriceBracket
from app.documents.price import Price
from app.kit.errors import Fault
from app.kit.money import plain

HOME = "DK"
ONE = Decimal(1)


def price_on(line: CatalogueLine, day: date, quantity: Decimal = ONE) -> Price | None:
    """Give the price in force on a day for a quantity in orderable units, or none: then the line cannot be ordered.

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
    return min(holding, key=lambda found: (-_floor(found[0]), found[1].unit_price))[1]


def _holds(bracket: PriceBracket, price: Price, day: date, quantity: Decimal) -> bool:
    if price.validity_period is not None and not price.validity_period.covers(day):
        return False
    if bracket.maximum_quantity is not None and quantity > bracket.maximum_quantity.value:
        return False
    return quantity >= _floor(bracket) and _is_for_denmark(bracket)


def _floor(bracket: PriceBracket) -> Decimal:
    return bracket.minimum_quantity.value if bracket.minimum_quantity is not None else Decimal(0)


def _is_for_denmark(bracket: PriceBracket) -> bool:
    return not bracket.territories or any(place.country_code in (None, HOME) for place in bracket.territories)


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
