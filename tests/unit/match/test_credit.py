"""Credit notes: what was invoiced is given back, and no more."""

from dataclasses import replace
from typing import Any

from app.documents.invoice import InvoiceLine
from app.documents.values import DocumentReference
from app.match.engine import match
from app.match.engine.codes import Outcome
from app.match.engine.facts import Case
from tests.unit.match.cases import (
    case,
    charge,
    credit_note,
    finding_of,
    invoice_line,
    invoiced_line,
    number,
    order,
    order_line,
    text_order,
)


def _credited(line: InvoiceLine, **changes: Any) -> Case:
    taken = {"invoiced_quantity": number(10), "invoiced_amount": number(1000), "credit_expected": number(10)}
    held = order(order_line("1", 10, "100", **(taken | changes.pop("line", {}))), **changes.pop("order", {}))
    return case(credit_note(line, **changes), held, invoiced=(invoiced_line("4", "400"), invoiced_line("2", "200")))


def test_no_more_is_credited_than_the_named_invoice_billed() -> None:
    assert match(_credited(invoice_line("1", 6, "100"))).outcome is Outcome.AUTO_APPROVED
    over = match(_credited(invoice_line("1", 7, "100")))
    assert finding_of(over, "CREDIT_OVER_INVOICED").passes_at == 6
    unknown = replace(_credited(invoice_line("1", 1, "100")), invoiced=())
    assert match(unknown).codes >= {"CREDIT_OVER_INVOICED"}


def test_a_credit_that_names_only_the_order_is_held_against_all_of_it() -> None:
    by_order = {"billing_references": (), "order_reference": DocumentReference(number="4711")}
    assert match(_credited(invoice_line("1", 10, "100"), **by_order)).outcome is Outcome.AUTO_APPROVED
    assert match(_credited(invoice_line("1", 11, "100"), **by_order)).outcome is Outcome.DEVIATION


def test_a_credit_without_any_reference_has_no_order() -> None:
    decision = match(_credited(invoice_line("1", 1, "100"), billing_references=()))
    assert decision.outcome is Outcome.NO_ORDER
    assert "CREDIT_WITHOUT_REFERENCE" in decision.codes
    alone = replace(case(credit_note(invoice_line("1"))), orders=())
    assert match(alone).outcome is Outcome.NO_ORDER


def test_a_piece_is_credited_at_the_price_it_was_invoiced_at() -> None:
    finding = finding_of(match(_credited(invoice_line("1", 2, "90"))), "CREDIT_PRICE")
    assert (finding.expected, finding.actual) == (200, 180)
    dear = case(
        credit_note(invoice_line("1", 2, "104")),
        order(order_line("1", credit_expected=number(2)), tolerance_used=number(40)),
        invoiced=(invoiced_line("10", "1040"),),
    )
    decision = match(dear)
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert (decision.orders[0].value, decision.orders[0].over) == (-200, -8)


def test_a_credit_gives_back_no_more_budget_than_was_used() -> None:
    dear = case(
        credit_note(invoice_line("1", 10, "104")),
        order(order_line("1"), tolerance_used=number(5)),
        invoiced=(invoiced_line("10", "1040"),),
    )
    assert match(dear).orders[0].over == -5


def test_a_credits_allocations_give_back() -> None:
    taken = match(_credited(invoice_line("1", 2, "100"))).allocations[0]
    assert (taken.quantity, taken.amount, taken.order_amount, taken.deviation) == (-2, -200, -200, 0)


def test_a_text_order_is_credited_by_amount() -> None:
    pool = text_order(line={"invoiced_amount": number(3000), "credit_expected": number(1000)})
    back = (invoiced_line("0", "3000"),)
    assert match(case(credit_note(invoice_line("1", 1, "1000")), pool, invoiced=back)).outcome is Outcome.AUTO_APPROVED
    more = match(case(credit_note(invoice_line("1", 1, "1500")), pool, invoiced=back))
    assert finding_of(more, "CREDIT_NOT_EXPECTED").passes_at == 500
    over = match(case(credit_note(invoice_line("1", 1, "3001")), pool, invoiced=back))
    assert over.codes >= {"CREDIT_OVER_INVOICED"}


def test_a_credited_charge_is_looked_at_and_one_kept_back_disputed() -> None:
    line = invoice_line("1", 2, "100")
    back = match(_credited(line, allowance_charges=(charge("50"),)))
    assert back.outcome is Outcome.MATCHED_PENDING_APPROVAL
    kept = match(_credited(line, allowance_charges=(charge("50", "Returgebyr", charge_indicator=False),)))
    assert kept.outcome is Outcome.DEVIATION
    assert finding_of(kept, "CREDIT_REDUCED").amount == 50


def test_a_credit_in_another_unit_is_a_deviation() -> None:
    assert match(_credited(invoice_line("1", 2, "100", unit="XBX"))).codes >= {"UNIT_MISMATCH"}
