"""One item on several order lines: prices and what is open decide, or nothing does and a person is asked."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.documents.invoice import InvoiceLine, OrderLineReference
from app.documents.values import DocumentReference
from app.match.engine import Decision, match
from app.match.engine.codes import Outcome
from app.match.engine.decision import How
from app.match.engine.facts import OrderFacts, OrderLineFacts
from tests.unit.match.cases import (
    case,
    credit_note,
    finding_of,
    invoice,
    invoice_line,
    invoiced_line,
    item,
    number,
    order,
    order_line,
    pairs_of,
)


def paper(line_id: str, quantity: int | str = 10, price: str = "100", **changes: Any) -> OrderLineFacts:
    return order_line(line_id, quantity, price, **({"seller_item": "X"} | changes))


def billed(line_id: str, quantity: int | str, price: str = "100", **changes: Any) -> InvoiceLine:
    return invoice_line(line_id, quantity, price, **({"ref": None, "item": item(sellers="X")} | changes))


def decided(ordered: OrderFacts, *lines: InvoiceLine) -> Decision:
    return match(case(invoice(*lines), ordered))


def taken(decision: Decision) -> list[tuple[str, str, Decimal, Decimal]]:
    return [(a.invoice_line_id, a.order_line_id[-1], a.quantity, a.amount) for a in decision.allocations]


def test_lines_of_one_price_are_interchangeable_and_filled() -> None:
    decision = decided(order(paper("1"), paper("2")), billed("1", 10))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert pairs_of(decision) == [("1", "order-line-1", How.SELLER_ITEM)]
    assert finding_of(decision, "LINES_INTERCHANGEABLE").expected == "4711/1, 4711/2"


def test_a_line_may_draw_on_several_and_none_is_used_twice() -> None:
    decision = decided(order(paper("1"), paper("2", 5)), billed("1", 6), billed("2", 9))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert taken(decision) == [("1", "1", 6, 600), ("2", "1", 4, 400), ("2", "2", 5, 500)]
    assert Counter(one.code for one in decision.findings)["LINES_INTERCHANGEABLE"] == 2


def test_a_line_of_which_just_so_much_is_received_is_taken_first() -> None:
    decision = decided(order(paper("1"), paper("2", 5), paper("3", 5)), billed("1", 5), billed("2", 5), billed("3", 9))
    assert taken(decision) == [("1", "2", 5, 500), ("2", "3", 5, 500), ("3", "1", 9, 900)]
    part = decided(order(paper("1", 5, invoiced_quantity=number(2)), paper("2", 3)), billed("1", 3), billed("2", 3))
    assert [one[1] for one in taken(part)] == ["1", "2"]


def test_a_line_that_another_price_has_begun_is_not_whole_any_more() -> None:
    decision = decided(order(paper("1", 5), paper("2", 5)), billed("1", 3, "101"), billed("2", 5))
    assert taken(decision) == [("1", "1", 3, 303), ("2", "2", 5, 500)]


def test_what_is_received_is_taken_before_what_is_not() -> None:
    decision = decided(order(paper("1", received=2), paper("2", received=9)), billed("1", 10))
    assert taken(decision) == [("1", "1", 2, 200), ("1", "2", 8, 800)]
    assert decision.outcome is Outcome.AUTO_APPROVED
    waiting = decided(order(paper("1", received=2), paper("2", received=3)), billed("1", 10))
    assert waiting.outcome is Outcome.AWAITING_RECEIPT
    assert taken(waiting) == [("1", "1", 7, 700), ("1", "2", 3, 300)]


def test_a_line_that_needs_no_receipt_counts_as_received() -> None:
    free = paper("2", received=0, requires_receipt=False)
    assert taken(decided(order(paper("1", received=0), free), billed("1", 10))) == [("1", "2", 10, 1000)]


def test_the_price_tells_which_line_is_billed_with_its_margin() -> None:
    decision = decided(order(paper("1"), paper("2", 10, "120")), billed("1", 10, "120"), billed("2", 4, "102"))
    assert pairs_of(decision)[0][1] == "order-line-2"
    assert decision.outcome is Outcome.AUTO_APPROVED
    margins = [one.amount for one in decision.findings if one.code == "PAIRING_MARGIN"]
    assert margins == [20, 36]
    assert "costs 20.00 DKK more a unit" in finding_of(decision, "PAIRING_MARGIN").message_en


@pytest.mark.parametrize("price", ["110", "108", "112"])
def test_a_price_between_two_is_not_guessed(price: str) -> None:
    decision = decided(order(paper("1"), paper("2", 10, "120")), billed("1", 5, price))
    assert decision.outcome is Outcome.DEVIATION
    finding = finding_of(decision, "LINE_AMBIGUOUS")
    assert finding.expected == "4711/1, 4711/2"
    assert finding.amount is not None


def test_what_is_open_forces_a_pairing_without_margin() -> None:
    gone = paper("1", invoiced_quantity=number(10), invoiced_amount=number(1000))
    decision = decided(order(gone, paper("2", 10, "120")), billed("1", 10, "100"))
    assert pairs_of(decision)[0][1] == "order-line-2"
    finding = finding_of(decision, "PAIRING_MARGIN")
    assert finding.amount is None
    assert "costs –" in finding.message_en


def test_more_than_is_open_is_told_on_the_nearest_price() -> None:
    for lines in ([paper("1"), paper("2", 2)], [paper("1"), paper("2", 2, "500")]):
        decision = decided(order(*lines), billed("1", 30))
        assert decision.outcome is Outcome.DEVIATION
        assert "QTY_OVER_ORDER" in decision.codes or "LINE_AMBIGUOUS" in decision.codes


def test_what_other_lines_take_is_not_taken_again() -> None:
    other = invoice_line("1", 10, "100", ref="1")
    decision = decided(order(paper("1"), paper("2", 5)), billed("2", 5), other)
    assert taken(decision) == [("2", "2", 5, 500), ("1", "1", 10, 1000)]
    dozens = decided(
        order(paper("1"), paper("2", 5)), billed("2", 5), invoice_line("1", 1, "1200", ref="1", unit="KGM")
    )
    assert "UNIT_MISMATCH" in dozens.codes


def test_equal_lines_of_two_orders_are_ambiguous_until_one_is_billed() -> None:
    header = DocumentReference(number="4711, 4712")
    first = order(paper("1"))
    second = order(paper("9"), id="order-2", number="4712")
    assert "LINE_AMBIGUOUS" in match(case(invoice(billed("1", 10), order_reference=header), first, second)).codes
    both = match(case(invoice(billed("1", 20), order_reference=header), first, second))
    assert both.outcome is Outcome.AUTO_APPROVED
    assert [use.value for use in both.orders] == [1000, 1000]
    gone = replace(first, lines=(paper("1", invoiced_quantity=number(10), invoiced_amount=number(1000)),))
    alone = match(case(invoice(billed("1", 10), order_reference=header), gone, second))
    assert pairs_of(alone) == [("1", "order-line-9", How.SELLER_ITEM)]


def test_a_line_may_name_several_order_lines_of_its_item() -> None:
    references = OrderLineReference(line_id="1"), OrderLineReference(line_id="2")
    line = billed("1", 15, order_line_references=references)
    decision = decided(order(paper("1"), paper("2", 5)), line)
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert [pair.how for pair in decision.pairs] == [How.REFERENCE, How.REFERENCE]
    unnamed = line.model_copy(update={"item": None})
    assert "LINE_AMBIGUOUS" in decided(order(paper("1"), paper("2", 5)), unnamed).codes


def test_numbers_that_lead_to_overlapping_lines_compete_together() -> None:
    gtin = {"gtin": "5701234567899"}
    lines = paper("1", 10, "90"), paper("2", **gtin), order_line("3", 10, "120", **gtin), order_line("4")
    by_gtin = billed("2", 10, "120", item=item(**gtin))
    decision = decided(order(*lines), billed("1", 10, "90"), by_gtin, invoice_line("4"))
    assert [one[1] for one in taken(decision)] == ["1", "3", "4"]


def test_a_line_is_counted_in_the_orders_unit_and_split_only_in_its_own() -> None:
    whole = decided(order(paper("1", 12), paper("2", 24)), billed("1", 1, "1200", unit="DZN"))
    assert taken(whole) == [("1", "1", 12, 1200)]
    split = decided(order(paper("1", 6), paper("2", 6)), billed("1", 1, "1200", unit="DZN"))
    assert "LINE_AMBIGUOUS" in split.codes


def test_parts_of_a_line_add_up_to_what_it_bills() -> None:
    third = paper("1", 1, "33.333"), paper("2", 1, "33.333"), paper("3", 1, "33.333")
    decision = decided(order(*third), billed("1", 3, "33.333", amount="100.00"))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert sum(one.amount for one in decision.allocations) == 100
    wrong = decided(order(*third), billed("1", 3, "33.333", amount="120.00"))
    assert "LINE_AMBIGUOUS" in wrong.codes


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ((paper("1"), paper("2", unit_code="KGM")), billed("1", 5)),
        ((paper("1"), order_line("2", 1, None, amount="500", seller_item="X")), billed("1", 5)),
        ((paper("1"), paper("2")), billed("1", 5, unit="KGM")),
        ((paper("1"), paper("2")), billed("1", -5)),
        ((paper("1"), paper("2")), billed("1", 0, None)),
    ],
)
def test_what_does_not_compare_is_ambiguous(lines: tuple[OrderLineFacts, ...], line: InvoiceLine) -> None:
    assert "LINE_AMBIGUOUS" in decided(order(*lines), line).codes


def test_a_line_without_a_price_is_laid_by_its_amount() -> None:
    decision = decided(order(paper("1"), paper("2", 10, "120")), billed("1", 5, None, amount="600"))
    assert pairs_of(decision)[0][1] == "order-line-2"
    split = decided(order(paper("1", 3), paper("2", 3)), billed("1", 5, None, amount="500"))
    assert len(split.allocations) == 2


def test_a_credit_note_must_say_which_line_it_means() -> None:
    back = {"invoiced_quantity": number(10), "invoiced_amount": number(1000)}
    line = billed("1", 2)
    decision = match(
        case(credit_note(line), order(paper("1", **back), paper("2", **back)), invoiced=(invoiced_line(),))
    )
    assert "LINE_AMBIGUOUS" in decision.codes


def test_more_prices_of_one_item_than_anybody_could_follow_are_ambiguous() -> None:
    lines = [paper(str(count), 10, str(100 + count)) for count in range(21)]
    bills = [billed(str(count), 10, str(100 + count)) for count in range(21)]
    decision = decided(order(*lines), *bills)
    finding = finding_of(decision, "LINE_AMBIGUOUS")
    assert finding.expected == "4711/0, 4711/1, 4711/2, 4711/3, 4711/4 … +16"
    assert decided(order(*lines[:20]), *bills[:20]).outcome is Outcome.AUTO_APPROVED


def test_a_thousand_lines_of_one_item_are_laid_as_one() -> None:
    lines = [paper(str(count)) for count in range(1000)]
    bills = [billed(str(count), 10) for count in range(1000)]
    decision = decided(order(*lines), *bills)
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert len({one.order_line_id for one in decision.allocations}) == 1000
