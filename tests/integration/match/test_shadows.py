"""A shadow policy decides every new decision of a branch again, and nothing comes of it but what people read."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.documents.order import Order
from app.kit.ids import new_id
from app.match.models import MatchDecision
from app.match.shadow_models import ShadowDecision
from app.match.shadowing import shadow_next
from app.organisations.people_models import Role
from tests.bills import bill, decisions, handle
from tests.everything import everything
from tests.integration.organisations.steps import below, person
from tests.policies import apply_template, decide, propose
from tests.purchases import done, refused, set_policy, sql
from tests.story import Story

NARROW = {"kind": "TOLERANCE", "absolute": "10", "percent": "1"}


@pytest.fixture
def ordered(story: Story) -> Order:
    set_policy(story, "TOLERANCE", absolute="250", percent="10")
    story.approved_catalogue()
    order = story.sent_order(kopipapir="40", ringbind="20")
    story.receive(order["id"], _1="40", _2="20")
    return story.document_of(order["id"])


def path(story: Story, what: str = "shadow-policy", place: UUID | None = None) -> str:
    return f"/organisations/{place or story.world.institution_id}/{what}"


def put(
    story: Story, policy_id: str, version: str = '"0"', who: str = "administrator", **place: UUID
) -> httpx.Response:
    headers = {"If-Match": version}
    return story[who].send("PUT", path(story, **place), json={"policy_id": policy_id}, headers=headers)


def shadowed(story: Story, rule: dict[str, Any] | None = None) -> dict[str, Any]:
    """Let a draft of the institution stand in the shadow."""
    draft = done(propose(story.world, story.world.institution_id, rule or NARROW), 201)
    return done(put(story, draft["id"]))


def differences(story: Story) -> list[dict[str, Any]]:
    return list(done(story["administrator"].get(path(story, "shadow-differences")))["data"])


def days(story: Story) -> list[tuple[Any, ...]]:
    rows = done(story["administrator"].get(path(story, "shadow-days")))["data"]
    names = ("day", "decided", "differing", "passing_more", "passing_fewer", "left_out")
    return [tuple(row[name] for name in names) for row in rows]


def test_the_worker_notes_where_the_draft_decides_otherwise_and_does_nothing_else(story: Story, ordered: Order) -> None:
    shadowed(story)
    story.match(bill(ordered, "F-1", _1="10"))
    dearer = story.match(bill(ordered, "F-2", prices={"1": "103.00"}, _1="10"))
    before = everything(story)
    assert shadow_next(story.world.database, story.world.clock.now)
    assert not shadow_next(story.world.database, story.world.clock.now)
    after = everything(story)
    assert {name for name in after if after[name] != before[name]} == {ShadowDecision.__tablename__}
    (one,) = differences(story)
    assert (one["invoice_id"], one["decision_id"]) == (dearer["id"], dearer["decision"]["id"])
    assert (one["live_outcome"], one["shadow_outcome"]) == ("AUTO_APPROVED", "DEVIATION")
    assert "PRICE_OVER" in one["codes_new"]
    assert one["payable_amount"] == dearer["payable_amount"]
    assert days(story) == [("2026-03-02", 2, 1, 0, 1, 0)]


def test_differences_about_confidential_orders_are_counted_and_told_to_their_parties_alone(
    story: Story, ordered: Order
) -> None:
    shadowed(story)
    story.match(bill(ordered, "F-2", prices={"1": "103.00"}, _1="10"))
    assert shadow_next(story.world.database, story.world.clock.now)
    sql(story, "UPDATE purchase_order SET confidential = :yes", yes=True)
    assert differences(story) == []
    assert days(story) == [("2026-03-02", 1, 1, 0, 1, 0)]


def test_a_re_match_is_decided_in_the_shadow_too(story: Story) -> None:
    story.approved_catalogue()
    shadowed(story)
    order = story.sent_order(kopipapir="10")
    document = story.document_of(order["id"])
    story.match(bill(document, "F-1", _1="10"))
    story.receive(order["id"], _1="10")
    story.work()
    assert (len(decisions(story)), days(story)) == (2, [("2026-03-02", 2, 0, 0, 0, 0)])


def test_what_was_decided_before_it_was_set_is_not_looked_at(story: Story, ordered: Order) -> None:
    story.match(bill(ordered, "F-1", prices={"1": "103.00"}, _1="10"))
    story.world.clock.advance(timedelta(minutes=1))
    shadowed(story)
    story.work()
    assert days(story) == []
    story.match(bill(ordered, "F-2", prices={"1": "104.00"}, _1="10"))
    story.work()
    story.world.clock.advance(timedelta(days=1))
    story.match(bill(ordered, "F-3", prices={"1": "104.00"}, _1="5"))
    story.work()
    assert days(story) == [("2026-03-03", 1, 1, 0, 1, 0), ("2026-03-02", 1, 1, 0, 1, 0)]


def test_a_decision_that_is_committed_late_is_still_found(story: Story, ordered: Order) -> None:
    shadowed(story)
    now = story.world.clock.now()
    story.world.clock.advance(timedelta(minutes=5))
    story.match(bill(ordered, "F-1", _1="10"))
    story.work()
    (early,) = decisions(story)
    late = MatchDecision(**early.model_dump() | {"id": new_id(now), "sequence": 2, "decided_at": now})
    story.world.database.run(lambda session: session.add(late))
    story.work()
    assert days(story) == [("2026-03-02", 2, 0, 0, 0, 0)]


def test_a_decision_that_cannot_be_decided_keeps_no_other_back(story: Story, ordered: Order) -> None:
    shadowed(story)
    story.match(bill(ordered, "F-1", _1="10"))
    (good,) = decisions(story)
    stated = json.loads(good.proof)
    for sequence, broken in ((2, {**stated, "format": "another/1"}), (3, {**stated, "case": {}})):
        forged = MatchDecision(**good.model_dump() | {"id": new_id(story.world.clock.now()), "sequence": sequence})
        forged.proof = json.dumps(broken)
        story.world.database.run(lambda session, row=forged: session.add(row))
    story.match(bill(ordered, "F-2", _1="9"))
    story.work()
    assert days(story) == [("2026-03-02", 4, 2, 0, 0, 2)]
    assert [(one["shadow_outcome"], one["left_out"]) for one in differences(story)] == [
        (None, "OTHER_FORMAT"),
        (None, "UNREADABLE"),
    ]


def test_another_draft_takes_its_place_and_a_published_one_decides_no_more(story: Story, ordered: Order) -> None:
    shadow = shadowed(story)
    assert refused(put(story, shadow["policy_id"])) == (412, "version_mismatch")
    either = {"kind": "TWO_PERSON_RULE", "rule": "ORDER_OR_RECEIPT"}
    other = done(propose(story.world, story.world.institution_id, either), 201)
    changed = done(put(story, other["id"], '"1"'))
    assert (changed["policy_id"], changed["version"], changed["policy_status"]) == (other["id"], 2, "PROPOSED")
    story.match(bill(ordered, "F-1", _1="10"))
    story.work()
    done(decide(story.world, other))
    story.match(bill(ordered, "F-2", _1="9"))
    story.work()
    assert days(story) == [("2026-03-02", 1, 0, 0, 0, 0)]
    assert done(story["buyer"].get(path(story)))["policy_status"] == "PUBLISHED"


def test_it_ends_and_what_was_noted_stays(story: Story, ordered: Order) -> None:
    shadowed(story)
    story.match(bill(ordered, "F-1", prices={"1": "103.00"}, _1="10"))
    story.work()
    assert refused(story["administrator"].delete(path(story))) == (428, "version_missing")
    assert story["administrator"].delete(path(story), headers={"If-Match": '"1"'}).status_code == 204
    assert refused(story["administrator"].get(path(story))) == (404, "shadow_policy_not_found")
    story.match(bill(ordered, "F-2", _1="9"))
    story.work()
    assert days(story) == [("2026-03-02", 1, 1, 0, 1, 0)]
    assert len(differences(story)) == 1


def test_a_whole_bundle_stands_in_the_shadow_of_a_branch(story: Story, ordered: Order) -> None:
    world = story.world
    bundle = done(apply_template(world, world.ministry_id, "REQUISITIONER_AND_DISPONENT"), 201)
    done(put(story, bundle["policies"][0]["id"], place=world.ministry_id))
    story.match(bill(ordered, "F-1", _1="10"))
    story.work()
    (day,) = done(story["administrator"].get(path(story, "shadow-days", world.ministry_id)))["data"]
    assert (day["decided"], day["left_out"]) == (1, 0)
    assert days(story) == []


def test_only_a_draft_that_could_be_published_there_stands_in_the_shadow(story: Story, ordered: Order) -> None:
    world = story.world
    elsewhere = below(world, world.root_id, "Ministeriet for Naboer")
    person(world, "neighbour", elsewhere, Role.LOCAL_ADMINISTRATOR)
    foreign = done(propose(world, elsewhere, NARROW), 201)
    mine = done(propose(world, world.institution_id, NARROW), 201)
    wide = done(propose(world, world.institution_id, {"kind": "TOLERANCE", "absolute": "250"}), 201)
    done(decide(world, done(propose(world, world.ministry_id, {"kind": "TOLERANCE", "absolute": "10"}), 201)))
    before = everything(story)
    assert refused(put(story, foreign["id"])) == (422, "draft_elsewhere")
    assert refused(put(story, wide["id"])) == (409, "widens_policy")
    assert refused(put(story, str(UUID(int=7)))) == (404, "policy_not_found")
    assert refused(put(story, mine["id"], who="neighbour")) == (404, "organisation_not_found")
    for who in ("auditor", "buyer"):
        assert refused(put(story, mine["id"], who=who)) == (403, "not_allowed")
        assert refused(story[who].get(path(story, "shadow-differences"))) == (403, "not_allowed")
    assert everything(story) == before


def test_what_a_person_decides_is_not_decided_in_the_shadow(story: Story, ordered: Order) -> None:
    shadowed(story)
    case = story.match(bill(ordered, "F-1", prices={"1": "150.00"}, _1="10"))
    approved = handle(story, "disponent", case, "approve", {"reason": "Aftalt"})
    assert done(approved)["outcome"] == "APPROVED"
    story.work()
    assert (len(decisions(story)), days(story)) == (2, [("2026-03-02", 1, 0, 0, 0, 0)])
