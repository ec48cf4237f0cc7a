"""What a branch's orders reserve by month, posting and currency."""

from typing import Any

import pytest

from tests.bills import bill
from tests.catalogues import line, publish
from tests.integration.organisations.steps import below
from tests.purchases import act, done, item, order, refused, sql
from tests.story import Story

SPAN = {"from": "2026-01-01", "to": "2026-12-31"}
POOL = {"text": "Konsulentbistand", "unspsc": "80101500", "amount": "50000.00", "accounting_cost": "3310"}


def rows(story: Story, who: str = "buyer", **asked: str) -> list[tuple[str, ...]]:
    span = SPAN | {"organisation_id": str(story.world.institution_id)} | asked
    names = ("month", "accounting_cost", "currency", "committed", "received_not_invoiced", "invoiced")
    return [tuple(row[name] for name in names) for row in done(story[who].get("/commitments", **span))["rows"]]


def sent(story: Story, lines: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    made = done(order(story, lines, **fields), 201)
    return done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))


@pytest.fixture
def both(story: Story) -> dict[str, Any]:
    """Give an order of ten at 10.00 on two accounts, 30 to 70, and of five on the first, beside one in words."""
    publish(story.world, [line("1", name="Papir")])
    words = {"type": "TEXT", "supplier_id": str(story.world.supplier_id), "requested_delivery_on": "2026-05-31"}
    pool = sent(story, [POOL | {"amount": "5000.00"}], **words)
    shares = [{"accounting_cost": cost, "percent": percent} for cost, percent in (("2210", "30"), ("3310", "70"))]
    paper = item(story, "papir")
    first, second = (
        {"catalogue_line_id": paper, "quantity": "10", "postings": shares},
        {"catalogue_line_id": paper, "quantity": "5", "accounting_cost": "2210"},
    )
    return {"pool": pool, "paper": sent(story, [first, second])}


def test_months_and_postings_are_told_apart(story: Story, both: dict[str, Any]) -> None:
    assert rows(story) == [
        ("2026-03", "2210", "DKK", "80.00", "0.00", "0.00"),
        ("2026-03", "3310", "DKK", "70.00", "0.00", "0.00"),
        ("2026-05", "3310", "DKK", "5000.00", "0.00", "0.00"),
    ]
    half = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "amount": "2500.00"}]}
    done(story["receiver"].post(f"/orders/{both['pool']['id']}/receipts", half), 201)
    sql(story, "UPDATE purchase_order_line SET invoiced_amount = received_amount - received_amount / 5 WHERE by_amount")
    assert rows(story, **{"from": "2026-05-31", "to": "2026-05-31"}) == [
        ("2026-05", "3310", "DKK", "2500.00", "500.00", "2000.00")
    ]
    assert rows(story, to="2026-03-01") == []


def test_parts_agree_with_what_is_told_of_one_order(story: Story, both: dict[str, Any]) -> None:
    paper = both["paper"]
    story.receive(paper["id"], _1="4", _2="5")
    assert story.match(bill(story.document_of(paper["id"]), _1="3"))["outcome"] == "AUTO_APPROVED"

    told = done(story["buyer"].get(f"/orders/{paper['id']}/commitment"))["postings"]
    names = ("committed", "received_not_invoiced", "invoiced")
    alone = [(one["accounting_cost"], *(one[name] for name in names)) for one in told]
    assert [(row[1], *row[3:]) for row in rows(story, to="2026-03-31")] == alone


def test_an_order_that_is_over_keeps_what_came_and_frees_the_rest(story: Story, both: dict[str, Any]) -> None:
    story.receive(both["paper"]["id"], _2="5")
    sql(story, "UPDATE purchase_order SET status = 'CLOSED_SHORT'")
    assert rows(story) == [("2026-03", "2210", "DKK", "0.00", "50.00", "0.00")]


def test_a_currency_is_never_added_to_another(story: Story, both: dict[str, Any]) -> None:
    del both
    sql(story, "UPDATE purchase_order SET currency = 'EUR' WHERE type = 'TEXT'")
    assert {(row[2], row[3]) for row in rows(story)} == {("DKK", "80.00"), ("DKK", "70.00"), ("EUR", "5000.00")}


def test_a_branch_counts_what_is_below_it_and_what_is_confidential(story: Story, both: dict[str, Any]) -> None:
    del both
    sql(story, "UPDATE purchase_order SET confidential = true")
    assert len(rows(story, "auditor", organisation_id=str(story.world.root_id))) == 3
    beside = below(story.world, story.world.root_id, "Ved siden af")
    assert rows(story, "auditor", organisation_id=str(beside)) == []
    asked = SPAN | {"organisation_id": str(beside)}
    assert refused(story["buyer"].get("/commitments", **asked)) == (404, "organisation_not_found")
    here = SPAN | {"organisation_id": str(story.world.institution_id)}
    assert refused(story["administrator"].get("/commitments", **here)) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("first", "last"), [("2026-02-02", "2026-02-01"), ("2025-01-15", "2027-01-15"), ("0001-01-01", "9999-12-31")]
)
def test_a_span_is_two_years_at_most_and_the_right_way_round(story: Story, first: str, last: str) -> None:
    asked = {"organisation_id": str(story.world.institution_id), "from": first, "to": last}
    assert refused(story["buyer"].get("/commitments", **asked)) == (422, "span_not_told")


def test_two_years_to_the_day_are_told(story: Story) -> None:
    assert rows(story, **{"from": "2025-01-15", "to": "2027-01-14"}) == []
    assert rows(story, **{"from": "9999-01-01", "to": "9999-12-31"}) == []
