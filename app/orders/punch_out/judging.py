"""What the agreement says to a line of a cart: on it, at another price, or not on it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.documents.price import Price
from app.kit.money import at_least_decimals, plain
from app.orders.punch_out.cart import CartLine
from app.orders.requisition_models import CartStanding
from app.orders.totals import line_amount


@dataclass(frozen=True, slots=True)
class Terms:
    """An agreement as it is today for whoever visited the shop: its currency, and which product groups it reaches
    them with; none when it does not reach them any more.
    """

    currency: str
    allows: Callable[[str], bool] | None


@dataclass(frozen=True, slots=True)
class Listed:
    """The same item in the supplier's live catalogue: today's price for the quantity, and the unit it is ordered in."""

    price: Price
    currency: str
    unit_code: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where a line stands, and why when it is not simply on the agreement."""

    standing: CartStanding
    note: str | None = None


def judged(line: CartLine, terms: Terms, listed: Listed | None) -> Judgement:
    """Judge a line of a cart."""
    reason = _outside(line, terms)
    if reason is not None:
        return Judgement(CartStanding.NOT_ON_AGREEMENT, reason)
    if listed is not None and not _same_price(line, listed):
        return Judgement(CartStanding.PRICE_DIFFERS, f"the catalogue has it at {_told(listed)}")
    return Judgement(CartStanding.ON_AGREEMENT)


def _outside(line: CartLine, terms: Terms) -> str | None:
    """Say why a line is not on the agreement, or nothing."""
    if terms.allows is None:
        return "the agreement is no longer shared with whoever visited the shop"
    if line.currency != terms.currency:
        return f"it is in {line.currency}, and the agreement in {terms.currency}"
    if not line.unspsc:
        return "the shop gives no UNSPSC code, so nobody can tell whether it is on the agreement"
    if not terms.allows(line.unspsc):
        return f"product group {line.unspsc} is not among those that the agreement reaches you with"
    if line.contracted is False:
        return "the shop does not mark it as contracted, as it does other lines"
    return None


def _same_price(line: CartLine, listed: Listed) -> bool:
    """Compare by the unit of the price where both have it, or else by what the quantity comes to."""
    if listed.currency != line.currency:
        return False
    own, other = line.price, listed.price
    unit = other.base_quantity.unit_code if other.base_quantity is not None else listed.unit_code
    if unit == line.quantity.unit_code:
        return own.unit_price == other.unit_price
    if listed.unit_code != line.quantity.unit_code or other.orderable_unit_factor_rate is None:
        return False
    return line_amount(own, line.quantity) == line_amount(other, line.quantity)


def _told(listed: Listed) -> str:
    base = listed.price.base_quantity
    per = f"{plain(base.value.normalize())} {base.unit_code}" if base is not None else f"1 {listed.unit_code}"
    return f"{at_least_decimals(listed.price.price_amount)} {listed.currency} for {per}"
