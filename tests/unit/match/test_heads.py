"""Summary invoices: several orders in the header, lines without references, or one sum for all that was received."""

from typing import Any

import pytest

from app.documents.invoice import Invoice, InvoiceLine
from app.documents.values import DocumentReference
from app.match.engine import match
from app.match.engine.codes import Outcome
from app.match.engine.decision import How
from app.match.engine.facts import OrderFacts
from app.match.engine.proof import holds, proof
from tests.unit.match.cases import (
    case,
    finding_of,
    invoice,
    invoice_line,
    item,
    number,
    order,
    order_line,
    pairs_of,
    text_order,
    two_orders,
)
from tests.unit.match.rents import rent

BOTH = DocumentReference(number="4711, 4712")


def whole(amount: str = "2000", **changes: Any) -> InvoiceLine:
    """One sum, in words."""
    return invoice_line("1", 1, amount, **({"ref": None, "item": item("Samlefaktura februar")} | changes))


def summary(line: InvoiceLine, **changes: Any) -> Invoice:
    return invoice(line, **changes)


def test_one_sum_for_all_that_is_received_is_laid_on_it() -> None:
    own = case(summary(whole()))
    decision = match(own)
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert pairs_of(decision) == [("1", "order-line-1", How.HEAD), ("1", "order-line-2", How.HEAD)]
    assert [(one.quantity, one.amount) for one in decision.allocations] == [(10, 1000), (5, 1000)]
    finding = finding_of(decision, "MATCHED_BY_HEAD")
    assert (finding.expected, finding.amount) == ("4711", 2000)
    assert holds(proof(own, decision))


def test_only_what_is_received_and_not_invoiced_counts() -> None:
    ordered = order(order_line("1", 10, "100", 7, invoiced_quantity=number(3)), order_line("2", 5, "200", 0))
    assert pairs_of(match(case(summary(whole("400")), ordered))) == [("1", "order-line-1", How.HEAD)]
    assert match(case(summary(whole("400")), ordered)).outcome is Outcome.AUTO_APPROVED


def test_one_sum_may_be_for_several_orders_of_the_header() -> None:
    decision = match(case(summary(whole(), order_reference=BOTH), *two_orders()))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert finding_of(decision, "MATCHED_BY_HEAD").expected == "4711, 4712"
    assert {one.order_number for one in decision.orders} == {"4711", "4712"}


def test_lines_without_reference_are_laid_on_the_headers_orders_by_their_items() -> None:
    lines = (
        invoice_line("1", 10, "100", ref=None, item=item(sellers="A1")),
        invoice_line("2", 5, "200", ref=None, item=item(sellers="B1")),
    )
    decision = match(case(invoice(*lines, order_reference=BOTH), *two_orders()))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert pairs_of(decision) == [("1", "order-line-1", How.SELLER_ITEM), ("2", "other-1", How.SELLER_ITEM)]


@pytest.mark.parametrize(
    ("line", "orders"),
    [
        (whole("2000.01"), (order(),)),
        (whole("2000"), (order(order_line("1", 1, "2000")),)),
        (invoice_line("1", 2, "1000", ref=None, item=item("Februar")), (order(),)),
        (whole("1999.99"), (order(),)),
        (whole(item=item("Februar", sellers="X9")), (order(),)),
        (whole(), (order(order_line("1", 10, "100", 0), order_line("2", 5, "200", 0)),)),
        (whole(), (order(order_line("1", 10, "100"), order_line("2", 1, None, amount="1000")),)),
    ],
)
def test_what_is_no_sum_of_all_that_is_received_is_no_head_match(
    line: InvoiceLine, orders: tuple[OrderFacts, ...]
) -> None:
    assert "MATCHED_BY_HEAD" not in match(case(summary(line), *orders)).codes


def test_a_sum_that_its_own_price_does_not_make_is_none() -> None:
    line = whole().but(line_extension_amount=number(2000), price=whole("1900").price)
    assert match(case(summary(line))).outcome is Outcome.DEVIATION


def test_a_price_in_another_currency_is_no_sum() -> None:
    price = whole().price
    assert price is not None
    assert match(case(summary(whole().but(price=price.but(currency="EUR"))))).outcome is Outcome.DEVIATION


def test_text_and_standing_orders_keep_their_own_ways() -> None:
    assert [how for *_, how in pairs_of(match(case(summary(whole("25000")), text_order())))] == [How.AMOUNT_POOL]
    assert "MATCHED_BY_HEAD" not in match(case(summary(whole("10000")), rent())).codes
