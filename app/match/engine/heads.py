"""A summary invoice: one line without item or reference that is, to the øre, all that is received and not invoiced."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from app.documents.invoice import InvoiceLine
from app.kit.money import Quantity
from app.match.engine.bills import invoice_ratio, order_ratio, times
from app.match.engine.decision import Finding, How
from app.match.engine.facts import ZERO, OrderFacts
from app.match.engine.identities import invoice_line_identities
from app.match.engine.pairing import Paired, Placed, Spot, Unpaired


def _received(orders: Iterable[OrderFacts]) -> list[tuple[Spot, Decimal, Decimal]]:
    """Give the order lines of which something is received and not invoiced: how much of each, and what it costs.

    There is nothing where a line has no price, or is of a standing order: its terms say what an invoice may be.
    """
    found: list[tuple[Spot, Decimal, Decimal]] = []
    for order in orders:
        for line in order.lines:
            ratio = None if line.is_amount or order.standing is not None else order_ratio(line)
            if ratio is None:
                return []
            there = min(line.received_open, line.ordered_open(ZERO))
            if there > 0:
                found.append((Spot(order, line), there, times(there, ratio)))
    return found


def _part(line: InvoiceLine, spot: Spot, quantity: Decimal, amount: Decimal) -> Paired:
    billed = Quantity(quantity, spot.line.unit_code)
    return Paired(line.but(quantity=billed, line_extension_amount=amount, price=None), spot, How.HEAD)


def _is_sum(line: InvoiceLine, there: Sequence[tuple[Spot, Decimal, Decimal]]) -> bool:
    """Tell whether a line is one sum for all of that, and no article that happens to cost as much."""
    one_article = len(there) == 1 and there[0][1] == 1
    own = invoice_ratio(line)
    as_priced = own is not None and times(line.quantity.value, own) == line.line_extension_amount
    currencies = {spot.order.currency for spot, _, _ in there} | {line.price.currency if line.price else None}
    whole = sum((amount for _, _, amount in there), ZERO)
    alike = line.quantity.value == 1 and as_priced and len(currencies - {None}) == 1
    return alike and not one_article and whole == line.line_extension_amount


def by_head(placed: Sequence[Placed]) -> list[Placed]:
    """Lay the only line of an invoice on all that is received, where its amount is just that."""
    only = placed[0] if len(placed) == 1 else None
    if not isinstance(only, Unpaired) or only.code != "LINE_UNKNOWN" or any(invoice_line_identities(only.line)):
        return list(placed)
    there = _received(only.orders)
    return [_part(only.line, *one) for one in there] if _is_sum(only.line, there) else list(placed)


def headed(paired: Iterable[Paired]) -> Iterator[Finding]:
    """Tell of a summary invoice which orders it bills, and how much in all."""
    parts = [one for one in paired if one.how is How.HEAD]
    if parts:
        numbers = ", ".join(dict.fromkeys(one.spot.order.number for one in parts))
        amount = sum((one.line.line_extension_amount for one in parts), ZERO)
        line_id, currency = parts[0].line.line_id, parts[0].spot.order.currency
        yield Finding("MATCHED_BY_HEAD", line_id, expected=numbers, amount=amount, unit=currency)
