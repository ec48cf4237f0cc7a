"""Credit notes: the same match with the sign turned, against what was invoiced instead of what was ordered."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from app.match.engine.bills import Draw, times
from app.match.engine.decision import Charge, Finding, OrderUse
from app.match.engine.facts import ZERO, Case, InvoicedLine, OrderFacts
from app.match.engine.tolerance import LINE_ROUNDING

Invoiced = tuple[Decimal, Decimal]
"""Quantity and money that may be credited."""


def refers(case: Case) -> bool:
    """Tell whether the credit note says what it credits: an invoice or an order."""
    return references_invoice(case) or any(case.invoice.order_numbers)


def references_invoice(case: Case) -> bool:
    """Tell whether the credit note names an invoice, in its header or on a line."""
    references = [
        *case.invoice.billing_references,
        *(one for line in case.invoice.lines for one in line.billing_references),
    ]
    return any(reference.invoice is not None for reference in references)


def _by_order_line(lines: Iterable[InvoicedLine]) -> dict[str, Invoiced]:
    found: dict[str, Invoiced] = {}
    for line in lines:
        quantity, amount = found.get(line.order_line_id, (ZERO, ZERO))
        found[line.order_line_id] = quantity + line.quantity, amount + line.amount
    return found


def invoiced(case: Case, draws: Iterable[Draw]) -> dict[str, Invoiced]:
    """Give what may be credited of each order line drawn on: of the invoices named, or else all of it."""
    if references_invoice(case):
        return _by_order_line(case.invoiced)
    return {draw.line.id: (draw.line.invoiced_quantity, draw.line.invoiced_amount) for draw in draws}


def _measure(draw: Draw, there: Invoiced) -> tuple[Decimal, str]:
    return (there[1], draw.order.currency) if draw.line.is_amount else (there[0], draw.line.unit_code)


def _within(draw: Draw, there: Invoiced) -> Finding:
    most, unit = _measure(draw, there)
    passes = draw.taken <= most
    code, passes_at = ("CREDIT_WITHIN_INVOICED", None) if passes else ("CREDIT_OVER_INVOICED", most)
    where = (draw.line_ids, draw.order.number, draw.line.line_id)
    return Finding(code, *where, expected=most, actual=draw.taken, passes_at=passes_at, unit=unit)


def _price(draw: Draw, there: Invoiced) -> Iterator[Finding]:
    """A credited piece gives back what it cost. An amount line has no pieces."""
    if draw.line.is_amount or not there[0]:
        return
    for bill in draw.bills:
        wanted = times(bill.quantity or ZERO, (there[1], there[0]))
        passes = abs(bill.billed - wanted) <= LINE_ROUNDING
        code, passes_at = ("CREDIT_PRICE_AGREES", None) if passes else ("CREDIT_PRICE", wanted)
        where = (bill.line.line_id, draw.order.number, draw.line.line_id)
        yield Finding(code, *where, expected=wanted, actual=bill.billed, passes_at=passes_at, unit=draw.order.currency)


def _expected(draw: Draw) -> Finding:
    expected, unit = draw.line.credit_expected, _measure(draw, (ZERO, ZERO))[1]
    passes = draw.taken <= expected
    code, passes_at = ("CREDIT_AS_EXPECTED", None) if passes else ("CREDIT_NOT_EXPECTED", draw.taken - expected)
    where = (draw.line_ids, draw.order.number, draw.line.line_id)
    return Finding(code, *where, expected=expected, actual=draw.taken, passes_at=passes_at, unit=unit)


def credit_findings(draw: Draw, there: Invoiced) -> Iterator[Finding]:
    """Judge what is given back on one order line."""
    yield _within(draw, there)
    yield from _price(draw, there)
    yield _expected(draw)


def charge_findings(charges: Iterable[Charge], currency: str) -> Iterator[Finding]:
    """A charge credited is ours to have once somebody has looked; what is kept back must be disputed or accepted."""
    for charge in charges:
        code = "CREDIT_CHARGE" if charge.amount >= 0 else "CREDIT_REDUCED"
        passes_at = ZERO if charge.amount < 0 else None
        yield Finding(
            code,
            charge.invoice_line_id,
            actual=charge.name,
            amount=abs(charge.amount),
            passes_at=passes_at,
            unit=currency,
        )


def returned(order: OrderFacts, draws: Iterable[Draw]) -> OrderUse:
    """Give the value and the tolerance that the order gets back: of the budget never more than was used."""
    drawn = list(draws)
    value = sum((draw.value for draw in drawn), ZERO)
    over = min(order.tolerance_used, sum((draw.over for draw in drawn), ZERO))
    return OrderUse(order.id, order.number, -value, -over, ZERO, order.tolerance_used, ZERO, "NO_TOLERANCE")
