"""Rules on lines: what was paired, its unit, arithmetic and price; then what is left of the order line."""

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal

from app.documents.invoice import InvoiceLine
from app.match.engine.bills import Bill, Draw, agreed_ratio, invoice_ratio, order_ratio, shown_price, times
from app.match.engine.decision import Finding, How
from app.match.engine.facts import ZERO
from app.match.engine.identities import invoice_line_identities, order_line_identities
from app.match.engine.pairing import Choice, Paired, Spot, Unpaired
from app.match.engine.tolerance import ARITHMETIC_ROUNDING, LINE_ROUNDING, Rows

PRICE_PLACES = Decimal("0.0001")

MOST_TOLD = 5
"""Order lines that a finding names when many come into question."""


def paired(pair: Paired) -> Finding:
    """The line found its order line, by its reference or in spite of it."""
    order, line = pair.spot
    if pair.unread is not None:
        return Finding("LINE_REFERENCE_UNKNOWN", pair.line.line_id, order.number, line.line_id, actual=pair.unread)
    return Finding("LINE_PAIRED", pair.line.line_id, order.number, line.line_id, actual=pair.how)


def told(spots: tuple[Spot, ...]) -> str:
    """Name some order lines by order and line, and count the rest."""
    named = [f"{order.number}/{line.line_id}" for order, line in spots[:MOST_TOLD]]
    rest = len(spots) - len(named)
    return ", ".join(named) + (f" … +{rest}" if rest else "")


def chosen(pair: Paired, choice: Choice) -> Finding:
    """Several order lines came into question: tell which, and by how much the next best is worse."""
    order, line = pair.spot
    where = (pair.line.line_id, order.number, line.line_id)
    if pair.how is How.LIKENESS:
        name = pair.line.item.name if pair.line.item is not None else None
        return Finding(
            "PAIRED_BY_LIKENESS",
            *where,
            expected=line.name or line.line_id,
            actual=name,
            amount=choice.margin,
            passes_at=line.line_id,
        )
    code = "LINES_INTERCHANGEABLE" if choice.one_price else "PAIRING_MARGIN"
    return Finding(code, *where, expected=told(choice.spots), amount=choice.margin, unit=order.currency)


def _numbers_of_order(spot: Spot) -> str:
    return ", ".join(value for _, value in order_line_identities(spot.line))


def unpaired(missing: Unpaired) -> Finding:
    """The line found no order line, or too many."""
    line = missing.line
    named = ", ".join(value for _, value in invoice_line_identities(line))
    if missing.code == "ORDER_UNKNOWN":
        return Finding("ORDER_UNKNOWN", line.line_id, actual=missing.named)
    if missing.code == "REFERENCE_CONTRADICTS_ITEM":
        order, wanted = missing.spots[0]
        numbers = _numbers_of_order(missing.spots[0])
        return Finding(
            missing.code, line.line_id, order.number, wanted.line_id, expected=numbers, actual=named, passes_at=numbers
        )
    spots = told(missing.spots) or None
    actual = named or (line.item.name if line.item is not None else None)
    return Finding(missing.code, line.line_id, expected=spots, actual=actual, amount=missing.margin, passes_at=spots)


def positive(line: InvoiceLine) -> Finding:
    """Only a credit note gives back, and neither document has lines of nothing."""
    passes = line.quantity.value > 0 and line.line_extension_amount >= 0
    return Finding(
        "LINE_POSITIVE" if passes else "LINE_NOT_POSITIVE",
        line.line_id,
        actual=line.quantity.value,
        amount=line.line_extension_amount,
        unit=line.quantity.unit_code,
    )


def unit(bill: Bill, _: Rows) -> Finding | None:
    """Quantities compare only in units that are the same or convert exactly. An amount line has no unit."""
    if bill.order_line.is_amount:
        return None
    wanted, actual = bill.order_line.unit_code, bill.line.quantity.unit_code
    passes = bill.quantity is not None
    return Finding(
        "UNIT_AGREES" if passes else "UNIT_MISMATCH",
        bill.line.line_id,
        bill.order.number,
        bill.order_line.line_id,
        expected=wanted,
        actual=actual,
        passes_at=None if passes else wanted,
    )


def price_currency(bill: Bill, _: Rows) -> Finding | None:
    """A price in another currency than the order's says nothing about the line's amount."""
    price = bill.line.price
    if price is None or price.currency is None or price.currency == bill.order.currency:
        return None
    wanted = bill.order.currency
    where = (bill.line.line_id, bill.order.number, bill.order_line.line_id)
    return Finding("CURRENCY", *where, expected=wanted, actual=price.currency, passes_at=wanted)


def arithmetic(bill: Bill, _: Rows) -> Finding | None:
    """Price times quantity is the line's amount, before its own allowances and charges, which nothing adds up."""
    if bill.computed is None:
        return None
    off = abs(bill.billed - bill.computed)
    code = "ARITHMETIC_AGREES" if off <= LINE_ROUNDING else "LINE_ROUNDING"
    code = "LINE_ARITHMETIC" if off > ARITHMETIC_ROUNDING else code
    return Finding(
        code,
        bill.line.line_id,
        bill.order.number,
        bill.order_line.line_id,
        expected=bill.computed,
        actual=bill.billed,
        passes_at=bill.computed if code == "LINE_ARITHMETIC" else None,
        unit=bill.order.currency,
    )


def _highest_price(bill: Bill, limit: Decimal) -> Decimal | None:
    """Give the highest price of one order unit that the line's limit lets pass, rounded down."""
    if not bill.quantity:
        return None
    # The limit first, to the øre: what is billed is rounded half up, and must not round above it.
    most = bill.order_amount + limit.quantize(LINE_ROUNDING, rounding=ROUND_DOWN)
    return (most / bill.quantity).quantize(PRICE_PLACES, rounding=ROUND_DOWN)


