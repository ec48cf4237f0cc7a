"""A supplier's answer to a line: what it offers, what of that is to the buyer's disadvantage, and what is agreed on;
pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from app.documents.item import Item
from app.documents.order_response import AnsweredLine, OrderResponseLine
from app.documents.price import Price
from app.kit.money import Quantity, at_least_decimals
from app.orders.models import PurchaseOrderLine
from app.orders.totals import line_amount

CANCELLED = "Cancelled"
CHANGED_STATUSES = frozenset({CANCELLED, "Disputed"})
UNSPSC = "UNSPSC"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a supplier would deliver of a line: `quantity` in all, of which `later` is on back-order, for `amount`.

    `item` is another one than is agreed on, `substitute` the id of the proposal that names it.
    """

    quantity: Quantity
    price: Price | None
    amount: Decimal
    later: Decimal = ZERO
    item: Item | None = None
    substitute: str | None = None
    promised_on: date | None = None

    @property
    def without_rest(self) -> "Offer":
        """Give the offer without what is on back-order."""
        left = Quantity(self.quantity.value - self.later, self.quantity.unit_code)
        amount = line_amount(self.price, left) if self.price is not None else self.amount
        return replace(self, quantity=left, amount=amount, later=ZERO)


def offers(line: PurchaseOrderLine, answer: OrderResponseLine) -> tuple[Offer, ...]:
    """Give what is offered of a line: one thing, or several substitutes of which the buyer takes one."""
    if answer.substitutes and not line.by_amount:
        return tuple(_offer(line, one, one.item, one.line_id) for one in answer.substitutes)
    other = None if line.by_amount or not _is_another(line, answer.line.item) else answer.line.item
    return (_offer(line, answer.line, other, None),)


def _offer(line: PurchaseOrderLine, answer: AnsweredLine, item: Item | None, substitute: str | None) -> Offer:
    price = answer.price or (price_of(line) if item is None else None)
    promised_on = _promised_on(answer)
    if line.by_amount:
        pool = _pool(answer)
        amount = line.accepted_amount if pool is None else pool
        return Offer(Quantity(line.accepted_quantity, line.unit_code), None, amount, promised_on=promised_on)
    later = answer.back_order_quantity.value if answer.back_order_quantity is not None else ZERO
    quantity = _in_all(line, answer, later)
    if answer.line_status_code == CANCELLED and substitute is None:
        quantity, later = Quantity(ZERO, line.unit_code), ZERO
    amount = line_amount(price, quantity) if price is not None else line.accepted_amount
    return Offer(quantity, price, amount, later, item, substitute, promised_on)


def _in_all(line: PurchaseOrderLine, answer: AnsweredLine, later: Decimal) -> Quantity:
    """Add up what comes and what comes later; an answer without a quantity is for what is agreed on."""
    if answer.quantity is not None:
        return Quantity(answer.quantity.value + later, answer.quantity.unit_code)
    return Quantity(max(line.accepted_quantity, later), line.unit_code)


def _promised_on(answer: AnsweredLine) -> date | None:
    delivery = answer.delivery
    if delivery is None:
        return None
    period = delivery.promised_period or delivery.estimated_period
    told = (period.end_date or period.start_date) if period is not None else None
    return told or delivery.latest_delivery_date


def _is_another(line: PurchaseOrderLine, item: Item) -> bool:
    """Tell whether an answer names another item: both are numbered, and share no number."""
    ours, theirs = _numbers(Item.model_validate(line.item)), _numbers(item)
    return bool(ours and theirs and ours.isdisjoint(theirs))


def _numbers(item: Item) -> frozenset[str]:
    return frozenset(number.casefold() for number in (item.sellers_number, item.gtin) if number)


def changes(line: PurchaseOrderLine, answer: OrderResponseLine) -> list[str]:
    """Name what an answer changes to the buyer's disadvantage."""
    return [f"line {line.line_id}: {told}" for told in _changes(line, answer)]


def _changes(line: PurchaseOrderLine, answer: OrderResponseLine) -> Iterator[str]:
    found = offers(line, answer)
    status = answer.line.line_status_code
    if found[0].item is not None:
        why = answer.substitution_status_code or "Substitution"
        items = " or ".join(item_name(one.item) for one in found if one.item is not None)
        yield f"{why}, {items} instead of {item_name(Item.model_validate(line.item))}"
    elif answer.substitutes or status in CHANGED_STATUSES:
        yield f"{answer.substitution_status_code or status}"
    if not answer.substitutes and status != CANCELLED:
        yield from _terms(line, answer, found[0])


def _terms(line: PurchaseOrderLine, answer: OrderResponseLine, offer: Offer) -> Iterator[str]:
    if not line.by_amount and offer.quantity != Quantity(line.accepted_quantity, line.unit_code):
        yield f"{offer.quantity} instead of {line.accepted_quantity} {line.unit_code}"
    if offer.later:
        yield f"{offer.later} {offer.quantity.unit_code} come later"
    price = answer.line.price
    if price is not None and _is_dearer(line, price):
        now, then = (at_least_decimals(one.unit_price) for one in (price, price_of(line) or price))
        yield f"price {now} instead of {then}"
    if line.by_amount and offer.amount != line.accepted_amount:
        yield f"amount {offer.amount} instead of {line.ordered_amount}"


