"""Credit notes: they name what they credit, give back no more, and give nothing back before somebody approves."""

from datetime import timedelta
from typing import Any

import pytest

from app.documents.order import Order
from tests.bills import bill, counters, credit, every_proof_holds, seen
from tests.purchases import done, tasks
from tests.story import Story, codes


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(order["id"], _1="10", _2="5")
    return order


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    document = story.document_of(sent["id"])
    assert story.match(bill(document, _1="10", _2="5"))["outcome"] == "AUTO_APPROVED"
    story.world.clock.advance(timedelta(minutes=1))
    return document


@pytest.mark.parametrize("lines", [{"_1": "2"}, {"_1": "10", "_2": "5"}])
def test_a_credit_of_what_was_invoiced_waits_for_approval(
    story: Story, sent: dict[str, Any], document: Order, lines: dict[str, str]
) -> None:
    case = story.match(credit(document, "K-1", "F-1001", **lines))
    assert (case["outcome"], case["document_type"]) == ("MATCHED_PENDING_APPROVAL", "CreditNote"), codes(case)
    assert tasks(story, "invoice-approver", case["id"]) == [("APPROVE_INVOICE", "OPEN")]
    assert counters(story, sent["id"], "invoiced_quantity") == [("10.00",), ("5.00",)]
    assert case["decision"]["orders"][0]["order_number"] == "100001"
    assert every_proof_holds(story) == 2


def test_more_than_was_invoiced_is_a_deviation(story: Story, sent: dict[str, Any], document: Order) -> None:
    case = story.match(credit(document, "K-1", "F-1001", _1="11"))
    assert (case["outcome"], "CREDIT_OVER_INVOICED" in codes(case)) == ("DEVIATION", True)


def test_a_credit_that_names_nothing_has_no_order(story: Story, document: Order) -> None:
    case = story.match(credit(document, "K-1", None, _1="1"))
    assert (case["outcome"], "CREDIT_WITHOUT_REFERENCE" in codes(case)) == ("NO_ORDER", True)


def test_a_credit_of_an_invoice_that_never_came_has_no_order(story: Story, document: Order) -> None:
    case = story.match(credit(document, "K-1", "F-9999", _1="1"))
    assert case["outcome"] == "NO_ORDER"


def test_a_credit_notes_number_is_no_invoices_number(story: Story, document: Order) -> None:
    """A supplier may number both in one series or in two; only the same kind is a duplicate."""
    case = story.match(credit(document, "F-1001", "F-1001", _1="1"))
    assert case["outcome"] == "MATCHED_PENDING_APPROVAL", codes(case)


def test_the_same_credit_again_with_other_bytes_is_a_duplicate(story: Story, document: Order) -> None:
    story.match(credit(document, "K-1", "F-1001", _1="1"))
    assert story.match(credit(document, "K-1", "F-1001", _1="2"))["outcome"] == "DUPLICATE"


def test_a_credit_note_that_approves_itself_lets_other_open_invoices_be_decided_anew_at_once(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    more = story.match(bill(document, "F-1002", _1="2"))
    assert "QTY_OVER_ORDER" in codes(more)
    body = {"returned_on": "2026-03-02", "cause": "DAMAGED", "reason": "Knust under transporten"}
    returned = body | {"lines": [{"line_id": "1", "quantity": "2"}]}
    done(story["receiver"].post(f"/orders/{sent['id']}/returns", returned), 201)
    story.work()
    assert "QTY_OVER_ORDER" in codes(seen(story, more))
    story.world.clock.advance(timedelta(minutes=1))
    assert story.match(credit(document, "K-1", "F-1001", _1="2"))["outcome"] == "AUTO_APPROVED"
    story.work()
    assert (seen(story, more)["outcome"], seen(story, more)["decision"]["trigger"]) == ("AWAITING_RECEIPT", "REMATCH")
    assert every_proof_holds(story) == 4
