"""Lines whose item stands on several order lines: laid on what is open of them at least cost, or told to be unclear.

Invoice lines of one price are as good as each other, and so are order lines of one order and one price: only prices are
compared, and what is open within them is filled, first what has been received.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

from app.documents.invoice import InvoiceLine
from app.kit.money import Quantity, rounded
from app.match.engine import units
from app.match.engine.bills import invoice_ratio, order_ratio, times
from app.match.engine.facts import ZERO
from app.match.engine.flow import Arc, Flow
from app.match.engine.pairing import Choice, Contested, Paired, Placed, Spot, Unpaired
from app.match.engine.shelves import Shelf
from app.match.engine.tolerance import ARITHMETIC_ROUNDING

MOST_ARCS = 400
"""Prices billed times prices ordered of one item; with more than that nobody could follow why."""

PLACES = 4


@dataclass(slots=True)
class _Want:
    """A contested line at its place in the invoice: how many it bills, in the order lines' unit, at which price."""

    place: int
    contested: Contested
    quantity: Decimal
    price: Fraction


def _groups(contested: dict[int, Contested]) -> Iterator[list[int]]:
    """Gather the places of lines that compete for any order line."""
    owner: dict[str, int] = {}
    sets = {id(one.spots): one.spots for one in contested.values()}
    joined = {key: key for key in sets}

    def root(key: int) -> int:
        while joined[key] != key:
            key = joined[key]
        return key

    for key, spots in sets.items():
        for spot in spots:
            joined[root(key)] = root(owner.setdefault(spot.line.id, key))
    found: dict[int, list[int]] = {}
    for place, one in contested.items():
        found.setdefault(root(id(one.spots)), []).append(place)
    yield from found.values()


def _want(place: int, contested: Contested, unit: str) -> _Want | None:
    """Put a contested line into numbers, or give nothing where it has none that compare."""
    line = contested.line
    ratio = invoice_ratio(line)
    quantity = units.converted(line.quantity.value, line.quantity.unit_code, unit)
    if ratio is None or quantity is None or quantity <= 0:
        return None
    whole = Fraction(line.quantity.value) * Fraction(ratio[0]) / Fraction(ratio[1])
    return _Want(place, contested, quantity, whole / Fraction(quantity))


def _order_price(spot: Spot) -> Fraction | None:
    ratio = None if spot.line.is_amount else order_ratio(spot.line)
    return None if ratio is None else Fraction(ratio[0]) / Fraction(ratio[1])


class _Group:
    """Contested lines that compete for order lines, by their prices."""

    def __init__(self, wants: list[_Want], prices: dict[str, Fraction]) -> None:
        self.sets = {id(want.contested.spots): want.contested.spots for want in wants}
        self.wants: dict[tuple[Fraction, int], list[_Want]] = {}
        for want in wants:
            self.wants.setdefault((want.price, id(want.contested.spots)), []).append(want)
        members: dict[str, tuple[int, ...]] = {}
        self.spots: dict[str, Spot] = {}
        for key, spots in self.sets.items():
            for spot in spots:
                members[spot.line.id] = (*members.get(spot.line.id, ()), key)
                self.spots[spot.line.id] = spot
        self.shelves: dict[tuple[str, Fraction, tuple[int, ...]], list[Spot]] = {}
        for line_id, spot in self.spots.items():
            self.shelves.setdefault((spot.order.id, prices[line_id], members[line_id]), []).append(spot)

    @property
    def is_small(self) -> bool:
        return len(self.wants) * len(self.shelves) <= MOST_ARCS

    def distances(self) -> dict[Arc, Fraction]:
        """Give how far each price billed is from each price ordered."""
        return {
            (one, other): abs(price - ordered)
            for one, (price, key) in enumerate(self.wants)
            for other, (_, ordered, members) in enumerate(self.shelves)
            if key in members
        }

    def settled(self, taken: dict[str, Decimal], over_delivery: Decimal) -> dict[int, list[Placed]]:
        """Lay the lines on what is open, each price where it is cheapest."""
        shelves = [Shelf(spots, taken, over_delivery) for spots in self.shelves.values()]
        distances = self.distances()
        scale = lcm(*(one.denominator for one in distances.values()))
        costs = {arc: int(one * scale) for arc, one in distances.items()}
        supplies = [sum((want.quantity for want in wants), ZERO) for wants in self.wants.values()]
        flow = Flow(supplies, [shelf.open for shelf in shelves], costs)
        found: dict[int, list[Placed]] = {}
        for index, wants in enumerate(self.wants.values()):
            own = {arc[1]: amount for arc, amount in flow.amounts.items() if arc[0] == index}
            nearest = min((arc for arc in costs if arc[0] == index), key=lambda arc: (costs[arc], arc))
            if flow.supplies[index] > 0:
                own[nearest[1]] = own.get(nearest[1], ZERO) + flow.supplies[index]
            margin = flow.margin(index)
            shown = None if margin is None else _shown(Fraction(margin, scale))
            is_clear = margin is None or margin > max(costs[index, shelf] for shelf in own)
            if is_clear:
                choice = Choice(wants[0].contested.spots, shown, one_price=len(shelves) == 1)
                found.update(_laid(wants, [(shelves[shelf], amount) for shelf, amount in own.items()], choice))
            else:
                found.update((want.place, [_unclear(want.contested, shown)]) for want in wants)
        return found


