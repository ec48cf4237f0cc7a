"""Rules on lines: sign, unit, arithmetic, price, and what is left of an order line."""

from decimal import Decimal, localcontext
from typing import Any

import pytest

from app.documents.invoice import InvoiceLine
from app.match.engine import match
from app.match.engine.codes import CODES, Outcome
from app.match.engine.facts import OrderLineFacts
from app.match.engine.units import converted, factor
from tests.unit.match.cases import (
    case,
    finding_of,
    invoice,
    invoice_line,
    item,
    number,
    one_line,
    order_line,
    policy,
    text_order,
    tolerance,
)


@pytest.mark.parametrize(("quantity", "amount"), [("0", "0"), ("-1", "-100"), ("1", "-100")])
def test_an_invoice_gives_nothing_back(quantity: str, amount: str) -> None:
    decision = one_line(invoice_line("1", quantity, "100", amount=amount), order_line("1"))
    assert decision.outcome is Outcome.DEVIATION
    assert finding_of(decision, "LINE_NOT_POSITIVE").amount == number(amount)


def test_a_negative_line_on_a_text_order_is_a_deviation_too() -> None:
    lines = invoice_line("1", 1, "1000", ref=None), invoice_line("2", 1, "-100", ref=None)
    decision = match(case(invoice(*lines), text_order()))
    assert "LINE_NOT_POSITIVE" in decision.codes
    assert [one.order_amount for one in decision.allocations] == [1000, 0]


def test_a_negative_charge_line_is_a_deviation_too() -> None:
    back = invoice_line("9", -1, "50", ref=None, item=item("Fragt"))
    decision = match(case(invoice(invoice_line("1"), back)))
    assert finding_of(decision, "LINE_NOT_POSITIVE").invoice_line_id == "9"


def test_an_amount_of_nothing_needs_no_price() -> None:
    decision = one_line(invoice_line("1", 0, None, amount="0"), order_line("1"))
    assert {"LINE_NOT_POSITIVE", "PRICE_AGREES"} <= decision.codes
    assert not decision.codes & {"ARITHMETIC_AGREES", "UNIT_MISMATCH"}


@pytest.mark.parametrize(
    ("unit", "other", "expected"),
    [
        ("EA", "C62", (1, 1)),
        ("KGM", "GRM", (1000, 1)),
        ("GRM", "TNE", (1, 1_000_000)),
        ("MTR", "CMT", (100, 1)),
        ("LTR", "MLT", (1000, 1)),
        ("MIN", "HUR", (1, 60)),
        ("XBX", "XBX", (1, 1)),
        ("XBX", "EA", None),
        ("EA", "XBX", None),
        ("KGM", "LTR", None),
    ],
)
def test_units_convert_exactly_or_not_at_all(unit: str, other: str, expected: tuple[int, int] | None) -> None:
    assert factor(unit, other) == expected


def test_a_quantity_without_a_finite_decimal_is_not_converted() -> None:
    assert converted(number(90), "MIN", "HUR") == Decimal("1.5")
    with localcontext(prec=400):
        assert converted(number(20), "MIN", "HUR") is None
    assert converted(number(1), "EA", "KGM") is None


def test_a_third_of_an_hour_is_not_rounded_into_the_order() -> None:
    decision = one_line(invoice_line("1", 20, "5", unit="MIN"), order_line("1", 2, "300", unit_code="HUR"))
    assert "UNIT_MISMATCH" in decision.codes


def test_an_invoice_in_another_unit_is_compared_in_the_orders() -> None:
    line = invoice_line("1", 2000, "0.05", unit="GRM")
    decision = one_line(line, order_line("1", 2, "50", unit_code="KGM"))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert decision.allocations[0].quantity == 2
    assert finding_of(decision, "PRICE_AGREES").actual == Decimal("50.00")


def test_units_that_do_not_convert_are_a_deviation_and_allocate_nothing() -> None:
    decision = one_line(invoice_line("1", unit="XBX"), order_line("1"))
    finding = finding_of(decision, "UNIT_MISMATCH")
    assert (finding.expected, finding.actual, decision.allocations) == ("EA", "XBX", ())
    assert finding.counterfactual_en == "passes if the line is in EA"


