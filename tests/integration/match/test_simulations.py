"""A simulation says what `/match` would say, and leaves nothing behind."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from app.demo import papers
from app.documents.order import Order
from app.organisations.people_models import Role
from tests.bills import bill, credit, invoice, seen
from tests.everything import everything
from tests.integration.organisations.steps import below, grant, person
from tests.policies import apply_template, decide, propose
from tests.purchases import done, refused, set_policy
from tests.story import Story

WIDE = {"kind": "TOLERANCE", "absolute": "250", "percent": "10"}
NARROW = {"kind": "TOLERANCE", "absolute": "10", "percent": "1"}


@pytest.fixture
def ordered(story: Story) -> Order:
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(order["id"], _1="10", _2="5")
    return story.document_of(order["id"])


def simulated(story: Story, content: bytes, who: str = "invoice-handler", **query: str) -> dict[str, Any]:
    path = "/match/simulate" + "".join(f"?{name}={value}" for name, value in query.items())
    return done(story[who].upload(path, content))


def told(case: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a simulation and a decision both tell."""
    names = ("findings", "pairs", "allocations", "charges", "orders", "periods", "policy_version")
    about = ("outcome", "number", "document_type", "supplier_id", "organisation_id", "payable_amount", "currency")
    return {name: case["decision"][name] for name in names} | {name: case[name] for name in about}


@pytest.mark.parametrize(
    ("prices", "quantities"),
    [({}, {"_1": "10"}), ({"1": "130.00"}, {"_1": "10"}), ({}, {"_1": "11"}), ({}, {"_1": "1", "_2": "2"})],
    ids=["agrees", "price", "quantity", "part"],
)
def test_a_simulation_says_what_the_door_would_say_and_writes_nothing(
    story: Story, ordered: Order, prices: dict[str, str], quantities: dict[str, str]
) -> None:
    content = bill(ordered, "F-1", prices=prices, **quantities)
    before = everything(story)
    simulation = simulated(story, content)
    assert everything(story) == before
    real = seen(story, story.match(content))
    assert told(simulation) == told(real)
    assert (simulation["seen_as"], simulation["policy_id"]) == (None, None)


def test_what_a_simulation_names_is_not_taken(story: Story, ordered: Order) -> None:
    content = bill(ordered, "F-1", _1="10")
    assert [simulated(story, content)["outcome"] for _ in range(3)] == ["AUTO_APPROVED"] * 3
    assert story.match(content)["outcome"] == "AUTO_APPROVED"
    assert simulated(story, bill(ordered, "F-2", _1="10"))["outcome"] == "DEVIATION"


def test_bytes_that_came_before_are_told_as_they_were_decided(story: Story, ordered: Order) -> None:
    content = bill(ordered, "F-1", _1="10")
    real = seen(story, story.match(content))
    simulation = simulated(story, content)
    assert (simulation["seen_as"], told(simulation)) == (real["id"], told(real))


def test_a_broken_invoice_is_simulated_as_rejected(story: Story, ordered: Order) -> None:
    broken = bill(ordered, "F-1", _1="10").replace(b"<cbc:DocumentCurrencyCode>", b"<cbc:DocumentCurrency>")
    broken = broken.replace(b"</cbc:DocumentCurrencyCode>", b"</cbc:DocumentCurrency>")
    before = everything(story)
    simulation = simulated(story, broken)
    assert (simulation["outcome"], everything(story)) == ("REJECTED_TECHNICAL", before)
    assert simulation["decision"]["findings"]


def test_an_unknown_supplier_is_not_registered(story: Story, ordered: Order) -> None:
    stranger = invoice(ordered, "F-1", _1="10").but(supplier=papers.supplier_party("13612870"))
    before = everything(story)
    simulation = simulated(story, papers.written(stranger))
    assert (simulation["supplier_id"], everything(story)) == (None, before)
    real = seen(story, story.match(papers.written(stranger)))
    assert {**told(simulation), "supplier_id": real["supplier_id"]} == told(real)


