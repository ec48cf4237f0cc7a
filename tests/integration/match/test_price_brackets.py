"""Prices by quantity of the catalogue, kept on the order, and what an invoice misses of them."""

from typing import Any

from sqlmodel import col, select

from app.orders.models import PurchaseOrderLine
from tests.bills import bill, every_proof_holds
from tests.catalogues import bracket, line, publish
from tests.purchases import act, done, order
from tests.story import Story, codes

PRICES = (bracket("10.00", to_quantity="99"), bracket("9.00", from_quantity="100"))


def sent(story: Story, *quantities: str) -> dict[str, Any]:
    article = story.found("Rabatvare")["id"]
    made = done(order(story, [{"catalogue_line_id": article, "quantity": quantity} for quantity in quantities]), 201)
    return done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))


def kept(story: Story) -> list[Any]:
    query = select(PurchaseOrderLine.brackets).order_by(col(PurchaseOrderLine.position))
    return list(story.world.database.run(lambda session: session.exec(query).all(), write=False))


def test_two_lines_of_an_article_that_reach_a_lower_price_together_are_told(story: Story) -> None:
    publish(story.world, [line("1", name="Rabatvare", brackets=PRICES)])
    running = sent(story, "60", "60")
    assert [[(one["least"], one["price"]["price_amount"]) for one in found] for found in kept(story)] == [
        [("0", "10.00"), ("100.00", "9.00")]
    ] * 2
    story.receive(running["id"], _1="60", _2="60")
    case = story.match(bill(story.document_of(running["id"]), _1="60", _2="60"))
    told = [one for one in case["decision"]["findings"] if one["code"] == "PRICE_BRACKET_MISSED"]
    assert (case["outcome"], [(one["order_line_id"], "60.00 too much" in one["message_en"]) for one in told]) == (
        "AUTO_APPROVED",
        [("1", True), ("2", True)],
    )
    assert every_proof_holds(story) == 1


def test_an_article_at_one_price_keeps_none(story: Story) -> None:
    publish(story.world, [line("1", name="Rabatvare")])
    running = sent(story, "60", "60")
    assert kept(story) == [None, None]
    story.receive(running["id"], _1="60", _2="60")
    case = story.match(bill(story.document_of(running["id"]), _1="60", _2="60"))
    assert (case["outcome"], "PRICE_BRACKET_MISSED" in codes(case)) == ("AUTO_APPROVED", False)
