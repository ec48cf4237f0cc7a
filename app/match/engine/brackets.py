"""Prices by quantity: an order whose pieces together reach a cheaper price of the agreement than they are billed at."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.match.engine.bills import Draw, Ratio, shown_price, times, unit_ratio
from app.match.engine.decision import Finding
from app.match.engine.facts import ZERO, Bracket, OrderLineFacts
from app.match.engine.tolerance import LINE_ROUNDING


def _alike(one: OrderLineFacts, other: OrderLineFacts) -> bool:
    """Tell whether two lines of an order are of one article at the same prices."""
    if one.id == other.id:
        return True
    same = (one.seller_item, one.unit_code, one.brackets) == (other.seller_item, other.unit_code, other.brackets)
    return same and one.seller_item is not None


def _ratio(bracket: Bracket, line: OrderLineFacts) -> Ratio | None:
    """Price one unit of the order line's own, where the bracket is for that or says how many it takes."""
    own = bracket.price
    if own.price_unit_code not in (None, line.unit_code) and own.factor_rate is None:
        return None
    return unit_ratio(own.price_amount, own.base_quantity, own.price_unit_code, line.unit_code, own.factor_rate)


def _reached(brackets: Sequence[Bracket], quantity: Decimal, line: OrderLineFacts) -> tuple[Decimal, Ratio] | None:
    """Give the price that a quantity reaches: of the largest least there is, the lowest."""
    priced = [(one.least, ratio) for one in brackets if (ratio := _ratio(one, line)) is not None]
    return max(
        (one for one in priced if one[0] <= quantity), key=lambda one: (one[0], -one[1][0] / one[1][1]), default=None
    )


def missed(draws: Sequence[Draw]) -> Iterator[Finding]:
    """Tell of each line what it would have cost at the price that all pieces of the order reach together: those that
    are ordered, or those that are billed, whichever are more.
    """
    billed: dict[str, Decimal] = {draw.line.id: draw.taken for draw in draws}
    for draw in draws:
        line = draw.line
        if line.is_amount or not line.brackets:
            continue
        alike = [other for other in draw.order.lines if _alike(line, other)]
        ordered = sum((other.quantity for other in alike), ZERO)
        invoiced = sum((other.invoiced_quantity + billed.get(other.id, ZERO) for other in alike), ZERO)
        together = max(ordered, invoiced)
        reached = _reached(line.brackets, together, line)
        if reached is None:
            continue
        at_most = times(draw.taken, reached[1])
        over = sum((bill.billed for bill in draw.bills), ZERO) - at_most
        if over > LINE_ROUNDING * len(draw.bills):
            yield Finding(
                "PRICE_BRACKET_MISSED",
                draw.line_ids,
                draw.order.number,
                line.line_id,
                expected=shown_price(reached[1], line.unit_code, line.unit_code),
                actual=together,
                limit=reached[0],
                amount=over,
                passes_at=at_most,
                unit=draw.order.currency,
            )
