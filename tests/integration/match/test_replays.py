"""A replay decides a period's invoices again: under the same policy as they were, under a draft as they would be."""

import json
from typing import Any
from uuid import UUID

import pytest

from app.documents.order import Order
from app.kit.ids import new_id
from app.match.models import MatchDecision
from app.organisations.people_models import Role
from tests.bills import bill, decisions
from tests.everything import everything
from tests.integration.organisations.steps import below, person
from tests.policies import decide, propose
from tests.purchases import done, refused, set_policy, sql
from tests.story import Story

NARROW = {"kind": "TOLERANCE", "absolute": "10", "percent": "1"}
USUAL = {"kind": "TOLERANCE", "absolute": "250", "percent": "10"}
EITHER = {"kind": "TWO_PERSON_RULE", "rule": "ORDER_OR_RECEIPT"}
SPAN = {"received_from": "2026-03-01", "received_to": "2026-03-31"}


@pytest.fixture
def invoiced(story: Story) -> Order:
    """Three invoices of an order: one that agrees, one that is a little dearer, and one for too much."""
    set_policy(story, "TOLERANCE", absolute="250", percent="10")
    story.approved_catalogue()
    order = story.sent_order(kopipapir="40", ringbind="20")
    story.receive(order["id"], _1="40", _2="20")
    document = story.document_of(order["id"])
    story.match(bill(document, "F-1", _1="10"))
    story.match(bill(document, "F-2", prices={"1": "103.00"}, _1="10"))
    story.match(bill(document, "F-3", _2="21"))
    return document


def body(story: Story, **fields: Any) -> dict[str, Any]:
    return {"organisation_id": str(story.world.institution_id), **SPAN, **fields}


def replay(story: Story, who: str = "administrator", **fields: Any) -> dict[str, Any]:
    """Start a replay, let the worker do it, and give what came of it."""
    started = story[who].post("/replays", body(story, **fields))
    assert started.headers["location"] == f"/replays/{done(started, 202)['id']}"
    story.work()
    finished = done(story[who].get(started.headers["location"]))
    assert (finished["state"], finished["progress"]) == ("SUCCEEDED", finished["total"])
    return dict(finished["result"])


def test_without_a_draft_every_decision_comes_out_as_it_was(story: Story, invoiced: Order) -> None:
    result = replay(story)
    assert (result["decided"], result["divergent"], result["left_out"]) == (3, 0, {})
    assert result["outcomes"] == {"AUTO_APPROVED": {"AUTO_APPROVED": 2}, "DEVIATION": {"DEVIATION": 1}}
    assert (result["passing_more"], result["passing_fewer"], result["largest"]) == (0, 0, [])


def test_a_narrower_draft_tells_who_would_pass_no_more(story: Story, invoiced: Order) -> None:
    draft = done(propose(story.world, story.world.institution_id, NARROW), 201)
    before = decisions(story)
    result = replay(story, policy_id=draft["id"])
    assert (result["passing_more"], result["passing_fewer"], result["divergent"]) == (0, 1, 0)
    assert result["outcomes"]["AUTO_APPROVED"] == {"AUTO_APPROVED": 1, "DEVIATION": 1}
    (changed,) = result["largest"]
    assert (changed["number"], changed["before"], changed["after"]) == ("F-2", "AUTO_APPROVED", "DEVIATION")
    assert "PRICE_OVER" in changed["codes_new"]
    assert result["codes"]["PRICE_OVER"] == {"before": 0, "after": 1}
    assert decisions(story) == before


def test_an_invoice_of_a_confidential_order_is_counted_and_named_to_its_parties_alone(
    story: Story, invoiced: Order
) -> None:
    sql(story, "UPDATE purchase_order SET confidential = :yes", yes=True)
    result = replay(story, rules=[NARROW])
    assert (result["passing_fewer"], result["largest"]) == (1, [])
    assert result["outcomes"]["AUTO_APPROVED"] == {"AUTO_APPROVED": 1, "DEVIATION": 1}


def test_a_wider_draft_tells_what_would_be_exposed(story: Story, invoiced: Order) -> None:
    set_policy(story, "TOLERANCE", absolute="10", percent="1")
    case = story.match(bill(invoiced, "F-4", prices={"1": "104.00"}, _1="5"))
    assert case["outcome"] == "DEVIATION"
    result = replay(story, rules=[USUAL])
    assert (result["passing_more"], result["passing_fewer"]) == (1, 0)
    exposed = result["exposed"]["DKK"]
    assert (exposed["invoices"], exposed["payable_amount"]) == (1, case["payable_amount"])
    assert exposed["deviation"] == case["decision"]["orders"][0]["over"]
    assert [one["invoice_id"] for one in result["largest"]] == [case["id"]]
    earlier = list(result["outcomes"]["AUTO_APPROVED"].items())
    assert earlier == [("AUTO_APPROVED", 2)]


def test_a_draft_that_says_what_holds_changes_nothing_to_the_last_byte(story: Story, invoiced: Order) -> None:
    result = replay(story, rules=[USUAL])
    assert (result["decided"], result["divergent"], result["largest"]) == (3, 0, [])


def test_who_received_is_known_to_a_draft_that_asks_for_it(story: Story, invoiced: Order) -> None:
    result = replay(story, rules=[EITHER])
    assert (result["decided"], result["passing_fewer"], result["left_out"]) == (3, 0, {})


