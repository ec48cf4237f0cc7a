"""How much may deviate: of every row that applies the smallest limit binds, and it is named."""

from dataclasses import dataclass
from decimal import Decimal

from app.match.engine.facts import ZERO, OrderFacts
from app.match.engine.policy import EVERYWHERE, Combine, Favour, Level, Policy, Tolerance

MOST_ROUNDING = Decimal("1.00")
"""A payable rounding up to this is ignored; a row may tighten it."""

LINE_ROUNDING = Decimal("0.01")
"""What a line may be off by and still agree, since amounts have two decimals."""

ARITHMETIC_ROUNDING = Decimal("1.00")
"""How far a line may be from price times quantity in OIOUBL; what is billed above the order still counts."""


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of money and the row that set it."""

    amount: Decimal
    source: str


NO_TOLERANCE = Limit(ZERO, "NO_TOLERANCE")
NO_CAP = Limit(ZERO, "NO_CAP")


def row_limit(row: Tolerance, value: Decimal) -> Decimal | None:
    """Give what one row lets an order value of `value` be exceeded by; None when it sets no limit."""
    if row.percent is None:
        return row.absolute
    share = value * row.percent / 100
    if row.absolute is None:
        return share
    return min(row.absolute, share) if row.combine is Combine.ALL else max(row.absolute, share)


def smallest(rows: tuple[Tolerance, ...], value: Decimal) -> Limit:
    """Give the limit that binds on `value`; without any limit nothing may deviate."""
    found: Limit | None = None
    for row in rows:
        amount = row_limit(row, value)
        if amount is not None and (found is None or amount < found.amount):
            found = Limit(amount, row.source)
    return found or NO_TOLERANCE


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that apply to one order. `line` holds each scope's LINE rows, or where it has none its ORDER rows."""

    order: tuple[Tolerance, ...]
    line: tuple[Tolerance, ...]

    def for_order(self, value: Decimal) -> Limit:
        return smallest(self.order, value)

    def for_line(self, value: Decimal) -> Limit:
        return smallest(self.line, value)

    def favour_check(self) -> str | None:
        """Name the row that wants lower prices looked at."""
        return next((row.source for row in (*self.order, *self.line) if row.favour is Favour.CHECK), None)

    def freight_cap(self) -> Limit | None:
        caps = [Limit(row.freight_cap, row.source) for row in (*self.order, *self.line) if row.freight_cap is not None]
        return min(caps, key=lambda cap: cap.amount, default=None)

    def rounding(self) -> Limit:
        default = Limit(MOST_ROUNDING, "SERVICE_DEFAULT")
        set_here = (Limit(row.rounding, row.source) for row in (*self.order, *self.line) if row.rounding is not None)
        return min((default, *set_here), key=lambda limit: limit.amount)


NO_ROWS = Rows((), ())


def rows_of(policy: Policy, order: OrderFacts) -> Rows:
    """Pick the rows whose scope is one of the order's."""
    rows = [row for row in policy.tolerances if row.scope == EVERYWHERE or row.scope in order.scopes]
    own_line = {row.scope for row in rows if row.level is Level.LINE and row_limit(row, ZERO) is not None}
    return Rows(
        order=tuple(row for row in rows if row.level is Level.ORDER),
        line=tuple(row for row in rows if row.level is Level.LINE or row.scope not in own_line),
    )
