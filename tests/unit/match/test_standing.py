"""Standing orders: an invoice is held against its periods, and each period is a budget of its own."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.documents.values import DocumentReference
from app.match.engine import Decision, match
from app.match.engine.codes import Outcome
from app.match.engine.facts import Approvals, Hand, OrderFacts, OrderStatus
from app.match.engine.proof import canonical, case_of, holds, proof
from app.match.engine.standing_facts import Halt
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
)
from tests.unit.match.rents import APRIL, MARCH, MAY, bill, billed, period, rent, terms


def test_a_month_is_paid_within_its_own_tolerance_and_not_the_policys() -> None:
    decision = bill("10150", rent())
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert decision.codes >= {"STANDING_RUNS", "STANDING_PERIOD", "STANDING_WITHIN_TOLERANCE", "STANDING_WITHIN_CAPS"}
    assert [(use.first_on, use.amount, use.value) for use in decision.periods] == [(MARCH, 10_150, 10_000)]
    (use,), (allocation,) = decision.orders, decision.allocations
    assert (use.value, use.over, use.limit) == (10_000, 150, 200)
    assert (allocation.order_amount, allocation.deviation) == (10_000, 150)
    exact = bill("10000", rent())
    assert "STANDING_AMOUNT_AGREES" in exact.codes
    assert not exact.codes & {"AMOUNT_WITHIN_ORDER", "TOTAL_AGREES", "QTY_WITHIN_ORDER"}


def test_a_second_invoice_of_a_month_stops() -> None:
    decision = bill("10000", rent(period(used="10150")))
    assert decision.outcome is Outcome.DEVIATION
    finding = finding_of(decision, "STANDING_PERIOD_USED")
    assert (finding.expected, finding.actual) == ("F-0", "2026-03-01/2026-03-31")


def test_a_cap_holds_whatever_the_tolerance() -> None:
    april = {"issue_date": APRIL}
    both = bill("10600", rent(period(APRIL)), **april)
    assert both.codes >= {"STANDING_AMOUNT_OVER", "STANDING_PERIOD_CAP"}
    assert finding_of(both, "STANDING_AMOUNT_OVER").passes_at == 10_200
    cap = bill("10600", rent(period(APRIL, own=terms(tolerance_percent="10"))), **april)
    assert cap.outcome is Outcome.DEVIATION
    assert {code for code in cap.codes if code.startswith("STANDING")} == {
        "STANDING_RUNS",
        "STANDING_PERIOD",
        "STANDING_WITHIN_TOLERANCE",
        "STANDING_PERIOD_CAP",
        "STANDING_SPACED",
    }
    assert finding_of(cap, "STANDING_PERIOD_CAP").passes_at == 10_500


def test_an_invoice_for_three_months_takes_three_of_everything_but_the_cap_of_an_invoice() -> None:
    months = (period(MARCH), period(APRIL), period(MAY))
    decision = bill("30300", rent(*months))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert [(use.first_on, use.amount, use.value) for use in decision.periods] == [
        (MARCH, 10_100, 10_000),
        (APRIL, 10_100, 10_000),
        (MAY, 10_100, 10_000),
    ]
    assert finding_of(decision, "STANDING_PERIOD").actual == "2026-03-01/2026-05-31"
    assert "STANDING_AMOUNT_OVER" in bill("30600.01", rent(*months)).codes
    capped = tuple(replace(one, terms=terms(max_per_invoice="10200")) for one in months)
    assert finding_of(bill("30300", rent(*capped)), "STANDING_INVOICE_CAP").limit == 10_200
    assert bill("30300", rent(period(MARCH), period(APRIL, used="1"), period(MAY))).outcome is Outcome.DEVIATION


def test_what_rounding_leaves_is_the_last_periods() -> None:
    decision = bill("30000.01", rent(period(MARCH), period(APRIL), period(MAY)))
    assert [use.amount for use in decision.periods] == [Decimal("10000.00"), Decimal("10000.00"), Decimal("10000.01")]


def test_each_period_has_the_terms_of_its_first_day() -> None:
    dearer = period(APRIL, own=terms(expected="10300"))
    assert bill("20300", rent(period(MARCH), dearer)).codes >= {"STANDING_AMOUNT_AGREES"}


def test_no_cap_of_the_period_is_missed_or_made_up() -> None:
    open_april = period(APRIL, own=terms(max_per_period=None, tolerance_percent="10"))
    wide = period(MARCH, own=terms(tolerance_percent="10"))
    assert bill("22000", rent(wide, open_april)).outcome is Outcome.AUTO_APPROVED


@pytest.mark.parametrize(
    ("absolute", "percent", "limit"),
    [("150", "2", 150), ("250", "2", 200), ("150", None, 150), (None, None, 0), ("0", "2", 0)],
)
def test_the_smaller_tolerance_binds_and_none_is_none(absolute: str | None, percent: str | None, limit: int) -> None:
    own = terms(tolerance_absolute=absolute, tolerance_percent=percent)
    assert bill(str(10_000 + limit), rent(period(own=own))).outcome is Outcome.AUTO_APPROVED
    assert bill(f"{10_000 + limit}.01", rent(period(own=own))).outcome is Outcome.DEVIATION


def test_less_than_expected_is_paid_and_told() -> None:
    for amount, told in (("9800", False), ("9799.99", True), ("1", True)):
        decision = bill(amount, rent())
        assert (decision.outcome, "BELOW_EXPECTED" in decision.codes) == (Outcome.AUTO_APPROVED, told)


def test_a_variable_month_is_paid_between_its_amounts() -> None:
    phone = terms(expected="1000", least="800", most="1500", tolerance_percent=None, max_per_period=None)
    for amount, outcome in (("1500", Outcome.AUTO_APPROVED), ("1500.01", Outcome.DEVIATION)):
        assert bill(amount, rent(period(own=phone))).outcome is outcome
    assert "BELOW_EXPECTED" in bill("799", rent(period(own=phone))).codes
    spent = rent(period(own=phone), commitment=number(12_000), committed=number(10_800))
    assert bill("1200", spent).outcome is Outcome.AUTO_APPROVED
    finding = finding_of(bill("1300", spent), "STANDING_COMMITMENT")
    assert (finding.actual, finding.limit, finding.passes_at) == (12_100, 12_000, 1_200)


def test_all_invoices_together_have_a_cap() -> None:
    capped = rent(period(own=terms(max_total="50000")), billed=number(40_000))
    assert bill("10000", capped).outcome is Outcome.AUTO_APPROVED
    assert finding_of(bill("10001", capped), "STANDING_TOTAL_CAP").passes_at == 10_000


def test_an_irregular_order_is_one_budget_for_many_invoices() -> None:
    whole = replace(period(), last_on=None, used=number(9_000), value=number(9_000), invoices=("F-0",))
    shared = rent(whole, irregular=True)
    assert bill("1000", shared).outcome is Outcome.AUTO_APPROVED
    assert bill("1200", shared).codes >= {"STANDING_WITHIN_TOLERANCE"}
    assert bill("1200.01", shared).outcome is Outcome.DEVIATION
    assert "BELOW_EXPECTED" not in bill("10", shared).codes
    spent = rent(replace(whole, used=number(10_150), value=number(10_000)), irregular=True)
    assert bill("50", spent).outcome is Outcome.AUTO_APPROVED
    assert bill("51", spent).outcome is Outcome.DEVIATION
    assert finding_of(bill("50", spent), "STANDING_PERIOD").actual == "2026-03-01/.."


def test_a_used_period_that_runs_on_is_told() -> None:
    assert (
        finding_of(bill("50", rent(period(used="1", last_on=None))), "STANDING_PERIOD_USED").actual == "2026-03-01/.."
    )


def test_the_index_allowance_is_there_once_a_year() -> None:
    own = terms(index_percent="3", max_per_period=None)
    decision = bill("10500", rent(period(own=own)))
    assert (decision.outcome, decision.periods[0].index_used) == (Outcome.AUTO_APPROVED, True)
    assert finding_of(decision, "STANDING_INDEX_USED").limit == 500
    assert not bill("10200", rent(period(own=own))).periods[0].index_used
    over = bill("10500.01", rent(period(own=own)))
    assert (over.outcome, finding_of(over, "STANDING_AMOUNT_OVER").passes_at) == (Outcome.DEVIATION, 10_500)
    assert bill("10500", rent(period(own=own), index_used=True)).outcome is Outcome.DEVIATION


def test_invoices_are_as_many_days_apart_as_agreed() -> None:
    own = terms(min_days_between=20)
    for other, code in (
        (date(2026, 2, 10), "STANDING_SPACED"),
        (date(2026, 2, 11), "STANDING_TOO_SOON"),
        (date(2026, 3, 21), "STANDING_TOO_SOON"),
        (date(2026, 3, 22), "STANDING_SPACED"),
        (None, "STANDING_SPACED"),
    ):
        decision = bill("10000", rent(period(own=own), billed_on=other))
        assert code in decision.codes, other
        assert (decision.outcome is Outcome.DEVIATION) == (code == "STANDING_TOO_SOON")


def test_an_invoice_comes_no_earlier_than_agreed() -> None:
    days = {"issue_date": date(2026, 3, 22)}
    assert bill("10000", rent(period(APRIL), advance_days=10), **days).outcome is Outcome.AUTO_APPROVED
    early = bill("10000", rent(period(APRIL), advance_days=9), **days)
    assert (early.outcome, finding_of(early, "STANDING_EARLY").passes_at) == (Outcome.DEVIATION, "2026-03-23")


@pytest.mark.parametrize("halted", Halt)
def test_a_halted_order_leaves_its_invoice_to_people(halted: Halt) -> None:
    decision = bill("99999", rent(halted=halted))
    assert (decision.outcome, finding_of(decision, "STANDING_HALTED").order_number) == (Outcome.NO_ORDER, "4711")


def test_an_invoice_for_no_period_is_left_to_people() -> None:
    decision = bill("10000", replace(rent(), standing=replace(rent().standing, periods=())))
    assert (decision.outcome, decision.periods) == (Outcome.NO_ORDER, ())
    assert "STANDING_NO_PERIOD" in decision.codes


def test_an_uncovered_charge_takes_of_the_periods_tolerance() -> None:
    freight = {"allowance_charges": (charge("150"),)}
    decision = bill("10000", rent(), **freight)
    assert (decision.outcome, decision.periods[0].amount) == (Outcome.AUTO_APPROVED, 10_150)
    assert bill("10100", rent(), **freight).outcome is Outcome.DEVIATION


def test_what_must_be_received_waits() -> None:
    waiting = bill("10000", rent(line={"requires_receipt": True, "received": "4000"}))
    assert waiting.outcome is Outcome.AWAITING_RECEIPT
    assert finding_of(waiting, "RECEIPT_MISSING").passes_at == 6_000


def test_a_standing_order_approved_by_one_person_waits_for_another() -> None:
    single = replace(rent(), approvals=Approvals(Hand("anna"), (Hand("anna"),)))
    assert bill("10000", single).outcome is Outcome.MATCHED_PENDING_APPROVAL


@pytest.mark.parametrize(
    "named",
    [
        {"order_reference": None},
        {"order_reference": DocumentReference(number="husleje-77")},
        {"order_reference": DocumentReference(number="n/a")},
    ],
)
def test_an_order_found_by_its_reference_is_the_one_that_is_meant(named: dict[str, Any]) -> None:
    assert bill("10000", rent(by_reference=True), **named).outcome is Outcome.AUTO_APPROVED


def test_the_only_standing_order_is_suggested_when_the_amount_would_fit_and_no_more() -> None:
    def without(amount: str, suggested: OrderFacts | None, **named: Any) -> Decision:
        return match(
            replace(billed(amount, rent(), **({"order_reference": None} | named)), orders=(), suggested=suggested)
        )

    decision = without("10100", rent())
    assert (decision.outcome, decision.codes >= {"NO_ORDER_REF", "STANDING_SUGGESTED"}) == (Outcome.NO_ORDER, True)
    assert finding_of(decision, "STANDING_SUGGESTED").order_number == "4711"
    assert "STANDING_SUGGESTED" in without("10100", rent(), order_reference=DocumentReference(number="1")).codes
    assert "STANDING_SUGGESTED" in without("10", rent(irregular=True)).codes
    for amount, suggested in (
        ("10201", rent()),
        ("9799", rent()),
        ("10000", rent(halted=Halt.SUSPENDED)),
        ("10000", replace(rent(), standing=replace(rent().standing, periods=()))),
        ("10000", order()),
        ("10000", None),
    ):
        assert "STANDING_SUGGESTED" not in without(amount, suggested).codes


def test_a_credit_note_gives_back_to_the_periods_it_credits() -> None:
    taken = {"invoiced_amount": number(20_000), "credit_expected": number(20_000)}
    months = (period(MARCH, used="10150"), period(APRIL, used="10000"), period(MAY))
    note = credit_note(invoice_line("1", 1, "12000", ref=None))
    lines = (invoiced_line("0", "20150", invoice_line_id="9"),)
    decision = match(case(note, rent(*months, line=taken), invoiced=lines))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert [(use.first_on, use.amount, use.value) for use in decision.periods] == [
        (MARCH, -10_150, -10_000),
        (APRIL, -1_850, -2_000),
    ]
    assert [allocation.order_amount for allocation in decision.allocations] == [-12_000]


def test_a_credit_of_an_amount_line_gives_back_what_was_inside_it() -> None:
    used_up = order_line("1", 1, None, "50000", amount="50000", by_amount=True, invoiced_amount=number(50_000))
    note = credit_note(invoice_line("1", 1, "10000", ref=None))
    decision = match(case(note, order(used_up), invoiced=(invoiced_line("0", "50000"),)))
    assert [(one.order_amount, one.deviation) for one in decision.allocations] == [(-10_000, 0)]


def test_a_proof_of_periods_holds_alone_and_shows_a_change() -> None:
    own = terms(index_percent="3", least="9000", most="10000", min_days_between=3)
    made = billed("10500", rent(period(own=own), billed_on=date(2026, 2, 1), by_reference=True, advance_days=4))
    stated = json.loads(canonical(proof(made, match(made))))
    assert holds(stated)
    assert case_of(stated) == case_of(json.loads(canonical(proof(case_of(stated), match(made)))))
    stated["case"]["orders"][0]["standing"]["periods"][0]["used"] = "10000"
    assert not holds(stated)
    suggested = replace(made, orders=(), suggested=made.orders[0])
    assert holds(json.loads(canonical(proof(suggested, match(suggested)))))


def test_what_may_be_billed_is_advised_in_whole_oere_and_not_of_a_used_period() -> None:
    over = finding_of(bill("10600", rent(period(own=terms(expected="10000.00")))), "STANDING_AMOUNT_OVER")
    assert over.counterfactual_en == "passes if it is at most 10200.00 DKK"
    assert "more than 200.00 (" in over.message_en
    odd = rent(period(own=terms(expected="10000.75", tolerance_percent="2")))
    assert "at most 10200.76 " in str(finding_of(bill("10600", odd), "STANDING_AMOUNT_OVER").counterfactual_en)
    less = rent(period(own=terms(expected="10000.20", tolerance_percent="2")))
    assert "højst er på 10200,20 " in str(finding_of(bill("10600", less), "STANDING_AMOUNT_OVER").counterfactual_da)
    used = bill("10000", rent(period(used="10000")))
    assert finding_of(used, "STANDING_AMOUNT_OVER").counterfactual_en is None


def test_an_order_that_has_run_out_takes_the_invoices_of_its_periods_and_no_others() -> None:
    ran_out = replace(rent(expired=True), status=OrderStatus.CLOSED_SHORT)
    assert bill("10000", ran_out).outcome is Outcome.AUTO_APPROVED
    late = bill("10000", replace(ran_out, standing=replace(ran_out.standing, periods=())))
    assert "STANDING_NO_PERIOD" in late.codes
    assert late.outcome is not Outcome.AUTO_APPROVED
    ended = replace(rent(), status=OrderStatus.CLOSED_SHORT)
    assert "ORDER_STATE" in bill("10000", ended).codes
