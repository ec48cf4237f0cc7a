"""The twin's books: what was ordered, came, was taken and waits, by pool of interchangeable order lines."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from bench.matchbench.world import Delivery, DeliveryKind, Order, OrderLine

UNITS = {("EA", "DZN"): Fraction(1, 12), ("DZN", "EA"): Fraction(12)} | {
    ("GRM", "KGM"): Fraction(1, 1000),
    ("KGM", "GRM"): Fraction(1000),
    ("CMT", "MTR"): Fraction(1, 100),
    ("MTR", "CMT"): Fraction(100),
}
"""One of the first unit is so many of the second."""


@dataclass(eq=False)
class Pool:
    """Order lines of one article, unit and price: which of them a piece is of makes no difference to anybody.

    `waiting` is what invoices that wait for goods keep, the oldest first; `gone_back` what a credit is expected for.
    """

    order: Order
    lines: list[OrderLine] = field(default_factory=list)
    received: Fraction = Fraction(0)
    taken: Fraction = Fraction(0)
    gone_back: Fraction = Fraction(0)
    waiting: dict[str, Fraction] = field(default_factory=dict)

    @property
    def first(self) -> OrderLine:
        return self.lines[0]

    @property
    def price(self) -> Fraction:
        return Fraction(self.first.price) / Fraction(self.first.base)

    @property
    def to_bill(self) -> Fraction:
        """Give what is ordered and neither taken nor kept."""
        ordered = sum((Fraction(line.quantity) for line in self.lines), Fraction(0))
        return ordered - self.taken - sum(self.waiting.values(), Fraction(0))

    def there(self, bill: str) -> Fraction:
        """Give what came and is neither taken nor kept for an invoice that is older than this one."""
        older = [kept for other, kept in self.waiting.items() if other < bill]
        return self.received - self.taken - sum(older, Fraction(0))


@dataclass(eq=False)
class OrderBook:
    """An order with its pools, and what its invoices have used: `value` at its prices, `over` above them."""

    order: Order
    pools: list[Pool]
    value: Fraction = Fraction(0)
    over: Fraction = Fraction(0)
    charged: Fraction = Fraction(0)

    @classmethod
    def of(cls, order: Order) -> "OrderBook":
        found: dict[object, Pool] = {}
        for line in order.lines:
            found.setdefault(line.article, Pool(order)).lines.append(line)
        return cls(order, list(found.values()))

    def pool_of(self, line_id: str) -> Pool | None:
        return next((pool for pool in self.pools if any(line.line_id == line_id for line in pool.lines)), None)

    def deliver(self, delivery: Delivery) -> None:
        for line_id, moved in delivery.quantities.items():
            pool, quantity = self.pool_of(line_id), Fraction(moved)
            assert pool is not None
            if delivery.kind is DeliveryKind.RECEIPT:
                pool.received += quantity
                continue
            unbilled = min(quantity, pool.received - pool.taken)
            pool.received -= unbilled
            pool.gone_back += quantity - unbilled

    @property
    def expected_freight(self) -> Fraction:
        """Give what stands on the order as freight and was not billed yet."""
        return sum((Fraction(charge.amount) for charge in self.order.charges), Fraction(0)) - self.charged


def converted(quantity: Fraction, unit: str, other: str) -> Fraction | None:
    """State a quantity in another unit; None where nobody knows how."""
    if unit == other:
        return quantity
    rate = UNITS.get((unit, other))
    return None if rate is None else quantity * rate


def money(amount: Fraction) -> Fraction:
    """Round to the øre, half up."""
    ore = abs(amount) * 100
    whole = (ore.numerator * 2 + ore.denominator) // (2 * ore.denominator)
    return Fraction(whole if amount >= 0 else -whole, 100)


def kroner(amount: Fraction) -> str:
    """Write an amount for people."""
    return str(Decimal(int(money(amount) * 100)).scaleb(-2))
