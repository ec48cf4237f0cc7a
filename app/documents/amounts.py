"""Amounts: tax, allowances and charges, totals. All are in the document's currency unless a field says otherwise."""

from decimal import Decimal
from typing import Literal

from app.documents.values import Currency, Text, Value
from app.kit.money import Exact


class TaxCategory(Value):
    """A rate of a tax: OIOUBL's category id (StandardRated, ZeroRated, ReverseCharge, …), scheme 63 is Moms (VAT)."""

    id: str
    percent: Exact | None = None
    scheme_id: str = "63"
    scheme_name: Text | None = "Moms"
    type_code: str | None = None


class TaxSubtotal(Value):
    """The tax of one category on its base."""

    taxable_amount: Exact
    tax_amount: Exact
    category: TaxCategory


class TaxTotal(Value):
    """The tax of one scheme, by category."""

    tax_amount: Exact
    rounding_amount: Exact | None = None
    subtotals: tuple[TaxSubtotal, ...] = ()


class AllowanceCharge(Value):
    """Something taken off or added, on the document or a line: freight, fee, discount. `amount` is not negative."""

    charge_indicator: bool
    amount: Exact
    reason_code: str | None = None
    reason: Text | None = None
    base_amount: Exact | None = None
    multiplier_factor: Exact | None = None
    accounting_cost: Text | None = None
    tax_category: TaxCategory | None = None


class ExchangeRate(Value):
    """What amounts in the source currency are multiplied with (or divided by) to be in the target currency."""

    source_currency_code: Currency
    target_currency_code: Currency
    calculation_rate: Exact | None = None
    mathematic_operator_code: Literal["multiply", "divide"] | None = None


class MonetaryTotal(Value):
    """The document's totals.

    `tax_exclusive_amount` is OIOUBL's, and there it is the total TAX (F-INV127, F-ORD117), not the net: the net is
    `net_amount`. The two totals of allowances and charges hold those of the header alone.
    """

    line_extension_amount: Exact
    tax_exclusive_amount: Exact | None = None
    tax_inclusive_amount: Exact | None = None
    allowance_total_amount: Exact | None = None
    charge_total_amount: Exact | None = None
    prepaid_amount: Exact | None = None
    payable_rounding_amount: Exact | None = None
    payable_amount: Exact

    @property
    def net_amount(self) -> Decimal:
        """Lines less header allowances plus header charges, without tax."""
        zero = Decimal(0)
        return self.line_extension_amount - (self.allowance_total_amount or zero) + (self.charge_total_amount or zero)