def test_only_the_latest_decision_of_the_engine_is_decided_again(story: Story) -> None:
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10")
    document = story.document_of(order["id"])
    assert story.match(bill(document, "F-1", _1="10"))["outcome"] == "AWAITING_RECEIPT"
    story.receive(order["id"], _1="10")
    assert len(decisions(story)) == 2
    result = replay(story)
    assert result["outcomes"] == {"AUTO_APPROVED": {"AUTO_APPROVED": 1}}


def test_what_another_policy_of_the_day_decided_is_replayed_by_that(story: Story, invoiced: Order) -> None:
    draft = done(propose(story.world, story.world.institution_id, NARROW), 201)
    first = replay(story, policy_id=draft["id"])
    done(decide(story.world, draft))
    story.match(bill(invoiced, "F-5", prices={"1": "103.00"}, _1="5"))
    again = replay(story, rules=[NARROW])
    assert (first["passing_fewer"], again["passing_fewer"]) == (1, 1)
    assert again["outcomes"]["DEVIATION"] == {"DEVIATION": 2}
    assert (again["decided"], again["divergent"], again["left_out"]) == (4, 0, {})


def test_a_changed_proof_is_told_loudly(story: Story, invoiced: Order) -> None:
    one, other, _ = (row for row in decisions(story))
    stated = json.loads(one.proof)
    stated["case"]["orders"][0]["lines"][0]["price_amount"] = "1"
    changed = _forge(story, one, json.dumps(stated))
    broken = _forge(story, other, json.dumps({**stated, "case": {"invoice": 7}}))
    result = replay(story)
    assert (result["decided"], result["divergent"]) == (2, 2)
    told = {row["decision_id"]: row["after"] for row in result["divergences"]}
    assert told == {changed: "DEVIATION", broken: None}


def _forge(story: Story, decision: MatchDecision, proof: str) -> str:
    """Add a decision that follows from nothing; gives its id."""
    forged = MatchDecision(**decision.model_dump() | {"id": new_id(story.world.clock.now()), "sequence": 2})
    forged.proof = proof
    story.world.database.run(lambda session: session.add(forged))
    return str(forged.id)


def test_a_replay_that_is_given_up_forgets_what_it_counted(story: Story, invoiced: Order) -> None:
    started = done(story["administrator"].post("/replays", body(story)), 202)
    done(story["administrator"].post(f"/jobs/{started['job_id']}/cancel"), 202)
    story.work()
    shown = done(story["administrator"].get(f"/replays/{started['id']}"))
    assert (shown["state"], shown["result"]) == ("CANCELLED", None)


def test_a_replay_that_cannot_be_meant_is_refused(story: Story, invoiced: Order) -> None:
    world, administrator = story.world, story["administrator"]
    elsewhere = below(world, world.root_id, "Ministeriet for Naboer")
    foreign = done(propose(world, elsewhere, NARROW), 201)
    draft = done(propose(world, world.institution_id, NARROW), 201)
    done(decide(world, done(propose(world, world.ministry_id, NARROW), 201)))
    before = everything(story)
    for fields, expected in (
        ({"received_from": "2026-04-01"}, (422, "period_backwards")),
        ({"policy_id": foreign["id"]}, (422, "draft_elsewhere")),
        ({"policy_id": str(UUID(int=7))}, (404, "policy_not_found")),
        ({"policy_id": draft["id"], "rules": [NARROW]}, (422, "two_drafts")),
        ({"rules": [USUAL]}, (409, "widens_policy")),
        ({"rules": [{"kind": "REMINDERS", "task_days": 2}]}, (422, "draft_decides_nothing")),
        ({"rules": [NARROW] * 21}, (422, "body_not_valid")),
        ({"rules": [{"kind": "TOLERANCE", "percent": 0.5}]}, (422, "body_not_valid")),
        ({"organisation_id": str(UUID(int=7))}, (404, "organisation_not_found")),
    ):
        assert refused(administrator.post("/replays", body(story, **fields))) == expected, fields
    assert everything(story) == before


def test_a_replay_is_for_the_local_administrators_of_the_branch(story: Story, invoiced: Order) -> None:
    world = story.world
    elsewhere = below(world, world.root_id, "Ministeriet for Naboer")
    person(world, "neighbour", elsewhere, Role.LOCAL_ADMINISTRATOR)
    person(world, "local", world.institution_id, Role.LOCAL_ADMINISTRATOR)
    assert refused(story["neighbour"].post("/replays", body(story))) == (404, "organisation_not_found")
    for who in ("auditor", "invoice-handler"):
        assert refused(story[who].post("/replays", body(story))) == (403, "not_allowed")
    assert replay(story, "local")["decided"] == 3
    (mine,) = done(story["local"].get("/replays"))["data"]
    assert done(story["administrator"].get("/replays"))["data"] == [mine]
    assert done(story["neighbour"].get("/replays"))["data"] == []
    assert refused(story["neighbour"].get(f"/replays/{mine['id']}")) == (404, "replay_not_found")
    everywhere = body(story, organisation_id=str(elsewhere))
    started = done(story["neighbour"].post("/replays", everywhere), 202)
    story.work()
    assert done(story["neighbour"].get(f"/replays/{started['id']}"))["result"]["decided"] == 0
