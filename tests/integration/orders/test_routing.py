"""Who is asked to approve, level by level, and what an organisation settles about its orders."""

from typing import Any

import pytest

from tests.neighbourhood import ADDRESS
from tests.purchases import act, done, draft, etag, item, order, person, pointers, refused, submitted, tasks
from tests.story import Story


@pytest.fixture(autouse=True)
def _catalogue(story: Story) -> None:
    story.approved_catalogue()


def settle(story: Story, place: str = "institution", **fields: Any) -> dict[str, Any]:
    path = f"/organisations/{story.world.organisations[place]}/order-settings"
    now = done(story["administrator"].get(path))
    answer = story["administrator"].send("PUT", path, json={**now["own"], **fields}, headers=etag(now))
    return done(answer)


def id_of(story: Story, subject: str) -> str:
    return str(story.world.id_of(subject))


def approvals(story: Story, order_id: str, who: str = "buyer") -> list[dict[str, Any]]:
    return list(done(story[who].get(f"/orders/{order_id}/approvals"))["data"])


def test_the_named_disponent_is_asked_first_if_they_can(story: Story) -> None:
    person(story, "second", "DISPONENT", prokura="100000")
    lines = [{"catalogue_line_id": item(story, "kopipapir"), "quantity": "10"}]
    made = done(order(story, lines, approver_id=id_of(story, "second")), 201)
    waiting = done(act(story, "buyer", made, "submit"))

    assert tasks(story, "second", waiting["id"]) == [("APPROVE_ORDER", "OPEN")]
    assert tasks(story, "disponent", waiting["id"]) == []
    (step,) = approvals(story, waiting["id"])
    assert (step["action"], step["asked"], step["done_by"]) == (
        "SUBMITTED",
        "the order names them",
        id_of(story, "buyer"),
    )


def test_whoever_cannot_cover_it_is_passed_over_upwards_until_nobody_is_left(story: Story) -> None:
    person(story, "small", "DISPONENT", prokura="10")
    person(story, "above", "DISPONENT", prokura="200000", place="ministry")
    settle(story, default_disponent_id=id_of(story, "small"))
    waiting = submitted(story, kopipapir="2000")
    assert tasks(story, "small", waiting["id"]) == []
    assert tasks(story, "above", waiting["id"]) == [("APPROVE_ORDER", "OPEN")]

    most = submitted(story, kopipapir="9000")
    assert tasks(story, "above", most["id"]) == []
    assert tasks(story, "administrator", most["id"]) == [("ASSIGN_APPROVER", "OPEN")]
    assert approvals(story, most["id"])[0]["asked"].startswith("NO_APPROVER")


def test_the_default_disponent_of_the_place_is_asked_before_its_others(story: Story) -> None:
    person(story, "second", "DISPONENT", prokura="100000")
    settle(story, default_disponent_id=id_of(story, "second"))
    waiting = submitted(story, kopipapir="10")
    assert tasks(story, "second", waiting["id"]) == [("APPROVE_ORDER", "OPEN")]
    assert tasks(story, "disponent", waiting["id"]) == []
    assert done(act(story, "disponent", waiting, "approve"))["status"] == "SENT"
    assert tasks(story, "second", waiting["id"]) == [("APPROVE_ORDER", "CLOSED")]


def test_an_order_is_asked_of_somebody_else_on_the_way(story: Story) -> None:
    person(story, "second", "DISPONENT", prokura="100000")
    waiting = submitted(story, kopipapir="10")
    moved = done(act(story, "buyer", waiting, "approver", {"approver_id": id_of(story, "second")}))
    assert moved["approver_id"] == id_of(story, "second")
    assert tasks(story, "second", waiting["id"]) == [("APPROVE_ORDER", "CLOSED"), ("APPROVE_ORDER", "OPEN")]
    assert tasks(story, "disponent", waiting["id"]) == [("APPROVE_ORDER", "CLOSED")]
    unfit = act(story, "buyer", moved, "approver", {"approver_id": id_of(story, "receiver")})
    assert pointers(unfit) == ["/approver_id"]


def test_what_is_returned_waits_for_its_buyer_with_the_reason(story: Story) -> None:
    waiting = submitted(story, kopipapir="10")
    back = done(act(story, "disponent", waiting, "return", {"reason": "Brug lageret først"}))
    assert tasks(story, "buyer", waiting["id"]) == [("ORDER_RETURNED", "OPEN")]
    done(act(story, "buyer", back, "submit"))
    assert tasks(story, "buyer", waiting["id"]) == [("ORDER_RETURNED", "CLOSED")]
    assert [(step["action"], step["reason"]) for step in approvals(story, waiting["id"])] == [
        ("SUBMITTED", None),
        ("RETURNED", "Brug lageret først"),
        ("SUBMITTED", None),
    ]


