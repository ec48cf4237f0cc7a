"""The sums of documents, with the official tolerances and rule ids."""

from decimal import Decimal
from typing import Any

import pytest

from app.documents.amounts import ExchangeRate, MonetaryTotal
from app.documents.arithmetic import faults_of, line_amount, response_line_amount
from app.documents.price import Price
from app.kit.money import Quantity
from tests.golden import documents, parts

BOXES = Quantity(Decimal(3), "BX")


def price(**fields: Any) -> Price:
    return Price(price_amount=Decimal("2.00"), **fields)


def rate(operator: str | None, calculation_rate: str | None = "7.4600") -> ExchangeRate:
    return ExchangeRate(
        source_currency_code="EUR",
        target_currency_code="DKK",
        calculation_rate=calculation_rate,
        mathematic_operator_code=operator,
    )


def broken(document: Any) -> list[tuple[str | None, str | None]]:
    return [(fault.rule_id, fault.pointer) for fault in faults_of(document)]


@pytest.mark.parametrize(
    ("fields", "amount"),
    [
        ({}, Decimal("6.00")),
        ({"base_quantity": Quantity(Decimal(10), "BX")}, Decimal("0.60")),
        ({"base_quantity": Quantity(Decimal(10), "BX"), "orderable_unit_factor_rate": Decimal(12)}, Decimal("0.60")),
        ({"base_quantity": Quantity(Decimal(10), "EA"), "orderable_unit_factor_rate": Decimal(12)}, Decimal("72.00")),
        ({"base_quantity": Quantity(Decimal(10), "EA")}, None),
        ({"base_quantity": Quantity(Decimal(0), "BX")}, None),
    ],
)
def test_a_line_is_price_by_base_quantity_or_by_factor(fields: dict[str, Any], amount: Decimal | None) -> None:
    assert line_amount(BOXES, price(**fields)) == amount


@pytest.mark.parametrize(
    ("operator", "calculation_rate", "amount"),
    [
        ("multiply", "7.4600", Decimal("44.76")),
        ("divide", "0.5000", Decimal("12.00")),
        ("multiply", None, None),
        (None, "7.4600", None),
        ("divide", "0", None),
    ],
)
def test_an_exchange_rate_multiplies_or_divides_and_is_passed_over_when_incomplete(
    operator: str | None, calculation_rate: str | None, amount: Decimal | None
) -> None:
    assert line_amount(BOXES, price(), rate(operator, calculation_rate)) == amount


def test_an_answers_line_leaves_the_base_quantity_out() -> None:
    per_ten = price(base_quantity=Quantity(Decimal(10), "BX"), orderable_unit_factor_rate=Decimal(12))

    assert response_line_amount(BOXES, per_ten) == Decimal("72.00")
    assert response_line_amount(BOXES, price(), rate("divide", "0.5")) == Decimal("12.00")


@pytest.mark.parametrize("document", documents.GOLDEN.values(), ids=documents.GOLDEN)
def test_what_adds_up_has_no_fault(document: Any) -> None:
    if hasattr(document, "tax_totals"):
        assert faults_of(document) == ()


@pytest.mark.parametrize(
    ("operator", "rule_id"), [("multiply", "F-INV328"), ("divide", "F-INV329")], ids=["multiplied", "divided"]
)
def test_a_line_in_another_currency_has_a_rule_of_its_own(operator: str, rule_id: str) -> None:
    invoice = documents.INVOICE.but(pricing_exchange_rate=rate(operator))

    assert broken(invoice) == [(rule_id, "/lines/0/line_extension_amount")]


@pytest.mark.parametrize(
    ("changes", "rule_id", "pointer"),
    [
        ({"allowance_total_amount": None}, "F-INV122", "/total"),
        ({"charge_total_amount": None}, "F-INV123", "/total"),
        ({"allowance_total_amount": Decimal("6.01")}, "F-INV129", "/total/allowance_total_amount"),
        ({"charge_total_amount": Decimal("40.01")}, "F-INV130", "/total/charge_total_amount"),
        ({"payable_rounding_amount": Decimal("0.25")}, "F-INV132", "/total/payable_rounding_amount"),
        ({"payable_rounding_amount": Decimal("10.01")}, "F-INV338", "/total/payable_rounding_amount"),
        ({"prepaid_amount": Decimal("0.01")}, "F-INV133", "/total/payable_amount"),
        ({"tax_inclusive_amount": Decimal("192.51")}, "F-INV128", "/total/tax_inclusive_amount"),
        ({"line_extension_amount": Decimal("120.01")}, "F-INV126", "/total/line_extension_amount"),
        ({"payable_amount": Decimal("-0.01")}, "F-LIB016", "/total/payable_amount"),
    ],
)
def test_each_total_has_its_rule(changes: dict[str, Any], rule_id: str, pointer: str) -> None:
    invoice = documents.INVOICE.but(total=parts.TOTAL.but(**changes))

    assert (rule_id, pointer) in broken(invoice)


def test_totals_that_may_be_left_out_are_not_missed() -> None:
    total = MonetaryTotal(line_extension_amount=Decimal("120.00"), payable_amount=Decimal("150.00"))

    assert faults_of(documents.INVOICE.but(total=total, allowance_charges=(), tax_totals=parts.tax("120", "30"))) == ()


def test_taxes_are_the_sum_of_their_categories_on_lines_and_on_the_document() -> None:
    wrong = parts.tax("120.00", "30.00")[0].but(tax_amount=Decimal("31.00"))
    line = documents.INVOICE_LINE.but(tax_totals=(wrong,))
    invoice = documents.INVOICE.but(
        lines=(line,), tax_totals=(parts.tax("154.00", "38.50")[0].but(tax_amount=Decimal(1)),)
    )

    assert broken(invoice) == [
        ("F-LIB385", "/lines/0/tax_totals/0/tax_amount"),
        ("F-LIB385", "/tax_totals/0/tax_amount"),
    ]


def test_a_rounding_is_counted_when_the_taxes_say_so() -> None:
    tax = parts.tax("154.00", "38.50")[0].but(rounding_amount=Decimal("0.50"))
    total = parts.TOTAL.but(
        payable_rounding_amount=Decimal("0.50"),
        tax_inclusive_amount=Decimal("193.00"),
        payable_amount=Decimal("193.00"),
    )

    assert faults_of(documents.INVOICE.but(total=total, tax_totals=(tax,))) == ()


def test_numbers_of_28_digits_are_summed_without_losing_one() -> None:
    vast = Decimal("99999999999999999999999999.99")
    line = documents.INVOICE_LINE.but(line_extension_amount=vast, price=None, tax_totals=())
    total = MonetaryTotal(line_extension_amount=vast, payable_amount=vast)
    invoice = documents.INVOICE.but(lines=(line,), total=total, allowance_charges=(), tax_totals=())

    assert faults_of(invoice) == ()
    assert ("F-INV126", "/total/line_extension_amount") in broken(
        invoice.but(total=total.but(line_extension_amount=Decimal("99999999999999999999999999.98")))
    )


def test_messages_say_what_is_stated_and_what_it_should_be_in_both_languages() -> None:
    (fault,) = faults_of(documents.INVOICE.but(total=parts.TOTAL.but(payable_amount=Decimal("192.49"))))

    assert fault.message == (
        "PayableAmount is 192.49, but lines, charges, taxes and rounding less what is prepaid make 192.50."
    )
    assert fault.message_da is not None
    assert "giver 192.50" in fault.message_da
