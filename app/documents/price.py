"""Prices: an amount for a base quantity."""

from decimal import Decimal

from app.documents.amounts import AllowanceCharge
from app.documents.values import Period, Prose, Value
from app.kit.money import Exact, Quantity


class Price(Value):
    """What `base_quantity` (1 where it is missing) costs; `currency` only where it is not the document's.

    `orderable_unit_factor_rate` says how many orderable units one base unit makes when the two units differ.
    """

    price_amount: Exact
    currency: str | None = None
    base_quantity: Quantity | None = None
    change_reason: Prose | None = None
    price_type_code: str | None = None
    orderable_unit_factor_rate: Exact | None = None
    validity_period: Period | None = None
    allowance_charges: tuple[AllowanceCharge, ...] = ()

    @property
    def unit_price(self) -> Decimal:
        """Price of one base unit, not rounded: 1,000 for 10 is 100."""
        if self.base_quantity is None or not self.base_quantity.value:
            return self.price_amount
        return self.price_amount / self.base_quantity.value