def _shown(margin: Fraction) -> Decimal:
    return rounded(Decimal(margin.numerator) / Decimal(margin.denominator), PLACES)


def _unclear(contested: Contested, margin: Decimal | None = None) -> Unpaired:
    return Unpaired(contested.line, "LINE_AMBIGUOUS", contested.spots, margin=margin)


def _laid(
    wants: Sequence[_Want], shares: list[tuple[Shelf, Decimal]], choice: Choice
) -> Iterator[tuple[int, list[Placed]]]:
    """Lay lines of one price on the shelves that are theirs, first those that fit just so."""
    parts: dict[int, list[tuple[Spot, Decimal]]] = {}
    left = dict(shares)
    for want in wants if len(shares) == 1 else ():
        parts[want.place] = shares[0][0].exactly(want.quantity)
    for want in wants:
        own = parts.setdefault(want.place, [])
        missing = want.quantity - sum((amount for _, amount in own), ZERO)
        for shelf, most in left.items() if missing else ():
            part = min(missing, most)
            missing, left[shelf] = missing - part, most - part
            own += shelf.take(part)
        yield want.place, _parts(want, own, choice)


def _parts(want: _Want, own: list[tuple[Spot, Decimal]], choice: Choice) -> list[Placed]:
    """Give the line as it is where one order line takes all of it, else the part that each takes."""
    quantities: dict[str, Decimal] = {}
    for spot, quantity in own:
        quantities[spot.line.id] = quantities.get(spot.line.id, ZERO) + quantity
    spots = {spot.line.id: spot for spot, _ in own}
    how, unread, line = want.contested.how, want.contested.unread, want.contested.line
    if len(spots) == 1:
        return [Paired(line, own[0][0], how, unread, choice)]
    if not _can_be_split(line, want):
        return [_unclear(want.contested, choice.margin)]
    placed: list[Placed] = []
    before, billed = ZERO, ZERO
    for line_id, quantity in quantities.items():
        before += quantity
        amount = rounded(line.line_extension_amount * before / want.quantity) - billed
        billed += amount
        part = line.model_copy(
            update={"quantity": Quantity(quantity, line.quantity.unit_code), "line_extension_amount": amount}
        )
        placed.append(Paired(part, spots[line_id], how, unread, choice if not len(placed) else None))
    return placed


def _can_be_split(line: InvoiceLine, want: _Want) -> bool:
    """Tell whether the parts say what the whole said: its unit is the order's, and its amount price times quantity."""
    ratio = invoice_ratio(line)
    off = ZERO if ratio is None else abs(times(line.quantity.value, ratio) - line.line_extension_amount)
    return off <= ARITHMETIC_ROUNDING and line.quantity.value == want.quantity


def _spots(contested: Iterable[Contested]) -> dict[str, Spot]:
    """Give the order lines that lines compete for; many lines share one set of them."""
    sets = {id(one.spots): one.spots for one in contested}
    return {spot.line.id: spot for spots in sets.values() for spot in spots}


def _taken(placed: Iterable[Paired], contested: Iterable[Contested]) -> dict[str, Decimal]:
    """Give what the other lines of the invoice take of contested order lines."""
    wanted = _spots(contested)
    found: dict[str, Decimal] = {}
    for one in placed:
        line, billed = one.spot.line, one.line.quantity
        if line.id in wanted:
            quantity = units.converted(billed.value, billed.unit_code, line.unit_code)
            found[line.id] = found.get(line.id, ZERO) + (quantity or ZERO)
    return found


def _laid_out(
    group: dict[int, Contested], taken: dict[str, Decimal], over_delivery: Decimal
) -> dict[int, list[Placed]]:
    """Settle lines that compete for order lines; where anything about them does not compare, all are unclear."""
    spots = {
        spot.line.id: spot for own in {id(one.spots): one.spots for one in group.values()}.values() for spot in own
    }
    prices = {line_id: price for line_id, spot in spots.items() if (price := _order_price(spot)) is not None}
    units_of = {spot.line.unit_code for spot in spots.values()}
    wants = [want for place, one in group.items() if (want := _want(place, one, min(units_of))) is not None]
    if len(units_of) == 1 and len(prices) == len(spots) and len(wants) == len(group):
        settled = _Group(wants, prices)
        if settled.is_small:
            return settled.settled(taken, over_delivery)
    return {place: [_unclear(one)] for place, one in group.items()}


def settle(placed: list[Placed | Contested], over_delivery: Decimal, *, credits_them: bool) -> list[Placed]:
    """Give the placed lines with every contested one laid on what is open, or left as ambiguous.

    What a credit note gives back is no open quantity: there a line must say which it means.
    """
    contested = {place: one for place, one in enumerate(placed) if isinstance(one, Contested)}
    found: dict[int, list[Placed]] = {}
    if credits_them:
        found = {place: [_unclear(one)] for place, one in contested.items()}
    elif contested:
        taken = _taken((one for one in placed if isinstance(one, Paired)), contested.values())
        for group in _groups(contested):
            found |= _laid_out({place: contested[place] for place in group}, taken, over_delivery)
    settled: list[Placed] = []
    for place, one in enumerate(placed):
        settled += found[place] if isinstance(one, Contested) else [one]
    return settled
