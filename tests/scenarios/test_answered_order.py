"""A supplier that is out of stock: one item is replaced, some come later, one line is declined, and the bill agrees."""

from datetime import date
from decimal import Decimal

from app.demo import papers
from app.documents.order import Delivery
from app.documents.values import Period
from tests.answers import RECYCLED, accept, answered, instead, substitute
from tests.bills import counters, every_proof_holds
from tests.purchases import done, left, post_document, response, shown, tasks
from tests.story import Story, codes

LATE = Delivery(promised_period=Period(start_date=date(2026, 3, 20), end_date=date(2026, 3, 20)))


def test_an_answer_is_taken_in_part_and_what_comes_is_billed_as_it_was_agreed(story: Story) -> None:
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10", ringbind="5")
    document = story.document_of(order["id"])

    dearer = {"2": {"price": "210.00", "status": "Revised"}}
    answered(story, document, instead(substitute(document, "95.00")) | dearer)
    told = done(story["buyer"].get(f"/orders/{order['id']}/answer"))
    assert [line["offers"][0]["difference"] for line in told["lines"]] == ["-50.00", "50.00"]
    assert told["difference"] == "0.00"

    agreed = done(accept(story, order, {"line_id": "2", "choice": "INSIST"}))
    assert (agreed["response_status"], agreed["total_amount"]) == ("NONE", "1950.00")
    (change,) = left(story, "OrderChange")
    assert [line.item.name for line in change.lines] == [RECYCLED.name, document.lines[1].item.name]
    assert [line.line_extension_amount for line in change.lines] == [Decimal("950.00"), Decimal("1000.00")]

    later = {"2": {"quantity": "3", "later": "2", "status": "Revised", "delivery": LATE}}
    told_anew = document.but(lines=change.lines)
    answered(story, told_anew, later, number="BEK-2")
    assert tasks(story, "buyer", order["id"])[-1] == ("ORDER_RESPONSE", "OPEN")
    done(accept(story, order))
    first, second = shown(story, order)["lines"]
    assert first["ordered_item"]["name"] == document.lines[0].item.name
    assert (second["back_ordered_quantity"], second["promised_on"]) == ("2.00", "2026-03-20")

    story.receive(order["id"], _1="10", _2="3")
    passed = story.match(papers.written(papers.bill(told_anew, {"1": "10", "2": "3"}, number="F-1")))
    assert passed["outcome"] == "AUTO_APPROVED", codes(passed)
    story.receive(order["id"], _2="2")
    rest = story.match(papers.written(papers.bill(told_anew, {"2": "2"}, number="F-2")))
    assert rest["outcome"] == "AUTO_APPROVED", codes(rest)
    assert counters(story, order["id"], "received_quantity", "invoiced_quantity") == [
        ("10.00", "10.00"),
        ("5.00", "5.00"),
    ]
    assert post_document(story, response(told_anew, number="BEK-3"))["state"] == "PROCESSED"
    assert every_proof_holds(story) == 2
