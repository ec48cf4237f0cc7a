"""The tolerance of an order is one budget, used up invoice by invoice."""

from tests.bills import bill
from tests.purchases import set_policy
from tests.story import Story, codes


def test_invoices_use_up_the_budget_of_their_order_to_the_last_krone(story: Story) -> None:
    set_policy(story, "TOLERANCE", level="ORDER", absolute="250", percent="10")
    story.approved_catalogue()
    order = story.sent_order(kopipapir="40", ringbind="20")
    story.receive(order["id"], _1="40", _2="20")
    document = story.document_of(order["id"])
    first = story.match(bill(document, "F-1", prices={"1": "103.75"}, _1="40"))
    assert (first["outcome"], first["decision"]["orders"][0]["over"]) == ("AUTO_APPROVED", "150.00")
    second = story.match(bill(document, "F-2", prices={"2": "205.00"}, _2="15"))
    assert (second["outcome"], second["decision"]["orders"][0]["over"]) == ("AUTO_APPROVED", "75.00")
    third = story.match(bill(document, "F-3", prices={"2": "205.20"}, _2="5"))
    assert (third["outcome"], "TOTAL_OVER" in codes(third)) == ("DEVIATION", True)
    assert story.match(bill(document, "F-4", prices={"2": "205.00"}, _2="5"))["outcome"] == "AUTO_APPROVED"
