"""The supplier answers: what costs the buyer nothing is accepted by rule, everything else waits for a person."""

from decimal import Decimal
from typing import Any

import pytest

from app.demo import papers
from app.documents.order import Order
from app.documents.values import DocumentReference
from app.kit.money import Quantity
from app.oioubl.validation import fatal_rules
from tests.purchases import (
    act,
    done,
    person,
    post_document,
    refused,
    response,
    set_policy,
    shown,
    submitted,
    tasks,
)
from tests.story import Story, codes

DEARER = {"1": {"price": "120.00", "status": "Revised"}}


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    return story.document_of(sent["id"])


def answered(story: Story, document: Order, changes: Any = None, **fields: Any) -> None:
    content = papers.written(response(document, changes, **fields))
    assert fatal_rules(content) == []
    kept = post_document(story, content)
    assert kept["state"] == "PROCESSED", kept


def accepted(story: Story, sent: dict[str, Any]) -> list[tuple[str, str]]:
    return [(line["accepted_quantity"], line["accepted_price"]["price_amount"]) for line in shown(story, sent)["lines"]]


def test_a_yes_to_the_whole_order(story: Story, sent: dict[str, Any], document: Order) -> None:
    kept = post_document(story, papers.answer(document))
    assert (kept["state"], kept["result"], kept["result_id"]) == ("PROCESSED", "order", sent["id"])
    assert (shown(story, sent)["response_status"], shown(story, sent)["status"]) == ("ACCEPTED", "SENT")
    assert tasks(story, "buyer", sent["id"]) == []


def test_a_no_ends_the_order_and_tells_its_buyer(story: Story, sent: dict[str, Any], document: Order) -> None:
    post_document(story, papers.answer(document, accepted=False, reason="Udgået"))
    now = shown(story, sent)
    assert (now["response_status"], now["status"]) == ("REJECTED", "CANCELLED")
    assert tasks(story, "buyer", sent["id"]) == [("ORDER_RESPONSE", "OPEN")]
    assert done(story["buyer"].get("/tasks"))["data"][0]["reasons"] == ["Udgået"]
    late = post_document(story, papers.answer(document).but(number="SVAR-2"))
    assert (late["state"], late["problem"]) == ("REFUSED", "response_too_late")


def test_a_no_lets_a_waiting_invoice_be_decided_anew(story: Story, sent: dict[str, Any], document: Order) -> None:
    waiting = story.match(papers.written(papers.bill(document, {"1": "10"})))
    assert waiting["outcome"] == "AWAITING_RECEIPT"
    post_document(story, papers.answer(document, accepted=False, reason="Udgået"))
    decided = done(story["invoice-system"].get(f"/match/{waiting['id']}"))
    assert decided["outcome"] == "DEVIATION"
    assert "ORDER_STATE" in codes(decided)


def test_a_no_comes_too_late_when_goods_have_come(story: Story, sent: dict[str, Any], document: Order) -> None:
    story.receive(sent["id"], _1="1")
    kept = post_document(story, papers.answer(document, accepted=False, reason="Udgået"))
    assert (kept["state"], kept["problem"]) == ("REFUSED", "response_too_late")
    assert (shown(story, sent)["status"], shown(story, sent)["response_status"]) == ("SENT", "NONE")


def test_the_same_by_line_is_accepted_by_rule(story: Story, sent: dict[str, Any], document: Order) -> None:
    answered(story, document)
    assert shown(story, sent)["response_status"] == "ACCEPTED"
    assert accepted(story, sent) == [("10.00", "100.00"), ("5.00", "200.00")]


def test_a_lower_price_is_accepted_by_rule_and_matching_uses_it(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    answered(story, document, {"2": {"price": "150.00", "status": "Revised"}})
    assert shown(story, sent)["response_status"] == "ACCEPTED"
    assert accepted(story, sent) == [("10.00", "100.00"), ("5.00", "150.00")]
    assert shown(story, sent)["total_amount"] == "2000.00"
    story.receive(sent["id"], _2="5")
    dear = story.match(papers.written(papers.bill(document, {"2": "5"})))
    assert "PRICE_OVER" in codes(dear)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (DEARER, "line 1: price 120.00 instead of 100.00"),
        ({"1": {"quantity": "8", "status": "Revised"}}, "line 1: 8.00 EA instead of 10.00 EA"),
        ({"1": {"quantity": "12", "status": "Revised"}}, "line 1: 12.00 EA instead of 10.00 EA"),
        ({"2": {"status": "Cancelled"}}, "line 2: Cancelled"),
    ],
)
def test_what_is_worse_waits_for_the_buyer(
    story: Story, sent: dict[str, Any], document: Order, change: Any, reason: str
) -> None:
    answered(story, document, change)
    now = shown(story, sent)
    assert (now["response_status"], now["status"]) == ("CHANGED", "SENT")
    assert accepted(story, sent) == [("10.00", "100.00"), ("5.00", "200.00")]
    assert [task["reasons"] for task in done(story["buyer"].get("/tasks"))["data"]] == [[reason]]


