"""New pictures of an order's lines: what a change makes of each, and what it must leave; pure."""

from dataclasses import dataclass
from decimal import Decimal

from app.documents.price import Price
from app.kit.money import Quantity, rounded
from app.orders.models import PurchaseOrderLine
from app.orders.totals import line_amount

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A line as it is to be: a quantity at a price, or on a line by amount a sum of money."""

    quantity: Decimal
    price: Price | None
    amount: Decimal


def present(line: PurchaseOrderLine) -> Picture:
    """Give a line as it is agreed on now."""
    price = Price.model_validate(line.accepted_price) if line.accepted_price is not None else None
    return Picture(line.accepted_quantity, price, line.accepted_amount)


def at(line: PurchaseOrderLine, quantity: Decimal, price: Price | None) -> Picture:
    """Give a line at another quantity and price; without a price it keeps its amount."""
    amount = line_amount(price, Quantity(quantity, line.unit_code)) if price is not None else line.accepted_amount
    return Picture(quantity, price, amount)


def of_amount(line: PurchaseOrderLine, amount: Decimal) -> Picture:
    """Give a line by amount at another amount."""
    return Picture(line.accepted_quantity, None, rounded(amount))


def misfit(line: PurchaseOrderLine, picture: Picture, *, requires_receipt: bool) -> str | None:
    """Say why a line cannot become what a change wants: less than has come, or than invoices have taken or hold."""
    if line.by_amount:
        left, taken, held = picture.amount, line.received_amount, line.invoiced_amount + line.held_amount
    else:
        left, taken, held = picture.quantity, line.received_quantity, line.invoiced_quantity + line.held_quantity
    least = max(taken if requires_receipt else ZERO, held)
    if left >= least:
        return None
    what = "received" if requires_receipt and taken >= held else "billed"
    return f"line {line.line_id} cannot go down to {left}; {least} of it is {what}"


def draw(line: PurchaseOrderLine, picture: Picture, over_delivery: Decimal) -> None:
    """Make a line what a change says; `over_delivery` is the per cent that may be received above it. What is taken off
    is taken off the back-order first.
    """
    row = picture.price.model_dump(mode="json", exclude_none=True) if picture.price is not None else None
    fewer = max(ZERO, line.accepted_quantity - picture.quantity)
    line.back_ordered_quantity = max(ZERO, line.back_ordered_quantity - fewer)
    line.ordered_quantity = line.accepted_quantity = picture.quantity
    line.price = line.accepted_price = row
    line.ordered_amount = line.accepted_amount = picture.amount
    line.ordered_unit_code = None
    if line.by_amount:
        line.most_amount = max(picture.amount, line.received_amount)
    else:
        line.most_quantity = max(picture.quantity * (1 + over_delivery / 100), line.received_quantity)
