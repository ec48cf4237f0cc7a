"""The worked examples of the matching rules, one table: what is billed, what is received, what becomes of it."""

from dataclasses import dataclass, replace
from typing import Any

from app.match.engine import Case
from app.match.engine.codes import Outcome
from app.match.engine.facts import AgreedPrice, Bracket, ChargeKind, ExpectedCharge
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
from tests.unit.match.rents import APRIL, MARCH, MAY, billed, period, rent, terms


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
AGREED_FREIGHT = order(charges=(ExpectedCharge(ChargeKind.FREIGHT, number(150), "the order"),))
SIX = invoice(invoice_line("1", 6, "100"))
BY_HUNDRED = Bracket(number(1), AgreedPrice(number(10))), Bracket(number(100), AgreedPrice(number(9)))
RETURNED = order(order_line("1", 10, "100", invoiced_quantity=number(10), invoiced_amount=number(1000)))

VECTORS = [
    Vector("all as ordered", case(), Outcome.AUTO_APPROVED),
    Vector(
        "a prepayment that the text order says",
        case(
            invoice(invoice_line("1", 1, "50000"), invoice_type_code="386"),
            text_order("50000", "0", prepayment=True),
        ),
        Outcome.AUTO_APPROVED,
        frozenset({"PREPAID", "TYPE_ACCEPTED"}),
    ),
    Vector(
        "a part of it has come",
        case(invoice(invoice_line("1", 1, "30000")), text_order("50000", "25000", prepayment=True)),
        Outcome.AUTO_APPROVED,
        frozenset({"PREPAID"}),
    ),
    Vector(
        "a prepayment that the text order does not say",
        case(invoice(invoice_line("1", 1, "50000"), invoice_type_code="386"), text_order()),
        Outcome.DEVIATION,
        frozenset({"PREPAYMENT_NOT_AGREED"}),
    ),
    Vector(
        "two lines of an article that reach a lower price together",
        case(
            invoice(invoice_line("1", 60, "10"), invoice_line("2", 60, "10")),
            order(*(order_line(one, 60, "10", seller_item="A", brackets=BY_HUNDRED) for one in ("1", "2"))),
        ),
        Outcome.AUTO_APPROVED,
        frozenset({"PRICE_BRACKET_MISSED"}),
    ),
    Vector(
        "freight that nothing expected, under the cap",
        case(invoice(LINE_1, LINE_2, allowance_charges=FREIGHT)),
        Outcome.AUTO_APPROVED,
        frozenset({"CHARGE_WITHIN_CAP", "TOTAL_WITHIN_TOLERANCE"}),
        over="150",
    ),
    Vector(
        "freight that is on the order",
        case(invoice(LINE_1, LINE_2, allowance_charges=FREIGHT), AGREED_FREIGHT),
        Outcome.AUTO_APPROVED,
        frozenset({"CHARGE_EXPECTED"}),
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
        case(SIX, order(order_line("1", 10, "100", 6), order_line("2", 5, "200"))),
        Outcome.AUTO_APPROVED,
    ),
    Vector(
        "a part, not all received",
        case(SIX, order(order_line("1", 10, "100", 4), order_line("2", 5, "200"))),
        Outcome.AWAITING_RECEIPT,
        frozenset({"RECEIPT_MISSING"}),
        missing="2",
    ),
    Vector(
        "the same once the rest is received", case(SIX, order(order_line("1", 10, "100", 6))), Outcome.AUTO_APPROVED
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
        "what is credited is invoiced again",
        case(
            invoice(invoice_line("1", 2, "100")),
            order(order_line("1", 10, "100", 10, invoiced_quantity=number(8), invoiced_amount=number(800))),
        ),
        Outcome.AUTO_APPROVED,
    ),
    Vector(
        "what is invoiced is not",
        case(invoice(invoice_line("1", 2, "100")), RETURNED),
        Outcome.DEVIATION,
        frozenset({"QTY_OVER_ORDER"}),
    ),
    Vector(
        "a month of a standing order, within its tolerance",
        billed("10150", rent()),
        Outcome.AUTO_APPROVED,
        frozenset({"STANDING_WITHIN_TOLERANCE"}),
        over="150",
    ),
    Vector(
        "a second invoice in the month",
        billed("10000", rent(period(used="10150"))),
        Outcome.DEVIATION,
        frozenset({"STANDING_PERIOD_USED"}),
        over="10000",
    ),
    Vector(
        "a month above the tolerance and the cap",
        billed("10600", rent(period(APRIL)), issue_date=APRIL),
        Outcome.DEVIATION,
        frozenset({"STANDING_AMOUNT_OVER", "STANDING_PERIOD_CAP"}),
        over="600",
    ),
    Vector(
        "a month above the cap alone",
        billed("10600", rent(period(APRIL, own=terms(tolerance_percent="10"))), issue_date=APRIL),
        Outcome.DEVIATION,
        frozenset({"STANDING_WITHIN_TOLERANCE", "STANDING_PERIOD_CAP"}),
        over="600",
    ),
    Vector(
        "three months at once",
        billed("30300", rent(period(MARCH), period(APRIL), period(MAY))),
        Outcome.AUTO_APPROVED,
        frozenset({"STANDING_WITHIN_TOLERANCE"}),
        over="300",
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