def item_name(item: Item) -> str:
    """Name an item with its number, if it has one."""
    number = item.sellers_number or item.gtin
    return " ".join(filter(None, (item.name, f"[{number}]" if number else None))) or "an item without a name"


def price_of(line: PurchaseOrderLine) -> Price | None:
    """Give the price that is agreed on."""
    return Price.model_validate(line.accepted_price) if line.accepted_price is not None else None


def _is_dearer(line: PurchaseOrderLine, price: Price) -> bool:
    """Compare by the base unit, and by what the line costs: a factor or another base unit can hide behind the one."""
    ordered = price_of(line)
    if ordered is None:
        return False
    wanted = Quantity(line.accepted_quantity, line.unit_code)
    return price.unit_price > ordered.unit_price or line_amount(price, wanted) > line_amount(ordered, wanted)


def _pool(answer: AnsweredLine) -> Decimal | None:
    if answer.line_extension_amount is not None or answer.price is None or answer.quantity is None:
        return answer.line_extension_amount
    return line_amount(answer.price, answer.quantity)


def is_as_good(line: PurchaseOrderLine, answer: OrderResponseLine) -> bool:
    """Tell whether an answer changes nothing but the item, for the same price or a lower one: a policy may let such a
    substitute be accepted by rule.
    """
    (first, *others) = offers(line, answer)
    if first.item is None or first.price is None or others:
        return False
    is_all = first.quantity == Quantity(line.accepted_quantity, line.unit_code) and not first.later
    is_cheap = not _is_dearer(line, first.price) and price_of(line) is not None
    return is_all and is_cheap and answer.line.line_status_code != "Disputed"


def hindrance(line: PurchaseOrderLine, answer: OrderResponseLine, offer: Offer, *, come: bool) -> str | None:
    """Say why an order cannot carry what is offered of a line, if it cannot; `come` tells that a part of it has come or
    been billed.
    """
    if line.by_amount:
        return f"line {line.line_id} is an amount of {line.ordered_amount}" if changes(line, answer) else None
    return _unit_hindrance(line, answer, offer) or (_other_item(line, answer, offer, come=come) if offer.item else None)


def _unit_hindrance(line: PurchaseOrderLine, answer: OrderResponseLine, offer: Offer) -> str | None:
    source = next((one for one in answer.substitutes if one.line_id == offer.substitute), answer.line)
    unit, later = offer.quantity.unit_code, source.back_order_quantity
    if offer.item is None and unit != line.unit_code:
        return f"line {line.line_id} would be in {unit} instead of {line.unit_code}"
    if later is not None and later.unit_code != unit:
        return f"line {line.line_id} comes in {unit}, and later in {later.unit_code}"
    return None


def _other_item(line: PurchaseOrderLine, answer: OrderResponseLine, offer: Offer, *, come: bool) -> str | None:
    if come:
        return f"a part of line {line.line_id} has come or been billed as what was ordered; it stays that item"
    if offer.price is None:
        return f"line {line.line_id} would be {item_name(offer.item or Item())}, which is offered without a price"
    own = answer.line.quantity
    is_own_too = own is not None and answer.line.line_status_code != CANCELLED
    if answer.substitutes and is_own_too and own is not None and own.value < line.accepted_quantity:
        return f"line {line.line_id} would be two items, {own} of what was ordered and another; a line is one item"
    return None


def agree(line: PurchaseOrderLine, offer: Offer, over_delivery: Decimal) -> None:
    """Make an offer the line's accepted values; `over_delivery` is the per cent that may be received above it."""
    line.promised_on = offer.promised_on or line.promised_on
    if line.by_amount:
        return
    if offer.item is not None:
        _replace_item(line, offer.item, offer.quantity.unit_code)
    line.accepted_quantity, line.back_ordered_quantity = offer.quantity.value, offer.later
    line.most_quantity = max(line.received_quantity, offer.quantity.value * (1 + over_delivery / 100))
    if offer.price is not None:
        line.accepted_price = offer.price.model_dump(mode="json", exclude_none=True)
    line.accepted_amount = accepted_amount(line)


def _replace_item(line: PurchaseOrderLine, item: Item, unit_code: str) -> None:
    """Put another item in the line's place; what was ordered is remembered, also when it is replaced again."""
    if line.ordered_item is None:
        line.ordered_item = line.item
    if line.ordered_unit_code is None:
        line.ordered_unit_code = line.unit_code
    line.item, line.unit_code = item.model_dump(mode="json", exclude_none=True), unit_code
    code = next((found.code for found in item.classifications if found.list_id == UNSPSC), None)
    line.unspsc = line.unspsc if code is None else code[:20]


def accepted_amount(line: PurchaseOrderLine) -> Decimal:
    """Give what a line costs at the price and quantity that are agreed on; one without a price keeps its amount."""
    agreed = price_of(line)
    if agreed is None:
        return line.ordered_amount
    return line_amount(agreed, Quantity(line.accepted_quantity, line.unit_code))
