"""Which order line an invoice line is found to bill, and when the engine says that it does not know."""

from dataclasses import replace

import pytest

from app.documents.invoice import OrderLineReference
from app.documents.values import DocumentReference, Identifier
from app.match.engine import match
from app.match.engine.codes import Outcome
from app.match.engine.decision import How
from tests.unit.match.cases import (
    case,
    finding_of,
    invoice,
    invoice_line,
    item,
    order,
    order_line,
    pairs_of,
    two_orders,
)

GTIN = "5701234567899"


def test_a_line_reference_comes_first() -> None:
    decision = match(case(invoice(invoice_line("7", 10, "100", ref="01"))))
    assert pairs_of(decision) == [("7", "order-line-1", How.REFERENCE)]
    assert decision.outcome is Outcome.AUTO_APPROVED


@pytest.mark.parametrize(
    ("identified", "how"),
    [
        (item(sellers=" a2 "), How.SELLER_ITEM),
        (item(gtin="0" + GTIN), How.GTIN),
        (item(buyers="K-2"), How.BUYER_ITEM),
        (item(sellers="unknown", gtin=GTIN), How.GTIN),
        (item(sellers=GTIN), How.GTIN),
        (item(sellers="A2", gtin=GTIN, buyers="K-2"), How.SELLER_ITEM),
    ],
)
def test_item_numbers_find_a_line_without_reference(identified: object, how: How) -> None:
    lines = order_line("1", 10, "100"), order_line("2", 5, "200", gtin=GTIN, buyer_item="k-2")
    decision = match(case(invoice(invoice_line("1", 5, "200", ref=None, item=identified)), order(*lines)))
    assert pairs_of(decision) == [("1", "order-line-2", how)]
    assert decision.outcome is Outcome.AUTO_APPROVED


def test_a_sellers_id_with_scheme_gtin_is_a_gtin_and_contradicts_no_item_number() -> None:
    marked = item().but(sellers_item_id=Identifier(value=GTIN, scheme_id="GTIN"))
    decision = match(case(invoice(invoice_line("1", 10, "100", item=marked))))
    assert decision.outcome is Outcome.AUTO_APPROVED
    found = match(case(invoice(invoice_line("1", 10, "100", ref=None, item=marked)), order(order_line(gtin=GTIN))))
    assert pairs_of(found) == [("1", "order-line-1", How.GTIN)]


def test_a_reference_that_leads_nowhere_does_not_hide_the_item() -> None:
    decision = match(case(invoice(invoice_line("1", 10, "100", ref="99", item=item(sellers="A1")))))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert finding_of(decision, "LINE_REFERENCE_UNKNOWN").actual == "99"


def test_a_reference_and_an_item_that_contradict_each_other_are_not_guessed() -> None:
    decision = match(case(invoice(invoice_line("1", 10, "100", ref="1", item=item(sellers="A2")))))
    finding = finding_of(decision, "REFERENCE_CONTRADICTS_ITEM")
    assert decision.outcome is Outcome.DEVIATION
    assert (finding.expected, finding.actual, decision.pairs) == ("a1", "a2", ())


def test_one_item_number_that_agrees_is_enough_for_a_reference() -> None:
    known = order_line("1", 10, "100", gtin=GTIN)
    for identified in (item(sellers="A1", gtin="5700000000007"), item(sellers="new", gtin=GTIN), item(sellers=GTIN)):
        decision = match(case(invoice(invoice_line("1", 10, "100", item=identified)), order(known)))
        assert decision.outcome is Outcome.AUTO_APPROVED


def test_a_second_item_number_can_settle_which_of_two_lines_is_meant() -> None:
    twins = order(order_line("1", seller_item="X"), order_line("2", seller_item="X", gtin=GTIN))
    billed = invoice_line("1", 10, "100", ref=None, item=item(sellers="X", gtin=GTIN))
    assert pairs_of(match(case(invoice(billed), twins))) == [("1", "order-line-2", How.SELLER_ITEM)]


def test_item_numbers_that_lead_to_different_lines_are_ambiguous() -> None:
    lines = order(order_line("1"), order_line("2", gtin=GTIN))
    billed = invoice_line("1", 10, "100", ref=None, item=item(sellers="A1", gtin=GTIN))
    assert "LINE_AMBIGUOUS" in match(case(invoice(billed), lines)).codes


def test_a_line_that_refers_to_two_order_lines_is_ambiguous() -> None:
    references = OrderLineReference(line_id="1"), OrderLineReference(line_id="2")
    decision = match(case(invoice(invoice_line("1", 10, "100", order_line_references=references))))
    assert "LINE_AMBIGUOUS" in decision.codes


