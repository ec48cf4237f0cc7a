"""A credit note that takes an open invoice back as a whole closes both; one that replaces it is no duplicate."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from app.demo import papers
from app.documents.invoice import BillingReference
from app.documents.order import Order
from app.documents.values import DocumentReference
from tests.bills import bill, counters, credit, every_proof_holds, handle, held, invoice, seen
from tests.purchases import done
from tests.story import Story, codes

WHY = {"reason": "Aftalt med leverandøren"}


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    return story.document_of(sent["id"])


def test_a_waiting_invoice_and_its_credit_note_are_both_closed(story: Story, document: Order) -> None:
    waiting = story.match(bill(document, _1="10"))
    assert (waiting["outcome"], held(story)) == ("AWAITING_RECEIPT", [10, 0])
    story.world.clock.advance(timedelta(minutes=1))

    note = story.match(credit(document, "K-1", "F-1001", _1="10"))

    assert (note["outcome"], note["decision"]["trigger"]) == ("NETTED", "NETTED")
    closed = seen(story, waiting)
    assert (closed["outcome"], closed["tasks"], closed["allowed_actions"]) == ("NETTED", [], [])
    assert held(story) == [0, 0]
    assert every_proof_holds(story) == 4


def test_a_part_of_an_invoice_is_not_netted(story: Story, document: Order) -> None:
    waiting = story.match(bill(document, _1="10"))
    story.world.clock.advance(timedelta(minutes=1))
    assert story.match(credit(document, "K-1", "F-1001", _1="9"))["outcome"] != "NETTED"
    assert seen(story, waiting)["outcome"] == "AWAITING_RECEIPT"


def test_an_approved_invoice_is_credited_and_not_netted(story: Story, sent: dict[str, Any], document: Order) -> None:
    story.receive(sent["id"], _1="10")
    paid = story.match(bill(document, _1="10"))
    story.world.clock.advance(timedelta(minutes=1))
    assert story.match(credit(document, "K-1", "F-1001", _1="10"))["outcome"] == "MATCHED_PENDING_APPROVAL"
    assert seen(story, paid)["outcome"] == "AUTO_APPROVED"


def test_what_replaces_a_credited_invoice_is_no_duplicate(story: Story, document: Order) -> None:
    story.match(bill(document, _1="10"))
    story.world.clock.advance(timedelta(minutes=1))
    assert story.match(credit(document, "K-1", "F-1001", _1="10"))["outcome"] == "NETTED"
    replaced = (BillingReference(invoice=DocumentReference(number="F-1001")),)
    again = story.match(papers.written(invoice(document, "F-1002", _1="10").but(billing_references=replaced)))
    assert again["outcome"] == "AWAITING_RECEIPT", codes(again)
    silent = story.match(bill(document, "F-1003", _1="10"))
    assert "POSSIBLE_DUPLICATE" in codes(silent)


def test_an_invoice_and_its_credit_note_at_once_end_closed(story: Story, sent: dict[str, Any], document: Order) -> None:
    papers_of_both = (bill(document, _1="10"), credit(document, "K-1", "F-1001", _1="10"))
    with ThreadPoolExecutor(2) as threads:
        cases = list(threads.map(story.match, papers_of_both))
    story.world.clock.advance(timedelta(hours=1))
    story.work()
    assert {seen(story, case)["outcome"] for case in cases} == {"NETTED"}
    assert held(story) == [0, 0]
    assert counters(story, sent["id"], "invoiced_quantity") == [("0.00",), ("0.00",)]


def test_what_is_netted_stays_so(story: Story, sent: dict[str, Any], document: Order) -> None:
    waiting = story.match(bill(document, _1="10"))
    story.world.clock.advance(timedelta(minutes=1))
    story.match(credit(document, "K-1", "F-1001", _1="10"))
    story.receive(sent["id"], _1="10")
    assert seen(story, waiting)["outcome"] == "NETTED"
    assert handle(story, "invoice-handler", seen(story, waiting), "dispute", WHY).status_code == 409
    assert done(story["buyer"].get(f"/orders/{sent['id']}"))["lines"][0]["invoiced_quantity"] == "0.00"
