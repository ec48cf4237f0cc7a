"""What a shop says of a line now beside what it said when the cart came, pure."""

from collections.abc import Sequence

from app.documents.price import Price
from app.kit.money import Quantity, at_least_decimals, plain
from app.orders.punch_out.cart import Cart, CartLine
from app.orders.requisition_models import RequisitionLine
from app.orders.shop_messages import DifferenceOut

Told = tuple[str, str, str]


def same_product(line: RequisitionLine, cart: Cart) -> CartLine | None:
    """Find what a shop answers of a line: the product with the supplier's number."""
    number = line.item.get("sellers_item_id", {}).get("value")
    return next((found for found in cart.lines if found.item.sellers_number == number), None)


def differences(line: RequisitionLine, now: CartLine) -> list[DifferenceOut]:
    """Give what is otherwise: the price by its unit, currency, unit, quantity, product group and name."""
    price = Price.model_validate(line.price or {})
    same_price = price.unit_price == now.price.unit_price
    quantity = Quantity(line.quantity, line.unit_code)
    pairs: Sequence[Told] = (
        ("price", _priced(price, line.unit_code), _priced(price if same_price else now.price, now.quantity.unit_code)),
        ("currency", line.currency, now.currency),
        ("quantity", plain(quantity.value.normalize()), plain(now.quantity.value.normalize())),
        ("unspsc", line.unspsc, now.unspsc),
        ("name", str(line.item.get("name", "")), now.item.name or ""),
    )
    return [DifferenceOut(name=name, was=was, now=is_now) for name, was, is_now in pairs if was != is_now]


def _priced(price: Price, unit_code: str) -> str:
    base = price.base_quantity
    per = plain(base.value.normalize()) if base is not None else "1"
    return f"{at_least_decimals(price.price_amount)} for {per} {unit_code}"
