"""What lines cost and orders add up to: base quantities, units, factors, tax, and rounding half up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.amounts import TaxCategory
from app.documents.item import Item
from app.documents.order import OrderLine
from app.documents.price import Price
from app.kit.money import Quantity
from app.orders.totals import anticipated_total, line_amount, tax_totals

VAT = TaxCategory(id="StandardRated", percent=Decimal(25))
ZERO_RATED = TaxCategory(id="ZeroRated", percent=Decimal(0))


def price(amount: str, base: str | None = None, unit: str = "EA", factor: str | None = None) -> Price:
    return Price(
        price_amount=Decimal(amount),
        base_quantity=Quantity(Decimal(base), unit) if base is not None else None,
        orderable_unit_factor_rate=Decimal(factor) if factor is not None else None,
    )


@pytest.mark.parametrize(
    ("cost", "quantity", "amount"),
    [
        (price("12.50"), "3", "37.50"),
        (price("12.50", "1"), "3", "37.50"),
        (price("1000", "10"), "10", "1000.00"),
        (price("100", "3"), "1", "33.33"),
        (price("100", "3"), "3", "100.00"),
        (price("10", "0"), "2", "20.00"),
        (price("3.20", "1", "EA", "50"), "4", "12.80"),
        (price("0.005", "1"), "1", "0.01"),
        (price("0.0049", "1"), "1", "0.00"),
        (price("12.50"), "0.333", "4.16"),
    ],
)
def test_a_price_is_for_its_base_quantity(cost: Price, quantity: str, amount: str) -> None:
    assert str(line_amount(cost, Quantity(Decimal(quantity), "EA"))) == amount


@pytest.mark.parametrize(
    ("cost", "amount"),
    [
        (price("3.20", "1", "EA", "50"), "640.00"),
        (price("3.20", "10", "EA", "50"), "640.00"),
        (price("150", "1", "CT", "0.5"), "300.00"),
    ],
)
def test_another_unit_counts_by_its_factor_and_the_base_quantity_does_not(cost: Price, amount: str) -> None:
    """F-ORD246: what four boxes of 50 pens cost at 3.20 a pen."""
    assert str(line_amount(cost, Quantity(Decimal(4), "BX"))) == amount


def test_another_unit_without_a_factor_is_taken_for_the_same() -> None:
    assert str(line_amount(price("100", "1", "BX"), Quantity(Decimal(4), "EA"))) == "400.00"


@given(
    amount=st.decimals("0", "99999", places=4),
    base=st.integers(1, 1000),
    times=st.integers(1, 1000),
)
def test_whole_base_quantities_lose_nothing_but_the_rounding(amount: Decimal, base: int, times: int) -> None:
    cost = line_amount(price(str(amount), str(base)), Quantity(Decimal(base * times), "EA"))
    assert abs(cost - amount * times) <= Decimal("0.005")


def line(amount: str | None) -> OrderLine:
    value = Decimal(amount) if amount is not None else None
    return OrderLine(
        line_id="1", quantity=Quantity(Decimal(1), "EA"), line_extension_amount=value, item=Item(name="Vare")
    )


def test_tax_is_added_up_by_category() -> None:
    lines = [(Decimal("10.02"), VAT), (Decimal("10.00"), ZERO_RATED), (Decimal("0.04"), VAT)]
    (total,) = tax_totals(lines)
    assert [(part.taxable_amount, part.tax_amount) for part in total.subtotals] == [
        (Decimal("10.06"), Decimal("2.52")),
        (Decimal("10.00"), Decimal("0.00")),
    ]
    assert total.tax_amount == Decimal("2.52")


@pytest.mark.parametrize("unknown", [None, TaxCategory(id="StandardRated")])
def test_one_line_of_unknown_tax_leaves_the_order_without(unknown: TaxCategory | None) -> None:
    assert tax_totals([(Decimal(10), VAT), (Decimal(10), unknown)]) == ()


def test_an_order_adds_up_with_and_without_tax() -> None:
    taxes = tax_totals([(Decimal("100.00"), VAT)])
    with_tax = anticipated_total([line("60.00"), line("40.00")], taxes)
    figures = (with_tax.line_extension_amount, with_tax.tax_exclusive_amount, with_tax.tax_inclusive_amount)
    assert (*figures, with_tax.payable_amount) == (Decimal(100), Decimal(25), Decimal(125), Decimal(125))
    without = anticipated_total([line("60.00"), line(None)], ())
    assert (without.tax_exclusive_amount, without.tax_inclusive_amount) == (None, None)
    assert without.payable_amount == Decimal(60)
