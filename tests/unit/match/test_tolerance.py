"""Limits: which rows count, which binds, and what the budget of an order is spent on."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.match.engine import match
from app.match.engine.charges import split
from app.match.engine.codes import Outcome
from app.match.engine.decision import Charge, Decision
from app.match.engine.facts import Case, ChargeKind, ExpectedCharge
from app.match.engine.policy import Favour, Level, Tolerance
from app.match.engine.tolerance import NO_TOLERANCE, row_limit, rows_of, smallest
from tests.unit.match.cases import (
    ANY,
    case,
    charge,
    finding_of,
    invoice,
    invoice_line,
    item,
    number,
    order,
    order_line,
    policy,
    tolerance,
)


def _priced(price: str, *rows: Tolerance, **changes: Any) -> Case:
    made = order(order_line("1", 10, "100"), scopes=("agreement:1", "organisation:au"))
    return case(invoice(invoice_line("1", 10, price)), replace(made, **changes), policy=policy(*rows))


@pytest.mark.parametrize(
    ("row", "limit"),
    [
        (tolerance(), "200"),
        (tolerance(combine=ANY), "250"),
        (tolerance(None, "10"), "200"),
        (tolerance("250", None), "250"),
        (tolerance(None, None), None),
    ],
)
def test_a_row_sets_an_amount_a_share_or_both(row: Tolerance, limit: str | None) -> None:
    assert row_limit(row, number(2000)) == (None if limit is None else Decimal(limit))


def test_nothing_may_deviate_where_no_row_sets_a_limit() -> None:
    assert smallest((tolerance(None, None),), number(2000)) == NO_TOLERANCE
    decision = match(_priced("100.01", tolerance(None, None)))
    assert finding_of(decision, "PRICE_OVER").limit_source == "NO_TOLERANCE"


def test_of_all_rows_that_apply_the_smallest_binds_and_is_named() -> None:
    rows = (
        tolerance("80", "50", source="root"),
        tolerance("60", None, scope="agreement:1", source="the agreement"),
        tolerance("70", None, scope="organisation:au", source="AU"),
        tolerance("1", None, scope="organisation:other", source="others"),
    )
    decision = match(_priced("107", *rows))
    finding = finding_of(decision, "PRICE_OVER")
    assert (finding.limit, finding.limit_source) == (60, "the agreement")
    assert match(_priced("106", *rows)).outcome is Outcome.AUTO_APPROVED


def test_a_line_row_replaces_the_order_row_of_its_own_scope_only() -> None:
    root, loose = tolerance("50", None), tolerance("500", None, level=Level.LINE)
    assert match(_priced("106", root, loose)).codes >= {"TOTAL_OVER", "PRICE_WITHIN_TOLERANCE"}
    elsewhere = replace(loose, scope="agreement:1")
    assert match(_priced("106", root, elsewhere)).codes >= {"TOTAL_OVER", "PRICE_OVER"}
    only_freight = replace(loose, absolute=None)
    assert match(_priced("106", root, only_freight)).codes >= {"PRICE_OVER"}
    tight = tolerance("5", None, level=Level.LINE, source="line")
    assert finding_of(match(_priced("101", root, tight)), "PRICE_OVER").limit_source == "line"


def test_the_limit_is_the_last_amount_that_passes() -> None:
    assert match(_priced("110")).outcome is Outcome.AUTO_APPROVED
    over = match(_priced("110.01"))
    assert over.outcome is Outcome.DEVIATION
    assert finding_of(over, "PRICE_OVER").passes_at == Decimal("110.0000")


def test_the_budget_counts_what_earlier_invoices_used() -> None:
    spent = match(_priced("105", tolerance_used=number(60), matched_value=number(100)))
    assert spent.outcome is Outcome.AUTO_APPROVED
    assert spent.orders[0].used_before == 60
    over = match(_priced("105", tolerance_used=number(61), matched_value=number(100)))
    assert over.codes >= {"TOTAL_OVER"}
    assert finding_of(over, "TOTAL_OVER").passes_at == 49


def test_a_spent_budget_does_not_stop_an_invoice_that_is_as_ordered() -> None:
    assert match(_priced("100", tolerance_used=number(9999))).outcome is Outcome.AUTO_APPROVED


def test_a_lower_price_is_noted_or_looked_at_as_the_policy_says() -> None:
    assert match(_priced("90")).outcome is Outcome.AUTO_APPROVED
    checked = match(_priced("90", tolerance(favour=Favour.CHECK, source="careful")))
    assert checked.outcome is Outcome.MATCHED_PENDING_APPROVAL
    assert finding_of(checked, "PRICE_BELOW_CHECK").limit_source == "careful"


def test_an_oere_on_a_line_is_rounding_and_uses_nothing() -> None:
    for amount, over in (("1000.01", "0"), ("999.99", "0"), ("1000.02", "0.02")):
        billed = invoice(invoice_line("1", 10, "100", amount=amount))
        decision = match(case(billed, order(order_line("1", 10, "100"))))
        assert decision.outcome is Outcome.AUTO_APPROVED
        assert decision.orders[0].over == Decimal(over)


def _charged(*charges: object, expected: tuple[ExpectedCharge, ...] = (), **changes: Any) -> Decision:
    return match(case(invoice(allowance_charges=charges), order(charges=expected), **changes))


def test_charges_that_nothing_expects_are_held_against_the_cap_together() -> None:
    assert _charged(charge("100"), charge("100", "Gebyr")).outcome is Outcome.AUTO_APPROVED
    over = _charged(charge("100"), charge("101", "Gebyr"))
    assert over.codes >= {"CHARGE_NOT_ALLOWED", "TOTAL_OVER"}
    assert finding_of(over, "CHARGE_NOT_ALLOWED").passes_at == 200


def test_the_smallest_freight_cap_binds_and_without_one_no_charge_is_allowed() -> None:
    rows = tolerance(), tolerance(None, None, freight_cap=number(20), source="tight")
    assert finding_of(_charged(charge("21"), policy=policy(*rows)), "CHARGE_NOT_ALLOWED").limit_source == "tight"
    none = _charged(charge("1"), policy=policy(tolerance(freight_cap=None)))
    assert finding_of(none, "CHARGE_NOT_ALLOWED").limit_source == "NO_CAP"


def test_an_expected_charge_covers_its_kind_up_to_what_is_left_of_it() -> None:
    freight = ExpectedCharge(ChargeKind.FREIGHT, number(100), "the order", invoiced=number(40))
    decision = _charged(charge("75"), charge("10", "Gebyr"), expected=(freight,))
    assert [(one.uncovered, len(one.covers)) for one in decision.charges] == [(15, 1), (10, 0)]
    assert decision.orders[0].charges == 25
    twice = _charged(charge("50"), charge("50"), expected=(freight,))
    assert twice.orders[0].over == 40


def test_an_expected_charge_covers_no_other_kind() -> None:
    freight = ExpectedCharge(ChargeKind.FREIGHT, number(100), "the order")
    decision = _charged(charge("10", "Gebyr"), charge("100"), expected=(freight,))
    assert [one.uncovered for one in decision.charges] == [10, 0]


def test_freight_for_each_delivery_comes_again() -> None:
    freight = ExpectedCharge(ChargeKind.FREIGHT, number(95), "the agreement", invoiced=number(950), each_invoice=True)
    assert _charged(charge("95"), expected=(freight,)).orders[0].over == 0


def test_a_spent_expectation_is_never_negative() -> None:
    freight = ExpectedCharge(ChargeKind.FREIGHT, number(95), "the order", invoiced=number(100))
    assert _charged(charge("10"), expected=(freight,)).orders[0].over == 10


def test_an_allowance_below_zero_is_a_charge() -> None:
    decision = _charged(charge("-500", "Rabat", charge_indicator=False))
    assert decision.codes >= {"CHARGE_NOT_ALLOWED"}


def test_a_discount_is_taken_but_pays_for_no_excess() -> None:
    discount = charge("1000", "Rabat", charge_indicator=False)
    assert _charged(discount).outcome is Outcome.AUTO_APPROVED
    billed = invoice(invoice_line("1", 10, "125"), invoice_line("2", 5, "200"), allowance_charges=(discount,))
    assert match(case(billed)).outcome is Outcome.DEVIATION


@pytest.mark.parametrize(
    ("entry", "kind", "name"),
    [
        (charge("1", "x", reason_code="FC"), ChargeKind.FREIGHT, "x"),
        (charge("1", reason=None), ChargeKind.OTHER, "OTHER"),
        (charge("1", reason=None, charge_indicator=False), ChargeKind.OTHER, "ALLOWANCE"),
    ],
)
def test_header_charges_are_told_apart_by_code_and_word(entry: object, kind: ChargeKind, name: str) -> None:
    assert [(one.kind, one.name) for one in _charged(entry).charges] == [(kind, name)]


def test_interest_is_never_approved_even_when_expected() -> None:
    agreed = ExpectedCharge(ChargeKind.INTEREST, number(100), "a mistake")
    for expected in ((), (agreed,)):
        decision = _charged(charge("10", "Morarenter"), expected=expected)
        assert decision.outcome is Outcome.DEVIATION
        assert finding_of(decision, "CHARGE_NOT_ALLOWED").counterfactual_en is None


def test_header_charges_are_split_by_value_and_the_oeres_add_up() -> None:
    loose = Charge("Fragt", ChargeKind.FREIGHT, number(100), number(100))
    own = Charge("Gebyr", ChargeKind.FEE, number(7), number(7), order_id="b")
    shares = split((loose, own), {"a": number(1000), "b": number(1000), "c": number(1000)})
    assert shares == {"a": Decimal("33.33"), "b": Decimal("40.33"), "c": Decimal("33.34")}
    tiny = split((replace(loose, uncovered=number("0.03")),), dict.fromkeys("abcdef", number(1)))
    assert sum(tiny.values()) == Decimal("0.03")
    assert min(tiny.values()) >= 0
    assert split((loose,), {"a": number(0), "b": number(0)}) == {"a": 0, "b": 100}
    assert split((replace(loose, uncovered=number(-5)),), {"a": number(1)}) == {"a": 0}


def test_freight_over_two_orders_is_shared_and_each_budget_is_tested() -> None:
    first = order(order_line("1", 10, "100"), tolerance_used=number(90), matched_value=number(0))
    second = order(order_line("1", 10, "100", id="x"), id="order-2", number="4712")
    lines = invoice_line("1", ref="1"), invoice_line("2", ref="1", order_number="4712")
    decision = match(case(invoice(*lines, allowance_charges=(charge("100"),)), first, second))
    assert [use.over for use in decision.orders] == [50, 50]
    assert [finding.order_number for finding in decision.findings if finding.code == "TOTAL_OVER"] == ["4711"]


def test_an_invoice_of_freight_alone_has_no_value_to_be_a_share_of() -> None:
    decision = match(case(invoice(invoice_line("1", 1, "50", ref=None, item=item("Fragt")))))
    assert decision.codes >= {"CHARGE_WITHIN_CAP", "TOTAL_OVER"}
    no_lines_paired = match(case(invoice(invoice_line("1", 1, "50", ref=None), allowance_charges=(charge("50"),))))
    assert no_lines_paired.orders[0].charges == 50


def test_the_rounding_limit_of_a_row_can_only_tighten() -> None:
    made = order(scopes=())
    assert rows_of(policy(tolerance(rounding=number("0.5"))), made).rounding().amount == Decimal("0.5")
    assert rows_of(policy(tolerance(rounding=number("5"))), made).rounding().amount == 1
