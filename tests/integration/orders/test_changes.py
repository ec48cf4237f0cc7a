"""A sent order is changed, insisted on, cancelled and closed; what has come or been billed stays."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from app.demo import papers
from app.documents.order_change import OrderCancellation, OrderChange
from app.documents.price import Price
from tests import bills
from tests.purchases import (
    act,
    done,
    left,
    order,
    person,
    pointers,
    post_document,
    refused,
    response,
    shown,
    sql,
    tasks,
)
from tests.story import Story

WHY = {"reason": "Behovet er et andet"}


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


def change(story: Story, thing: dict[str, Any], *lines: dict[str, str], who: str = "buyer", **fields: Any) -> Any:
    body = {**WHY, "lines": list(lines), **fields}
    return act(story, who, shown(story, thing), "changes", body)


def decide(story: Story, made: dict[str, Any], action: str, who: str = "disponent", body: Any = None) -> Any:
    headers = {"If-Match": f'"{made["version"]}"'}
    return story[who].post(f"/order-changes/{made['id']}/{action}", body, headers=headers)


def test_less_is_sent_at_once_as_a_numbered_change(story: Story, sent: dict[str, Any]) -> None:
    first = done(change(story, sent, {"line_id": "1", "quantity": "8"}), 201)
    second = done(change(story, sent, {"line_id": "2", "quantity": "0"}, requested_delivery_on="2026-04-01"), 201)

    assert [(one["status"], one["sequence_number"]) for one in (first, second)] == [("SENT", 1), ("SENT", 2)]
    one, other = left(story, "OrderChange")
    assert isinstance(one, OrderChange)
    assert [(line.line_id, line.line_status_code) for line in one.lines] == [("1", "Revised"), ("2", "NoStatus")]
    assert [(line.line_id, line.line_status_code) for line in other.lines] == [("1", "NoStatus"), ("2", "Cancelled")]
    assert (one.sequence_number_id, one.order_reference.number) == ("1", sent["number"])
    now = shown(story, sent)
    assert [line["accepted_quantity"] for line in now["lines"]] == ["8.00", "0.00"]
    assert Decimal(now["total_amount"]) == Decimal(now["lines"][0]["accepted_amount"])
    versions = done(story["buyer"].get(f"/orders/{sent['id']}/versions"))["data"]
    assert [(row["ordinal"], row["cause"]) for row in versions] == [(1, "SENT"), (2, "CHANGE"), (3, "CHANGE")]
    assert versions[0]["total_amount"] == sent["total_amount"]


def test_more_waits_for_somebody_whose_prokura_covers_the_new_total(story: Story, sent: dict[str, Any]) -> None:
    person(story, "small", "DISPONENT", prokura="100")
    made = done(change(story, sent, {"line_id": "1", "quantity": "20"}), 201)
    assert (made["status"], made["sequence_number"]) == ("PENDING_APPROVAL", None)
    assert left(story, "OrderChange") == []
    assert tasks(story, "disponent", made["id"]) == [("APPROVE_CHANGE", "OPEN")]
    assert refused(change(story, sent, {"line_id": "2", "quantity": "1"})) == (409, "order_not_changeable")
    assert refused(decide(story, made, "approve", "small")) == (403, "prokura_too_small")
    assert refused(decide(story, made, "approve", "buyer")) == (403, "not_allowed")

    assert done(decide(story, made, "approve"))["status"] == "SENT"
    assert shown(story, sent)["lines"][0]["accepted_quantity"] == "20.00"
    assert tasks(story, "disponent", made["id"]) == [("APPROVE_CHANGE", "CLOSED")]
    assert refused(decide(story, made | {"version": 2}, "approve")) == (409, "wrong_state")
    steps = done(story["buyer"].get(f"/orders/{sent['id']}/approvals"))["data"]
    assert [step["action"] for step in steps if step["subject_id"] == made["id"]] == ["SUBMITTED", "APPROVED"]


@pytest.mark.parametrize(
    ("action", "who", "status"), [("reject", "disponent", "REJECTED"), ("withdraw", "buyer", "WITHDRAWN")]
)
def test_a_change_that_comes_to_nothing_leaves_the_order_alone(
    story: Story, sent: dict[str, Any], action: str, who: str, status: str
) -> None:
    made = done(change(story, sent, {"line_id": "1", "quantity": "20"}), 201)
    assert done(decide(story, made, action, who, WHY if action == "reject" else None))["status"] == status
    assert shown(story, sent)["lines"] == sent["lines"]
    assert left(story, "OrderChange") == []
    assert done(change(story, sent, {"line_id": "1", "quantity": "9"}), 201)["status"] == "SENT"


def test_what_has_come_or_been_billed_cannot_be_changed_away(story: Story, sent: dict[str, Any]) -> None:
    story.receive(sent["id"], _1="6")
    story.match(bills.bill(story.document_of(sent["id"]), _1="4"))
    answer = change(
        story,
        sent,
        {"line_id": "1", "quantity": "5"},
        {"line_id": "9", "quantity": "1"},
        {"line_id": "2", "amount": "5"},
        {"line_id": "2", "quantity": "4"},
        {"line_id": "2", "quantity": "3"},
    )
    assert pointers(answer) == ["/lines/0", "/lines/1", "/lines/2", "/lines/4"]
    assert "6.00 of it is received" in answer.json()["errors"][0]["message"]
    assert done(change(story, sent, {"line_id": "1", "quantity": "6"}), 201)["status"] == "SENT"


def test_a_receipt_that_came_before_the_approval_stops_a_change(story: Story, sent: dict[str, Any]) -> None:
    made = done(change(story, sent, {"line_id": "1", "quantity": "5"}, {"line_id": "2", "quantity": "50"}), 201)
    story.receive(sent["id"], _1="6")
    assert refused(decide(story, made, "approve")) == (422, "change_does_not_fit")


def test_matching_uses_what_a_change_made_of_the_order(story: Story, sent: dict[str, Any]) -> None:
    made = done(change(story, sent, {"line_id": "1", "quantity": "12"}), 201)
    done(decide(story, made, "approve"))
    story.receive(sent["id"], _1="12")
    document = story.document_of(sent["id"])
    assert story.match(bills.bill(document, _1="12"))["outcome"] == "AUTO_APPROVED"


def test_a_text_order_is_raised_by_a_new_approval_of_its_ceiling(story: Story) -> None:
    words = {"type": "TEXT", "supplier_id": str(story.world.supplier_id)}
    made = done(order(story, [{"text": "Rengøring", "amount": "1000"}], **words), 201)
    sent = done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))
    raised = done(change(story, sent, {"line_id": "1", "amount": "1500"}, ends_on="2026-12-31"), 201)
    assert raised["status"] == "PENDING_APPROVAL"
    done(decide(story, raised, "approve"))
    now = shown(story, sent)
    assert (now["total_amount"], now["ends_on"]) == ("1500.00", "2026-12-31")
    body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "amount": "1500"}]}
    done(story["receiver"].post(f"/orders/{sent['id']}/receipts", body), 201)


def test_a_changed_answer_is_declined_by_insisting_or_by_cancelling(story: Story, sent: dict[str, Any]) -> None:
    dearer = response(story.document_of(sent["id"]), {"1": {"price": "999.00"}})
    post_document(story, dearer)
    waiting = shown(story, sent)
    assert refused(change(story, sent, {"line_id": "1", "quantity": "1"})) == (409, "order_not_changeable")
    no = {"reason": "Prisen er aftalt", "instead": "INSIST"}
    insisted = done(act(story, "buyer", waiting, "decline-changes", no))
    assert (insisted["status"], insisted["response_status"]) == ("SENT", "NONE")
    (again,) = left(story, "OrderChange")
    assert (again.notes, {line.line_status_code for line in again.lines}) == (("Prisen er aftalt",), {"NoStatus"})
    assert refused(act(story, "buyer", insisted, "decline-changes", no)) == (409, "nothing_to_accept")
    assert tasks(story, "buyer", sent["id"]) == [("ORDER_RESPONSE", "CLOSED")]

    post_document(story, dearer.but(number="BEK-2"))
    gone = done(act(story, "buyer", shown(story, sent), "decline-changes", no | {"instead": "CANCEL"}))
    assert gone["status"] == "CANCELLED"
    (cancellation,) = left(story, "OrderCancellation")
    assert isinstance(cancellation, OrderCancellation)
    assert cancellation.cancellation_notes == ("Prisen er aftalt",)


def test_a_sent_order_is_cancelled_for_a_reason_while_nothing_has_come(story: Story, sent: dict[str, Any]) -> None:
    assert pointers(act(story, "buyer", sent, "cancel")) == ["/reason"]
    assert done(act(story, "buyer", sent, "cancel", WHY))["status"] == "CANCELLED"
    assert len(left(story, "OrderCancellation")) == 1
    document = story.document_of(sent["id"])
    billed = story.match(bills.bill(document, _1="1"))
    assert billed["outcome"] == "DEVIATION"
    assert refused(act(story, "buyer", shown(story, sent), "cancel", WHY)) == (409, "wrong_state")


def test_a_cancellation_that_crosses_a_receipt_has_one_outcome(story: Story, sent: dict[str, Any]) -> None:
    body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "quantity": "1"}]}
    acts = (
        lambda: story["receiver"].post(f"/orders/{sent['id']}/receipts", body).status_code,
        lambda: act(story, "buyer", sent, "cancel", WHY).status_code,
    )
    with ThreadPoolExecutor(2) as pool:
        received, cancelled = (future.result() for future in [pool.submit(one) for one in acts])
    assert (received, cancelled) in [(201, 409), (409, 200)]
    assert shown(story, sent)["status"] == ("SENT" if received == 201 else "CANCELLED")


def test_an_order_that_is_closed_short_takes_no_more_and_frees_the_rest(story: Story, sent: dict[str, Any]) -> None:
    story.receive(sent["id"], _1="10")
    story.match(bills.bill(story.document_of(sent["id"]), _1="10"))
    waits = done(change(story, sent, {"line_id": "2", "quantity": "50"}), 201)
    closed = done(act(story, "buyer", shown(story, sent), "close", WHY))
    assert (closed["status"], closed["decision_reason"]) == ("CLOSED_SHORT", WHY["reason"])
    assert done(story["buyer"].get(f"/order-changes/{waits['id']}"))["status"] == "WITHDRAWN"
    body = {"received_on": "2026-03-02", "lines": [{"line_id": "2", "quantity": "1"}]}
    assert refused(story["receiver"].post(f"/orders/{sent['id']}/receipts", body)) == (409, "not_receivable")


def test_a_suppliers_no_ends_the_change_that_waits_and_an_answer_ends_with_the_change(
    story: Story, sent: dict[str, Any]
) -> None:
    other = story.sent_order(kopipapir="1")
    refused_one = done(change(story, sent, {"line_id": "1", "quantity": "20"}), 201)
    post_document(story, papers.answer(story.document_of(sent["id"]), accepted=False, reason="Udsolgt"))
    assert done(story["buyer"].get(f"/order-changes/{refused_one['id']}"))["status"] == "WITHDRAWN"
    assert refused(decide(story, refused_one | {"version": 2}, "approve")) == (409, "wrong_state")
    assert shown(story, sent)["status"] == "CANCELLED"

    crossing = done(change(story, other, {"line_id": "1", "quantity": "2"}), 201)
    post_document(story, response(story.document_of(other["id"]), {"1": {"price": "999.00"}}))
    done(decide(story, crossing, "approve"))
    assert tasks(story, "buyer", other["id"]) == [("ORDER_RESPONSE", "CLOSED")]
    assert shown(story, other)["response_status"] == "NONE"


def test_what_only_counts_as_received_is_still_turned_down_and_cancelled(story: Story) -> None:
    words = {"type": "TEXT", "supplier_id": str(story.world.supplier_id), "requires_receipt": False}
    for number in range(2):
        made = done(order(story, [{"text": "Rengøring", "amount": "1000"}], **words), 201)
        waiting = done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))
        assert waiting["lines"][0]["received_amount"] == "1000.00"
        if number:
            post_document(story, papers.answer(story.document_of(made["id"]), accepted=False, reason="Nej"))
        else:
            done(act(story, "buyer", waiting, "cancel", WHY))
        gone = shown(story, made)
        assert (gone["status"], gone["lines"][0]["received_amount"]) == ("CANCELLED", "0.00")


def test_an_order_of_which_everything_is_billed_is_closed(story: Story, sent: dict[str, Any]) -> None:
    story.receive(sent["id"], _1="10", _2="5")
    story.match(bills.bill(story.document_of(sent["id"]), _1="10", _2="5"))
    assert done(act(story, "buyer", shown(story, sent), "close", WHY))["status"] == "CLOSED"


def test_a_text_order_is_closed_by_itself_when_all_of_it_is_billed(story: Story) -> None:
    words = {"type": "TEXT", "supplier_id": str(story.world.supplier_id)}
    made = done(order(story, [{"text": "Rengøring", "amount": "1000"}], **words), 201)
    sent = done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))
    receipts = f"/orders/{sent['id']}/receipts"
    document = story.document_of(sent["id"])
    for number, amount, status in (("1001", "400", "SENT"), ("1002", "600", "CLOSED")):
        body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "amount": amount}]}
        done(story["receiver"].post(receipts, body), 201)
        part = document.but(lines=(document.lines[0].but(price=Price(price_amount=Decimal(amount))),))
        assert story.match(bills.bill(part, number, _1="1"))["outcome"] == "AUTO_APPROVED"
        assert shown(story, sent)["status"] == status


def test_a_profile_without_changes_says_so(story: Story, sent: dict[str, Any]) -> None:
    sql(story, "UPDATE purchase_order SET profile_id = 'Procurement-OrdSim-BilSim-1.0'")
    for answer in (change(story, sent, {"line_id": "1", "quantity": "1"}), act(story, "buyer", sent, "cancel", WHY)):
        assert refused(answer) == (409, "profile_lacks")
    assert shown(story, sent)["status"] == "SENT"
