"""Dividing an invoice among postings: whatever the shares, nothing is lost and nothing is made."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.amounts import AllowanceCharge, MonetaryTotal, TaxCategory, TaxSubtotal, TaxTotal
from app.documents.invoice import Invoice
from app.kit.money import rounded
from app.match.payable_messages import PartKind, PartOut
from app.match.payable_parts import Place, divided, divided_place, parts_of
from tests.strategies import invoices
from tests.unit.match.cases import invoice, invoice_line

steady = settings(deadline=None, derandomize=True, max_examples=200)
amounts = st.decimals("-99999", "99999", places=2)
weights = st.lists(st.decimals("0", "9999", places=2), min_size=1, max_size=6)
FULL, NONE = TaxCategory(id="StandardRated", percent=Decimal(25)), TaxCategory(id="ZeroRated", percent=Decimal(0))


def number(text: str) -> Decimal:
    return Decimal(text)


def total(parts: list[PartOut]) -> Decimal:
    return sum((part.net_amount + part.tax_amount for part in parts), Decimal(0))


def taxed(bill: Invoice, *subtotals: tuple[str, TaxCategory], rounding: str = "0") -> Invoice:
    """Give an invoice with its tax, by base and category, and its totals made of it."""
    rows = tuple(
        TaxSubtotal(
            taxable_amount=number(base),
            tax_amount=rounded(number(base) * (category.percent or 0) / 100),
            category=category,
        )
        for base, category in subtotals
    )
    tax = sum((row.tax_amount for row in rows), Decimal(0))
    net = sum((line.line_extension_amount for line in bill.lines), Decimal(0))
    charges = sum((one.amount if one.charge_indicator else -one.amount for one in bill.allowance_charges), Decimal(0))
    return bill.but(
        tax_totals=(TaxTotal(tax_amount=tax, subtotals=rows),),
        total=MonetaryTotal(
            line_extension_amount=net,
            tax_exclusive_amount=tax,
            payable_rounding_amount=number(rounding),
            payable_amount=net + charges + tax + number(rounding),
        ),
    )


@steady
@given(amounts, weights)
def test_divided_amounts_are_the_whole_and_no_more_than_an_oere_off(amount: Decimal, given: list[Decimal]) -> None:
    found = divided(amount, given)
    assert sum(found) == amount
    whole = sum(given)
    for part, weight in zip(found, given, strict=True):
        if whole:
            assert abs(part - amount * weight / whole) < Decimal("0.01")


def test_the_largest_remainders_get_what_is_left() -> None:
    assert divided(number("100.00"), [number("1")] * 3) == [number("33.34"), number("33.33"), number("33.33")]
    assert divided(number("0.05"), [number("30"), number("70")]) == [number("0.02"), number("0.03")]
    assert divided(number("-0.01"), [number("1"), number("2")]) == [number("0.00"), number("-0.01")]


def test_weights_that_come_to_nothing_are_equal() -> None:
    assert divided(number("10"), [number("0"), number("0")]) == [number("5.00"), number("5.00")]
    assert divided(number("10"), [number("-1"), number("-3")]) == [number("2.50"), number("7.50")]


@steady
@given(invoices(), st.data())
def test_the_parts_of_any_invoice_are_its_payable_amount(bill: Invoice, data: st.DataObject) -> None:
    """Also of one whose totals do not add up, which a person may have approved."""
    shares = st.lists(
        st.builds(Place, st.sampled_from(["2210", "3310", None]), st.decimals("0", "500", places=2)),
        min_size=1,
        max_size=4,
    )
    billed = data.draw(st.sets(st.sampled_from([line.line_id for line in bill.lines])))
    if data.draw(st.booleans()):
        off = data.draw(st.decimals("0", "50", places=2))
        bill = bill.but(total=bill.total.but(payable_amount=bill.total.payable_amount + off))
    parts = parts_of(bill, {line_id: data.draw(shares) for line_id in sorted(billed)})
    assert total(parts) == bill.total.payable_amount
    for line in bill.lines:
        own = [part.net_amount for part in parts if part.invoice_line_id == line.line_id]
        assert sum(own) == (0 if line.free_of_charge else line.line_extension_amount)


def test_a_charge_follows_the_net_amounts_of_the_lines() -> None:
    bill = invoice(invoice_line("1", "3", "100"), invoice_line("2", "1", "100"))
    freight = AllowanceCharge(charge_indicator=True, amount=number("10.01"), reason="Fragt")
    bill = taxed(bill.but(allowance_charges=(freight,)), ("410.01", FULL))
    parts = parts_of(bill, {"1": [Place("2210", number("300"))], "2": [Place("3310", number("100"))]})
    charges = [(part.accounting_cost, part.net_amount) for part in parts if part.kind == PartKind.CHARGE]
    assert charges == [("2210", number("7.51")), ("3310", number("2.50"))]
    assert sum(part.tax_amount for part in parts) == bill.total.tax_exclusive_amount


def test_a_line_that_bills_no_order_line_is_divided_like_a_charge() -> None:
    bill = taxed(invoice(invoice_line("1", "3", "100"), invoice_line("2", "1", "90")), ("390", FULL))
    places = {"1": [Place("2210", number("200")), Place("3310", number("100"))]}
    other = [part for part in parts_of(bill, places) if part.invoice_line_id == "2"]
    assert [(part.accounting_cost, part.net_amount) for part in other] == [
        ("2210", number("60.00")),
        ("3310", number("30.00")),
    ]


def test_tax_of_each_rate_stays_with_what_is_taxed_at_it() -> None:
    full, none = invoice_line("1", "1", "100"), invoice_line("2", "1", "100")
    lines = (
        full.but(tax_totals=(TaxTotal(tax_amount=Decimal(25), subtotals=(_subtotal(FULL, "25"),)),)),
        none.but(tax_totals=(TaxTotal(tax_amount=Decimal(0), subtotals=(_subtotal(NONE, "0"),)),)),
    )
    bill = taxed(invoice(full, none).but(lines=lines), ("100", FULL), ("100", NONE))
    parts = parts_of(bill, {})
    assert [(part.tax_category, part.tax_amount) for part in parts] == [
        ("StandardRated", number("25.00")),
        ("ZeroRated", number("0.00")),
    ]


def _subtotal(category: TaxCategory, tax: str) -> TaxSubtotal:
    return TaxSubtotal(taxable_amount=Decimal(100), tax_amount=Decimal(tax), category=category)


def test_tax_that_no_line_explains_is_divided_among_all() -> None:
    bill = taxed(invoice(invoice_line("1", "1", "100"), invoice_line("2", "3", "100")), ("300", FULL), ("100", NONE))
    parts = parts_of(bill, {})
    assert [(part.tax_category, part.tax_amount) for part in parts] == [
        (None, number("18.75")),
        (None, number("56.25")),
    ]


@pytest.mark.parametrize("rounding", ["0.25", "-0.25"])
def test_rounding_and_what_was_prepaid_are_parts_of_their_own(rounding: str) -> None:
    bill = taxed(invoice(invoice_line("1", "1", "100.20")), ("100.20", FULL), rounding=rounding)
    prepaid = bill.total.but(prepaid_amount=Decimal(20), payable_amount=bill.total.payable_amount - 20)
    parts = parts_of(bill.but(total=prepaid), {"1": [Place("2210", number("1"))]})
    assert [(part.kind, part.net_amount) for part in parts] == [
        (PartKind.LINE, number("100.20")),
        (PartKind.PREPAID, number("-20")),
        (PartKind.ROUNDING, number(rounding)),
    ]


def test_a_split_order_line_divides_what_is_billed_of_it() -> None:
    place = Place("2210", number("10.01"), "4711", "1")
    parts = divided_place(place, [("2210", number("30")), ("3310", number("70"))])
    assert [(one.accounting_cost, one.weight, one.order_line_id) for one in parts] == [
        ("2210", number("3.00"), "1"),
        ("3310", number("7.01"), "1"),
    ]