def _price_code(bill: Bill, limit: Decimal, checked_by: str | None) -> str:
    if bill.deviation > 0:
        return "PRICE_OVER" if bill.deviation > limit else "PRICE_WITHIN_TOLERANCE"
    if bill.deviation < 0:
        return "PRICE_BELOW" if checked_by is None else "PRICE_BELOW_CHECK"
    return "PRICE_AGREES"


def price(bill: Bill, rows: Rows) -> Finding | None:
    """What is billed is at most the order's price, or within the line's tolerance above it."""
    ordered, own = order_ratio(bill.order_line), invoice_ratio(bill.line)
    if bill.quantity is None or ordered is None:
        return None
    order_unit = bill.order_line.unit_code
    limit = rows.for_line(bill.order_amount)
    checked_by = rows.favour_check() if bill.deviation < 0 else None
    code = _price_code(bill, limit.amount, checked_by)
    expected = shown_price(ordered, order_unit, order_unit)
    highest = {"PRICE_OVER": _highest_price(bill, limit.amount), "PRICE_BELOW_CHECK": expected}
    return Finding(
        code,
        bill.line.line_id,
        bill.order.number,
        bill.order_line.line_id,
        expected=expected,
        actual=None if own is None else shown_price(own, bill.line.quantity.unit_code, order_unit),
        limit=limit.amount if bill.deviation > 0 else None,
        limit_source=limit.source if bill.deviation > 0 else checked_by,
        amount=bill.deviation,
        passes_at=highest.get(code),
        unit=bill.order.currency,
    )


def above_agreement(bill: Bill, _: Rows) -> Finding | None:
    """What is billed as ordered may have been ordered above the agreement: an answer of the supplier was accepted."""
    agreed, ordered, unit_code = agreed_ratio(bill.order_line), order_ratio(bill.order_line), bill.order_line.unit_code
    if agreed is None or ordered is None or bill.quantity is None:
        return None
    over = min(bill.billed, bill.order_amount) - times(bill.quantity, agreed)
    if over <= LINE_ROUNDING:
        return None
    return Finding(
        "ORDERED_ABOVE_AGREEMENT",
        bill.line.line_id,
        bill.order.number,
        bill.order_line.line_id,
        expected=shown_price(agreed, unit_code, unit_code),
        actual=shown_price(ordered, unit_code, unit_code),
        amount=over,
        unit=bill.order.currency,
    )


BillRule = Callable[[Bill, Rows], Finding | None]
CREDIT_BILL_RULES: tuple[BillRule, ...] = (unit, price_currency, arithmetic)
"""A credit has the price that was invoiced, whatever the order's was."""
BILL_RULES: tuple[BillRule, ...] = (*CREDIT_BILL_RULES, price, above_agreement)


def quantity(draw: Draw, rows: Rows) -> Finding:
    """No more than is ordered and not yet invoiced or held; money above an amount line may be within tolerance."""
    if draw.line.is_amount:
        return _amount(draw, rows)
    passes = draw.taken <= draw.ordered_open
    return Finding(
        "QTY_WITHIN_ORDER" if passes else "QTY_OVER_ORDER",
        draw.line_ids,
        draw.order.number,
        draw.line.line_id,
        expected=draw.ordered_open,
        actual=draw.taken,
        amount=None if passes else draw.taken - draw.ordered_open,
        passes_at=None if passes else draw.ordered_open,
        unit=draw.line.unit_code,
    )


def _amount(draw: Draw, rows: Rows) -> Finding:
    over = draw.over
    limit = rows.for_line(draw.value)
    code = "AMOUNT_WITHIN_ORDER" if not over else "AMOUNT_WITHIN_TOLERANCE"
    code = "AMOUNT_OVER_ORDER" if over > limit.amount else code
    return Finding(
        code,
        draw.line_ids,
        draw.order.number,
        draw.line.line_id,
        expected=draw.ordered_open,
        actual=draw.taken,
        limit=limit.amount if over else None,
        limit_source=limit.source if over else None,
        amount=over if over else None,
        passes_at=draw.value + limit.amount if code == "AMOUNT_OVER_ORDER" else None,
        unit=draw.order.currency,
    )


def received(draw: Draw, _: Rows) -> Finding:
    """No more than is received, not yet invoiced and not kept for an older waiting invoice.

    What is above the order is another rule's business, so only what is inside it must be received. An order that is
    prepaid waits for nothing, and it is told what has not come.
    """
    line = draw.line
    needed = draw.value if line.is_amount else min(draw.taken, draw.ordered_open)
    there = line.received_open if line.requires_receipt else needed
    missing = max(ZERO, needed - there) if needed > 0 else ZERO
    code = "PREPAID" if draw.order.prepayment else "RECEIPT_MISSING"
    return Finding(
        code if missing else "RECEIVED",
        draw.line_ids,
        draw.order.number,
        line.line_id,
        expected=max(ZERO, there),
        actual=needed,
        amount=missing or None,
        passes_at=None if draw.order.prepayment else missing or None,
        unit=draw.order.currency if line.is_amount else line.unit_code,
    )


DrawRule = Callable[[Draw, Rows], Finding]
STANDING_DRAW_RULES: tuple[DrawRule, ...] = (received,)
"""What is left of a standing order is told by its periods."""
DRAW_RULES: tuple[DrawRule, ...] = (quantity, received)


def draw_rules(draw: Draw) -> tuple[DrawRule, ...]:
    """Give the rules on what is drawn of one order line."""
    return DRAW_RULES if draw.order.standing is None else STANDING_DRAW_RULES
