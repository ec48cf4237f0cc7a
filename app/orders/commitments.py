"""What orders reserve by posting (dispositionsregnskab): the net amount from dispatch on, until it is received,
invoiced, or the order ends.

Everything is told at the order's own prices, so that the three figures of an open order add up to what was agreed on:
what is still to come, what has come without an invoice, and what is invoiced, be it before it comes. A closed order
has nothing to come.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.kit.money import rounded
from app.orders import posting_queries, queries
from app.orders.models import OrderStatus, PurchaseOrderLine
from app.orders.posting_messages import CommitmentOut, CommittedOut
from app.orders.postings import scaled
from app.organisations.access import Call, NotAllowed

ZERO: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Commitment:
    """Net amounts: still to come, come and not invoiced, invoiced."""

    committed: Decimal = ZERO
    received_not_invoiced: Decimal = ZERO
    invoiced: Decimal = ZERO

    def __add__(self, other: "Commitment") -> "Commitment":
        return Commitment(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def divided(self, parts: Sequence[Decimal]) -> list["Commitment"]:
        """Divide each amount in the proportion of some parts."""
        if not parts:
            return [self]
        amounts = (scaled(amount, parts) if amount else [ZERO] * len(parts) for amount in self._amounts)
        return [Commitment(*part) for part in zip(*amounts, strict=True)]

    @property
    def _amounts(self) -> tuple[Decimal, ...]:
        return (self.committed, self.received_not_invoiced, self.invoiced)


def commitment_of(line: PurchaseOrderLine, *, is_open: bool) -> Commitment:
    """Give what a line of a sent order reserves."""
    received, invoiced = (_worth(line, what) for what in ("received", "invoiced"))
    begun = max(received, invoiced)
    to_come = max(line.accepted_amount - begun, ZERO) if is_open else ZERO
    return Commitment(to_come, begun - invoiced, invoiced)


def _worth(line: PurchaseOrderLine, what: str) -> Decimal:
    if line.by_amount:
        return Decimal(getattr(line, f"{what}_amount"))
    if not line.accepted_quantity:
        return ZERO
    return rounded(line.accepted_amount * getattr(line, f"{what}_quantity") / line.accepted_quantity)


def get_commitment(call: Call, order_id: UUID) -> CommitmentOut:
    """Give what an order reserves, by posting; before it is sent it reserves nothing.

    :raises NotAllowed: for the supplier, whom the buyer's accounts do not concern.
    """
    order = queries.order(call, order_id)
    if not queries.is_seen_inside(call, order):
        raise NotAllowed("what an order reserves is for the buyer's people, not for the supplier")
    lines = queries.lines_of(call.session, order.id) if order.sent_at is not None else []
    split = posting_queries.shares_of(call.session, (line.id for line in lines))
    by_posting: dict[str | None, Commitment] = defaultdict(Commitment)
    for line in lines:
        shares = split.get(line.id, [])
        postings = [share.accounting_cost for share in shares] if shares else [line.accounting_cost]
        whole = commitment_of(line, is_open=order.status == OrderStatus.SENT)
        parts = whole.divided([share.amount for share in shares])
        for posting, part in zip(postings, parts, strict=True):
            by_posting[posting] += part
    total = sum(by_posting.values(), start=Commitment())
    rows = [CommittedOut(accounting_cost=posting, **_told(part)) for posting, part in by_posting.items()]
    return CommitmentOut(order_id=order.id, number=order.number, currency=order.currency, postings=rows, **_told(total))


def _told(part: Commitment) -> dict[str, Decimal]:
    return {one.name: getattr(part, one.name) for one in fields(part)}
