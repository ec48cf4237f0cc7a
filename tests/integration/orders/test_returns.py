"""Goods that go back, receipts that were wrong, and who may receive what."""

from typing import Any

import pytest

from tests import bills
from tests.purchases import act, done, item, order, person, refused, shown, tasks
from tests.story import Story, codes


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


def give_back(story: Story, order_id: str, quantity: str, line_id: str = "1", who: str = "receiver") -> Any:
    body = {
        "returned_on": "2026-03-02",
        "cause": "DAMAGED",
        "reason": "Knust under transporten",
        "lines": [{"line_id": line_id, "quantity": quantity}],
    }
    return story[who].post(f"/orders/{order_id}/returns", body)


def receive(story: Story, order_id: str, who: str = "receiver", **body: Any) -> Any:
    return story[who].post(f"/orders/{order_id}/receipts", {"received_on": "2026-03-02", **body})


def counters(story: Story, thing: dict[str, Any]) -> tuple[str, str, str]:
    line = shown(story, thing)["lines"][0]
    return line["received_quantity"], line["invoiced_quantity"], line["credit_expected_quantity"]


def bill(story: Story, thing: dict[str, Any], quantity: str, number: str = "1001") -> dict[str, Any]:
    return story.match(bills.bill(story.document_of(thing["id"]), number, _1=quantity))


def test_everything_that_is_open_is_received_at_once_and_suggested_before(story: Story, sent: dict[str, Any]) -> None:
    story.receive(sent["id"], _1="4")
    suggested = done(story["receiver"].get(f"/orders/{sent['id']}/open-lines"))["lines"]
    assert [(line["line_id"], line["quantity"]) for line in suggested] == [("1", "6.00"), ("2", "5.00")]
    receipt = done(receive(story, sent["id"], everything=True), 201)
    assert [(line["line_id"], line["quantity"]) for line in receipt["lines"]] == [("1", "6.00"), ("2", "5.00")]
    assert refused(receive(story, sent["id"], everything=True)) == (409, "nothing_to_receive")


def test_what_no_invoice_has_taken_goes_back_as_if_it_had_not_come(story: Story, sent: dict[str, Any]) -> None:
    story.receive(sent["id"], _1="10")
    back = done(give_back(story, sent["id"], "3"), 201)
    assert (back["kind"], back["lines"][0]["quantity"]) == ("RETURN", "-3.00")
    assert counters(story, sent) == ("7.00", "0.00", "0.00")
    waiting = bill(story, sent, "10")
    assert waiting["outcome"] == "AWAITING_RECEIPT"
    done(receive(story, sent["id"], lines=[{"line_id": "1", "quantity": "3"}]), 201)
    story.work()
    assert done(story["invoice-system"].get(f"/match/{waiting['id']}"))["outcome"] == "AUTO_APPROVED"


def test_for_what_was_billed_a_credit_is_expected_and_approves_itself(story: Story, sent: dict[str, Any]) -> None:
    story.receive(sent["id"], _1="10")
    assert bill(story, sent, "10")["outcome"] == "AUTO_APPROVED"
    done(give_back(story, sent["id"], "2"), 201)
    assert counters(story, sent) == ("10.00", "10.00", "2.00")

    credited = story.match(bills.credit(story.document_of(sent["id"]), "K-1", "1001", _1="2"))

    assert (credited["outcome"], "CREDIT_AS_EXPECTED" in codes(credited)) == ("AUTO_APPROVED", True)
    assert counters(story, sent) == ("8.00", "8.00", "0.00")
    done(receive(story, sent["id"], lines=[{"line_id": "1", "quantity": "2"}]), 201)
    assert counters(story, sent) == ("10.00", "8.00", "0.00")


def test_what_replaces_goods_that_went_back_ends_the_wait_for_a_credit(story: Story, sent: dict[str, Any]) -> None:
    story.receive(sent["id"], _1="10")
    bill(story, sent, "10")
    done(give_back(story, sent["id"], "2"), 201)
    done(receive(story, sent["id"], lines=[{"line_id": "1", "quantity": "2"}]), 201)
    assert counters(story, sent) == ("10.00", "10.00", "0.00")


def test_no_more_goes_back_than_is_there(story: Story, sent: dict[str, Any]) -> None:
    story.receive(sent["id"], _1="4")
    answer = give_back(story, sent["id"], "4.01")
    assert refused(answer) == (422, "receipt_does_not_fit")
    assert "can still give back 4.00" in answer.json()["errors"][0]["message"]
    bill(story, sent, "4")
    done(give_back(story, sent["id"], "3"), 201)
    assert refused(give_back(story, sent["id"], "2")) == (422, "receipt_does_not_fit")


def test_a_wrong_receipt_is_taken_back_while_no_invoice_has_taken_of_it(story: Story, sent: dict[str, Any]) -> None:
    wrong = done(receive(story, sent["id"], lines=[{"line_id": "1", "quantity": "10"}]), 201)
    reverse = f"/receipts/{wrong['id']}/reverse"
    undone = done(story["receiver"].post(reverse, {"reason": "Talt forkert"}), 201)
    assert (undone["kind"], undone["reversal_of"], undone["lines"][0]["quantity"]) == (
        "REVERSAL",
        wrong["id"],
        "-10.00",
    )
    assert counters(story, sent) == ("0.00", "0.00", "0.00")
    assert refused(story["receiver"].post(reverse, {"reason": "igen"})) == (409, "receipt_not_reversible")
    again = f"/receipts/{undone['id']}/reverse"
    assert refused(story["receiver"].post(again, {"reason": "igen"})) == (409, "receipt_not_reversible")

    right = done(receive(story, sent["id"], lines=[{"line_id": "1", "quantity": "10"}]), 201)
    bill(story, sent, "1")
    answer = story["receiver"].post(f"/receipts/{right['id']}/reverse", {"reason": "Talt forkert"})
    assert refused(answer) == (409, "receipt_consumed")
    assert counters(story, sent) == ("10.00", "1.00", "0.00")


def test_named_receivers_receive_and_without_any_whoever_made_the_order(story: Story) -> None:
    story.approved_catalogue()
    person(story, "second-buyer", "BUYER")
    lines = [{"catalogue_line_id": item(story, "kopipapir"), "quantity": "10"}]

    def sent_to(*receivers: str) -> str:
        named = [str(story.world.id_of(who)) for who in receivers]
        made = done(order(story, lines, receiver_ids=named), 201)
        return str(done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))["id"])

    one = {"lines": [{"line_id": "1", "quantity": "1"}]}
    named, unnamed = sent_to("requisitioner"), sent_to()
    done(receive(story, named, "requisitioner", **one), 201)
    assert refused(receive(story, named, "buyer", **one)) == (403, "not_allowed")
    done(receive(story, unnamed, "buyer", **one), 201)
    assert refused(receive(story, unnamed, "second-buyer", **one)) == (403, "not_allowed")
    done(receive(story, named, "receiver", **one), 201)
    assert tasks(story, "requisitioner", named) == []
