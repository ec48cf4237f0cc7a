"""Totals of an order: line amounts by OIOUBL's arithmetic, tax by category, and the sum; pure and exact."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from app.documents.amounts import MonetaryTotal, TaxCategory, TaxSubtotal, TaxTotal
from app.documents.order import OrderLine
from app.documents.price import Price
from app.kit.money import Quantity, rounded

HUNDRED = Decimal(100)


def line_amount(price: Price, quantity: Quantity) -> Decimal:
    """Give what a quantity costs, rounded to the øre (F-ORD245/246).

    Same unit as the base quantity, or none: price / base quantity x quantity. Another unit: price x quantity x factor,
    and the base quantity does not count.
    """
    base = price.base_quantity
    factor = price.orderable_unit_factor_rate
    if base is not None and base.unit_code != quantity.unit_code and factor is not None:
        return rounded(price.price_amount * quantity.value * factor)
    return rounded(price.unit_price * quantity.value)


def tax_totals(lines: Iterable[tuple[Decimal, TaxCategory | None]]) -> tuple[TaxTotal, ...]:
    """Give the tax of lines by category, or nothing when a line's category is not known.

    One TaxTotal a tax scheme (F-LIB306), each subtotal rounded by itself, the total their sum (F-LIB385).
    """
    bases: dict[TaxCategory, Decimal] = defaultdict(Decimal)
    for amount, category in lines:
        if category is None or category.percent is None:
            return ()
        bases[category] += amount
    subtotals = tuple(
        TaxSubtotal(
            taxable_amount=base, tax_amount=rounded(base * (category.percent or 0) / HUNDRED), category=category
        )
        for category, base in bases.items()
    )
    return (TaxTotal(tax_amount=sum((s.tax_amount for s in subtotals), start=Decimal(0)), subtotals=subtotals),)


def anticipated_total(lines: Sequence[OrderLine], taxes: Sequence[TaxTotal]) -> MonetaryTotal:
    """Add up an order: `tax_exclusive_amount` is the tax (F-ORD117)."""
    net = sum((line.line_extension_amount or Decimal(0) for line in lines), start=Decimal(0))
    tax = sum((total.tax_amount for total in taxes), start=Decimal(0))
    return MonetaryTotal(
        line_extension_amount=net,
        tax_exclusive_amount=tax if taxes else None,
        tax_inclusive_amount=net + tax if taxes else None,
        payable_amount=net + tax,
    )
