"""A supplier's answer to a line: what it changes to the buyer's disadvantage, and what is agreed on; pure."""

from decimal import Decimal

from app.documents.order_response import AnsweredLine, OrderResponseLine
from app.documents.price import Price
from app.kit.money import Quantity, at_least_decimals
from app.orders.models import PurchaseOrderLine
from app.orders.totals import line_amount

CANCELLED = "Cancelled"
CHANGED_STATUSES = frozenset({CANCELLED, "Disputed"})
ZERO = Decimal(0)


def changes(line: PurchaseOrderLine, answer: OrderResponseLine) -> list[str]:
    """Name what an answer changes to the buyer's disadvantage."""
    found: list[str] = []
    quantity, price = answer.line.quantity, answer.line.price
    if answer.substitutes or answer.line.line_status_code in CHANGED_STATUSES:
        found.append(f"line {line.line_id}: {answer.substitution_status_code or answer.line.line_status_code}")
    if quantity is not None and quantity != Quantity(line.accepted_quantity, line.unit_code):
        found.append(f"line {line.line_id}: {quantity} instead of {line.accepted_quantity} {line.unit_code}")
    if price is not None and _is_dearer(line, price):
        now, then = (at_least_decimals(one.unit_price) for one in (price, _price(line) or price))
        found.append(f"line {line.line_id}: price {now} instead of {then}")
    if line.by_amount and (amount := _pool(answer.line)) is not None and amount != line.ordered_amount:
        found.append(f"line {line.line_id}: amount {amount} instead of {line.ordered_amount}")
    return found


def _price(line: PurchaseOrderLine) -> Price | None:
    return Price.model_validate(line.accepted_price) if line.accepted_price is not None else None


def _is_dearer(line: PurchaseOrderLine, price: Price) -> bool:
    """Compare by the base unit, and by what the line costs: a factor or another base unit can hide behind the one."""
    ordered = _price(line)
    if ordered is None:
        return False
    wanted = Quantity(line.accepted_quantity, line.unit_code)
    return price.unit_price > ordered.unit_price or line_amount(price, wanted) > line_amount(ordered, wanted)


def _pool(answer: AnsweredLine) -> Decimal | None:
    if answer.line_extension_amount is not None or answer.price is None or answer.quantity is None:
        return answer.line_extension_amount
    return line_amount(answer.price, answer.quantity)


def unusable(line: PurchaseOrderLine, answer: OrderResponseLine) -> str | None:
    """Say why an order cannot carry what was answered to a line, if it cannot: it keeps its items, units and pools."""
    if answer.substitutes:
        return f"line {line.line_id} would be another item"
    if answer.line.quantity is not None and answer.line.quantity.unit_code != line.unit_code:
        return f"line {line.line_id} would be in {answer.line.quantity.unit_code} instead of {line.unit_code}"
    if line.by_amount and changes(line, answer):
        return f"line {line.line_id} is an amount of {line.ordered_amount}"
    return None


def agree(line: PurchaseOrderLine, answer: AnsweredLine, over_delivery: Decimal) -> None:
    """Make an answer the line's accepted values; `over_delivery` is the per cent that may be received above it."""
    if line.by_amount:
        return
    quantity = answer.quantity.value if answer.quantity is not None else line.accepted_quantity
    quantity = ZERO if answer.line_status_code == CANCELLED else quantity
    line.accepted_quantity = quantity
    line.most_quantity = max(line.received_quantity, quantity * (1 + over_delivery / 100))
    if answer.price is not None:
        line.accepted_price = answer.price.model_dump(mode="json", exclude_none=True)
    line.accepted_amount = accepted_amount(line)


def accepted_amount(line: PurchaseOrderLine) -> Decimal:
    """Give what a line costs at the price and quantity that are agreed on; one without a price keeps its amount."""
    agreed = _price(line)
    if agreed is None:
        return line.ordered_amount
    return line_amount(agreed, Quantity(line.accepted_quantity, line.unit_code))
