"""Bills before anything has come: paid where a text order says so, told, and stopped where they name no such order."""

from dataclasses import replace

import pytest

from app.match.checker import verify
from app.match.engine import match
from app.match.engine.codes import CODES, Actor, Outcome
from app.match.engine.proof import holds, proof, sealed
from tests.unit.match.cases import case, finding_of, invoice, invoice_line, text_order

WHOLE = invoice_line("1", 1, "50000")


def test_what_has_not_come_is_told_and_stops_nothing() -> None:
    own = case(invoice(WHOLE), text_order("50000", "20000", prepayment=True))
    decision = match(own)
    told = finding_of(decision, "PREPAID")
    assert (decision.outcome, told.expected, told.actual, told.amount) == (Outcome.AUTO_APPROVED, 20000, 50000, 30000)
    assert told.counterfactual_en is None
    assert holds(proof(own, decision))
    assert verify(sealed(proof(own, decision))) == []


def test_without_the_flag_the_same_bill_waits_for_its_receipt() -> None:
    decision = match(case(invoice(WHOLE), text_order("50000", "20000")))
    assert decision.outcome is Outcome.AWAITING_RECEIPT
    assert finding_of(decision, "RECEIPT_MISSING").passes_at == 30000


def test_a_proof_of_an_order_without_the_flag_says_nothing_of_it() -> None:
    own = case(invoice(WHOLE), text_order())
    assert "prepayment" not in proof(own, match(own))["case"]["orders"][0]


@pytest.mark.parametrize(("flags", "outcome"), [([True], Outcome.AUTO_APPROVED), ([False], Outcome.DEVIATION)])
def test_an_invoice_on_account_is_for_orders_that_say_so(flags: list[bool], outcome: Outcome) -> None:
    orders = [text_order(prepayment=flag) for flag in flags]
    decision = match(case(invoice(WHOLE, invoice_type_code="386"), *orders))
    assert decision.outcome is outcome
    if outcome is Outcome.DEVIATION:
        told = finding_of(decision, "PREPAYMENT_NOT_AGREED")
        assert (told.expected, told.passes_at) == ("4711", "PREPAYMENT")
        assert "text order with prepayment" in (told.counterfactual_en or "")
        assert CODES[told.code].actor is Actor.BUYER_AND_DISPONENT


def test_an_invoice_on_account_without_an_order_is_stopped() -> None:
    decision = match(replace(case(invoice(WHOLE, invoice_type_code="386", order_reference=None)), orders=()))
    assert {"PREPAYMENT_NOT_AGREED", "NO_ORDER_REF"} <= decision.codes


def test_a_prepayment_keeps_inside_the_order() -> None:
    over = match(case(invoice(invoice_line("1", 1, "51000")), text_order("50000", "0", prepayment=True)))
    assert (over.outcome, "AMOUNT_OVER_ORDER" in over.codes) == (Outcome.DEVIATION, True)
