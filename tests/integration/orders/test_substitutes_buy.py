"""A substitute buys, approves and receives as the principal would, and both count as one hand of the document."""

from typing import Any

import httpx
import pytest

from app.agreements.models import ShareTarget
from tests.bills import bill, every_proof_holds
from tests.integration.organisations.steps import stands_in
from tests.purchases import (
    act,
    done,
    draft,
    etag,
    person,
    post_document,
    refused,
    response,
    set_policy,
    shown,
    submitted,
    tasks,
)
from tests.story import Story, codes


@pytest.fixture(autouse=True)
def _catalogue(story: Story) -> None:
    story.approved_catalogue()


def named(story: Story, principal: str, substitute: str) -> None:
    done(stands_in(story.world, principal, substitute), 201)


def hands(order: dict[str, Any], deed: str) -> tuple[str | None, str | None]:
    return order[f"{deed}_by"], order[f"{deed}_for"]


def received(story: Story, order: dict[str, Any], who: str) -> httpx.Response:
    body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "quantity": "1"}]}
    return story[who].post(f"/orders/{order['id']}/receipts", body)


def test_a_substitute_approves_with_the_principals_prokura_and_both_are_told(story: Story) -> None:
    named(story, "disponent", "receiver")
    waiting = submitted(story, kopipapir="10")
    assert refused(act(story, "receiver", waiting, "approve")) == (403, "not_allowed")

    sent = done(act(story, "receiver for disponent", waiting, "approve"))

    world = story.world
    assert (sent["status"], hands(sent, "approved")) == ("SENT", (world.id_of("receiver"), world.id_of("disponent")))
    assert hands(sent, "created") == (world.id_of("buyer"), None)


def test_a_substitute_has_not_their_own_prokura_beside_the_principals(story: Story) -> None:
    person(story, "head", "DISPONENT", prokura="50000.00")
    person(story, "small-disponent", "DISPONENT", prokura="100.00")
    named(story, "small-disponent", "head")
    waiting = submitted(story, kopipapir="10")

    assert refused(act(story, "head for small-disponent", waiting, "approve")) == (403, "prokura_too_small")
    assert done(act(story, "head", waiting, "approve"))["status"] == "SENT"


@pytest.mark.parametrize(
    ("maker", "approver"),
    [
        ("head", "head"),
        ("head", "head for disponent"),
        ("head for buyer", "head"),
        ("head for buyer", "head for disponent"),
        ("deputy for head", "head"),
        ("deputy for head", "head for disponent"),
        ("head", "deputy for head"),
    ],
)
def test_neither_substitute_nor_principal_is_the_second_person(story: Story, maker: str, approver: str) -> None:
    for subject in ("head", "deputy"):
        person(story, subject, "BUYER", "DISPONENT", prokura="50000.00")
    for principal, substitute in (("disponent", "head"), ("buyer", "head"), ("head", "deputy")):
        named(story, principal, substitute)
    waiting = submitted(story, maker, kopipapir="1")

    assert refused(act(story, approver, waiting, "approve")) == (403, "second_person_needed")
    assert shown(story, waiting)["status"] == "PENDING_APPROVAL"
    assert done(act(story, "disponent", waiting, "approve"))["status"] == "SENT"


def test_two_substitutes_of_two_principals_are_two_persons(story: Story) -> None:
    person(story, "deputy")
    named(story, "disponent", "receiver")
    named(story, "buyer", "deputy")
    waiting = submitted(story, "deputy for buyer", kopipapir="1")
    assert hands(waiting, "created") == (story.world.id_of("deputy"), story.world.id_of("buyer"))

    assert done(act(story, "receiver for disponent", waiting, "approve"))["status"] == "SENT"


def test_what_a_substitute_makes_is_the_principals(story: Story) -> None:
    """The order is the buyer's to see and to go on with; who made it loses sight of it with the substitution."""
    person(story, "deputy")
    person(story, "requisitioner-of-the-house", "REQUISITIONER")
    named(story, "requisitioner-of-the-house", "deputy")
    named(story, "buyer", "deputy")
    made = done(draft(story, "deputy for buyer", kopipapir="1"), 201)

    def listed(who: str) -> list[str]:
        return [row["id"] for row in done(story[who].get("/orders"))["data"]]

    assert listed("buyer") == listed("deputy for buyer") == [made["id"]]
    assert listed("deputy") == listed("deputy for requisitioner-of-the-house") == []
    assert done(act(story, "buyer", made, "submit"))["status"] == "PENDING_APPROVAL"


def test_a_substitute_sees_what_is_shared_with_the_principal_alone(story: Story) -> None:
    """And it is looked at anew for the principal when the order is approved."""
    world = story.world
    person(story, "deputy", "REQUISITIONER", place="ministry")
    done(stands_in(world, "buyer", "deputy", "administrator"), 201)
    assert done(story["deputy"].get("/catalogue-lines", q="kopipapir"))["data"] == []
    made = done(draft(story, "deputy for buyer", kopipapir="1"), 201)
    waiting = done(act(story, "deputy for buyer", made, "submit"))

    assert done(act(story, "disponent", waiting, "approve"))["status"] == "SENT"


