"""Lines without any number that leads somewhere: which order line each is most like. A person confirms it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from app.documents.invoice import InvoiceLine
from app.match.engine import units
from app.match.engine.bills import invoice_ratio, order_ratio
from app.match.engine.decision import How
from app.match.engine.facts import ZERO
from app.match.engine.flow import Arc, Flow
from app.match.engine.identities import contradicts
from app.match.engine.pairing import Choice, Paired, Placed, Spot, Unpaired, unread

MOST_ARCS = 2_500
"""Lines times order lines that are compared; a person has to look at so many anyway."""

WHOLE = 1000
UNLIKE = 220
"""Points of a thousand from where a line is like nothing."""
THIN = 50
"""Points by which the best must be better than the next best."""

ONE = Decimal(1)
_WORD = re.compile(r"\w+")
_PRICE, _TEXT, _QUANTITY = 4, 3, 2


def _apart(one: Fraction, other: Fraction) -> int:
    """Give how far two numbers above zero are from each other, in points."""
    return int(abs(one - other) * WHOLE / max(one, other))


def _words_apart(one: str | None, other: str | None) -> int:
    """Give how few words two names share, in points; half of them where there is nothing to compare."""
    words, others = (set(_WORD.findall((text or "").casefold())) for text in (one, other))
    if not words or not others:
        return WHOLE // 2
    return WHOLE - 2 * WHOLE * len(words & others) // (len(words) + len(others))


def unlikeness(line: InvoiceLine, spot: Spot, over_delivery: Decimal) -> int | None:
    """Give how unlike an invoice line and an order line are, in points of a thousand, by price, words and quantity;
    None when their numbers or units contradict each other.
    """
    order_line = spot.line
    own, ordered = invoice_ratio(line), order_ratio(order_line)
    quantity = units.converted(line.quantity.value, line.quantity.unit_code, order_line.unit_code)
    left = order_line.ordered_open(over_delivery)
    if own is None or ordered is None or quantity is None or contradicts(line, order_line):
        return None
    price = Fraction(line.quantity.value) * Fraction(own[0]) / Fraction(own[1])
    expected = Fraction(quantity) * Fraction(ordered[0]) / Fraction(ordered[1])
    if min(price, expected, Fraction(quantity), Fraction(left)) <= 0:
        return None
    name = line.item.name if line.item is not None else None
    points = _PRICE * _apart(price, expected) + _TEXT * _words_apart(name, order_line.name)
    return (points + _QUANTITY * _apart(Fraction(quantity), Fraction(left))) // (_PRICE + _TEXT + _QUANTITY)


def _spots(lines: dict[int, Unpaired], placed: list[Placed]) -> list[Spot]:
    """Give the order lines that nothing else of the invoice bills."""
    billed = {one.spot.line.id for one in placed if isinstance(one, Paired)}
    orders = {order.id: order for one in lines.values() for order in one.orders}
    return [
        Spot(order, line)
        for order in orders.values()
        for line in order.lines
        if line.id not in billed and not line.is_amount
    ]


def _costs(lines: dict[int, Unpaired], spots: list[Spot], over_delivery: Decimal) -> Iterator[tuple[Arc, int]]:
    """Give what each pair costs; a line may also stay without, each in a place of its own."""
    for index, one in enumerate(lines.values()):
        within = {order.id for order in one.orders}
        yield (index, len(spots) + index), UNLIKE
        for place, spot in enumerate(spots):
            cost = unlikeness(one.line, spot, over_delivery) if spot.order.id in within else None
            if cost is not None and cost <= UNLIKE:
                yield (index, place), cost


def _choice(flow: Flow, index: int, spots: list[Spot]) -> Choice:
    near = sorted((cost, place) for (line, place), cost in flow.costs.items() if line == index and place < len(spots))
    margin = flow.margin(index)
    return Choice(tuple(spots[place] for _, place in near[:2]), None if margin is None else Decimal(margin))


def liken(placed: list[Placed], over_delivery: Decimal) -> list[Placed]:
    """Pair lines that are on no order line with those they are most like, each order line once at most."""
    lines = {place: one for place, one in enumerate(placed) if isinstance(one, Unpaired) and one.code == "LINE_UNKNOWN"}
    spots = _spots(lines, placed) if lines else []
    if not spots or len(lines) * len(spots) > MOST_ARCS:
        return placed
    ones = [ONE] * (len(spots) + len(lines))
    flow = Flow(ones[: len(lines)], ones, dict(_costs(lines, spots, over_delivery)))
    found = list(placed)
    for index, (place, one) in enumerate(lines.items()):
        own = next(arc[1] for arc in flow.amounts if arc[0] == index)
        choice = _choice(flow, index, spots)
        if own < len(spots) and (choice.margin or ZERO) >= THIN:
            found[place] = Paired(one.line, spots[own], How.LIKENESS, unread(one.line), choice)
        elif own < len(spots):
            found[place] = Unpaired(one.line, "LINE_AMBIGUOUS", choice.spots, margin=choice.margin)
    return found