def test_an_order_price_in_an_unknown_unit_cannot_be_compared() -> None:
    assert "UNIT_MISMATCH" in one_line(invoice_line("1"), order_line("1", price_unit_code="XBX")).codes


@pytest.mark.parametrize(
    "ordered",
    [
        order_line("1", 10, "1000", base_quantity=number(10), amount="1000"),
        order_line("1", 10, "50", price_unit_code="KGM", factor_rate=number(2), amount="1000"),
        order_line("1", 10, "12.5", price_unit_code="DZN", factor_rate=number(8), amount="1000"),
        order_line("1", 10, "1200", price_unit_code="DZN", amount="1000"),
        order_line("1", 10, "100", base_quantity=number(0), amount="1000"),
    ],
)
def test_the_orders_price_is_that_of_its_own_unit(ordered: OrderLineFacts) -> None:
    decision = one_line(invoice_line("1"), ordered)
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert decision.allocations[0].order_amount == 1000


def test_a_third_is_compared_without_rounding() -> None:
    ordered = order_line("1", 3, "10", base_quantity=number(3), amount="10")
    line = invoice_line("1", 3, "10", base="3")
    assert one_line(line, ordered).outcome is Outcome.AUTO_APPROVED
    assert finding_of(one_line(line, ordered), "PRICE_AGREES").expected == Decimal("3.333333")


@pytest.mark.parametrize(
    ("line", "computed"),
    [
        (invoice_line("1", 10, "1000", base="10"), "ARITHMETIC_AGREES"),
        (invoice_line("1", 10, "50", base="1", base_unit="KGM", rate="2", amount="1000"), "ARITHMETIC_AGREES"),
        (invoice_line("1", 10, "1200", base="1", base_unit="DZN", amount="1000"), "ARITHMETIC_AGREES"),
        (invoice_line("1", 10, "100", base="0", amount="1000"), "ARITHMETIC_AGREES"),
        (invoice_line("1", 10, None, amount="1000"), "ARITHMETIC_AGREES"),
        (invoice_line("1", 10, "99.96", amount="1000"), "LINE_ROUNDING"),
        (invoice_line("1", 10, "99.90", amount="1000"), "LINE_ROUNDING"),
        (invoice_line("1", 10, "99.89", amount="1000"), "LINE_ARITHMETIC"),
        (invoice_line("1", 10, "100.11", amount="1000"), "LINE_ARITHMETIC"),
    ],
)
def test_price_times_quantity_is_the_amount_as_oioubl_reckons(line: InvoiceLine, computed: str) -> None:
    decision = one_line(line, order_line("1"))
    assert computed in decision.codes
    assert decision.outcome is CODES[computed].outcome


def test_a_price_in_an_unknown_unit_is_judged_by_what_is_billed() -> None:
    line = invoice_line("1", 10, "7", base="1", base_unit="XBX", amount="1000")
    assert one_line(line, order_line("1")).outcome is Outcome.AUTO_APPROVED
    dear = invoice_line("1", 10, "7", base="1", base_unit="XBX", amount="1500")
    assert finding_of(one_line(dear, order_line("1")), "PRICE_OVER").actual is None


def test_a_price_deviation_says_what_would_pass() -> None:
    decision = one_line(invoice_line("1", 10, "125"), order_line("1"))
    finding = finding_of(decision, "PRICE_OVER")
    assert (finding.expected, finding.actual, finding.amount, finding.limit) == (100, 125, 250, 100)
    assert finding.counterfactual_en == "passes if the unit price is at most 110.00 DKK"
    told = "Linje 1 koster 125,00, hvor ordren siger 100,00 DKK: 250,00 i alt, mere end 100,00 (root)."
    assert finding.message_da == told
    passing = one_line(invoice_line("1", 10, str(finding.passes_at)), order_line("1"))
    assert passing.outcome is Outcome.AUTO_APPROVED


def test_a_price_on_nothing_has_no_highest_that_passes() -> None:
    finding = finding_of(one_line(invoice_line("1", 0, "1", amount="5"), order_line("1")), "PRICE_OVER")
    assert finding.counterfactual_en is None


