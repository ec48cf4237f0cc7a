"""A buyer makes an order: from lines that are visible, priced and on one agreement, numbered in the house's series."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.documents.values import Period
from tests.catalogues import bracket, line, publish, second_agreement
from tests.purchases import act, done, draft, etag, item, order, person, pointers, refused, shown, sql, submitted
from tests.story import Story

NOWHERE = "019cae34-7780-7b23-a756-dd4a135255ec"


def wanted(story: Story, number: str, quantity: str = "1", **fields: str) -> dict[str, Any]:
    return {"catalogue_line_id": item(story, number), "quantity": quantity, **fields}


def test_an_order_takes_todays_prices_and_adds_up(story: Story) -> None:
    publish(story.world, [line("1", "12.50"), line("2", "0.333")])
    made = done(order(story, [wanted(story, "NR-1", "3"), wanted(story, "NR-2", "10")]), 201)

    assert [row["amount"] for row in made["lines"]] == ["37.50", "3.33"]
    assert (made["total_amount"], made["status"], made["origin"]) == ("40.83", "DRAFT", "HERE")
    assert (made["number"], made["version"], made["response_status"]) == ("100001", 1, "NONE")


def test_a_larger_quantity_takes_its_own_price(story: Story) -> None:
    cheap = line("1", brackets=(bracket("10.00", to_quantity="9"), bracket("8.00", from_quantity="10")))
    publish(story.world, [cheap])

    made = done(order(story, [wanted(story, "NR-1", "9"), wanted(story, "NR-1", "10")]), 201)

    assert [row["amount"] for row in made["lines"]] == ["90.00", "80.00"]


def test_a_line_is_posted_where_it_says_else_where_the_order_says(story: Story) -> None:
    publish(story.world, [line("1")])
    lines = [wanted(story, "NR-1"), wanted(story, "NR-1", accounting_cost="2222", note="Til 3. sal")]

    made = done(order(story, lines, accounting_cost="1111"), 201)

    assert [row["accounting_cost"] for row in made["lines"]] == ["1111", "2222"]


def test_every_line_that_cannot_be_ordered_is_named(story: Story) -> None:
    limits = {"minimum_order_quantity": Decimal(5), "order_quantity_increment": Decimal(5)}
    publish(story.world, [line("1"), line("2", **limits)])
    two = item(story, "NR-2")

    answer = order(
        story,
        [
            {"catalogue_line_id": NOWHERE, "quantity": "1"},
            wanted(story, "NR-1"),
            {"catalogue_line_id": two, "quantity": "4"},
            {"catalogue_line_id": two, "quantity": "10"},
        ],
    )

    assert refused(answer) == (422, "lines_not_orderable")
    assert pointers(answer) == ["/lines/0/catalogue_line_id", "/lines/2/quantity", "/lines/2/quantity"]
    assert done(story["buyer"].get("/orders"))["data"] == []


def test_a_line_whose_price_holds_for_other_quantities_has_none(story: Story) -> None:
    publish(story.world, [line("1", brackets=(bracket("8.00", from_quantity="10"),))])
    answer = order(story, [wanted(story, "NR-1", "10"), wanted(story, "NR-1", "9")])
    assert pointers(answer) == ["/lines/1/catalogue_line_id"]


def test_lines_of_two_agreements_take_two_orders(story: Story) -> None:
    publish(story.world, [line("1")])
    agreement_id = second_agreement(story.world)
    ids = story.world.organisations
    for giver, receiver, target in (
        ("root", "ministry", "ORGANISATION"),
        ("ministry", "institution", "ORGANISATION"),
        ("institution", "institution", "EVERYBODY"),
    ):
        body = {"from_organisation_id": str(ids[giver]), "organisation_id": str(ids[receiver]), "target": target}
        share = body | {"valid_from": "2026-03-01"}
        done(story["state-content-manager"].post(f"/agreements/{agreement_id}/shares", share), 201)
    publish(story.world, [line("9", name="Stol")], number="KAT-2", contract_id="K-OTHER")

    answer = order(story, [wanted(story, "NR-1"), wanted(story, "NR-9")])

    assert pointers(answer) == ["/lines/1/catalogue_line_id"]
    assert "another agreement" in answer.json()["errors"][0]["message"]


def test_a_line_that_is_valid_no_more_cannot_be_ordered(story: Story) -> None:
    publish(story.world, [line("1", validity_period=Period(end_date=story.world.clock.now().date()))])
    row = wanted(story, "NR-1")
    done(order(story, [row]), 201)
    story.world.clock.advance(timedelta(days=1))
    assert pointers(order(story, [row])) == ["/lines/0/catalogue_line_id"]


@pytest.mark.parametrize("who", ["requisitioner", "disponent", "receiver", "auditor"])
def test_whoever_is_no_buyer_orders_nothing(story: Story, who: str) -> None:
    publish(story.world, [line("1")])
    assert refused(order(story, [wanted(story, "NR-1")], who)) == (403, "not_allowed")


def test_an_organisation_that_the_caller_does_not_see_is_not_there(story: Story) -> None:
    publish(story.world, [line("1")])
    answer = order(story, [wanted(story, "NR-1")], organisation_id=str(story.world.root_id))
    assert refused(answer) == (404, "organisation_not_found")


def test_a_closed_organisation_takes_no_new_orders(story: Story) -> None:
    publish(story.world, [line("1")])
    row = wanted(story, "NR-1")
    sql(story, "UPDATE organisation SET status = 'CLOSED' WHERE name = :name", name="Prøveinstitutionen")
    assert refused(order(story, [row])) == (409, "organisation_closed")


def test_an_organisation_without_a_gln_cannot_order(story: Story) -> None:
    person(story, "ministry-buyer", "BUYER", place="ministry")
    answer = order(
        story,
        [{"catalogue_line_id": NOWHERE, "quantity": "1"}],
        "ministry-buyer",
        organisation_id=str(story.world.ministry_id),
    )
    assert refused(answer) == (409, "no_location_number")


@pytest.mark.parametrize("quantity", ["0.0000001", "9300000000000", "12345678901234567890"])
def test_a_quantity_that_no_column_holds_is_refused_and_named(story: Story, quantity: str) -> None:
    publish(story.world, [line("1")])
    answer = order(story, [wanted(story, "NR-1", quantity)])
    assert pointers(answer) == ["/lines/0/quantity"]


def test_an_amount_that_no_column_holds_is_refused(story: Story) -> None:
    publish(story.world, [line("1", "99999.00")])
    assert order(story, [wanted(story, "NR-1", "999999999")]).status_code == 422


def test_numbers_go_up_by_one_and_each_organisation_has_its_own(story: Story) -> None:
    story.approved_catalogue()
    assert [done(draft(story, kopipapir="1"), 201)["number"] for _ in range(3)] == ["100001", "100002", "100003"]


def test_orders_made_at_once_get_different_numbers(story: Story) -> None:
    story.approved_catalogue()
    row = wanted(story, "kopipapir")
    with ThreadPoolExecutor(4) as threads:
        made = [done(answer, 201) for answer in threads.map(lambda _: order(story, [row]), range(8))]
    assert sorted(one["number"] for one in made) == [str(number) for number in range(100001, 100009)]


def test_the_same_request_again_is_the_same_order(story: Story) -> None:
    story.approved_catalogue()
    body = {
        "organisation_id": str(story.world.institution_id),
        "buyer_reference": "7778",
        "lines": [wanted(story, "kopipapir")],
    }
    first, again = (story["buyer"].post("/orders", body, key="once") for _ in range(2))
    assert (again.status_code, again.content, again.headers["etag"]) == (201, first.content, '"1"')
    assert again.headers["idempotent-replayed"] == "true"
    assert len(done(story["buyer"].get("/orders"))["data"]) == 1
    other = story["buyer"].post("/orders", body | {"buyer_reference": "8889"}, key="once")
    assert refused(other) == (422, "idempotency_key_reused")


def test_a_draft_is_cancelled_without_a_word_and_nothing_else_is(story: Story) -> None:
    story.approved_catalogue()
    made = done(draft(story, kopipapir="1"), 201)
    assert story["buyer"].post(f"/orders/{made['id']}/cancel").status_code == 428
    assert act(story, "buyer", made | {"version": 9}, "cancel").status_code == 412
    assert refused(act(story, "disponent", made, "cancel")) == (403, "not_allowed")
    cancelled = done(act(story, "buyer", made, "cancel"))
    assert cancelled["status"] == "CANCELLED"
    assert refused(act(story, "buyer", cancelled, "submit")) == (409, "wrong_state")

    waiting = submitted(story, kopipapir="1")
    assert refused(act(story, "buyer", waiting, "cancel")) == (409, "wrong_state")
    sent = story.sent_order(kopipapir="1")
    assert refused(act(story, "buyer", sent, "cancel")) == (422, "reason_missing")


def test_orders_are_seen_by_those_who_read_them_and_by_the_supplier_once_sent(story: Story) -> None:
    story.approved_catalogue()
    made = done(draft(story, kopipapir="1"), 201)
    waiting = submitted(story, kopipapir="2")
    cancelled = done(act(story, "buyer", done(draft(story, kopipapir="3"), 201), "cancel"))
    sent = story.sent_order(kopipapir="4")
    everything = {row["id"] for row in (made, waiting, cancelled, sent)}

    for who in ("buyer", "disponent", "receiver", "invoice-handler", "auditor"):
        assert {row["id"] for row in done(story[who].get("/orders"))["data"]} == everything
    assert [row["id"] for row in done(story["supplier"].get("/orders"))["data"]] == [sent["id"]]
    assert story["supplier"].get(f"/orders/{cancelled['id']}").status_code == 404
    assert done(story["requisitioner"].get("/orders"))["data"] == []
    assert refused(story["requisitioner"].get(f"/orders/{sent['id']}")) == (404, "order_not_found")


def test_lists_come_in_pages(story: Story) -> None:
    story.approved_catalogue()
    made = {done(draft(story, kopipapir="1"), 201)["id"] for _ in range(3)}
    first = done(story["buyer"].get("/orders", limit=2))
    rest = done(story["buyer"].get("/orders", limit=2, cursor=first["next_cursor"]))
    assert {row["id"] for row in first["data"] + rest["data"]} == made
    assert rest["next_cursor"] is None


def test_an_order_carries_its_version_as_etag(story: Story) -> None:
    story.approved_catalogue()
    waiting = submitted(story, kopipapir="1")
    answer = story["buyer"].get(f"/orders/{waiting['id']}")
    assert answer.headers["etag"] == etag(waiting)["If-Match"] == '"2"'
    assert shown(story, waiting) == waiting


def test_an_order_goes_out_in_a_profile_that_holds_orders(story: Story) -> None:
    publish(story.world, [line("1", name="Papir")])
    profiles = '["Procurement-BilSim-1.0", "Procurement-OrdSim-BilSim-1.0"]'
    sql(story, "UPDATE supplier SET profiles = :profiles", profiles=profiles)
    sent = done(act(story, "disponent", submitted(story, papir="1"), "approve"))

    assert story.document_of(sent["id"]).profile_id == "Procurement-OrdSim-BilSim-1.0"
