"""Order lines that are as good as each other, and in which order what is open of them is taken."""

from collections import deque
from collections.abc import Iterable, Iterator
from decimal import Decimal

from app.match.engine.facts import ZERO
from app.match.engine.pairing import Spot


class Shelf:
    """Order lines of one order and one price: what is left of each, and in which order it is taken."""

    def __init__(self, spots: Iterable[Spot], taken: dict[str, Decimal], over_delivery: Decimal) -> None:
        self.left: dict[str, Decimal] = {}
        self.by_id = {spot.line.id: spot for spot in spots}
        self.whole: dict[Decimal, deque[str]] = {}
        received: list[tuple[str, Decimal]] = []
        for line_id, spot in self.by_id.items():
            gone = taken.get(line_id, ZERO)
            self.left[line_id] = left = max(ZERO, spot.line.ordered_open(over_delivery) - gone)
            ready = left if not spot.line.requires_receipt else min(left, spot.line.received_open - gone)
            received.append((line_id, ready))
            if ready == left > 0:
                self.whole.setdefault(left, deque()).append(line_id)
        self.waiting = deque([*received, *self.left.items()])
        self.open = sum(self.left.values(), ZERO)

    def exactly(self, quantity: Decimal) -> list[tuple[Spot, Decimal]]:
        """Take a line of which just so much is open, all of it received; nothing where there is none."""
        fitting = self.whole.get(quantity, deque())
        while fitting:
            line_id = fitting.popleft()
            if self.left[line_id] == quantity:
                self.left[line_id] = ZERO
                return [(self.by_id[line_id], quantity)]
        return []

    def take(self, quantity: Decimal) -> Iterator[tuple[Spot, Decimal]]:
        """Take of the lines in their order; what is above all of them is the first one's."""
        while quantity > 0 and self.waiting:
            line_id, most = self.waiting[0]
            part = min(quantity, most, self.left[line_id])
            if part < quantity:
                self.waiting.popleft()
            else:
                self.waiting[0] = line_id, most - part
            if part > 0:
                quantity -= part
                self.left[line_id] -= part
                yield self.by_id[line_id], part
        if quantity > 0:
            yield next(iter(self.by_id.values())), quantity
