"""The worked examples of the matching rules, one table: what is billed, what is received, what becomes of it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from app.match.engine import Case, match
from app.match.engine.codes import Outcome
from app.match.engine.facts import ChargeKind, ExpectedCharge
from tests.unit.match.cases import (
    ANY,
    case,
    charge,
    credit_note,
    invoice,
    invoice_line,
    invoiced_line,
    number,
    order,
    order_line,
    policy,
    text_order,
    tolerance,
)


@dataclass(frozen=True)
class Vector:
    """A case, its outcome, the codes that must be among its findings, and what it uses of the first order's budget."""

    name: str
    case: Case
    outcome: Outcome
    codes: frozenset[str] = frozenset()
    over: str = "0"
    missing: str | None = None


def _two_thousand_each(**changes: Any) -> Case:
    lines = order_line("1", 10, "200"), order_line("2", 10, "200")
    return case(None, replace(order(*lines), **changes))


FREIGHT = (charge("150"),)
LINE_1 = invoice_line("1", 10, "100")
LINE_2 = invoice_line("2", 5, "200")
O2_FIRST = replace(_two_thousand_each(), invoice=invoice(invoice_line("1", 10, "200"), allowance_charges=FREIGHT))
O2_SECOND = replace(
    _two_thousand_each(tolerance_used=number(150), matched_value=number(2000)),
    invoice=invoice(invoice_line("2", 10, "200"), allowance_charges=FREIGHT),
)
RETURNED = order(order_line("1", 10, "100", invoiced_quantity=number(10), invoiced_amount=number(1000)))

VECTORS = [
    Vector("all as ordered", case(), Outcome.AUTO_APPROVED),
    Vector(
        "freight that nothing expected, under the cap",
        case(invoice(LINE_1, LINE_2, allowance_charges=FREIGHT)),
        Outcome.AUTO_APPROVED,
        frozenset({"CHARGE_WITHIN_CAP", "TOTAL_WITHIN_TOLERANCE"}),
        over="150",
    ),
    Vector("budget of the order: the first invoice", O2_FIRST, Outcome.AUTO_APPROVED, over="150"),
    Vector(
        "budget of the order: the second invoice", O2_SECOND, Outcome.DEVIATION, frozenset({"TOTAL_OVER"}), over="150"
    ),
    Vector(
        "a price within tolerance",
        case(invoice(invoice_line("1", 10, "104"), LINE_2)),
        Outcome.AUTO_APPROVED,
        frozenset({"PRICE_WITHIN_TOLERANCE"}),
        over="40",
    ),
    Vector(
        "a price above it",
        case(invoice(invoice_line("1", 10, "125"), LINE_2)),
        Outcome.DEVIATION,
        frozenset({"PRICE_OVER", "TOTAL_OVER"}),
        over="250",
    ),
    Vector(
        "the same where either limit is enough",
        case(invoice(invoice_line("1", 10, "125"), LINE_2), policy=policy(tolerance(combine=ANY))),
        Outcome.AUTO_APPROVED,
        over="250",
    ),
    Vector(
        "offsetting prices within tolerance",
        case(invoice(invoice_line("1", 10, "110"), invoice_line("2", 5, "180"))),
        Outcome.AUTO_APPROVED,
        frozenset({"FAVOUR_NOT_USED"}),
        over="100",
    ),
    Vector(
        "offsetting prices above it",
        case(invoice(invoice_line("1", 10, "130"), invoice_line("2", 5, "140"))),
        Outcome.DEVIATION,
        frozenset({"PRICE_OVER", "TOTAL_OVER"}),
        over="300",
    ),
    Vector(
        "a part, received",
        case(invoice(invoice_line("1", 6, "100")), order(order_line("1", 10, "100", 6), order_line("2", 5, "200"))),
        Outcome.AUTO_APPROVED,
    ),
    Vector(
        "a part, not all received",
        case(invoice(invoice_line("1", 6, "100")), order(order_line("1", 10, "100", 4), order_line("2", 5, "200"))),
        Outcome.AWAITING_RECEIPT,
        frozenset({"RECEIPT_MISSING"}),
        missing="2",
    ),
    Vector(
        "more than ordered",
        case(invoice(invoice_line("1", 11, "100"))),
        Outcome.DEVIATION,
        frozenset({"QTY_OVER_ORDER"}),
    ),
    Vector(
        "a lower price", case(invoice(invoice_line("1", 10, "95"))), Outcome.AUTO_APPROVED, frozenset({"PRICE_BELOW"})
    ),
    Vector("a price for ten", case(invoice(invoice_line("1", 10, "1000", base="10"))), Outcome.AUTO_APPROVED),
    Vector(
        "a credit nobody expected",
        case(credit_note(invoice_line("1", 2, "100")), RETURNED, invoiced=(invoiced_line(),)),
        Outcome.MATCHED_PENDING_APPROVAL,
        frozenset({"CREDIT_NOT_EXPECTED"}),
    ),
    Vector(
        "a credit that a return made expected",
        case(
            credit_note(invoice_line("1", 2, "100")),
            replace(RETURNED, lines=(replace(RETURNED.lines[0], credit_expected=number(2)),)),
            invoiced=(invoiced_line(),),
        ),
        Outcome.AUTO_APPROVED,
    ),
    Vector(
        "half of a text order",
        case(invoice(invoice_line("1", 1, "25000", ref=None)), text_order(received="25000")),
        Outcome.AUTO_APPROVED,
    ),
    Vector(
        "more of a text order than is received",
        case(invoice(invoice_line("1", 1, "30000", ref=None)), text_order(received="25000")),
        Outcome.AWAITING_RECEIPT,
        frozenset({"RECEIPT_MISSING"}),
        missing="5000",
    ),
    Vector(
        "more than a text order",
        case(
            invoice(invoice_line("1", 1, "25600", ref=None)),
            text_order(matched_value=number(25000), line={"invoiced_amount": number(25000)}),
        ),
        Outcome.DEVIATION,
        frozenset({"TOTAL_OVER"}),
        over="600",
    ),
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_worked_examples_come_out_as_written(vector: Vector) -> None:
    decision = match(vector.case)
    assert decision.outcome is vector.outcome
    assert vector.codes <= decision.codes
    if not vector.case.invoice.is_credit:
        assert decision.orders[0].over == Decimal(vector.over)
    missing = [finding.amount for finding in decision.findings if finding.code == "RECEIPT_MISSING"]
    assert missing == ([] if vector.missing is None else [Decimal(vector.missing)])


def test_freight_on_the_order_uses_nothing_of_the_budget() -> None:
    agreed = ExpectedCharge(ChargeKind.FREIGHT, number(150), "the order")
    decision = match(case(invoice(LINE_1, LINE_2, allowance_charges=FREIGHT), order(charges=(agreed,))))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert decision.orders[0].over == 0
    assert "CHARGE_EXPECTED" in decision.codes


def test_a_waiting_invoice_passes_when_the_rest_is_received() -> None:
    billed = invoice(invoice_line("1", 6, "100"))
    assert match(case(billed, order(order_line("1", 10, "100", 6)))).outcome is Outcome.AUTO_APPROVED


def test_a_credited_piece_may_be_invoiced_again() -> None:
    billed = invoice(invoice_line("1", 2, "100"))
    credited = order(order_line("1", 10, "100", 10, invoiced_quantity=number(8), invoiced_amount=number(800)))
    assert match(case(billed, credited)).outcome is Outcome.AUTO_APPROVED
    assert match(case(billed, RETURNED)).outcome is Outcome.DEVIATION