def test_a_share_with_the_principal_by_name_reaches_the_substitute(story: Story) -> None:
    world = story.world
    person(story, "outsider", "BUYER", place="ministry")
    person(story, "deputy", "REQUISITIONER", place="ministry")
    share = {
        "from_organisation_id": str(world.ministry_id),
        "target": ShareTarget.USER,
        "user_id": world.id_of("outsider"),
        "valid_from": "2026-03-02",
    }
    done(story["state-content-manager"].post(f"/agreements/{world.agreement_id}/shares", share), 201)
    named(story, "outsider", "deputy")

    def found(who: str) -> int:
        return len(done(story[who].get("/catalogue-lines", q="kopipapir"))["data"])

    assert (found("deputy"), found("outsider"), found("deputy for outsider")) == (0, 1, 1)
    agreement = f"/agreements/{world.agreement_id}"
    assert [story[who].get(agreement).status_code for who in ("deputy", "deputy for outsider")] == [404, 200]


def test_the_principals_tasks_are_shown_apart_from_ones_own(story: Story) -> None:
    named(story, "disponent", "receiver")
    waiting = submitted(story, kopipapir="1")

    assert tasks(story, "receiver", waiting["id"]) == []
    assert tasks(story, "receiver for disponent", waiting["id"]) == [("APPROVE_ORDER", "OPEN")]


def test_an_answer_with_changes_is_the_principals_task(story: Story) -> None:
    person(story, "deputy")
    named(story, "buyer", "deputy")
    sent = done(act(story, "disponent", submitted(story, "deputy for buyer", kopipapir="2"), "approve"))
    kept = post_document(story, response(story.document_of(sent["id"]), {"1": {"quantity": "1"}}))
    assert kept["state"] == "PROCESSED", kept

    for who in ("buyer", "deputy for buyer"):
        assert tasks(story, who, sent["id"]) == [("ORDER_RESPONSE", "OPEN")], who
    assert tasks(story, "deputy", sent["id"]) == []
    seen = shown(story, sent, "deputy for buyer")
    accepted = done(story["deputy for buyer"].post(f"/orders/{sent['id']}/accept-changes", headers=etag(seen)))
    assert accepted["response_status"] == "ACCEPTED"


def test_a_receipt_tells_who_received_for_whom(story: Story) -> None:
    person(story, "deputy")
    named(story, "receiver", "deputy")
    sent = story.sent_order(kopipapir="2")
    assert refused(received(story, sent, "deputy"))[0] == 404

    receipt = done(received(story, sent, "deputy for receiver"), 201)

    assert hands(receipt, "received") == (story.world.id_of("deputy"), story.world.id_of("receiver"))
    (listed,) = done(story["buyer"].get(f"/orders/{sent['id']}/receipts"))["data"]
    assert hands(listed, "received") == hands(receipt, "received")


@pytest.mark.parametrize(
    ("receiver", "outcome"),
    [
        ("receiver", "AUTO_APPROVED"),
        ("head", "MATCHED_PENDING_APPROVAL"),
        ("head for receiver", "MATCHED_PENDING_APPROVAL"),
        ("deputy for head", "MATCHED_PENDING_APPROVAL"),
        ("deputy for receiver", "AUTO_APPROVED"),
    ],
)
def test_a_receipt_counts_as_a_second_hand_only_without_the_first_behind_it(
    story: Story, receiver: str, outcome: str
) -> None:
    set_policy(story, "TWO_PERSON_RULE", rule="ORDER_OR_RECEIPT")
    person(story, "head", "BUYER", "DISPONENT", "RECEIVER", prokura="50000.00")
    person(story, "deputy")
    for principal, substitute in (("receiver", "head"), ("head", "deputy"), ("receiver", "deputy")):
        named(story, principal, substitute)
    sent = done(act(story, "head", submitted(story, "head", kopipapir="1"), "approve"))
    done(received(story, sent, receiver), 201)

    case = story.match(bill(story.document_of(sent["id"]), _1="1"))

    assert case["outcome"] == outcome, codes(case)
    assert every_proof_holds(story) == 1


def test_an_order_approved_by_the_makers_substitute_under_a_lax_rule_waits_under_a_strict_one(story: Story) -> None:
    set_policy(story, "TWO_PERSON_RULE", rule="NONE")
    person(story, "head", "BUYER", "DISPONENT", prokura="50000.00")
    person(story, "deputy")
    named(story, "head", "deputy")
    sent = done(act(story, "deputy for head", submitted(story, "head", kopipapir="1"), "approve"))
    story.receive(sent["id"], _1="1")
    set_policy(story, "TWO_PERSON_RULE", rule="ORDER")

    case = story.match(bill(story.document_of(sent["id"]), _1="1"))

    assert (case["outcome"], "ONE_PERSON" in codes(case)) == ("MATCHED_PENDING_APPROVAL", True)


@pytest.mark.parametrize("who", ["disponent", "receiver for disponent"])
def test_invoices_of_orders_that_one_approved_are_seen_for_the_principal(story: Story, who: str) -> None:
    named(story, "disponent", "receiver")
    sent = done(act(story, "receiver for disponent", submitted(story, kopipapir="1"), "approve"))
    case = story.match(bill(story.document_of(sent["id"]), _1="1"))

    assert done(story[who].get(f"/match/{case['id']}"))["id"] == case["id"]
    assert refused(story["requisitioner"].get(f"/match/{case['id']}"))[0] == 404