def test_two_lines_on_one_order_line_share_it() -> None:
    lines = invoice_line("1", 6, "100", ref="1"), invoice_line("2", 5, "100", ref="1")
    finding = finding_of(match(case(invoice(*lines))), "QTY_OVER_ORDER")
    assert (finding.invoice_line_id, finding.actual, finding.amount) == ("1, 2", 11, 1)
    fewer = invoice_line("1", 6, "100", ref="1"), invoice_line("2", 4, "100", ref="1")
    assert match(case(invoice(*fewer))).outcome is Outcome.AUTO_APPROVED


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"invoiced_quantity": number(4), "received": number(10)}, Outcome.AUTO_APPROVED),
        ({"invoiced_quantity": number(5), "received": number(10)}, Outcome.DEVIATION),
        ({"held": number(5), "received": number(10)}, Outcome.DEVIATION),
        ({"held": number(4), "received": number(10)}, Outcome.AUTO_APPROVED),
        ({"held": number(4), "held_ahead": number(4), "received": number(9)}, Outcome.AWAITING_RECEIPT),
        ({"held": number(4), "received": number(6)}, Outcome.AUTO_APPROVED),
        ({"received": number(0), "requires_receipt": False}, Outcome.AUTO_APPROVED),
        ({"invoiced_quantity": number(12), "received": number(10)}, Outcome.DEVIATION),
    ],
)
def test_capacity_is_what_others_have_left(changes: dict[str, Any], outcome: Outcome) -> None:
    assert one_line(invoice_line("1", 6, "100"), order_line("1", 10, "100", **changes)).outcome is outcome


def test_over_delivery_widens_the_quantity_and_not_the_receipt() -> None:
    generous = policy(tolerance(), over_delivery=number(10))
    line, received = invoice_line("1", 11, "100"), order_line("1", 10, "100", 11)
    assert one_line(line, received, policy=generous).outcome is Outcome.AUTO_APPROVED
    assert one_line(line, received).outcome is Outcome.DEVIATION
    assert one_line(line, order_line("1", 10, "100", 10), policy=generous).outcome is Outcome.AWAITING_RECEIPT
    assert one_line(invoice_line("1", "11.1", "100"), received, policy=generous).outcome is Outcome.DEVIATION


def test_a_missing_receipt_still_needs_all_else_to_be_right() -> None:
    decision = one_line(invoice_line("1", 10, "200"), order_line("1", 10, "100", 4))
    assert decision.outcome is Outcome.DEVIATION
    assert finding_of(decision, "RECEIPT_MISSING").counterfactual_da == "går igennem, når der er modtaget 6 EA mere"


def test_a_text_order_may_be_a_little_over_within_tolerance() -> None:
    decision = match(case(invoice(invoice_line("1", 1, "50200", ref=None)), text_order()))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert decision.codes >= {"AMOUNT_WITHIN_TOLERANCE", "TOTAL_WITHIN_TOLERANCE"}
    taken = decision.allocations[0]
    assert (taken.quantity, taken.amount, taken.order_amount, taken.deviation) == (0, 50200, 50000, 200)


def test_a_text_order_too_far_over_says_how_much_would_pass() -> None:
    decision = match(case(invoice(invoice_line("1", 1, "50300", ref=None)), text_order()))
    assert finding_of(decision, "AMOUNT_OVER_ORDER").passes_at == 50250


def test_what_waiting_invoices_hold_of_a_text_order_is_not_there() -> None:
    held = text_order(line={"held": number(45000)})
    assert match(case(invoice(invoice_line("1", 1, "5000", ref=None)), held)).outcome is Outcome.AUTO_APPROVED
    over = match(case(invoice(invoice_line("1", 1, "6000", ref=None)), held))
    assert finding_of(over, "AMOUNT_OVER_ORDER").expected == 5000


def test_two_lines_fill_a_text_order_in_turn() -> None:
    lines = invoice_line("1", 1, "30000", ref=None), invoice_line("2", 1, "20100", ref=None)
    decision = match(case(invoice(*lines), text_order()))
    assert [(one.order_amount, one.deviation) for one in decision.allocations] == [(30000, 0), (20000, 100)]
    assert decision.outcome is Outcome.AUTO_APPROVED


def test_an_order_line_without_price_is_an_amount() -> None:
    ordered = order_line("1", 10, None, amount="500")
    decision = one_line(invoice_line("1", 5, "60"), ordered)
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert decision.allocations[0].quantity == 0
