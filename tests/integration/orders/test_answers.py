"""Substitutes, back-orders and promised days: compared and decided line by line, and used by matching."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.demo import papers
from app.documents.item import Item
from app.documents.order import Delivery, Order
from app.documents.values import Identifier, Period
from tests.answers import RECYCLED, accept, answered, instead, substitute
from tests.purchases import act, done, left, pointers, refused, response, set_policy, shown, sql, tasks
from tests.story import Story, codes

LATER = {"2": {"quantity": "3", "later": "2", "status": "Revised", "substitution": "ItemTemporarilyUnavailable"}}
INSIST, DROP = {"line_id": "1", "choice": "INSIST"}, {"line_id": "1", "choice": "DROP"}


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    return story.document_of(sent["id"])


def shown_answer(story: Story, order: dict[str, Any], who: str = "buyer") -> dict[str, Any]:
    return done(story[who].get(f"/orders/{order['id']}/answer"))


def versions(story: Story, order: dict[str, Any]) -> list[tuple[str, list[str]]]:
    found = done(story["buyer"].get(f"/orders/{order['id']}/versions"))["data"]
    return [(one["cause"], [line["item"]["name"] for line in one["lines"]]) for one in found]


def billed(document: Order, item: Item, price: str, number: str = "F-1") -> bytes:
    """Bill ten of the first line as an item at a price."""
    line = document.lines[0]
    assert line.price is not None
    own = line.but(
        item=item.but(tax_category=line.item.tax_category), price=line.price.but(price_amount=Decimal(price))
    )
    return papers.written(papers.bill(document.but(lines=(own,)), {"1": "10"}, number=number))


def test_a_proposal_is_compared_with_what_was_ordered(story: Story, sent: dict[str, Any], document: Order) -> None:
    answered(story, document, instead(substitute(document, "90.00")) | LATER)
    told = shown_answer(story, sent)
    assert (told["total_amount"], told["offered_amount"], told["difference"]) == ("2000.00", "1900.00", "-100.00")
    first, second = told["lines"]
    assert (first["item"]["name"], first["offers"][0]["item"]["name"]) == (
        document.lines[0].item.name,
        RECYCLED.name,
    )
    offer = first["offers"][0]
    assert (offer["substitute"], offer["amount"], offer["difference"]) == ("1.1", "900.00", "-100.00")
    assert offer["hindrance"] is None
    (later,) = second["offers"]
    assert (later["quantity"]["value"], later["back_ordered_quantity"], later["item"]) == ("5.00", "2.00", None)
    assert second["reasons"] == ["line 2: 2.00 EA come later"]
    assert told["version"] == shown(story, sent)["version"]


def test_only_the_buyers_people_compare_an_answer(story: Story, sent: dict[str, Any], document: Order) -> None:
    assert refused(story["buyer"].get(f"/orders/{sent['id']}/answer")) == (409, "nothing_to_accept")
    answered(story, document, instead(substitute(document)))
    assert refused(story["supplier"].get(f"/orders/{sent['id']}/answer")) == (403, "not_allowed")
    assert shown_answer(story, sent, "disponent")["lines"]


def test_an_accepted_substitute_is_what_invoices_are_matched_with(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    answered(story, document, instead(substitute(document, "90.00")))
    assert shown(story, sent)["response_status"] == "CHANGED"
    agreed = done(accept(story, sent))
    (line, _) = agreed["lines"]
    assert (agreed["response_status"], line["item"]["name"]) == ("ACCEPTED", RECYCLED.name)
    assert line["ordered_item"]["name"] == document.lines[0].item.name
    assert (line["accepted_amount"], line["amount"]) == ("900.00", "1000.00")
    assert tasks(story, "buyer", sent["id"]) == [("ORDER_RESPONSE", "CLOSED")]
    assert versions(story, sent) == [
        ("SENT", [document.lines[0].item.name, document.lines[1].item.name]),
        ("ANSWER", [RECYCLED.name, document.lines[1].item.name]),
    ]
    story.receive(sent["id"], _1="10")
    passed = story.match(billed(document, RECYCLED, "90.00"))
    assert passed["outcome"] == "AUTO_APPROVED", codes(passed)
    other = story.match(billed(document, document.lines[0].item, "90.00", "F-2"))
    assert (other["outcome"], "REFERENCE_CONTRADICTS_ITEM" in codes(other)) == ("DEVIATION", True)


def test_a_dearer_substitute_takes_the_disponent(story: Story, sent: dict[str, Any], document: Order) -> None:
    answered(story, document, instead(substitute(document, "120.00")))
    assert refused(accept(story, sent)) == (403, "not_allowed")
    assert shown(story, sent)["lines"][0]["ordered_item"] is None
    done(accept(story, sent, who="disponent"))
    assert shown(story, sent)["lines"][0]["accepted_amount"] == "1200.00"


def test_of_several_substitutes_the_buyer_takes_one(story: Story, sent: dict[str, Any], document: Order) -> None:
    white = Item(name="Kopipapir A4, hvidt", sellers_item_id=Identifier(value="1010"))
    offered = substitute(document), substitute(document, "80.00", item=white, line_id="1.2")
    answered(story, document, instead(*offered))
    answer = accept(story, sent)
    assert refused(answer) == (409, "answer_not_usable")
    assert "1.1, 1.2" in answer.json()["detail"]
    agreed = done(accept(story, sent, {"line_id": "1", "substitute": "1.2"}))
    assert (agreed["lines"][0]["item"]["name"], agreed["lines"][0]["accepted_amount"]) == (white.name, "800.00")


def test_what_has_come_stays_the_item_that_it_is(story: Story, sent: dict[str, Any], document: Order) -> None:
    answered(story, document, instead(substitute(document)))
    story.receive(sent["id"], _1="1")
    assert "has come" in shown_answer(story, sent)["lines"][0]["offers"][0]["hindrance"]
    answer = accept(story, sent)
    assert refused(answer) == (409, "answer_not_usable")
    assert "choice INSIST" in answer.json()["detail"]
    assert shown(story, sent)["lines"][0]["ordered_item"] is None


@pytest.mark.parametrize(("price", "status"), [("100.00", "ACCEPTED"), ("99.00", "ACCEPTED"), ("100.01", "CHANGED")])
def test_a_policy_lets_substitutes_that_cost_no_more_be_accepted_by_rule(
    story: Story, sent: dict[str, Any], document: Order, price: str, status: str
) -> None:
    set_policy(story, "SUBSTITUTES", by_rule="SAME_OR_CHEAPER")
    answered(story, document, instead(substitute(document, price)))
    now = shown(story, sent)
    assert now["response_status"] == status
    assert (now["lines"][0]["ordered_item"] is not None) is (status == "ACCEPTED")


def test_without_the_policy_a_cheaper_substitute_waits(story: Story, sent: dict[str, Any], document: Order) -> None:
    answered(story, document, instead(substitute(document, "1.00")))
    assert shown(story, sent)["response_status"] == "CHANGED"
    assert tasks(story, "buyer", sent["id"]) == [("ORDER_RESPONSE", "OPEN")]


def test_a_rule_does_not_replace_what_has_come(story: Story, sent: dict[str, Any], document: Order) -> None:
    set_policy(story, "SUBSTITUTES", by_rule="SAME_OR_CHEAPER")
    story.receive(sent["id"], _1="1")
    answered(story, document, instead(substitute(document, "90.00")))
    assert shown(story, sent)["response_status"] == "CHANGED"


def test_another_item_in_the_lines_own_place_waits_like_a_substitute(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    line = document.lines[0]
    other = document.but(lines=(line.but(item=RECYCLED.but(tax_category=line.item.tax_category)), document.lines[1]))
    answered(story, other, {"1": {"status": "Revised", "substitution": "ItemReplaced"}})
    assert shown(story, sent)["response_status"] == "CHANGED"
    assert done(accept(story, sent))["lines"][0]["item"]["name"] == RECYCLED.name


def test_an_accepted_back_order_keeps_the_quantity_and_says_what_comes_later(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    answered(story, document, LATER)
    line = done(accept(story, sent))["lines"][1]
    assert (line["accepted_quantity"], line["back_ordered_quantity"]) == ("5.00", "2.00")
    story.receive(sent["id"], _2="5")


def test_a_back_order_may_be_cut_off_and_the_supplier_is_told(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    answered(story, document, LATER)
    done(accept(story, sent, {"line_id": "2", "choice": "ACCEPT_WITHOUT_REST"}))
    agreed = shown(story, sent)
    line = agreed["lines"][1]
    assert (line["accepted_quantity"], line["back_ordered_quantity"], line["accepted_amount"]) == (
        "3.00",
        "0.00",
        "600.00",
    )
    assert (agreed["response_status"], agreed["total_amount"]) == ("NONE", "1600.00")
    (change,) = left(story, "OrderChange")
    assert [one.line_status_code for one in change.lines] == ["NoStatus", "Revised"]
    assert change.notes == ("Vi skal bruge resten nu",)


def test_one_line_is_accepted_and_another_declined(story: Story, sent: dict[str, Any], document: Order) -> None:
    answered(story, document, instead(substitute(document)) | {"2": {"price": "150.00", "status": "Revised"}})
    agreed = done(accept(story, sent, INSIST))
    first, second = agreed["lines"]
    assert (first["ordered_item"], first["accepted_amount"], second["accepted_amount"]) == (None, "1000.00", "750.00")
    (change,) = left(story, "OrderChange")
    assert [one.line_extension_amount for one in change.lines] == [Decimal("1000.00"), Decimal("750.00")]
    assert refused(accept(story, sent)) == (409, "nothing_to_accept")


def test_a_dropped_line_is_cancelled_and_the_rest_stays_agreed(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    answered(story, document, instead(substitute(document)))
    done(accept(story, sent, DROP))
    assert [line["accepted_quantity"] for line in shown(story, sent)["lines"]] == ["0.00", "5.00"]
    (change,) = left(story, "OrderChange")
    assert [one.line_status_code for one in change.lines] == ["Cancelled", "NoStatus"]


def test_a_substitute_is_told_in_the_changes_that_follow(story: Story, sent: dict[str, Any], document: Order) -> None:
    answered(story, document, instead(substitute(document, "90.00")) | LATER)
    done(accept(story, sent, {"line_id": "2", "choice": "ACCEPT_WITHOUT_REST"}))
    (change,) = left(story, "OrderChange")
    assert (change.lines[0].item.name, change.lines[0].line_extension_amount) == (RECYCLED.name, Decimal("900.00"))


def test_an_order_of_which_nothing_would_be_left_is_cancelled_instead(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    answered(story, document, instead(substitute(document)) | LATER)
    answer = accept(story, sent, DROP, {"line_id": "2", "choice": "DROP"})
    assert refused(answer) == (409, "answer_not_usable")
    assert "cancel it" in answer.json()["detail"]
    assert shown(story, sent)["response_status"] == "CHANGED"


def test_a_line_of_which_something_has_come_is_not_dropped(story: Story, sent: dict[str, Any], document: Order) -> None:
    answered(story, document, instead(substitute(document)))
    story.receive(sent["id"], _1="1")
    assert refused(accept(story, sent, DROP)) == (409, "answer_not_usable")


def test_choices_that_the_answer_does_not_leave_are_each_named(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    answered(story, document, instead(substitute(document)))
    wrong = (
        {"line_id": "9"},
        {"line_id": "1", "substitute": "1.9"},
        {"line_id": "1"},
        {"line_id": "2", "choice": "ACCEPT_WITHOUT_REST"},
    )
    assert pointers(accept(story, sent, *wrong)) == ["/lines/0", "/lines/1", "/lines/2", "/lines/3"]
    unexplained = act(story, "buyer", shown(story, sent), "accept-changes", {"lines": [INSIST]})
    assert unexplained.status_code == 422
    assert shown(story, sent)["response_status"] == "CHANGED"


def test_a_line_that_was_not_ordered_is_left_out_by_choice(story: Story, sent: dict[str, Any], document: Order) -> None:
    extra = document.but(lines=(*document.lines, document.lines[0].but(line_id="9")))
    answered(story, extra, {})
    assert shown_answer(story, sent)["lines"][2]["offers"] == []
    assert refused(accept(story, sent)) == (409, "answer_not_usable")
    done(accept(story, sent, {"line_id": "9", "choice": "DROP"}))
    assert [line["line_id"] for line in shown(story, sent)["lines"]] == ["1", "2"]


def test_a_profile_without_changes_takes_the_answer_whole(story: Story, sent: dict[str, Any], document: Order) -> None:
    answered(story, document, instead(substitute(document)))
    sql(story, "UPDATE purchase_order SET profile_id = :profile", profile="urn:www.nesubl.eu:profiles:profile3:ver2.0")
    assert refused(accept(story, sent, INSIST)) == (409, "profile_lacks")
    assert done(accept(story, sent))["response_status"] == "ACCEPTED"


def test_a_promised_day_is_kept_and_goods_are_asked_for_after_it(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    day = date(2026, 6, 1)
    promised = Delivery(promised_period=Period(start_date=day, end_date=day))
    answered(story, document, {"1": {"delivery": promised, "substitution": "DeliveryDateChanged"}})
    now = shown(story, sent)
    assert (now["response_status"], now["lines"][0]["promised_on"]) == ("ACCEPTED", "2026-06-01")
    assert [cause for cause, _ in versions(story, sent)] == ["SENT", "ANSWER"]


def test_the_same_answer_twice_makes_one_version(story: Story, sent: dict[str, Any], document: Order) -> None:
    for number in ("BEK-1", "BEK-2"):
        answered(story, document, {"2": {"price": "150.00", "status": "Revised"}}, number=number)
    assert [cause for cause, _ in versions(story, sent)] == ["SENT", "ANSWER"]


def test_what_was_declined_here_of_an_order_from_elsewhere_is_told_there(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    answered(story, document, instead(substitute(document)))
    sql(story, "UPDATE purchase_order SET origin = 'ELSEWHERE', external_approval = 'NONE'")
    assert refused(accept(story, sent, INSIST)) == (409, "order_elsewhere")
    body = {"reason": "Nej tak", "instead": "INSIST"}
    assert refused(act(story, "buyer", shown(story, sent), "decline-changes", body)) == (409, "order_elsewhere")
    assert shown(story, sent)["response_status"] == "CHANGED"


def test_an_answer_names_its_substitute_to_the_reader(document: Order) -> None:
    written = response(document, instead(substitute(document)))
    assert written.lines[0].substitutes[0].item.name == RECYCLED.name
