"""Invoices that wait: they hold what is ordered, take receipts oldest first, and are somebody's task meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from app.documents.order import Order
from tests.bills import bill, counters, every_proof_holds, held, matched, seen
from tests.purchases import done, set_policy, tasks
from tests.story import Story, codes


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    return story.document_of(sent["id"])


def come(story: Story, *contents: bytes) -> list[dict[str, Any]]:
    """Hand invoices in one after the other, a minute apart."""
    cases = []
    for content in contents:
        story.world.clock.advance(timedelta(minutes=1))
        cases.append(story.match(content))
    return cases


def test_a_waiting_invoice_holds_what_it_bills_and_gives_it_up_when_approved(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    (waiting,) = come(story, bill(document, _1="6"))
    assert (waiting["outcome"], held(story)) == ("AWAITING_RECEIPT", [6, 0])
    story.receive(sent["id"], _1="4")
    assert (seen(story, waiting)["outcome"], held(story)) == ("AWAITING_RECEIPT", [6, 0])
    assert counters(story, sent["id"], "invoiced_quantity") == [("0.00",), ("0.00",)]
    story.receive(sent["id"], _1="2")
    assert (seen(story, waiting)["outcome"], held(story)) == ("AUTO_APPROVED", [0, 0])
    assert counters(story, sent["id"], "invoiced_quantity") == [("6.00",), ("0.00",)]
    assert every_proof_holds(story) == 3


def test_what_is_held_is_not_there_for_another_invoice(story: Story, document: Order) -> None:
    first, second = come(story, bill(document, "F-1", _1="6"), bill(document, "F-2", _1="5"))
    assert first["outcome"] == "AWAITING_RECEIPT"
    assert (second["outcome"], "QTY_OVER_ORDER" in codes(second)) == ("DEVIATION", True)
    assert held(story) == [6, 0]


def test_receipts_go_to_the_oldest_invoice_first(story: Story, sent: dict[str, Any], document: Order) -> None:
    cases = come(
        story, *(bill(document, f"F-{number}", _1=quantity) for number, quantity in enumerate(("3", "4", "2")))
    )
    assert {case["outcome"] for case in cases} == {"AWAITING_RECEIPT"}

    def outcomes() -> list[str]:
        return [seen(story, case)["outcome"] for case in cases]

    story.receive(sent["id"], _1="2")
    assert outcomes() == ["AWAITING_RECEIPT"] * 3
    story.receive(sent["id"], _1="1")
    assert outcomes() == ["AUTO_APPROVED", "AWAITING_RECEIPT", "AWAITING_RECEIPT"]
    story.receive(sent["id"], _1="2")
    assert outcomes() == ["AUTO_APPROVED", "AWAITING_RECEIPT", "AWAITING_RECEIPT"], "the two wait for the older one"
    story.receive(sent["id"], _1="4")
    assert outcomes() == ["AUTO_APPROVED"] * 3
    assert counters(story, sent["id"], "invoiced_quantity", "received_quantity")[0] == ("9.00", "9.00")
    assert held(story) == [0, 0]


def test_a_newer_invoice_on_another_line_need_not_wait(story: Story, sent: dict[str, Any], document: Order) -> None:
    paper, binders = come(story, bill(document, "F-1", _1="9"), bill(document, "F-2", _2="5"))
    story.receive(sent["id"], _2="5")
    assert (seen(story, paper)["outcome"], seen(story, binders)["outcome"]) == ("AWAITING_RECEIPT", "AUTO_APPROVED")


def test_an_approved_invoice_is_never_decided_anew(story: Story, sent: dict[str, Any], document: Order) -> None:
    story.receive(sent["id"], _1="4")
    (approved,) = come(story, bill(document, _1="4"))
    story.receive(sent["id"], _1="6")
    assert matched(story, approved) == approved


def test_a_limit_that_is_tightened_does_not_stop_an_invoice_that_agrees(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    """What the order's budget has lost under the old limit stands; nothing new is taken of it."""
    story.receive(sent["id"], _1="10", _2="5")
    (dear,) = come(story, bill(document, "F-1", _1="10", prices={"1": "104.00"}))
    assert dear["outcome"] == "AUTO_APPROVED"
    set_policy(story, "TOLERANCE", absolute="10.00", percent="10")
    (plain,) = come(story, bill(document, "F-2", _2="5"))
    assert plain["outcome"] == "AUTO_APPROVED", plain["decision"]["findings"]
    assert counters(story, sent["id"], "invoiced_quantity") == [("10.00",), ("5.00",)]
    assert every_proof_holds(story) == 2


def test_tolerance_is_a_budget_of_the_order(story: Story) -> None:
    story.approved_catalogue()
    order = story.sent_order(kopipapir="20", ringbind="10")
    story.receive(order["id"], _1="20", _2="10")
    document = story.document_of(order["id"])
    first, second = come(
        story,
        bill(document, "F-1", _1="20", prices={"1": "107.00"}),
        bill(document, "F-2", _2="10", prices={"2": "215.00"}),
    )
    assert (first["outcome"], first["decision"]["orders"][0]["over"]) == ("AUTO_APPROVED", "140.00")
    assert (second["outcome"], "TOTAL_OVER" in codes(second)) == ("DEVIATION", True)
    assert second["decision"]["orders"][0]["used_before"] == "140.00"
    assert every_proof_holds(story) == 2


@pytest.mark.parametrize(
    ("lines", "prices", "who", "task"),
    [
        ({"_1": "10"}, None, "receiver", "RECEIVE"),
        ({"_1": "11"}, None, "buyer", "EXPLAIN_DEVIATION"),
        ({"_1": "10"}, {"1": "150.00"}, "buyer", "EXPLAIN_DEVIATION"),
    ],
)
def test_each_outcome_is_somebodys_task(
    story: Story, document: Order, lines: dict[str, str], prices: dict[str, str] | None, who: str, task: str
) -> None:
    case = story.match(bill(document, prices=prices, **lines))
    assert tasks(story, who, case["id"]) == [(task, "OPEN")]
    reasons = done(story[who].get("/tasks"))["data"][-1]["reasons"]
    assert set(reasons) <= codes(case)


def test_a_duplicate_is_the_handlers_task_and_a_match_is_nobodys(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    story.receive(sent["id"], _1="10")
    good = story.match(bill(document, _1="4"))
    double = story.match(bill(document, _1="5"))
    assert tasks(story, "invoice-handler", double["id"]) == [("MANUAL_MATCH", "OPEN")]
    for who in ("invoice-handler", "receiver", "buyer", "invoice-approver"):
        assert tasks(story, who, good["id"]) == []


def test_the_task_is_closed_when_the_receipt_lets_the_invoice_through(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    waiting = story.match(bill(document, _1="10"))
    story.receive(sent["id"], _1="4")
    assert sorted(tasks(story, "receiver", waiting["id"])) == [("RECEIVE", "CLOSED"), ("RECEIVE", "OPEN")]
    story.receive(sent["id"], _1="6")
    assert {state for _, state in tasks(story, "receiver", waiting["id"])} == {"CLOSED"}