def test_fewer_pieces_are_accepted_by_the_buyer(story: Story, sent: dict[str, Any], document: Order) -> None:
    answered(story, document, {"1": {"quantity": "8", "status": "Revised"}})
    agreed = done(act(story, "buyer", shown(story, sent), "accept-changes"))
    assert (agreed["response_status"], agreed["lines"][0]["accepted_quantity"]) == ("ACCEPTED", "8.00")
    assert tasks(story, "buyer", sent["id"]) == [("ORDER_RESPONSE", "CLOSED")]
    body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "quantity": "9"}]}
    assert story["receiver"].post(f"/orders/{sent['id']}/receipts", body).status_code == 422
    assert refused(act(story, "buyer", agreed, "accept-changes")) == (409, "nothing_to_accept")


def test_a_cancelled_line_that_the_buyer_accepts_is_nothing_any_more(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    answered(story, document, {"2": {"status": "Cancelled"}})
    done(act(story, "buyer", shown(story, sent), "accept-changes"))
    assert accepted(story, sent)[1] == ("0.00", "200.00")
    billed = story.match(papers.written(papers.bill(document, {"2": "5"})))
    assert "QTY_OVER_ORDER" in codes(billed)
    body = {"received_on": "2026-03-02", "lines": [{"line_id": "2", "quantity": "1"}]}
    assert story["receiver"].post(f"/orders/{sent['id']}/receipts", body).status_code == 422


def test_a_total_that_rises_takes_the_disponent(story: Story, sent: dict[str, Any], document: Order) -> None:
    answered(story, document, DEARER)
    assert refused(act(story, "buyer", shown(story, sent), "accept-changes")) == (403, "not_allowed")
    assert shown(story, sent)["response_status"] == "CHANGED"
    agreed = done(act(story, "disponent", shown(story, sent), "accept-changes"))
    assert agreed["lines"][0]["accepted_price"]["price_amount"] == "120.00"
    assert agreed["lines"][0]["price"]["price_amount"] == "100.00"


def test_prokura_must_cover_the_new_total(story: Story, sent: dict[str, Any], document: Order) -> None:
    person(story, "small-disponent", "DISPONENT", prokura="2199.99")
    person(story, "fair-disponent", "DISPONENT", prokura="2200.00")
    answered(story, document, DEARER)
    answer = act(story, "small-disponent", shown(story, sent), "accept-changes")
    assert refused(answer) == (403, "prokura_too_small")
    assert "2200.00" in answer.json()["detail"]
    done(act(story, "fair-disponent", shown(story, sent), "accept-changes"))


def test_whoever_made_the_order_does_not_raise_it_alone(story: Story) -> None:
    """Another approved 1,000; the two-person rule asks for another to approve 1,200, too."""
    story.approved_catalogue()
    person(story, "head", "BUYER", "DISPONENT", prokura="50000.00")
    sent = done(act(story, "disponent", submitted(story, "head", kopipapir="10"), "approve"))
    answered(story, story.document_of(sent["id"]), DEARER)
    assert refused(act(story, "head", shown(story, sent), "accept-changes")) == (403, "second_person_needed")
    done(act(story, "disponent", shown(story, sent), "accept-changes"))


def test_a_total_back_to_what_was_approved_takes_nobody_new(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    answered(story, document, {"1": {"price": "90.00", "status": "Revised"}})
    answered(story, document, {"1": {"price": "95.00", "status": "Revised"}}, number="BEK-2")
    assert shown(story, sent)["response_status"] == "CHANGED"
    assert done(act(story, "buyer", shown(story, sent), "accept-changes"))["response_status"] == "ACCEPTED"


def test_nobody_accepts_an_answer_that_came_after_they_looked(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    answered(story, document, {"1": {"quantity": "8", "status": "Revised"}})
    seen = shown(story, sent)
    answered(story, document, {"1": {"quantity": "2", "status": "Revised"}}, number="BEK-2")
    assert refused(act(story, "buyer", seen, "accept-changes")) == (412, "version_mismatch")
    assert [task["reasons"] for task in done(story["buyer"].get("/tasks"))["data"] if task["state"] == "OPEN"] == [
        ["line 1: 2.00 EA instead of 10.00 EA"]
    ]


@pytest.mark.parametrize("simple", [True, False])
def test_an_answer_as_ordered_takes_the_place_of_a_changed_one(
    story: Story, sent: dict[str, Any], document: Order, simple: bool
) -> None:
    answered(story, document, DEARER)
    if simple:
        post_document(story, papers.answer(document))
    else:
        answered(story, document, number="BEK-2")
    now = shown(story, sent)
    assert now["response_status"] == "ACCEPTED"
    assert tasks(story, "buyer", sent["id"]) == [("ORDER_RESPONSE", "CLOSED")]
    assert refused(act(story, "disponent", now, "accept-changes")) == (409, "nothing_to_accept")
    assert accepted(story, sent) == [("10.00", "100.00"), ("5.00", "200.00")]


def test_a_line_that_was_not_ordered_waits_for_the_buyer(story: Story, sent: dict[str, Any], document: Order) -> None:
    extra = document.lines[0].but(line_id="9")
    answered(story, document.but(lines=(*document.lines, extra)))
    assert shown(story, sent)["response_status"] == "CHANGED"
    assert [task["reasons"] for task in done(story["buyer"].get("/tasks"))["data"]] == [["line 9 is not on the order"]]


def test_an_answer_that_the_order_cannot_carry_is_not_accepted(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    extra = document.lines[0].but(line_id="9")
    answered(story, document.but(lines=(*document.lines, extra)))
    assert refused(act(story, "buyer", shown(story, sent), "accept-changes")) == (409, "answer_not_usable")
    boxes = document.lines[0].but(quantity=Quantity(Decimal(1), "BX"))
    answered(story, document.but(lines=(boxes,)), number="BEK-2")
    assert refused(act(story, "buyer", shown(story, sent), "accept-changes")) == (409, "answer_not_usable")
    assert accepted(story, sent) == [("10.00", "100.00"), ("5.00", "200.00")]


def test_what_may_be_over_delivered_stays_when_the_order_is_confirmed(story: Story) -> None:
    set_policy(story, "OVER_DELIVERY", percent="10")
    story.approved_catalogue()
    sent = story.sent_order(kopipapir="10")
    answered(story, story.document_of(sent["id"]))
    story.receive(sent["id"], _1="11")
    assert shown(story, sent)["lines"][0]["received_quantity"] == "11.00"


def test_nothing_waits_where_nothing_was_answered(story: Story, sent: dict[str, Any]) -> None:
    assert refused(act(story, "disponent", sent, "accept-changes")) == (409, "nothing_to_accept")
    assert refused(story["disponent"].post(f"/orders/{sent['id']}/accept-changes")) == (428, "version_missing")


@pytest.mark.parametrize(
    "change",
    [
        {"order_reference": DocumentReference(number="100002")},
        {"supplier": papers.supplier_party("16356709")},
        {"buyer": papers.institution_party("5798000433823")},
    ],
)
def test_an_answer_to_an_order_that_is_not_there_is_refused(
    story: Story, sent: dict[str, Any], document: Order, change: Any
) -> None:
    kept = post_document(story, response(document, **change))
    assert (kept["state"], kept["problem"], kept["result"]) == ("REFUSED", "order_unknown", None)
    assert shown(story, sent) == sent


def test_another_suppliers_user_answers_nobodys_order(story: Story, sent: dict[str, Any], document: Order) -> None:
    body = {"name": "En anden leverandør", "cvr": "30714016"}
    other = done(story["state-content-manager"].post("/suppliers", body), 201)
    person(story, "other-supplier", "SUPPLIER", supplier_id=other["id"])
    kept = post_document(story, papers.answer(document), "other-supplier")
    assert (kept["state"], kept["problem"]) == ("REFUSED", "order_unknown")


def test_the_buyers_own_system_may_hand_in_the_answer(story: Story, sent: dict[str, Any], document: Order) -> None:
    assert post_document(story, papers.answer(document), "invoice-system")["state"] == "PROCESSED"
    assert shown(story, sent)["response_status"] == "ACCEPTED"
