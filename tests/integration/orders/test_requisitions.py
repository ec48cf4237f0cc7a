"""Requisitions as their makers and buyers handle them: baskets, what is handed in, claimed, returned and taken back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.catalogues import bracket, line, publish
from tests.integration.agreements.sharing import agreement, shared
from tests.integration.organisations.steps import every, stands_in
from tests.purchases import done, person, pointers, refused, sql, tasks
from tests.requisitions import claimed, edit, in_words, make, need, seen, step, submitted
from tests.story import Story

REASON = {"reason": "Brug lageret først"}
NOWHERE = "019cae34-7780-7b23-a756-dd4a135255ec"


@pytest.fixture(autouse=True)
def _catalogue(story: Story) -> None:
    publish(story.world, [line("1", name="Papir"), line("2", "5.00", name="Pen", order_quantity_increment=Decimal(5))])


def test_a_need_holds_lines_from_the_catalogue_and_in_words(story: Story) -> None:
    hours = {"source": "TEXT", "text": "Rådgivning", "quantity": "3", "unit_code": "HUR", "price_amount": "750.50"}
    made = done(
        make(
            story,
            need(story, "papir", "3"),
            in_words("Flyttehjælp", "1000", unspsc="78101804", agreement_id=str(story.world.agreement_id)),
            {**hours, "currency": "EUR", "supplier_id": str(story.world.supplier_id)},
        ),
        201,
    )

    assert (made["status"], made["version"], made["made_for"]) == ("DRAFT", 1, None)
    assert [(row["source"], row["amount"], row["currency"]) for row in made["lines"]] == [
        ("CATALOGUE", "30.00", "DKK"),
        ("TEXT", "1000.00", "DKK"),
        ("TEXT", "2251.50", "EUR"),
    ]
    assert made["totals"] == [{"currency": "DKK", "amount": "1030.00"}, {"currency": "EUR", "amount": "2251.50"}]
    assert [row["supplier_id"] for row in made["lines"]] == [str(story.world.supplier_id)] * 3
    assert [row["by_amount"] for row in made["lines"]] == [False, True, False]
    assert seen(story, made) == made


def test_every_line_that_cannot_be_ordered_is_named(story: Story) -> None:
    answer = make(
        story,
        {"source": "CATALOGUE", "catalogue_line_id": NOWHERE, "quantity": "1"},
        need(story, "pen", "4"),
        in_words("Møde", agreement_id=NOWHERE),
        in_words("Møde", supplier_id=NOWHERE),
        in_words("Møde", agreement_id=str(story.world.agreement_id), currency="EUR"),
    )
    assert refused(answer) == (422, "lines_not_orderable")
    assert pointers(answer) == [
        "/lines/0/catalogue_line_id",
        "/lines/1/quantity",
        "/lines/2/agreement_id",
        "/lines/3/supplier_id",
        "/lines/4/currency",
    ]
    assert done(story["requisitioner"].get("/requisitions"))["data"] == []
    for wrong in (
        {**in_words("x"), "quantity": "1"},
        {"source": "TEXT", "text": "x"},
        {"source": "TEXT", "text": "x", "quantity": "1"},
        {**in_words("x"), "agreement_id": NOWHERE, "supplier_id": NOWHERE},
        {"text": "x", "amount": "1"},
    ):
        assert make(story, wrong).status_code == 422, wrong


def test_a_basket_is_changed_line_by_line_by_its_maker_alone(story: Story) -> None:
    made = done(make(story, need(story, "papir"), in_words("Flytning")), 201)
    paper, words = (row["id"] for row in made["lines"])

    more = done(step(story, "requisitioner", made, "lines", need(story, "pen", "5")), 201)
    changed = done(edit(story, "PATCH", more, f"/lines/{paper}", {"quantity": "4", "note": "Hvidt"}))
    told = {"amount": None, "quantity": "2", "price_amount": "700", "text": "Flytning af arkiv"}
    changed = done(edit(story, "PATCH", changed, f"/lines/{words}", told))

    assert [(row["item"]["name"], row["amount"]) for row in changed["lines"]] == [
        ("Papir", "40.00"),
        ("Flytning af arkiv", "1400.00"),
        ("Pen", "25.00"),
    ]
    assert [row["id"] for row in changed["lines"]][:2] == [paper, words]
    assert pointers(edit(story, "PATCH", changed, f"/lines/{changed['lines'][2]['id']}", {"quantity": "6"})) == [
        "/quantity"
    ]
    assert pointers(edit(story, "PATCH", changed, f"/lines/{paper}", {"text": "Guld"})) == ["/text"]
    assert edit(story, "PATCH", changed, f"/lines/{words}", {"amount": "5"}).status_code == 422
    assert refused(edit(story, "PATCH", changed, f"/lines/{NOWHERE}", {}))[1] == "requisition_line_not_found"
    assert refused(edit(story, "PATCH", made, "", {"title": "Andet"})) == (412, "version_mismatch")
    assert edit(story, "PATCH", changed, "", {"title": None}).status_code == 422
    place = {"street_name": "Nygade", "building_number": "1", "city_name": "Aarhus", "postal_zone": "8000"}
    renamed = done(edit(story, "PATCH", changed, "", {"title": "Arkivet", "delivery_address": place}))
    assert (renamed["title"], renamed["delivery_address"]["city_name"]) == ("Arkivet", "Aarhus")
    assert edit(story, "PATCH", renamed, "", {"title": "x"}, "buyer").status_code == 404
    less = done(edit(story, "DELETE", renamed, f"/lines/{words}"))
    assert [row["item"]["name"] for row in less["lines"]] == ["Papir", "Pen"]
    added = done(step(story, "requisitioner", less, "lines", in_words("Kaffe")), 201)
    assert [row["item"]["name"] for row in added["lines"]] == ["Papir", "Pen", "Kaffe"]


def test_a_draft_is_its_makers_and_what_was_handed_in_is_the_buyers_too(story: Story) -> None:
    person(story, "other-requisitioner", "REQUISITIONER")
    made = done(make(story, need(story, "papir")), 201)

    def listed(who: str, **query: str) -> list[str]:
        return [row["id"] for row in done(story[who].get("/requisitions", **query))["data"]]

    everybody = ("requisitioner", "buyer", "disponent", "auditor", "other-requisitioner", "receiver", "supplier")
    assert [listed(who) == [made["id"]] for who in everybody] == [True, *[False] * 6]
    assert refused(step(story, "buyer", made, "submit")) == (404, "requisition_not_found")
    handed_in = done(step(story, "requisitioner", made, "submit"))
    assert [listed(who) == [made["id"]] for who in everybody] == [True, True, True, True, False, False, False]
    assert listed("buyer", status="SUBMITTED") == [made["id"]]
    assert listed("buyer", status="IN_WORK") == []
    assert story["buyer"].get("/requisitions", status="LOST").status_code == 422
    assert tasks(story, "buyer", made["id"]) == [("HANDLE_REQUISITION", "OPEN")]
    assert refused(edit(story, "PATCH", handed_in, "", {"title": "Nyt"}, "buyer")) == (403, "not_the_maker")
    assert refused(edit(story, "PATCH", handed_in, "", {"title": "Nyt"}, "auditor")) == (403, "not_allowed")
    assert refused(edit(story, "PATCH", handed_in, "", {"title": "Nyt"})) == (409, "requisition_fixed")
    assert refused(make(story, who="receiver")) == (403, "not_allowed")


def test_a_requisition_is_handed_in_complete_or_not_at_all(story: Story) -> None:
    sql(
        story,
        "INSERT INTO order_settings (organisation_id, required_fields, version) SELECT id, :wanted, 1 "
        "FROM organisation WHERE name = 'Ministeriet for Prøver'",
        wanted='["requested_delivery_on", "accounting_cost", "reason", "approver"]',
    )
    made = done(make(story, need(story, "papir"), need(story, "pen", "5", accounting_cost="2210")), 201)

    answer = step(story, "requisitioner", made, "submit")

    assert refused(answer) == (422, "requisition_incomplete")
    assert pointers(answer) == ["/requested_delivery_on", "/accounting_cost", "/reason"]
    told = {"requested_delivery_on": "2026-04-01", "accounting_cost": "1111", "reason": "Kontoret flytter"}
    made = done(edit(story, "PATCH", made, "", told))
    publish(story.world, [line("1", "12.00", "Update", name="Papir"), line("2", action="Delete")], "2")
    (paper, pen) = seen(story, made)["lines"]
    assert (paper["flags"], paper["amount"], pen["flags"]) == ([], "10.00", ["AGREEMENT_NOT_VISIBLE"])
    assert pointers(step(story, "requisitioner", made, "submit")) == ["/lines/1"]
    made = done(edit(story, "DELETE", made, f"/lines/{pen['id']}"))
    assert done(step(story, "requisitioner", made, "submit"))["lines"][0]["amount"] == "12.00"
    empty = done(make(story, **told), 201)
    assert pointers(step(story, "requisitioner", empty, "submit")) == ["/lines"]


def test_a_requisition_goes_back_and_forth_until_it_is_taken_back(story: Story) -> None:
    working = claimed(story, need(story, "papir"))
    person(story, "other-buyer", "BUYER")
    assert working["claimed_by"] == story.world.id_of("buyer")
    assert (tasks(story, "other-buyer", working["id"]), tasks(story, "buyer", working["id"])[-1]) == (
        [("HANDLE_REQUISITION", "CLOSED")],
        ("HANDLE_REQUISITION", "OPEN"),
    )
    assert refused(step(story, "requisitioner", working, "withdraw")) == (409, "wrong_state")
    assert refused(step(story, "requisitioner", working, "claim")) == (403, "not_allowed")
    assert refused(step(story, "other-buyer", working, "return", REASON)) == (403, "not_yours_to_work_on")
    assert step(story, "buyer", working, "return", {"reason": "x"}).status_code == 422

    returned = done(step(story, "buyer", working, "return", REASON))

    assert (returned["status"], returned["decision_reason"], returned["claimed_by"]) == (
        "RETURNED",
        *REASON.values(),
        None,
    )
    assert tasks(story, "requisitioner", working["id"]) == [("REQUISITION_RETURNED", "OPEN")]
    assert refused(step(story, "buyer", returned, "claim")) == (409, "wrong_state")
    changed = done(edit(story, "PATCH", returned, "", {"title": "Igen"}))
    again = done(step(story, "requisitioner", changed, "submit"))
    assert tasks(story, "requisitioner", working["id"]) == [("REQUISITION_RETURNED", "CLOSED")]
    assert refused(step(story, "buyer", again, "return", REASON)) == (409, "wrong_state")
    taken = done(step(story, "other-buyer", again, "claim"))
    freed = done(step(story, "buyer", taken, "release"))
    assert (freed["status"], freed["claimed_by"]) == ("SUBMITTED", None)
    assert refused(step(story, "buyer", freed, "release"))[0] == 409
    gone = done(step(story, "requisitioner", freed, "withdraw"))
    assert gone["status"] == "WITHDRAWN"
    assert {state for _, state in tasks(story, "buyer", working["id"])} == {"CLOSED"}
    assert refused(step(story, "buyer", gone, "claim")) == (409, "wrong_state")


def test_a_no_is_told_to_the_maker_who_sets_it_aside(story: Story) -> None:
    rejected = done(step(story, "buyer", claimed(story, in_words("Guldur")), "reject", REASON))
    assert rejected["status"] == "REJECTED"
    (task,) = [task for task in every(story["requisitioner"], "/tasks") if task["subject_id"] == rejected["id"]]
    assert task["type"] == "REQUISITION_RETURNED"
    assert done(story["requisitioner"].post(f"/tasks/{task['id']}/set-aside"))["state"] == "CLOSED"
    assert refused(step(story, "requisitioner", rejected, "submit")) == (409, "wrong_state")


def test_of_two_buyers_at_once_one_has_the_requisition(story: Story) -> None:
    waiting = submitted(story, need(story, "papir"))
    person(story, "other-buyer", "BUYER")
    both = threading.Barrier(2, timeout=20)

    def take(who: str) -> int:
        story[who].get("/me")
        both.wait()
        return story[who].post(f"/requisitions/{waiting['id']}/claim").status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(take, ["buyer", "other-buyer"])) == [200, 409]
    assert seen(story, waiting)["status"] == "IN_WORK"


def test_a_substitutes_requisition_is_the_principals(story: Story) -> None:
    person(story, "deputy")
    done(stands_in(story.world, "requisitioner", "deputy"), 201)
    made = done(make(story, need(story, "papir"), who="deputy for requisitioner"), 201)

    assert (made["made_by"], made["made_for"]) == (story.world.id_of("deputy"), story.world.id_of("requisitioner"))
    assert story["deputy"].get(f"/requisitions/{made['id']}").status_code == 404
    assert seen(story, made)["id"] == made["id"]
    assert done(step(story, "requisitioner", made, "submit"))["status"] == "SUBMITTED"


def test_needs_are_posted_as_the_scheme_allows(story: Story) -> None:
    dimension = {"name": "account", "label": "Konto", "pattern": {"min_length": 4, "max_length": 4, "digits": True}}
    path = f"/organisations/{story.world.institution_id}/posting-scheme"
    done(story["administrator"].send("PUT", path, json={"dimensions": [dimension]}))
    halves = [{"accounting_cost": cost, "percent": "50"} for cost in ("2210", "2211")]
    uneven = [{"accounting_cost": "2210", "amount": amount} for amount in ("5.00", "4.00")]

    answer = make(
        story, need(story, "papir", accounting_cost="22"), need(story, "papir", postings=uneven), accounting_cost="2210"
    )
    assert pointers(answer) == ["/lines/0/accounting_cost", "/lines/1/postings"]
    assert pointers(make(story, accounting_cost="1")) == ["/accounting_cost"]
    made = done(make(story, need(story, "papir", postings=halves), accounting_cost="2210"), 201)
    assert made["accounting_cost"] == "account=2210"
    (row,) = made["lines"]
    assert [(part["accounting_cost"], part["amount"]) for part in row["postings"]] == [
        ("account=2210", "5.00"),
        ("account=2211", "5.00"),
    ]
    more = done(edit(story, "PATCH", made, f"/lines/{row['id']}", {"quantity": "3"}))
    assert [part["amount"] for part in more["lines"][0]["postings"]] == ["15.00", "15.00"]
    whole = done(edit(story, "PATCH", more, f"/lines/{row['id']}", {"accounting_cost": "2222"}))
    assert (whole["lines"][0]["accounting_cost"], whole["lines"][0]["postings"]) == ("account=2222", [])


def test_buying_past_a_binding_agreement_takes_a_reason(story: Story) -> None:
    world = story.world
    gtin = {"standard_item_id": {"value": "5790000000012", "scheme_id": "GTIN"}}
    local = agreement(world, world.institution_id, contract_number="K-LOKAL")
    shared(world, local, world.institution_id, "EVERYBODY", world.institution_id)
    publish(world, [line("1", name="Papir", item=gtin, action="Update")], "2")
    cheap = [line("L", name="Lokalpapir", brackets=(bracket("1.00"),), item=gtin)]
    publish(world, cheap, approver="content-manager", number="KAT-L", contract_id="K-LOKAL")

    assert pointers(make(story, need(story, "lokalpapir"))) == ["/lines/0/cascade_reason"]
    made = done(make(story, need(story, "lokalpapir", cascade_reason="Haster")), 201)
    assert made["lines"][0]["cascade_reason"] == "Haster"
