"""Finding invoices: what was approved by itself is found like any other, and nobody finds another branch's."""

from datetime import timedelta
from typing import Any

import pytest

from tests.bills import bill
from tests.integration.organisations.steps import below, grant, person
from tests.purchases import done, refused
from tests.story import Story

NOBODY = "019cae34-7780-7b23-a756-dd4a135255ec"


@pytest.fixture
def order(story: Story) -> dict[str, Any]:
    """Let an approved invoice (125.00), and on the day after one that deviates (500.00) and one that waits come in."""
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(order["id"], _1="5")
    document = story.document_of(order["id"])
    assert story.match(bill(document, "F-0001", _1="1"))["outcome"] == "AUTO_APPROVED"
    story.world.clock.advance(timedelta(days=1))
    assert story.match(bill(document, "F-2%", prices={"1": "200.00"}, _1="2"))["outcome"] == "DEVIATION"
    assert story.match(bill(document, "G-3", _2="1"))["outcome"] == "AWAITING_RECEIPT"
    return order


def found(story: Story, who: str = "invoice-handler", **query: Any) -> list[str]:
    return [row["number"] for row in done(story[who].get("/match", **query))["data"]]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, ["F-0001", "F-2%", "G-3"]),
        ({"outcome": "AUTO_APPROVED"}, ["F-0001"]),
        ({"outcome": ["DEVIATION", "AWAITING_RECEIPT"]}, ["F-2%", "G-3"]),
        ({"number": " f-0001 "}, ["F-0001"]),
        ({"number": "F-000"}, []),
        ({"q": "f-"}, ["F-0001", "F-2%"]),
        ({"q": "%"}, ["F-2%"]),
        ({"q": "_"}, []),
        ({"received_to": "2026-03-02"}, ["F-0001"]),
        ({"received_from": "2026-03-03"}, ["F-2%", "G-3"]),
        ({"received_from": "1969-07-20"}, ["F-0001", "F-2%", "G-3"]),
        ({"received_from": "2026-03-03", "received_to": "2026-03-03", "outcome": "DEVIATION"}, ["F-2%"]),
        ({"amount_from": "125", "amount_to": "250.00"}, ["F-0001", "G-3"]),
        ({"amount_from": "500.01"}, []),
        ({"order": "ordre nr. 100001"}, ["F-0001", "F-2%", "G-3"]),
        ({"order": "999999"}, []),
        ({"supplier_id": NOBODY}, []),
    ],
)
def test_everything_that_is_said_holds(
    story: Story, order: dict[str, Any], query: dict[str, Any], numbers: list[str]
) -> None:
    assert found(story, **query) == numbers


def test_a_suppliers_invoices_are_found(story: Story, order: dict[str, Any]) -> None:
    assert len(found(story, supplier_id=str(story.world.supplier_id))) == 3


def test_pages_of_a_search_go_on_where_they_ended(story: Story, order: dict[str, Any]) -> None:
    first = done(story["invoice-handler"].get("/match", q="-", limit=2))
    rest = done(story["invoice-handler"].get("/match", q="-", limit=2, cursor=first["next_cursor"]))
    assert [row["number"] for row in (*first["data"], *rest["data"])] == ["F-0001", "F-2%", "G-3"]


def test_another_branch_finds_nothing_and_the_maker_of_the_order_does(story: Story, order: dict[str, Any]) -> None:
    world = story.world
    elsewhere = below(world, world.root_id, "Ministeriet for Naboer")
    grant(world, person(world, "neighbour", elsewhere), "INVOICE_HANDLER", elsewhere)
    assert found(story, "neighbour", order="100001") == []
    assert found(story, "buyer", order="100001") == ["F-0001", "F-2%", "G-3"]


@pytest.mark.parametrize(
    "query",
    [
        {"received_from": "2026-03-03", "received_to": "2026-03-02"},
        {"amount_from": "2", "amount_to": "1"},
        {"received_to": "9999-12-31"},
        {"received_from": "0001-01-01"},
    ],
)
def test_what_cannot_be_is_refused(story: Story, query: dict[str, str]) -> None:
    assert refused(story["invoice-handler"].get("/match", **query)) == (422, "search_not_fitting")


@pytest.mark.parametrize(
    "query",
    [
        {"outcome": "PAID"},
        {"amount_from": "1e3"},
        {"amount_to": "0.0000001"},
        {"amount_to": "9" * 28},
        {"limit": "0"},
        {"limit": "201"},
        {"cursor": "naboens"},
        {"supplier": str(NOBODY)},
        {"q": "x" * 101},
    ],
)
def test_what_is_no_search_is_refused(story: Story, query: dict[str, str]) -> None:
    answer = story["invoice-handler"].get("/match", **query)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("name", ["q", "number", "order"])
def test_odd_texts_find_nothing(story: Story, order: dict[str, Any], name: str) -> None:
    assert found(story, **{name: " "}) == (["F-0001", "F-2%", "G-3"] if name == "q" else [])
    assert story["invoice-handler"].get("/match", **{name: "\0"}).status_code == 422