def test_a_credit_note_is_simulated(story: Story, ordered: Order) -> None:
    story.match(bill(ordered, "F-1", _1="10"))
    content = credit(ordered, "K-1", "F-1", _1="2")
    simulation = simulated(story, content)
    assert told(simulation) == told(seen(story, story.match(content)))


def test_a_draft_decides_a_simulation_and_nothing_else(story: Story, ordered: Order) -> None:
    set_policy(story, "TOLERANCE", absolute="10", percent="1")
    draft = done(propose(story.world, story.world.institution_id, WIDE), 201)
    dearer = bill(ordered, "F-1", prices={"1": "102.00"}, _1="10")
    before = everything(story)
    assert simulated(story, dearer)["outcome"] == "DEVIATION"
    under = simulated(story, dearer, policy=draft["id"])
    assert (under["outcome"], under["policy_id"]) == ("AUTO_APPROVED", draft["id"])
    assert everything(story) == before
    assert story.match(dearer)["outcome"] == "DEVIATION"
    assert simulated(story, dearer, policy=draft["id"])["outcome"] == "AUTO_APPROVED"


def test_a_draft_that_asks_who_received_is_simulated_with_the_receivers(story: Story, ordered: Order) -> None:
    draft = done(apply_template(story.world, story.world.institution_id, "REQUISITIONER_AND_DISPONENT"), 201)
    rule = {"kind": "TWO_PERSON_RULE", "rule": "ORDER_OR_RECEIPT"}
    either = done(propose(story.world, story.world.institution_id, rule), 201)
    content = bill(ordered, "F-1", _1="10")
    for proposal in (draft["policies"][0], either):
        assert simulated(story, content, policy=proposal["id"])["outcome"] == "AUTO_APPROVED"


def test_a_draft_must_be_one_that_can_be_published_there(story: Story, ordered: Order) -> None:
    world, content = story.world, bill(ordered, "F-1", _1="10")
    handler = story["invoice-handler"]
    elsewhere = below(world, world.root_id, "Ministeriet for Naboer")
    above = done(propose(world, world.ministry_id, NARROW), 201)
    foreign = done(propose(world, elsewhere, NARROW), 201)
    reminders = done(propose(world, world.institution_id, {"kind": "REMINDERS", "task_days": 2}), 201)
    wide = done(propose(world, world.institution_id, WIDE), 201)
    for proposal in (above, foreign, {"id": UUID(int=7)}):
        answer = handler.upload(f"/match/simulate?policy={proposal['id']}", content)
        assert refused(answer) == (404, "policy_not_found")
    assert refused(handler.upload(f"/match/simulate?policy={reminders['id']}", content)) == (
        422,
        "draft_decides_nothing",
    )
    done(decide(world, above))
    assert refused(handler.upload(f"/match/simulate?policy={wide['id']}", content)) == (409, "widens_policy")
    assert refused(handler.upload(f"/match/simulate?policy={above['id']}", content)) == (409, "policy_not_draft")
    root_handler = person(world, "root-handler", world.root_id)
    for role in (Role.INVOICE_HANDLER, Role.LOCAL_ADMINISTRATOR):
        grant(world, root_handler, role, world.root_id)
    answer = story["root-handler"].upload(f"/match/simulate?policy={foreign['id']}", content)
    assert refused(answer) == (422, "draft_elsewhere")


def test_only_who_hands_invoices_in_simulates_them(story: Story, ordered: Order) -> None:
    content = bill(ordered, "F-1", _1="10")
    for who in ("auditor", "buyer", "supplier"):
        assert refused(story[who].upload("/match/simulate", content)) == (422, "receiver_unknown")
    assert refused(story["invoice-handler"].upload("/match/simulate", b"<nothing/>"))[0] == 422
    assert refused(story["invoice-handler"].upload("/match/simulate", b"PK", "application/zip"))[0] == 415
