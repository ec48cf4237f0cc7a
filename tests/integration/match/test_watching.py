"""Open invoices are looked at again every hour, and those that wait for a receipt are escalated, each stage once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.documents.order import Order
from tests.bills import bill, credit, decisions, handle, seen
from tests.purchases import done, person, sql, tasks
from tests.story import Story


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    return story.document_of(sent["id"])


def at(story: Story, day: int, month: int = 3) -> None:
    """Let the worker work at noon of a day."""
    wanted = datetime(2026, month, day, 11, 0, tzinfo=UTC)
    story.world.clock.advance(wanted - story.world.clock.now())
    story.work()


def test_a_receipt_that_fails_to_come_is_escalated_stage_by_stage(story: Story, document: Order) -> None:
    case = story.match(bill(document, _1="10"))
    assert case["outcome"] == "AWAITING_RECEIPT"
    due = 1
    at(story, 24)
    assert tasks(story, "disponent", case["id"]) == []
    at(story, 25)
    assert tasks(story, "disponent", case["id"]) == [("RECEIPT_OVERDUE", "OPEN")]
    assert tasks(story, "invoice-handler", case["id"]) == []
    at(story, 30)
    assert tasks(story, "invoice-handler", case["id"]) == [("MANUAL_MATCH", "OPEN")]
    at(story, due, 4)
    kinds = sorted(task["type"] for task in seen(story, case)["tasks"])
    assert kinds == ["MANUAL_MATCH", "RECEIPT_OVERDUE", "RECEIVE"]
    assert "RECEIPT_OVERDUE" in [task["type"] for task in seen(story, case, "disponent")["tasks"]]


def test_what_comes_in_part_keeps_its_stage_and_all_that_comes_ends_it(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    case = story.match(bill(document, _1="10"))
    at(story, 26)
    story.receive(sent["id"], _1="4")
    assert [kind for kind, state in tasks(story, "disponent", case["id"]) if state == "OPEN"] == ["RECEIPT_OVERDUE"]
    story.receive(sent["id"], _1="6")
    assert (seen(story, case)["outcome"], seen(story, case)["tasks"]) == ("AUTO_APPROVED", [])


def test_an_order_that_comes_after_its_invoice_is_found_within_the_hour(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    case = story.match(bill(document, _1="10").replace(b"100001", b"100002"))
    assert case["outcome"] == "NO_ORDER"
    later = story.sent_order(kopipapir="10")
    assert later["number"] == "100002"
    story.receive(later["id"], _1="10")
    assert seen(story, case)["outcome"] == "NO_ORDER"
    story.world.clock.advance(timedelta(hours=1))
    story.work()
    assert seen(story, case)["outcome"] == "AUTO_APPROVED"


def test_a_credit_note_that_came_first_finds_its_invoice_within_the_hour(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    story.receive(sent["id"], _1="10")
    note = story.match(credit(document, "K-1", "F-1001", _1="2"))
    assert note["outcome"] == "NO_ORDER"
    story.world.clock.advance(timedelta(minutes=1))
    assert story.match(bill(document, _1="10"))["outcome"] == "AUTO_APPROVED"
    story.world.clock.advance(timedelta(hours=1))
    story.work()
    assert seen(story, note)["outcome"] == "MATCHED_PENDING_APPROVAL"


def test_looking_where_nothing_happened_writes_nothing(story: Story, document: Order) -> None:
    case = story.match(bill(document, prices={"1": "150.00"}, _1="10"))
    for _ in range(3):
        story.world.clock.advance(timedelta(hours=2))
        story.work()
    assert len(decisions(story)) == 1
    assert seen(story, case)["version"] == case["version"]


def test_what_is_decided_is_not_looked_at(story: Story, document: Order) -> None:
    case = story.match(bill(document, prices={"1": "150.00"}, _1="10"))
    disputed = done(handle(story, "invoice-handler", case, "dispute", reason="Prisen er ikke aftalt"))
    sql(story, "UPDATE purchase_order SET sent_at = '2026-12-01 00:00:00'")
    story.world.clock.advance(timedelta(hours=2))
    story.work()
    assert seen(story, case)["version"] == disputed["version"]


def test_whoever_ordered_under_the_reference_is_asked_beside_the_handlers(story: Story, document: Order) -> None:
    case = story.match(bill(document, _1="10").replace(b"100001", b"999999"))
    assert tasks(story, "invoice-handler", case["id"]) == [("MANUAL_MATCH", "OPEN")]
    assert tasks(story, "buyer", case["id"]) == [("EXPLAIN_DEVIATION", "OPEN")]
    person(story, "another-buyer", "BUYER")
    assert tasks(story, "another-buyer", case["id"]) == []
