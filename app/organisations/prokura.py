"""Prokura: whether a person's limits cover an order, as a pure decision over frozen facts.

The most specific row that covers a line applies to it: agreement, then a dimension of the posting, then longer product
group, then supplier, then the organisation alone; of equally specific rows the lowest. Each row must hold the sum of
its lines, and the largest row used must hold the whole order. No row is zero; a limit equal to the amount is enough.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Posted:
    """A dimension of the posting and its first and last value: two equal texts, or two numbers with as many digits."""

    dimension: str
    first: str
    last: str

    @property
    def fault(self) -> str | None:
        """Why this is no range, or nothing."""
        if self.first == self.last:
            return None
        if not (_is_number(self.first) and _is_number(self.last) and len(self.first) == len(self.last)):
            return "a range goes from a number to another with as many digits, or is one text alone"
        return None if self.first < self.last else f"the range ends at {self.last}, before it begins at {self.first}"

    def covers(self, posting: Mapping[str, str]) -> bool:
        value = posting.get(self.dimension)
        if value is None or self.first == self.last:
            return value == self.first
        return _is_number(value) and len(value) == len(self.first) and self.first <= value <= self.last


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


@dataclass(frozen=True, slots=True)
class Limit:
    """A prokura row that is valid on the day, in the order's currency, at the order's organisation or above."""

    id: UUID
    max_amount: Decimal
    supplier_id: UUID | None = None
    agreement_id: UUID | None = None
    unspsc_prefix: str | None = None
    posted: Posted | None = None

    @property
    def specificity(self) -> tuple[bool, bool, int, bool]:
        return (
            self.agreement_id is not None,
            self.posted is not None,
            len(self.unspsc_prefix or ""),
            self.supplier_id is not None,
        )

    def covers(self, supplier_id: UUID, agreement_id: UUID | None, unspsc: str, posting: Mapping[str, str]) -> bool:
        return (
            self.supplier_id in (None, supplier_id)
            and self.agreement_id in (None, agreement_id)
            and unspsc.startswith(self.unspsc_prefix or "")
            and (self.posted is None or self.posted.covers(posting))
        )


@dataclass(frozen=True, slots=True)
class LineAmount:
    """A line's net amount in the order's currency, its product group, and its posting: the value of each dimension."""

    amount: Decimal
    unspsc: str = ""
    posting: Mapping[str, str] = field(default_factory=dict)


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
    for line, limit in zip(lines, applying(limits, lines, supplier_id, agreement_id), strict=True):
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


def applying(
    limits: Sequence[Limit], lines: Sequence[LineAmount], supplier_id: UUID, agreement_id: UUID | None
) -> list[Limit | None]:
    """Give the row that applies to each line, or nothing where none covers it."""
    return [_most_specific(limits, line, supplier_id, agreement_id) for line in lines]


def _not_covered(limit: Decimal, reason: str) -> Coverage:
    return Coverage(covered=False, limit=limit, reason=reason)


def _most_specific(
    limits: Sequence[Limit], line: LineAmount, supplier_id: UUID, agreement_id: UUID | None
) -> Limit | None:
    covering = [limit for limit in limits if limit.covers(supplier_id, agreement_id, line.unspsc, line.posting)]
    if not covering:
        return None
    best = max(limit.specificity for limit in covering)
    return min((limit for limit in covering if limit.specificity == best), key=lambda limit: limit.max_amount)
