"""A contract on hours: a need in words becomes a text order inside an agreement, received and billed part by part."""

from datetime import UTC, datetime
from typing import Any

from tests.bills import bill, counters, every_proof_holds
from tests.integration.agreements.sharing import agreement, shared
from tests.purchases import act, done, pointers, shown, tasks
from tests.requisitions import claimed, in_words, step
from tests.story import Story, codes

PASSED = "AUTO_APPROVED"
LAST_DAY = "2026-06-30"


def received(story: Story, order: dict[str, Any], amount: str, day: str = "2026-03-02", **fields: Any) -> Any:
    """Receive a part of the order's only line."""
    body = {"received_on": day, "lines": [{"line_id": "1", "amount": amount}], **fields}
    return story["receiver"].post(f"/orders/{order['id']}/receipts", body)


def test_a_text_order_is_used_up_in_three_parts_and_holds_its_ceiling_and_its_last_day(story: Story) -> None:
    place = story.world.institution_id
    consulting = agreement(story.world, place, contract_number="K-TEXT", product_groups=["80"])
    shared(story.world, consulting, place, "EVERYBODY", place)
    wanted = in_words("Konsulentbistand, udbud af rengøring", "50000.00", unspsc="80101500")

    working = claimed(story, wanted, reason="Nyt udbud")
    choice = {"line_id": working["lines"][0]["id"], "agreement_id": str(consulting)}
    made = done(step(story, "buyer", working, "convert", {"lines": [choice], "ends_on": LAST_DAY}), 201)
    (order,) = made["orders"]
    assert (order["type"], order["agreement_id"], order["ends_on"]) == ("TEXT", str(consulting), LAST_DAY)
    sent = done(act(story, "disponent", done(act(story, "buyer", order, "submit")), "approve"))
    document = story.document_of(sent["id"])

    early = story.match(bill(document, "F-1", prices={"1": "25000"}, _1="1"))
    assert early["outcome"] == "AWAITING_RECEIPT"
    done(received(story, sent, "25000.00"), 201)
    story.work()
    assert done(story["invoice-handler"].get(f"/match/{early['id']}"))["outcome"] == PASSED
    assert shown(story, sent)["lines"][0]["received_share"] == "0.5000"
    assert pointers(received(story, sent, "25000.01")) == ["/lines/0"]
    done(received(story, sent, "15000.00"), 201)
    assert story.match(bill(document, "F-2", prices={"1": "15000"}, _1="1"))["outcome"] == PASSED

    story.world.clock.at = datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert pointers(received(story, sent, "10000.00", "2026-07-01")) == ["/reason"]
    done(received(story, sent, "10000.00", "2026-07-01", reason="Sidste timer i juni"), 201)
    assert story.match(bill(document, "F-3", prices={"1": "10000"}, _1="1"))["outcome"] == PASSED
    assert done(story["receiver"].get(f"/orders/{sent['id']}/open-lines"))["lines"] == []
    counted = counters(story, sent["id"], "received_amount", "invoiced_amount", "received_share")
    assert counted == [("50000.00", "50000.00", "1.0000")]

    over = story.match(bill(document, "F-4", prices={"1": "500"}, _1="1"))
    assert over["outcome"] == "DEVIATION", codes(over)
    assert tasks(story, "buyer", over["id"])
    assert every_proof_holds(story) == 5
