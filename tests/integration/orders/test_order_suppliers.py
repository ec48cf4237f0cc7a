"""The supplier of an order: one that is not active gets none, and what it sees of those it got is what was sent."""

from typing import Any

import pytest
from sqlmodel import select

from app.demo import papers
from app.kit.outbox import OutboxItem
from tests.bills import bill
from tests.purchases import act, done, draft, person, post_document, refused, shown, submitted
from tests.selling import (
    STATE_MANAGER,
    WHY,
    blocked,
    change,
    document_of,
    put,
    put_back,
    send_test,
    supplier_of,
)
from tests.story import Story, codes

SIMPLE = "Procurement-OrdSim-BilSim-1.0"


@pytest.fixture(autouse=True)
def _catalogue(story: Story) -> None:
    story.approved_catalogue()


def orders_left(story: Story) -> list[str]:
    query = select(OutboxItem.profile_id).where(OutboxItem.document_type == "Order")
    return list(story.world.database.run(lambda session: session.exec(query).all(), write=False))


def test_an_order_is_neither_submitted_nor_approved_while_its_supplier_is_not_active(story: Story) -> None:
    made = done(draft(story, kopipapir="1"), 201)
    waiting = submitted(story, kopipapir="2")
    put_back(story.world)

    for who, order, action in (("buyer", made, "submit"), ("disponent", waiting, "approve")):
        answer = act(story, who, order, action)
        assert refused(answer) == (409, "supplier_not_active")
        assert "a test order that it has accepted (POST /suppliers/{id}/test-orders)" in answer.json()["detail"]
    assert (shown(story, made)["status"], shown(story, waiting)["status"]) == ("DRAFT", "PENDING_APPROVAL")
    assert shown(story, waiting)["version"] == waiting["version"]
    assert orders_left(story) == []


def test_an_order_goes_the_way_that_was_tried_last(story: Story) -> None:
    waiting = submitted(story, kopipapir="1")
    put_back(story.world)
    test = done(send_test(story.world, story.world.supplier_id), 201)
    post_document(story, papers.answer(document_of(story.world, test)))

    sent = done(act(story, "disponent", waiting, "approve"))

    assert story.document_of(sent["id"]).profile_id == SIMPLE
    assert orders_left(story) == [SIMPLE, SIMPLE]


def test_a_blocked_supplier_gets_no_orders(story: Story) -> None:
    made = done(draft(story, kopipapir="1"), 201)
    waiting = submitted(story, kopipapir="2")
    stopped = blocked(story.world)

    assert refused(act(story, "buyer", made, "submit")) == (409, "supplier_blocked")
    assert refused(act(story, "disponent", waiting, "approve")) == (409, "supplier_blocked")
    assert orders_left(story) == []
    done(put(story.world, stopped, "unblock"))
    assert done(act(story, "disponent", waiting, "approve"))["status"] == "SENT"


def test_an_agreement_that_demands_e_orders_sends_none_by_mail(story: Story) -> None:
    path = f"/agreements/{story.world.agreement_id}"
    done(story[STATE_MANAGER].send("PATCH", path, headers={"If-Match": "*"}, json={"mandatory_e_order": True}))
    waiting = submitted(story, kopipapir="1")
    by_mail = done(
        change(
            story.world,
            supplier_of(story.world, story.world.supplier_id),
            order_channel="EMAIL",
            order_email="ordrer@example.dk",
        )
    )
    done(put(story.world, by_mail, "activate", WHY))

    assert refused(act(story, "disponent", waiting, "approve")) == (409, "e_order_not_possible")
    assert orders_left(story) == []


def test_what_was_sent_goes_on_when_its_supplier_is_blocked(story: Story) -> None:
    sent = story.sent_order(kopipapir="10")
    document = story.document_of(sent["id"])
    blocked(story.world)

    assert post_document(story, papers.answer(document))["state"] == "PROCESSED"
    story.receive(sent["id"], _1="10")
    case = story.match(bill(document, _1="10"))

    assert shown(story, sent)["response_status"] == "ACCEPTED"
    assert (case["outcome"], "SUPPLIER_BLOCKED" in codes(case)) == ("MATCHED_PENDING_APPROVAL", True)


def keys_of(value: Any) -> set[str]:
    """Give every name in some JSON."""
    if isinstance(value, dict):
        return set(value).union(*(keys_of(inner) for inner in value.values()))
    return set().union(*(keys_of(inner) for inner in value)) if isinstance(value, list) else set()


def test_a_supplier_sees_what_was_sent_and_nothing_of_how_it_came_about(story: Story) -> None:
    sent = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(sent["id"], _1="4")

    seen = done(story["supplier"].get(f"/orders/{sent['id']}"))

    assert set(seen) == {
        *("id", "number", "organisation_id", "supplier_id", "agreement_id", "type", "status", "response_status"),
        *("currency", "total_amount", "buyer_reference", "accounting_cost", "requested_delivery_on", "sent_at"),
        *("delivery_address", "ends_on", "lines"),
    }
    inside = shown(story, sent)
    assert {name: seen[name] for name in seen if name != "lines"} == {
        name: inside[name] for name in seen if name != "lines"
    }
    lines = [{name: line[name] for name in seen["lines"][0]} for line in inside["lines"]]
    assert seen["lines"] == lines
    hidden = {
        *("created_by", "created_at", "approved_by", "approved_at", "decision_reason", "external_approval", "origin"),
        *("cascade_reason", "flags", "received_quantity", "received_amount", "invoiced_quantity", "invoiced_amount"),
        *("created_for", "approved_for", "version"),
    }
    assert hidden & keys_of(seen) == set()
    assert hidden <= keys_of(inside)


def test_whoever_buys_and_sells_sees_the_order_from_inside(story: Story) -> None:
    sent = story.sent_order(kopipapir="1")
    person(story, "both", "BUYER")
    grant = {"user_id": me(story, "both"), "role": "SUPPLIER", "supplier_id": str(story.world.supplier_id)}
    done(story["administrator"].post("/role-grants", grant | {"valid_from": "2026-01-01"}), 201)

    assert shown(story, sent, "both") == shown(story, sent)


def me(story: Story, who: str) -> str:
    return str(done(story[who].get("/me"))["id"])


def test_receipts_are_not_for_the_supplier(story: Story) -> None:
    sent = story.sent_order(kopipapir="10")
    story.receive(sent["id"], _1="4")

    assert refused(story["supplier"].get(f"/orders/{sent['id']}/receipts")) == (403, "not_allowed")
    assert len(done(story["buyer"].get(f"/orders/{sent['id']}/receipts"))["data"]) == 1


def test_a_supplier_decides_nothing_about_an_order_at_the_buyers_doors(story: Story) -> None:
    sent = story.sent_order(kopipapir="10")
    receipt = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "quantity": "1"}]}
    for action, body in (
        *(("submit", None), ("approve", None), ("return", WHY), ("reject", WHY), ("cancel", None)),
        ("receipts", receipt),
    ):
        assert refused(act(story, "supplier", sent, action, body)) == (403, "not_allowed")
    assert shown(story, sent)["status"] == "SENT"


def test_a_draft_is_not_the_suppliers_to_see(story: Story) -> None:
    waiting = submitted(story, kopipapir="1")

    assert refused(story["supplier"].get(f"/orders/{waiting['id']}")) == (404, "order_not_found")
    assert done(story["supplier"].get("/orders"))["data"] == []
