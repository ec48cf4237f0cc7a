"""Lines without an order line of their own: text orders, charges, free lines, and credits of invoice lines."""

import pytest

from app.documents.invoice import BillingReference
from app.documents.values import DocumentReference, Identifier
from app.match.engine import match
from app.match.engine.codes import Outcome
from app.match.engine.decision import How
from app.match.engine.facts import ChargeKind, ExpectedCharge
from tests.unit.match.cases import (
    case,
    credit_note,
    invoice,
    invoice_line,
    invoiced_line,
    item,
    number,
    order,
    order_line,
    pairs_of,
    text_order,
    two_orders,
)


def test_a_text_order_is_drawn_on_whatever_the_line_is_called() -> None:
    for identified in (item("Transport til møde", sellers="T-1"), item("Fragt"), None):
        decision = match(case(invoice(invoice_line("1", 3, "1000", ref=None, item=identified)), text_order()))
        assert pairs_of(decision) == [("1", "order-line-1", How.AMOUNT_POOL)]
        assert decision.outcome is Outcome.AUTO_APPROVED


def test_a_reference_to_a_text_order_line_that_is_not_there_is_told() -> None:
    decision = match(case(invoice(invoice_line("1", 1, "1000", ref="5")), text_order()))
    assert "LINE_REFERENCE_UNKNOWN" in decision.codes


def test_interest_never_draws_on_a_text_order() -> None:
    decision = match(case(invoice(invoice_line("1", 1, "100", ref=None, item=item("Rykkergebyr"))), text_order()))
    assert decision.outcome is Outcome.DEVIATION
    assert [charge.kind for charge in decision.charges] == [ChargeKind.INTEREST]


def test_two_amount_lines_are_ambiguous() -> None:
    pools = order(order_line("1", 1, None, amount="100"), order_line("2", 1, None, amount="100"))
    assert "LINE_AMBIGUOUS" in match(case(invoice(invoice_line("1", 1, "50", ref=None)), pools)).codes


def test_beside_goods_an_amount_line_takes_only_lines_without_item_number() -> None:
    mixed = order(order_line("1"), order_line("2", 1, None, amount="500"))
    plain = invoice_line("1", 1, "400", ref=None, item=item("Montering"))
    assert pairs_of(match(case(invoice(plain), mixed))) == [("1", "order-line-2", How.AMOUNT_POOL)]
    numbered = invoice_line("1", 1, "400", ref=None, item=item("Montering", sellers="M-1"))
    assert "LINE_UNKNOWN" in match(case(invoice(numbered), mixed)).codes


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        (item("Fragt"), ChargeKind.FREIGHT),
        (item("DHL fragt, ekspres"), ChargeKind.FREIGHT),
        (item("Emballage"), ChargeKind.PACKING),
        (item("Miljøgebyr"), ChargeKind.FEE),
        (item("Rente af fragt"), ChargeKind.INTEREST),
        (item("Diverse", sellers="FRAGT"), ChargeKind.FREIGHT),
        (item("Diverse", sellers="991"), ChargeKind.FREIGHT),
    ],
)
def test_a_line_that_is_no_goods_may_be_a_charge(named: object, kind: ChargeKind) -> None:
    agreed = ExpectedCharge(ChargeKind.FREIGHT, number(95), "the agreement", seller_item="991")
    decision = match(
        case(invoice(invoice_line("1"), invoice_line("9", 1, "95", ref=None, item=named)), order(charges=(agreed,)))
    )
    assert [(charge.kind, charge.invoice_line_id) for charge in decision.charges] == [(kind, "9")]
    assert (decision.outcome is Outcome.AUTO_APPROVED) == (kind is not ChargeKind.INTEREST)


def test_a_line_that_only_mentions_delivery_is_goods() -> None:
    named = item("Stol i eg med levering på adressen")
    decision = match(case(invoice(invoice_line("1"), invoice_line("9", 1, "95", ref=None, item=named))))
    assert "LINE_UNKNOWN" in decision.codes


def test_a_nameless_charge_line_is_called_by_its_kind() -> None:
    named = item().but(name=None, sellers_item_id=Identifier(value="PORTO"))
    decision = match(case(invoice(invoice_line("1"), invoice_line("9", 1, "45", ref=None, item=named))))
    assert decision.charges[0].name == "FREIGHT"


def test_a_charge_line_under_several_orders_belongs_to_none_of_them() -> None:
    header = DocumentReference(number="4711, 4712")
    lines = invoice_line("1", item=item(sellers="A1")), invoice_line("9", 1, "45", ref=None, item=item("Fragt"))
    decision = match(case(invoice(*lines, order_reference=header), *two_orders()))
    assert decision.charges[0].order_id is None


def test_a_free_line_takes_nothing() -> None:
    free = invoice_line("2", 3, "0", ref="2", free_of_charge=True)
    decision = match(case(invoice(invoice_line("1"), free)))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert "LINE_FREE" in decision.codes
    assert len(decision.allocations) == 1


def test_a_credit_line_finds_its_order_line_through_the_invoice_line_it_names() -> None:
    returned = order(
        order_line("1", invoiced_quantity=number(10), invoiced_amount=number(1000), credit_expected=number(2))
    )
    header, line_only = DocumentReference(number="f-1001"), BillingReference(line_id="01")
    for reference in (BillingReference(invoice=header, line_id="1"), line_only):
        line = invoice_line("1", 2, None, ref=None, amount="200", billing_references=(reference,))
        decision = match(case(credit_note(line), returned, invoiced=(invoiced_line(),)))
        assert pairs_of(decision) == [("1", "order-line-1", How.BILLING_REFERENCE)]
        assert decision.outcome is Outcome.AUTO_APPROVED


def test_a_credit_line_that_names_an_unknown_invoice_line_is_unknown() -> None:
    for reference in (BillingReference(line_id="9"), BillingReference(invoice=DocumentReference(number="X"))):
        line = invoice_line("1", 2, "100", ref=None, billing_references=(reference,))
        decision = match(case(credit_note(line), order(order_line("1")), invoiced=(invoiced_line(),)))
        assert "LINE_UNKNOWN" in decision.codes


def test_an_invoiced_line_of_an_order_outside_the_case_leads_nowhere() -> None:
    reference = BillingReference(invoice=DocumentReference(number="F-1001"), line_id="1")
    line = invoice_line("1", 2, "100", ref=None, billing_references=(reference,))
    for stray in (invoiced_line(order_id="other"), invoiced_line(order_line_id="other")):
        decision = match(case(credit_note(line), order(order_line("1")), invoiced=(stray,)))
        assert "LINE_UNKNOWN" in decision.codes