def test_the_checklist_is_ticked_before_anything_is_approved_and_ticks_are_kept(story: Story) -> None:
    settle(story, approval_checklist=["kontering", "pris", "behov"])
    waiting = submitted(story, kopipapir="10")
    lacking = act(story, "disponent", waiting, "approve", {"checked": ["pris"]})
    assert refused(lacking) == (422, "checklist_not_done")
    assert [fault["message_da"] for fault in lacking.json()["errors"]] == [
        "sæt kryds ved `kontering`: det står på tjeklisten",
        "sæt kryds ved `behov`: det står på tjeklisten",
    ]
    sent = act(story, "disponent", waiting, "approve", {"checked": ["kontering", "pris", "behov"]})
    assert done(sent)["status"] == "SENT"
    assert approvals(story, waiting["id"])[-1]["checked"] == ["kontering", "pris", "behov"]


def test_orders_that_look_split_are_told_of(story: Story) -> None:
    person(story, "small", "DISPONENT", prokura="3000")
    settle(story, default_disponent_id=id_of(story, "small"), anti_split_days=3)
    done(act(story, "small", submitted(story, kopipapir="20"), "approve"))
    second = submitted(story, kopipapir="20")
    (step,) = approvals(story, second["id"])
    assert step["warnings"][0].startswith("P-SPLIT: with this one, orders of the same maker")
    done(act(story, "small", second, "approve"))
    assert approvals(story, second["id"])[-1]["warnings"] == step["warnings"]


def test_what_every_order_must_say_is_asked_for_when_it_is_submitted(story: Story) -> None:
    settle(story, "ministry", required_fields=["requested_delivery_on", "delivery_address", "accounting_cost"])
    made = done(draft(story, kopipapir="10"), 201)
    answer = act(story, "buyer", made, "submit")
    assert refused(answer) == (422, "fields_missing")
    assert pointers(answer) == ["/requested_delivery_on", "/delivery_address", "/accounting_cost"]


def test_goods_are_brought_where_the_order_says_or_to_the_nearest_default(story: Story) -> None:
    administrator, world = story["administrator"], story.world
    above, own = (f"/organisations/{world.organisations[at]}/delivery-addresses" for at in ("ministry", "institution"))
    body = {"name": "Ministeriet", "address": {**ADDRESS, "city_name": "København K"}, "is_default": True}
    done(administrator.post(above, body), 201)
    depot = done(administrator.post(own, {"name": "Lager", "address": ADDRESS}), 201)
    lines = [{"catalogue_line_id": item(story, "kopipapir"), "quantity": "10"}]

    assert done(order(story, lines), 201)["delivery_address"]["city_name"] == "København K"
    made = done(order(story, lines, delivery_address_id=depot["id"]), 201)
    sent = done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))
    document = story.document_of(sent["id"])
    assert document.delivery is not None
    assert document.delivery.address is not None
    assert document.delivery.address.city_name == "Valby"
    assert [row["name"] for row in done(story["buyer"].get(own))["data"]] == ["Ministeriet", "Lager"]
    assert refused(story["buyer"].delete(f"/delivery-addresses/{depot['id']}")) == (403, "not_allowed")
    assert administrator.delete(f"/delivery-addresses/{depot['id']}").status_code == 204
    assert pointers(order(story, lines, delivery_address_id=depot["id"])) == ["/delivery_address_id"]


def test_a_confidential_order_is_its_parties_alone(story: Story) -> None:
    person(story, "other-buyer", "BUYER")
    person(story, "second", "DISPONENT", prokura="100000")
    lines = [{"catalogue_line_id": item(story, "kopipapir"), "quantity": "10"}]
    named = {"approver_id": id_of(story, "second"), "receiver_ids": [id_of(story, "requisitioner")]}
    made = done(order(story, lines, confidential=True, **named), 201)
    waiting = done(act(story, "buyer", made, "submit"))
    for who in ("other-buyer", "disponent", "receiver"):
        assert refused(story[who].get(f"/orders/{waiting['id']}")) == (404, "order_not_found"), who
    assert done(act(story, "second", waiting, "approve"))["status"] == "SENT"
    for who in ("buyer", "requisitioner", "supplier"):
        done(story[who].get(f"/orders/{waiting['id']}"))


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"default_disponent_id": "receiver"}, "/default_disponent_id"),
        ({"default_receiver_id": "buyer"}, "/default_receiver_id"),
    ],
)
def test_nobody_is_settled_on_whose_roles_do_not_allow_it(story: Story, fields: dict[str, str], where: str) -> None:
    path = f"/organisations/{story.world.institution_id}/order-settings"
    body = {name: id_of(story, who) for name, who in fields.items()}
    never = {"If-Match": '"0"'}
    assert pointers(story["administrator"].send("PUT", path, json=body, headers=never)) == [where]
    assert refused(story["buyer"].send("PUT", path, json={}, headers=never)) == (403, "not_allowed")
    assert done(story["administrator"].get(path))["version"] == 0
