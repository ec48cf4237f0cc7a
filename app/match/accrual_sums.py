"""What an order line accrues, pure: received less invoiced as of a day, at the price of that day, place by place."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.kit.money import rounded
from app.orders.postings import scaled

ZERO: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a line was agreed on at a day."""

    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known of a line in its measure, units or money: what its receipts and approved invoices come to as of the
    day and in all, and its counters now, `received` without what has gone back.

    What is counted and no receipt says was taken over with an order of an earlier system (`is_opening`: it counts, too,
    from then on), or needs no receipt: that comes as it is invoiced, and never before.
    """

    received_then: Decimal
    received_ever: Decimal
    invoiced_then: Decimal
    invoiced_ever: Decimal
    received: Decimal
    invoiced: Decimal
    is_opening: bool = False

    @property
    def as_of(self) -> tuple[Decimal, Decimal]:
        """Give what was received and what was invoiced."""
        untold = self.received - self.received_ever
        if self.is_opening:
            return self.received_then + untold, self.invoiced_then + self.invoiced - self.invoiced_ever
        deemed = min(max(self.invoiced_then - self.received_then, ZERO), max(untold, ZERO))
        return self.received_then + deemed, self.invoiced_then


@dataclass(frozen=True, slots=True)
class Accrual:
    """Net amounts."""

    received: Decimal = ZERO
    invoiced: Decimal = ZERO

    @property
    def accrued(self) -> Decimal:
        return self.received - self.invoiced

    def __add__(self, other: "Accrual") -> "Accrual":
        return Accrual(self.received + other.received, self.invoiced + other.invoiced)

    def divided(self, parts: Sequence[Decimal]) -> list["Accrual"]:
        """Divide both amounts in the proportion of some parts."""
        if not parts:
            return [self]
        amounts = (
            scaled(amount, parts) if amount else [ZERO] * len(parts) for amount in (self.received, self.invoiced)
        )
        return [Accrual(*part) for part in zip(*amounts, strict=True)]


def accrual_of(counted: Counted, agreed: Agreed, *, by_amount: bool) -> Accrual:
    """Give what a line accrues."""
    received, invoiced = counted.as_of
    if by_amount:
        return Accrual(received, invoiced)
    if not agreed.quantity:
        return Accrual()
    return Accrual(*(rounded(agreed.amount * units / agreed.quantity) for units in (received, invoiced)))