@pytest.mark.parametrize("identified", [item(sellers="B9"), item(), None])
def test_goods_that_are_on_no_order_line_are_a_deviation(identified: object) -> None:
    stray = invoice_line("3", 1, "10", ref=None, item=identified)
    decision = match(case(invoice(invoice_line("1"), stray)))
    assert decision.outcome is Outcome.DEVIATION
    assert finding_of(decision, "LINE_UNKNOWN").invoice_line_id == "3"


@pytest.mark.parametrize("code", ["n/a", " "])
def test_an_empty_item_number_identifies_nothing(code: str) -> None:
    stray = invoice_line("1", 1, "10", ref=None, item=item(sellers=code, buyers=" "))
    assert "LINE_UNKNOWN" in match(case(invoice(stray), order(order_line(seller_item=code)))).codes


def test_lines_may_name_their_own_orders() -> None:
    lines = invoice_line("1", ref="1"), invoice_line("2", 5, "200", ref="1", order_number="ordre 4712")
    decision = match(case(invoice(*lines), *two_orders()))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert [use.order_id for use in decision.orders] == ["order-1", "order-2"]


def test_a_header_with_several_orders_is_settled_by_item_numbers() -> None:
    header = DocumentReference(number="4711, 4712")
    lines = (
        invoice_line("1", 10, "100", ref=None, item=item(sellers="A1")),
        invoice_line("2", 5, "200", ref="1", item=item(sellers="B1")),
    )
    decision = match(case(invoice(*lines, order_reference=header), *two_orders()))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert {pair.order_id for pair in decision.pairs} == {"order-1", "order-2"}


def test_a_bare_line_number_under_several_orders_is_ambiguous() -> None:
    header = DocumentReference(number="4711;4712")
    decision = match(case(invoice(invoice_line("1", 10, "100"), order_reference=header), *two_orders()))
    assert "LINE_AMBIGUOUS" in decision.codes


def test_one_bad_order_stops_the_whole_invoice() -> None:
    first, second = two_orders()
    lines = invoice_line("1", ref="1"), invoice_line("2", 5, "200", ref="1", order_number="4712")
    short = order(order_line("1", 5, "200", 0, id="other-1"), id="order-2", number="4712")
    assert match(case(invoice(*lines), first, second)).outcome is Outcome.AUTO_APPROVED
    assert match(case(invoice(*lines), first, short)).outcome is Outcome.AWAITING_RECEIPT


def test_without_a_header_reference_all_orders_of_the_case_are_searched() -> None:
    lines = (
        invoice_line("1", 10, "100", ref=None, item=item(sellers="A1")),
        invoice_line("2", 5, "200", order_number="4712", ref="1"),
    )
    decision = match(case(invoice(*lines, order_reference=None), *two_orders()))
    assert len(decision.pairs) == 2


def test_a_number_with_blanks_is_one_order_when_that_order_exists() -> None:
    whole = order(order_line("1"), number="4500123")
    part = order(order_line("1", id="x"), id="order-9", number="123", buyer_keys=("GLN:1",))
    billed = invoice(invoice_line("1", 10, "100"), order_reference=DocumentReference(number="4500 123"))
    assert match(case(billed, whole, part)).outcome is Outcome.AUTO_APPROVED


def test_two_orders_with_one_number_are_ambiguous() -> None:
    again = order(order_line("1", id="x"), id="order-2", number="04711")
    assert "LINE_AMBIGUOUS" in match(case(invoice(invoice_line("1")), order(order_line("1")), again)).codes


def test_an_invoice_without_order_or_with_an_unknown_one_has_no_order() -> None:
    none = replace(case(), orders=())
    assert match(none).outcome is Outcome.NO_ORDER
    assert finding_of(match(none), "ORDER_UNKNOWN").actual == "4711"
    nameless = replace(none, invoice=invoice(order_reference=None))
    assert match(nameless).codes >= {"NO_ORDER_REF"}
    astray = case(invoice(order_reference=DocumentReference(number="9999")))
    assert match(astray).outcome is Outcome.NO_ORDER


def test_a_line_that_names_an_unknown_order_has_none() -> None:
    lines = invoice_line("1"), invoice_line("2", 5, "200", order_number="9999")
    decision = match(case(invoice(*lines)))
    assert decision.outcome is Outcome.NO_ORDER
    assert finding_of(decision, "ORDER_UNKNOWN").invoice_line_id == "2"


def test_a_line_without_order_beside_one_with_its_own_has_none() -> None:
    lines = invoice_line("1", order_number="4711"), invoice_line("2", 5, "200")
    decision = match(case(invoice(*lines, order_reference=DocumentReference(number="see lines"))))
    assert decision.outcome is Outcome.NO_ORDER
    assert finding_of(decision, "ORDER_UNKNOWN").invoice_line_id == "2"
