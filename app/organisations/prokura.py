"""Prokura: whether a person's limits cover an order, as a pure decision over frozen facts.

The most specific row that covers a line applies to it: agreement, then longer product group, then supplier, then the
organisation alone; of equally specific rows the lowest. Each row must hold the sum of its lines, and the largest row
used must hold the whole order. No row is zero; a limit equal to the amount is enough.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Limit:
    """A prokura row that is valid on the day, in the order's currency, at the order's organisation or above."""

    id: UUID
    max_amount: Decimal
    supplier_id: UUID | None = None
    agreement_id: UUID | None = None
    unspsc_prefix: str | None = None

    @property
    def specificity(self) -> tuple[bool, int, bool]:
        return (self.agreement_id is not None, len(self.unspsc_prefix or ""), self.supplier_id is not None)

    def covers(self, supplier_id: UUID, agreement_id: UUID | None, unspsc: str) -> bool:
        return (
            self.supplier_id in (None, supplier_id)
            and self.agreement_id in (None, agreement_id)
            and unspsc.startswith(self.unspsc_prefix or "")
        )


@dataclass(frozen=True, slots=True)
class LineAmount:
    """A line's net amount and product group, in the order's currency."""

    amount: Decimal
    unspsc: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether the limits cover the order; `reason` says why not, `limit` what the largest row used allows."""

    covered: bool
    limit: Decimal
    reason: str = ""


def coverage(
    limits: Sequence[Limit], lines: Sequence[LineAmount], supplier_id: UUID, agreement_id: UUID | None
) -> Coverage:
    """Decide whether the limits cover an order of these lines."""
    used: dict[Limit, Decimal] = defaultdict(Decimal)
    for line in lines:
        limit = _most_specific(limits, line, supplier_id, agreement_id)
        if limit is None:
            return _not_covered(Decimal(0), "no prokura covers this order; without a row the limit is zero")
        used[limit] += line.amount
    largest = max((limit.max_amount for limit in used), default=Decimal(0))
    for limit, amount in used.items():
        if amount > limit.max_amount:
            return _not_covered(largest, f"{amount} is above the limit of {limit.max_amount} that covers it")
    total = sum(used.values(), start=Decimal(0))
    if total > largest:
        return _not_covered(largest, f"the whole order of {total} is above the largest limit used, {largest}")
    return Coverage(covered=True, limit=largest)


def _not_covered(limit: Decimal, reason: str) -> Coverage:
    return Coverage(covered=False, limit=limit, reason=reason)


def _most_specific(
    limits: Sequence[Limit], line: LineAmount, supplier_id: UUID, agreement_id: UUID | None
) -> Limit | None:
    covering = [limit for limit in limits if limit.covers(supplier_id, agreement_id, line.unspsc)]
    if not covering:
        return None
    best = max(limit.specificity for limit in covering)
    return min((limit for limit in covering if limit.specificity == best), key=lambda limit: limit.max_amount)
