"""Text orders without receipt: up to the amount that the organisation lets go so, and told to whoever approves."""

from typing import Any

import pytest

from tests.answers import accept, answered
from tests.purchases import act, done, order, refused, set_policy, shown
from tests.story import Story

HOURS = {"text": "Timer", "unspsc": "80101500", "quantity": "5", "unit_code": "HUR", "price_amount": "1000.00"}
CONSULTING = {"text": "Konsulentbistand", "unspsc": "80101500", "amount": "5000.00"}


def made(story: Story, line: dict[str, Any] = CONSULTING, **fields: Any) -> Any:
    body = {"type": "TEXT", "supplier_id": str(story.world.supplier_id), "requires_receipt": False}
    return order(story, [line], **body | fields)


def sent(story: Story, line: dict[str, Any] = CONSULTING) -> dict[str, Any]:
    waiting = done(act(story, "buyer", done(made(story, line), 201), "submit"))
    return done(act(story, "disponent", waiting, "approve"))


def cap(story: Story, amount: str) -> None:
    set_policy(story, "RECEIPT_FREE", up_to=amount)


def test_without_a_policy_any_amount_may_go_and_the_disponent_is_told(story: Story) -> None:
    done(act(story, "buyer", done(made(story), 201), "submit"))
    (task,) = done(story["disponent"].get("/tasks"))["data"]
    assert any("counts as received" in reason for reason in task["reasons"])


def test_whoever_approves_is_told_and_it_is_written_down(story: Story) -> None:
    steps = done(story["disponent"].get(f"/orders/{sent(story)['id']}/approvals"))["data"]
    assert [bool(step["warnings"]) for step in steps] == [True, True]


@pytest.mark.parametrize(
    ("amount", "fields", "status"),
    [
        ("5000.00", {}, 201),
        ("4999.99", {}, 422),
        ("4999.99", {"requires_receipt": True}, 201),
        ("9000.00", {"currency": "EUR"}, 422),
    ],
)
def test_the_amount_is_the_most_that_goes_without_receipt(
    story: Story, amount: str, fields: dict[str, Any], status: int
) -> None:
    cap(story, amount)
    answer = made(story, **fields)
    assert answer.status_code == status
    if status == 422:
        (fault,) = answer.json()["errors"]
        assert (fault["rule_id"], fault["pointer"]) == ("RECEIPT_FREE", "/requires_receipt")
        assert amount in fault["message"]
        assert answer.json()["code"] == "text_order_not_possible"


def test_a_policy_that_is_tightened_meanwhile_stops_the_order_where_it_is(story: Story) -> None:
    draft, waiting = done(made(story), 201), done(act(story, "buyer", done(made(story), 201), "submit"))
    cap(story, "4000.00")
    assert refused(act(story, "buyer", draft, "submit")) == (409, "receipt_needed")
    answer = act(story, "disponent", waiting, "approve")
    assert refused(answer) == (409, "receipt_needed")
    assert "4000.00" in answer.json()["detail"]
    assert (shown(story, draft)["status"], shown(story, waiting)["status"]) == ("DRAFT", "PENDING_APPROVAL")


def test_a_change_does_not_raise_an_order_above_the_amount(story: Story) -> None:
    running = sent(story)
    cap(story, "5500.00")
    more = {"reason": "Mere", "lines": [{"line_id": "1", "amount": "5500.01"}]}
    assert refused(act(story, "buyer", running, "changes", more)) == (409, "receipt_needed")
    fits = {"reason": "Mere", "lines": [{"line_id": "1", "amount": "5500.00"}]}
    change = done(act(story, "buyer", shown(story, running), "changes", fits), 201)
    cap(story, "5400.00")
    headers = {"If-Match": f'"{change["version"]}"'}
    answer = story["disponent"].post(f"/order-changes/{change['id']}/approve", None, headers=headers)
    assert refused(answer) == (409, "receipt_needed")
    less = {"reason": "Mindre", "lines": [{"line_id": "1", "amount": "5450.00"}]}
    assert shown(story, running)["total_amount"] == "5000.00"
    withdrawn = story["buyer"].post(f"/order-changes/{change['id']}/withdraw", None, headers=headers)
    assert done(withdrawn)["status"] == "WITHDRAWN"
    assert refused(act(story, "buyer", shown(story, running), "changes", less)) == (409, "receipt_needed")


def test_an_answer_does_not_raise_an_order_above_the_amount(story: Story) -> None:
    running = sent(story, HOURS)
    cap(story, "5500.00")
    document = story.document_of(running["id"])
    answered(story, document, {"1": {"price": "1200.00", "status": "Revised"}})
    assert refused(accept(story, running, who="disponent")) == (409, "receipt_needed")
    assert shown(story, running)["response_status"] == "CHANGED"


def test_what_is_agreed_on_counts_as_received(story: Story) -> None:
    running = sent(story, HOURS)
    document = story.document_of(running["id"])
    answered(story, document, {"1": {"quantity": "4", "status": "Revised"}})
    done(accept(story, running))
    (line,) = shown(story, running)["lines"]
    assert (line["accepted_quantity"], line["received_quantity"]) == ("4.00", "4.00")
