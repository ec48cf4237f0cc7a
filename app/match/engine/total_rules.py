"""Rules on the whole of an order's part: its charges, and the tolerance budget that all its invoices share."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.match.engine.bills import Draw
from app.match.engine.decision import Charge, Finding, OrderUse
from app.match.engine.facts import ZERO, ChargeKind, OrderFacts
from app.match.engine.tolerance import NO_CAP, Limit, Rows


def charge_findings(charges: tuple[Charge, ...], rows: list[Rows], currency: str) -> Iterator[Finding]:
    """Charges that nothing expected are tested together, once, against the smallest freight cap of the orders."""
    caps = [cap for row in rows if (cap := row.freight_cap()) is not None]
    cap = min(caps, key=lambda one: one.amount, default=NO_CAP)
    unexpected = sum((charge.uncovered for charge in charges if charge.uncovered > 0), ZERO)
    for charge in charges:
        if charge.amount < 0:
            yield Finding("DISCOUNT", actual=charge.name, amount=-charge.amount, unit=currency)
        elif not charge.uncovered and charge.kind is not ChargeKind.INTEREST:
            yield Finding(
                "CHARGE_EXPECTED", charge.invoice_line_id, actual=charge.name, amount=charge.amount, unit=currency
            )
        else:
            yield _unexpected(charge, cap, unexpected, currency)


def _unexpected(charge: Charge, cap: Limit, unexpected: Decimal, currency: str) -> Finding:
    passes = unexpected <= cap.amount and charge.kind is not ChargeKind.INTEREST
    return Finding(
        "CHARGE_WITHIN_CAP" if passes else "CHARGE_NOT_ALLOWED",
        charge.invoice_line_id,
        expected=charge.amount - charge.uncovered,
        actual=charge.name,
        limit=cap.amount,
        limit_source=cap.source,
        amount=charge.uncovered,
        passes_at=None if passes or charge.kind is ChargeKind.INTEREST else cap.amount,
        unit=currency,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What the invoice takes of one order: its draws, and its share of the charges that nothing covers."""

    order: OrderFacts
    draws: list[Draw]
    charges: Decimal

    @property
    def value(self) -> Decimal:
        return sum((draw.value for draw in self.draws), ZERO)

    @property
    def over(self) -> Decimal:
        return sum((draw.over for draw in self.draws), self.charges)

    @property
    def favour(self) -> Decimal:
        return sum((draw.favour for draw in self.draws), ZERO)


def _binding(part: Part, rows: Rows, value: Decimal) -> Limit:
    """Give what this invoice may be over by: by its own value, and by what earlier invoices left of the budget."""
    alone = rows.for_order(value)
    together = rows.for_order(part.order.matched_value + value)
    left = max(ZERO, together.amount - part.order.tolerance_used)
    return alone if alone.amount <= left else Limit(left, together.source)


def budget(part: Part, rows: Rows) -> tuple[OrderUse, list[Finding]]:
    """Test the excess of an order's part against its budget; a favour never pays for any of it."""
    order, over, favour, value = part.order, part.over, part.favour, part.value
    limit = _binding(part, rows, value)
    code = "TOTAL_AGREES" if not over else "TOTAL_WITHIN_TOLERANCE"
    code = "TOTAL_OVER" if over > limit.amount else code
    findings = [
        Finding(
            code,
            order_number=order.number,
            expected=order.tolerance_used,
            actual=over,
            limit=limit.amount,
            limit_source=limit.source,
            passes_at=limit.amount if code == "TOTAL_OVER" else None,
            unit=order.currency,
        )
    ]
    if over and favour:
        findings.append(
            Finding("FAVOUR_NOT_USED", order_number=order.number, actual=favour, amount=over, unit=order.currency)
        )
    use = OrderUse(order.id, order.number, value, over, part.charges, order.tolerance_used, limit.amount, limit.source)
    return use, findings
