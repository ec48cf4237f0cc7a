"""Bills that pass nobody untouched: interest however it is billed, tax left out, and what goes round an agreement."""

from dataclasses import replace

import pytest

from app.documents.amounts import TaxCategory, TaxSubtotal, TaxTotal
from app.documents.invoice import Invoice, InvoiceLine
from app.documents.values import DocumentReference
from app.match.checker import verify
from app.match.engine import match
from app.match.engine.codes import Outcome
from app.match.engine.facts import AgreedPrice, ChargeKind, ExpectedCharge, OrderFacts
from app.match.engine.proof import holds, proof, sealed
from tests.unit.match.cases import (
    case,
    charge,
    credit_note,
    finding_of,
    invoice,
    invoice_line,
    invoiced_line,
    item,
    number,
    order,
    order_line,
    text_order,
)

MOMS = TaxCategory(id="StandardRated", percent=number(25))
AGREED = ExpectedCharge(ChargeKind.INTEREST, number(100), "agreement 1")


def rated(category: TaxCategory, line_id: str = "1", amount: str = "1000") -> InvoiceLine:
    ordered = item(sellers=f"A{line_id}").but(tax_category=category)
    return invoice_line(line_id, 10, str(number(amount) / 10), item=ordered)


@pytest.mark.parametrize(
    ("billed", "ordered"),
    [
        (invoice(invoice_line("1", 1, "100", item=item("Rykkergebyr"))), order()),
        (invoice(invoice_line("1", 1, "100", ref=None, item=item("Morarenter"))), order()),
        (invoice(invoice_line("1", 1, "100", item=item("Rente for februar"))), text_order()),
        (invoice(invoice_line("1", 1, "100", ref=None, item=item("Inkassogebyr"))), text_order()),
        (invoice(allowance_charges=(charge("1", "Rente"),)), order()),
        (invoice(allowance_charges=(charge("1", "Gebyr", reason_code="FI"),)), order()),
        (invoice(allowance_charges=(charge("100", "Rente"),)), order(charges=(AGREED,))),
    ],
)
def test_interest_and_reminder_fees_are_never_paid_untouched(billed: Invoice, ordered: OrderFacts) -> None:
    own = case(billed, ordered)
    decision = match(own)
    assert decision.outcome is Outcome.DEVIATION
    finding = finding_of(decision, "CHARGE_NOT_ALLOWED")
    assert finding.passes_at is None
    assert decision.charges[-1].kind is ChargeKind.INTEREST
    assert holds(proof(own, decision))


def test_an_article_that_was_ordered_may_be_called_interest() -> None:
    named = invoice_line("1", 10, "100", item=item("Rente", sellers="A1"))
    assert match(case(invoice(named), order(order_line("1")))).outcome is Outcome.AUTO_APPROVED


def test_a_rate_without_tax_is_computed_and_not_read() -> None:
    own = case(invoice(rated(MOMS), rated(MOMS, "2")))
    decision = match(own)
    finding = finding_of(decision, "TAX_LEFT_OUT")
    assert (decision.outcome, finding.expected, finding.actual) == (Outcome.DEVIATION, 500, 0)
    assert finding.counterfactual_en == "passes if its tax is 500.00 DKK"
    assert holds(proof(own, decision))


@pytest.mark.parametrize(
    "category",
    [
        TaxCategory(id="ZeroRated", percent=number(0)),
        TaxCategory(id="StandardRated"),
        TaxCategory(id="ReverseCharge", percent=number(25)),
    ],
)
def test_rates_that_make_no_tax_need_none(category: TaxCategory) -> None:
    assert "TAX_PLAUSIBLE" in match(case(invoice(rated(category), rated(category, "2")))).codes


def test_a_line_free_of_charge_makes_no_tax() -> None:
    free = rated(MOMS, "2").but(free_of_charge=True)
    assert "TAX_PLAUSIBLE" in match(case(invoice(invoice_line(), free))).codes


def test_tax_that_is_stated_is_judged_by_its_base() -> None:
    total = invoice(rated(MOMS)).total.but(payable_amount=number(1250))
    taxed = TaxTotal(
        tax_amount=number(250),
        subtotals=(TaxSubtotal(taxable_amount=number(1000), tax_amount=number(250), category=MOMS),),
    )
    assert "TAX_PLAUSIBLE" in match(case(invoice(rated(MOMS), total=total, tax_totals=(taxed,)))).codes


def test_an_invoice_without_order_inside_an_agreement_that_demands_e_orders_is_told_so() -> None:
    own = replace(case(invoice(order_reference=None)), orders=(), mandatory="K-7")
    decision = match(own)
    assert holds(proof(own, decision))
    assert decision.outcome is Outcome.NO_ORDER
    finding = finding_of(decision, "MANDATORY_AGREEMENT")
    assert (finding.expected, finding.passes_at) == ("K-7", "K-7")
    assert "K-7" in finding.message_da


def test_a_credit_note_without_reference_goes_round_no_agreement() -> None:
    note = credit_note(billing_references=(), order_reference=DocumentReference(number="1"))
    assert "MANDATORY_AGREEMENT" not in match(case(note, invoiced=(invoiced_line(),))).codes


def test_what_is_billed_as_ordered_above_the_agreement_is_told_and_stops_nothing() -> None:
    ordered = order(order_line("1", agreed=AgreedPrice(number(90))), order_line("2", 5, "200"))
    own = case(invoice(), ordered)
    decision = match(own)
    finding = finding_of(decision, "ORDERED_ABOVE_AGREEMENT")
    assert (decision.outcome, finding.expected, finding.actual, finding.amount) == (Outcome.AUTO_APPROVED, 90, 100, 100)
    assert verify(sealed(proof(own, decision))) == []
    assert holds(proof(own, decision))


@pytest.mark.parametrize(
    ("billed", "agreed", "amount"),
    [
        (invoice_line("1", 10, "95"), AgreedPrice(number(90)), 50),
        (invoice_line("1", 10, "104"), AgreedPrice(number(90)), 100),
        (invoice_line("1", 10, "90"), AgreedPrice(number(90)), None),
        (invoice_line("1", 10, "100"), AgreedPrice(number(1000), number(10)), None),
        (invoice_line("1", 10, "100"), AgreedPrice(number(110)), None),
        (invoice_line("1", 10, "100", unit="LTR"), AgreedPrice(number(90)), None),
    ],
)
def test_only_what_is_billed_above_the_agreement_is_told(
    billed: InvoiceLine, agreed: AgreedPrice, amount: int | None
) -> None:
    found = match(case(invoice(billed), order(order_line("1", agreed=agreed)))).findings
    assert [one.amount for one in found if one.code == "ORDERED_ABOVE_AGREEMENT"] == (
        [] if amount is None else [amount]
    )
