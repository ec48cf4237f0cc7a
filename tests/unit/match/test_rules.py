"""Rules on the document and its orders, and how findings make an outcome."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import pytest

from app.documents.amounts import MonetaryTotal, TaxCategory, TaxSubtotal, TaxTotal
from app.documents.invoice import BillingReference
from app.documents.values import DocumentReference
from app.match.engine import match
from app.match.engine.codes import CODES, RANK, Outcome
from app.match.engine.facts import OrderStatus
from tests.unit.match.cases import (
    BUYER,
    SUPPLIER,
    TODAY,
    case,
    credit_note,
    earlier,
    finding_of,
    invoice,
    invoice_line,
    invoiced_line,
    item,
    number,
    one_line,
    order,
    order_line,
    party,
    policy,
    tolerance,
)


def test_the_outcome_is_that_of_the_worst_finding() -> None:
    assert min(RANK, key=RANK.__getitem__) is Outcome.REJECTED_TECHNICAL
    worst = [Outcome.DUPLICATE, Outcome.DEVIATION, Outcome.NO_ORDER, Outcome.AWAITING_RECEIPT]
    assert sorted(worst, key=RANK.__getitem__) == worst
    waiting = one_line(invoice_line("1"), order_line("1", received=0, receivers=()))
    assert waiting.outcome is Outcome.AWAITING_RECEIPT
    doubled = match(case(invoice(invoice_line("1", 99, "500")), earlier=(earlier(),)))
    assert doubled.outcome is Outcome.DUPLICATE


def test_without_explanations_only_plain_agreements_are_left_out() -> None:
    billed = case(invoice(invoice_line("1", 10, "104"), invoice_line("2", 6, "200")))
    full, short = match(billed), match(billed, explain=False)
    assert short.findings == tuple(finding for finding in full.findings if not finding.agrees)
    assert replace(full, findings=short.findings) == short
    assert match(case(), explain=False).findings == ()


def test_every_rule_reports_when_all_is_well() -> None:
    codes = match(case()).codes
    assert codes == {
        *("INVOICE_IS_NEW", "SUPPLIER_NOT_BLOCKED", "PAYEE_AGREES", "PAYMENT_ID_AGREES"),
        *("TYPE_ACCEPTED",),
        *("TOTALS_AGREE", "TAX_PLAUSIBLE", "ROUNDING_IGNORED"),
        *("ORDER_FOUND", "SUPPLIER_AGREES", "BUYER_AGREES", "CURRENCY_AGREES", "ORDER_OPEN", "TWO_PERSONS"),
        *("LINE_PAIRED", "LINE_POSITIVE", "UNIT_AGREES", "ARITHMETIC_AGREES", "PRICE_AGREES"),
        *("QTY_WITHIN_ORDER", "RECEIVED", "TOTAL_AGREES"),
    }
    assert all(CODES[code].agrees for code in codes)


@pytest.mark.parametrize(
    ("known", "code"),
    [
        (earlier(), "DUPLICATE"),
        (earlier(number="f-1001 "), "DUPLICATE"),
        (earlier(issue_date=date(2025, 3, 2)), "DUPLICATE"),
        (earlier(issue_date=date(2025, 3, 1)), "POSSIBLE_DUPLICATE"),
        (earlier(buyer_keys=("GLN:5798000433823",)), "POSSIBLE_DUPLICATE"),
        (earlier(issue_date=date(2020, 3, 1), same_bytes=True), "DUPLICATE"),
        (earlier(number="F-1000"), "POSSIBLE_DUPLICATE"),
        (earlier(number="F-1000", payable_amount=number(2001)), "INVOICE_IS_NEW"),
        (earlier(number="F-1000", issue_date=date(2026, 3, 1)), "INVOICE_IS_NEW"),
        (earlier(document_type="CreditNote"), "INVOICE_IS_NEW"),
        (earlier(number="F-1000", credited=True), "POSSIBLE_DUPLICATE"),
    ],
)
def test_what_looks_like_an_earlier_invoice_is_never_paid_twice(known: Any, code: str) -> None:
    decision = match(case(earlier=(known,)))
    assert code in decision.codes
    assert decision.outcome is CODES[code].outcome


def test_an_invoice_that_names_the_credited_one_replaces_it() -> None:
    named = (BillingReference(line_id="1"), BillingReference(invoice=DocumentReference(number="F-1000")))
    known = earlier(number="F-1000", credited=True)
    assert "INVOICE_IS_NEW" in match(case(invoice(billing_references=named), earlier=(known,))).codes
    alive = replace(known, credited=False)
    assert "POSSIBLE_DUPLICATE" in match(case(invoice(billing_references=named), earlier=(alive,))).codes


@pytest.mark.parametrize(("code", "outcome"), [("380", "AUTO_APPROVED"), ("325", "DEVIATION"), ("393", "DEVIATION")])
def test_proforma_and_factoring_are_not_paid(code: str, outcome: str) -> None:
    assert match(case(invoice(invoice_type_code=code))).outcome == outcome


def _tax(percent: str | None, base: str, amount: str, category: str = "StandardRated") -> tuple[TaxTotal, ...]:
    rate = TaxCategory(id=category, percent=None if percent is None else number(percent))
    part = TaxSubtotal(taxable_amount=number(base), tax_amount=number(amount), category=rate)
    return (TaxTotal(tax_amount=number(amount), subtotals=(part,)),)


def _total(payable: str, **parts: str) -> MonetaryTotal:
    amounts = {name: number(value) for name, value in parts.items()}
    return MonetaryTotal(line_extension_amount=number(2000), payable_amount=number(payable), **amounts)


@pytest.mark.parametrize(
    ("total", "agrees"),
    [
        (_total("2000"), True),
        (_total("2000.02"), True),
        (_total("2000.03"), False),
        (_total("1999"), False),
        (_total("1500", prepaid_amount="500"), True),
        (_total("2500", prepaid_amount="-500"), False),
        (_total("2000.50", payable_rounding_amount="0.50"), True),
    ],
)
def test_the_payable_amount_is_what_the_parts_make(total: MonetaryTotal, agrees: bool) -> None:
    assert ("TOTALS_AGREE" in match(case(invoice(total=total))).codes) is agrees


@pytest.mark.parametrize(("amount", "passes"), [("1.00", True), ("-1.00", True), ("1.01", False), ("-1.01", False)])
def test_payable_rounding_up_to_a_krone_is_ignored(amount: str, passes: bool) -> None:
    total = _total(str(2000 + Decimal(amount)), payable_rounding_amount=amount)
    assert ("ROUNDING_IGNORED" in match(case(invoice(total=total))).codes) is passes


def test_a_row_may_tighten_the_rounding() -> None:
    total = _total("2000.50", payable_rounding_amount="0.50")
    strict = policy(tolerance(rounding=number("0.25"), source="strict"))
    finding = finding_of(match(case(invoice(total=total), policy=strict)), "ROUNDING_TOO_LARGE")
    assert (finding.limit, finding.limit_source) == (Decimal("0.25"), "strict")


@pytest.mark.parametrize(
    ("taxes", "total", "plausible"),
    [
        (_tax("25", "2000", "500"), _total("2500", tax_exclusive_amount="500"), True),
        (_tax("25", "2000", "500"), _total("2500"), True),
        (_tax("25", "2000", "501"), _total("2501"), True),
        (_tax("25", "2000", "501.01"), _total("2501.01"), False),
        (_tax("0", "2000", "0", "ZeroRated"), _total("2000"), True),
        (_tax("25", "2000", "0", "ReverseCharge"), _total("2000"), True),
        (_tax("20", "2000", "400"), _total("2400"), False),
        (_tax(None, "2000", "100"), _total("2100"), True),
        ((), _total("2501", tax_exclusive_amount="501"), True),
        ((), _total("2501.01", tax_exclusive_amount="501.01"), False),
        ((), _total("1999", tax_exclusive_amount="-1"), False),
    ],
)
def test_tax_follows_from_rates_that_exist(taxes: tuple[TaxTotal, ...], total: MonetaryTotal, plausible: bool) -> None:
    decision = match(case(invoice(tax_totals=taxes, total=total)))
    assert ("TAX_PLAUSIBLE" in decision.codes) is plausible


def test_the_supplier_is_known_under_all_its_keys() -> None:
    other = invoice(supplier=party("GLN:5798000433823"))
    assert match(case(other, supplier_keys=("GLN:5798000433823", SUPPLIER))).outcome is Outcome.AUTO_APPROVED
    stranger = match(case(other, supplier_keys=()))
    assert finding_of(stranger, "SUPPLIER_MISMATCH").actual == "GLN:5798000433823"
    assert match(case(supplier_keys=("GLN:5798000433823",))).outcome is Outcome.DEVIATION
    assert match(case(supplier_keys=())).outcome is Outcome.AUTO_APPROVED


def test_the_buyer_is_known_under_the_numbers_it_had() -> None:
    moved = invoice(customer=party("GLN:5798000433823"))
    assert finding_of(match(case(moved)), "BUYER_MISMATCH").expected == BUYER
    kept = order(buyer_keys=("GLN:5798000555297", "GLN:5798000433823"))
    assert match(case(moved, kept)).outcome is Outcome.AUTO_APPROVED


def test_nothing_is_converted_between_currencies() -> None:
    assert finding_of(match(case(None, order(currency="EUR"))), "CURRENCY").passes_at == "EUR"
    priced = invoice_line("1")
    assert priced.price is not None
    for currency, outcome in (("EUR", Outcome.DEVIATION), ("DKK", Outcome.AUTO_APPROVED)):
        line = priced.but(price=priced.price.but(currency=currency))
        assert match(case(invoice(line))).outcome is outcome


@pytest.mark.parametrize(
    ("status", "invoice_code", "credit_code"),
    [
        (OrderStatus.DRAFT, "ORDER_NOT_SENT", "ORDER_NOT_SENT"),
        (OrderStatus.APPROVED, "ORDER_NOT_SENT", "ORDER_NOT_SENT"),
        (OrderStatus.SENT, "ORDER_OPEN", "ORDER_OPEN"),
        (OrderStatus.CLOSED, "ORDER_STATE", "ORDER_OPEN"),
        (OrderStatus.CLOSED_SHORT, "ORDER_STATE", "ORDER_OPEN"),
        (OrderStatus.CANCELLED, "ORDER_STATE", "ORDER_STATE"),
        (OrderStatus.REJECTED, "ORDER_STATE", "ORDER_STATE"),
    ],
)
def test_only_a_sent_order_is_billed_and_a_closed_one_credited(
    status: OrderStatus, invoice_code: str, credit_code: str
) -> None:
    held = order(order_line("1", invoiced_quantity=number(10), invoiced_amount=number(1000)), status=status)
    assert invoice_code in match(case(None, held)).codes
    assert credit_code in match(case(credit_note(invoice_line("1", 2)), held, invoiced=(invoiced_line(),))).codes


def test_the_decision_does_not_depend_on_the_callers_decimal_context() -> None:
    billed = case(invoice(invoice_line("1", "3.333", "33.3333"), issue_date=TODAY))
    usual = match(billed)
    with localcontext(prec=3):
        assert match(billed) == usual
    assert usual.policy_version == "1"


def test_a_named_charge_line_keeps_its_name() -> None:
    decision = match(case(invoice(invoice_line("1"), invoice_line("9", 1, "45", ref=None, item=item("Fragt, DK")))))
    assert decision.charges[0].name == "Fragt, DK"
