"""What an order reserves by posting, from dispatch until it is received, invoiced or over."""

from typing import Any

import pytest

from tests.bills import bill
from tests.catalogues import line, publish
from tests.purchases import act, done, item, order, refused, sql
from tests.story import Story


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    """Give a sent order of ten at 10.00 on two accounts, 30 to 70, and of 50.00 on the first of them."""
    publish(story.world, [line("1", name="Papir")])
    parts = [{"accounting_cost": cost, "percent": percent} for cost, percent in (("2210", "30"), ("3310", "70"))]
    paper = item(story, "papir")
    lines = [
        {"catalogue_line_id": paper, "quantity": "10", "postings": parts},
        {"catalogue_line_id": paper, "quantity": "5", "accounting_cost": "2210"},
    ]
    made = done(order(story, lines), 201)
    assert reserved(story, made) == ("0.00", "0.00", "0.00")
    return done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))


def told(story: Story, order: dict[str, Any], who: str = "buyer") -> dict[str, Any]:
    return done(story[who].get(f"/orders/{order['id']}/commitment"))


def reserved(story: Story, order: dict[str, Any]) -> tuple[str, str, str]:
    found = told(story, order)
    return found["committed"], found["received_not_invoiced"], found["invoiced"]


def test_a_commitment_moves_from_what_is_to_come_to_what_is_invoiced(story: Story, sent: dict[str, Any]) -> None:
    assert reserved(story, sent) == ("150.00", "0.00", "0.00")
    assert [(row["accounting_cost"], row["committed"]) for row in told(story, sent)["postings"]] == [
        ("2210", "80.00"),
        ("3310", "70.00"),
    ]

    story.receive(sent["id"], _1="4")
    assert reserved(story, sent) == ("110.00", "40.00", "0.00")
    case = story.match(bill(story.document_of(sent["id"]), _1="3"))
    assert case["outcome"] == "AUTO_APPROVED"

    assert reserved(story, sent) == ("110.00", "10.00", "30.00")
    first, second = told(story, sent)["postings"]
    assert (first["committed"], first["received_not_invoiced"], first["invoiced"]) == ("68.00", "3.00", "9.00")
    assert (second["committed"], second["received_not_invoiced"], second["invoiced"]) == ("42.00", "7.00", "21.00")


def test_an_order_that_is_over_has_nothing_to_come(story: Story, sent: dict[str, Any]) -> None:
    story.receive(sent["id"], _1="4")
    sql(story, "UPDATE purchase_order SET status = 'CLOSED_SHORT'")
    assert reserved(story, sent) == ("0.00", "40.00", "0.00")


def test_the_supplier_is_not_told_how_its_order_is_posted(story: Story, sent: dict[str, Any]) -> None:
    assert refused(story["supplier"].get(f"/orders/{sent['id']}/commitment")) == (403, "not_allowed")
