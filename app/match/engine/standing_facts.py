"""Facts of a standing order: the periods that an invoice is for, what is expected of them, and what was taken."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


class Halt(StrEnum):
    """Why nothing on a standing order approves itself."""

    SUSPENDED = "SUSPENDED"
    AGREEMENT_OVER = "AGREEMENT_OVER"


@dataclass(frozen=True, slots=True)
class TermsFacts:
    """What one period costs, net, and what bounds it. With `most` it is variable: from `least` to there.

    Of the two tolerances the smaller binds; without either nothing may be above.
    """

    expected: Decimal
    least: Decimal | None = None
    most: Decimal | None = None
    tolerance_absolute: Decimal | None = None
    tolerance_percent: Decimal | None = None
    max_per_invoice: Decimal | None = None
    max_per_period: Decimal | None = None
    max_total: Decimal | None = None
    min_days_between: int = 0
    index_percent: Decimal | None = None

    @property
    def top(self) -> Decimal:
        return self.expected if self.most is None else self.most

    @property
    def tolerance(self) -> Decimal:
        share = None if self.tolerance_percent is None else self.expected * self.tolerance_percent / 100
        return min((one for one in (self.tolerance_absolute, share) if one is not None), default=ZERO)

    @property
    def bottom(self) -> Decimal:
        return self.expected - self.tolerance if self.least is None else self.least

    @property
    def index(self) -> Decimal:
        return ZERO if self.index_percent is None else self.expected * self.index_percent / 100


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """A period, on its own terms: `used` is what its invoices have billed, `value` the part of it inside the terms, and
    `invoices` are their numbers.
    """

    first_on: date
    last_on: date | None
    terms: TermsFacts
    used: Decimal = ZERO
    value: Decimal = ZERO
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """What a standing order says to one invoice; `periods` are those that the invoice is for.

    `commitment` is what was approved, of an order that runs on for twelve months, and `committed` what invoices have
    taken of it; `billed` is all that they billed. Unless it is irregular, a period has one invoice. `billed_on` is the
    issue date of the other invoice nearest to this one, `index_used` tells that the year's index allowance is gone.
    An order found `by_reference` was not named by its number. One that has `expired` was closed when it had run out,
    and takes what is billed of its periods.
    """

    reference: str
    periods: tuple[PeriodFacts, ...]
    commitment: Decimal
    committed: Decimal = ZERO
    billed: Decimal = ZERO
    irregular: bool = False
    advance_days: int = 0
    billed_on: date | None = None
    index_used: bool = False
    halted: Halt | None = None
    by_reference: bool = False
    expired: bool = False

    @property
    def room(self) -> Decimal:
        """Give what may be billed for the periods inside their terms."""
        return sum((max(ZERO, period.terms.top - period.value) for period in self.periods), ZERO)
