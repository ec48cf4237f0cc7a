"""The whole story once: from an uploaded catalogue to an invoice that approves itself."""

from app.demo import papers
from tests.story import Story, codes


def test_an_invoice_that_agrees_approves_itself_after_the_goods_came(story: Story) -> None:
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10", ringbind="5")
    assert (order["status"], order["total_amount"]) == ("SENT", "2000.00")
    story.work()
    document = story.document_of(order["id"])
    left = [file.read_bytes() for file in (story.folder / "out").glob("*.xml")]
    assert left.count(papers.written(document)) == 1

    answered = story["supplier"].upload("/documents", papers.written(papers.answer(document)))
    assert answered.status_code == 202, answered.text
    story.work()
    assert story["buyer"].get(f"/orders/{order['id']}").json()["response_status"] == "ACCEPTED"

    story.receive(order["id"], _1="4")
    waiting = story.match(papers.written(papers.bill(document, {"1": "6"})))
    assert waiting["outcome"] == "AWAITING_RECEIPT"
    assert "RECEIPT_MISSING" in codes(waiting)

    story.receive(order["id"], _1="6", _2="5")
    approved = story["invoice-system"].get(f"/match/{waiting['id']}").json()
    assert (approved["outcome"], approved["decision"]["trigger"]) == ("AUTO_APPROVED", "REMATCH")

    dear = story.match(papers.written(papers.bill(document, {"2": "5"}, number="F-1002", prices={"2": "290.00"})))
    assert dear["outcome"] == "DEVIATION"
    assert {"PRICE_OVER", "TOTAL_OVER"} <= codes(dear)
