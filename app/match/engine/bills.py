"""What a paired line says in numbers: its quantity in the order's unit, and how far the bill is from the order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from app.documents.invoice import InvoiceLine
from app.documents.price import Price
from app.kit.money import rounded
from app.match.engine import units
from app.match.engine.facts import ONE, ZERO, OrderFacts, OrderLineFacts
from app.match.engine.pairing import Paired
from app.match.engine.tolerance import LINE_ROUNDING

Ratio = tuple[Decimal, Decimal]
"""A price as numerator and denominator: 10 for 3 is no finite decimal, so nothing is divided before money is stated."""


@dataclass(frozen=True, slots=True)
class Bill:
    """One paired invoice line. `quantity` is in the order line's unit and None when it cannot be stated there.

    `computed` is price times quantity (None where no price can be read), `order_amount` the quantity at the order's
    price, `deviation` what is billed above it, zero when rounding explains it. On an amount line only `billed` counts,
    and the other two are what the invoice line takes inside the order and above it.
    """

    line: InvoiceLine
    order: OrderFacts
    order_line: OrderLineFacts
    quantity: Decimal | None
    billed: Decimal
    computed: Decimal | None
    order_amount: Decimal
    deviation: Decimal

    @property
    def comparable(self) -> bool:
        return self.quantity is not None or self.order_line.is_amount


def unit_ratio(amount: Decimal, base: Decimal, price_unit: str | None, unit: str, rate: Decimal | None) -> Ratio | None:
    """Price one `unit`: equal units use the base quantity, a factor rate replaces it (OIOUBL's line formula)."""
    if price_unit is None or price_unit == unit:
        return amount, base if base > 0 else ONE
    if rate is not None:
        return amount * rate, ONE
    known = units.factor(unit, price_unit)
    return None if known is None else (amount * known[0], (base if base > 0 else ONE) * known[1])


def invoice_ratio(line: InvoiceLine) -> Ratio | None:
    """Price one unit of the invoice line's own; without a stated price its amount says it."""
    price: Price | None = line.price
    if price is None:
        return (line.line_extension_amount, line.quantity.value) if line.quantity.value else None
    base = price.base_quantity
    if base is None:
        return price.price_amount, ONE
    return unit_ratio(
        price.price_amount, base.value, base.unit_code, line.quantity.unit_code, price.orderable_unit_factor_rate
    )


def order_ratio(line: OrderLineFacts) -> Ratio | None:
    """Price one unit of the order line's own; None on an amount line."""
    if line.price_amount is None:
        return None
    return unit_ratio(line.price_amount, line.base_quantity, line.price_unit_code, line.unit_code, line.factor_rate)


def agreed_ratio(line: OrderLineFacts) -> Ratio | None:
    """Price one unit of the order line's own at what the agreement asked; None where the order says the same."""
    own = line.agreed
    if own is None:
        return None
    return unit_ratio(own.price_amount, own.base_quantity, own.price_unit_code, line.unit_code, own.factor_rate)


def times(quantity: Decimal, ratio: Ratio) -> Decimal:
    """State quantity times price as money."""
    return rounded(quantity * ratio[0] if ratio[1] == 1 else quantity * ratio[0] / ratio[1])


def bill(paired: Paired) -> Bill:
    """Put a paired line into numbers."""
    line, order_line = paired.line, paired.spot.line
    billed = line.line_extension_amount
    own = invoice_ratio(line)
    computed = None if own is None else times(line.quantity.value, own)
    quantity, order_amount, deviation = None, ZERO, ZERO
    ordered = None if order_line.is_amount else order_ratio(order_line)
    if ordered is not None:
        quantity = units.converted(line.quantity.value, line.quantity.unit_code, order_line.unit_code)
    if ordered is not None and quantity is not None:
        order_amount = times(quantity, ordered)
        deviation = billed - order_amount
        deviation = ZERO if abs(deviation) <= LINE_ROUNDING else deviation
    return Bill(line, paired.spot.order, order_line, quantity, billed, computed, order_amount, deviation)


def shown_price(ratio: Ratio, unit: str, other: str) -> Decimal:
    """Show the price of one `unit` as that of one `other`, with at most six decimals."""
    known = units.factor(other, unit) or (ONE, ONE)
    price = rounded(ratio[0] * known[0] / (ratio[1] * known[1]), 6)
    return price.quantize(Decimal("0.01")) if price == price.quantize(Decimal("0.01")) else price.normalize()


@dataclass(slots=True)
class Draw:
    """All that the invoice takes of one order line: its lines share what is left of it.

    `value` is that at the order's price, `over` the part of an amount line's bill that is above what is left.
    """

    order: OrderFacts
    line: OrderLineFacts
    ordered_open: Decimal
    bills: list[Bill] = field(default_factory=list)

    @property
    def line_ids(self) -> str:
        return ", ".join(bill.line.line_id for bill in self.bills)

    @property
    def taken(self) -> Decimal:
        """Give what is drawn, in money on an amount line and in the order line's unit elsewhere."""
        if self.line.is_amount:
            return sum((bill.billed for bill in self.bills), ZERO)
        return sum((bill.quantity for bill in self.bills if bill.quantity is not None), ZERO)

    @property
    def value(self) -> Decimal:
        return sum((bill.order_amount for bill in self.bills), ZERO)

    @property
    def over(self) -> Decimal:
        """Give the positive deviations: a favour on one line pays for no excess on another."""
        return sum((bill.deviation for bill in self.bills if bill.deviation > 0), ZERO)

    @property
    def favour(self) -> Decimal:
        return -sum((bill.deviation for bill in self.bills if bill.deviation < 0), ZERO)


def _filled(bill: Bill, left: Decimal) -> Bill:
    inside = max(ZERO, min(left, bill.billed))
    return Bill(
        bill.line,
        bill.order,
        bill.order_line,
        None,
        bill.billed,
        bill.computed,
        inside,
        max(ZERO, bill.billed - inside),
    )


def _left(bill: Bill, over_delivery: Decimal, *, credits_it: bool) -> Decimal:
    """Give what there is to draw on: of a standing order what its periods expect, and for a credit note of an amount
    line what was invoiced of it.
    """
    line, standing = bill.order_line, bill.order.standing
    if credits_it and line.is_amount:
        return line.invoiced_amount
    return line.ordered_open(over_delivery) if standing is None else standing.room


def draws(bills: Iterable[Bill], over_delivery: Decimal, *, credits_them: bool = False) -> tuple[Draw, ...]:
    """Gather the bills by order line. An amount line is filled in the invoice's order; what is above it deviates."""
    found: dict[str, Draw] = {}
    left: dict[str, Decimal] = {}
    for bill in bills:
        line = bill.order_line
        draw = found.get(line.id)
        if draw is None:
            draw = found[line.id] = Draw(bill.order, line, _left(bill, over_delivery, credits_it=credits_them))
            left[line.id] = draw.ordered_open
        if line.is_amount:
            bill = _filled(bill, left[line.id])
            left[line.id] -= bill.order_amount
        draw.bills.append(bill)
    return tuple(found.values())
