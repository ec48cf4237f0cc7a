"""One or two persons over a purchase: each choice does with orders and invoices what it says in plain words."""

from typing import Any

import pytest

from app.organisations.policy_templates import TemplateName
from tests.bills import bill
from tests.policies import apply_template, publish_policy, published
from tests.purchases import act, done, person, refused, submitted
from tests.story import Story

ONE, TWO, CENTRAL = TemplateName

ALONE = "alone"
"""Who is buyer, disponent and receiver in one."""


@pytest.fixture
def choose(story: Story) -> Any:
    story.approved_catalogue()
    person(story, ALONE, "BUYER", "DISPONENT", "RECEIVER", prokura="50000.00")

    def chosen(name: TemplateName, **amount: str) -> None:
        published(story.world, apply_template(story.world, story.world.institution_id, name, **amount))

    return chosen


def ordered(story: Story, approver: str, quantity: str) -> dict[str, Any]:
    """Give an order of so many boxes of paper, 100.00 each, that ALONE made and somebody approved."""
    return done(act(story, approver, submitted(story, ALONE, kopipapir=quantity), "approve"))


def outcome(
    story: Story, sent: dict[str, Any], receiver: str, quantity: str, price: str = "100.00", number: str = "F-1001"
) -> str:
    body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "quantity": quantity}]}
    done(story[receiver].post(f"/orders/{sent['id']}/receipts", body), 201)
    case = story.match(bill(story.document_of(sent["id"]), number, prices={"1": price}, _1=quantity))
    return str(case["outcome"])


@pytest.mark.parametrize(("price", "expected"), [("105.00", "AUTO_APPROVED"), ("105.01", "DEVIATION")])
def test_one_person_up_to_an_amount_and_with_a_small_tolerance(
    story: Story, choose: Any, price: str, expected: str
) -> None:
    choose(ONE, up_to="500")

    sent = ordered(story, ALONE, "5")

    assert outcome(story, sent, ALONE, "5", price) == expected


def test_one_person_is_not_enough_above_the_amount(story: Story, choose: Any) -> None:
    choose(ONE, up_to="499.99")
    waiting = submitted(story, ALONE, kopipapir="5")

    assert refused(act(story, ALONE, waiting, "approve")) == (403, "second_person_needed")

    sent = done(act(story, "disponent", waiting, "approve"))
    assert outcome(story, sent, ALONE, "5") == "AUTO_APPROVED"


def test_requisitioner_and_disponent_are_two_persons_whatever_the_amount(story: Story, choose: Any) -> None:
    choose(TWO)
    waiting = submitted(story, ALONE, kopipapir="1")

    assert refused(act(story, ALONE, waiting, "approve")) == (403, "second_person_needed")

    sent = done(act(story, "disponent", waiting, "approve"))
    assert outcome(story, sent, ALONE, "1", "110.00") == "AUTO_APPROVED"


@pytest.mark.parametrize(
    ("approver", "receiver", "expected"),
    [
        (ALONE, "receiver", "AUTO_APPROVED"),
        ("disponent", ALONE, "AUTO_APPROVED"),
        (ALONE, ALONE, "MATCHED_PENDING_APPROVAL"),
    ],
)
def test_central_buyers_have_their_second_person_in_the_receiver(
    story: Story, choose: Any, approver: str, receiver: str, expected: str
) -> None:
    choose(CENTRAL)

    assert outcome(story, ordered(story, approver, "3"), receiver, "3") == expected


def test_what_was_decided_under_an_earlier_policy_stands(story: Story, choose: Any) -> None:
    choose(TWO)
    sent = ordered(story, "disponent", "5")
    assert outcome(story, sent, ALONE, "1", "110.00") == "AUTO_APPROVED"
    (before,) = story["auditor"].get("/match").json()["data"]

    publish_policy(story.world, story.world.institution_id, {"kind": "TOLERANCE", "absolute": "1"})
    story.work()

    (after,) = story["auditor"].get("/match").json()["data"]
    assert after == before
    assert outcome(story, sent, ALONE, "1", "110.00", "F-1002") == "DEVIATION"
