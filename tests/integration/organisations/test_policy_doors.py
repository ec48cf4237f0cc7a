"""Policies at their door: they hold for everything below, may only be tightened there, and begin today or later."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.organisations import queries
from app.organisations.people_models import Role
from app.organisations.policies import Effective
from tests.integration.organisations.steps import below, made, person, pointers, told
from tests.policies import propose, publish_policy
from tests.world import World

TODAY = date(2026, 3, 2)


def percent(value: str) -> dict[str, str]:
    return {"kind": "OVER_DELIVERY", "percent": value}


def holds(world: World, place: UUID, day: date = TODAY) -> Effective:
    return world.database.run(lambda session: queries.effective_policy(session, place, day))


def over_delivery(world: World, place: UUID, day: date = TODAY) -> str:
    rule: Any = holds(world, place, day).over_delivery.rule
    return str(rule.percent)


def test_a_policy_holds_below_with_its_source_and_not_beside(world: World) -> None:
    office = below(world, world.institution_id, "Kontor")
    neighbour = below(world, world.root_id, "Andet ministerium")
    policy = publish_policy(world, world.ministry_id, percent("3"))

    source = holds(world, office).over_delivery

    assert (source.organisation_id, source.organisation_name, source.depth) == (
        world.ministry_id,
        "Ministeriet for Prøver",
        2,
    )
    assert (source.policy_id, source.valid_from) == (UUID(policy["id"]), TODAY)
    assert [over_delivery(world, place) for place in (neighbour, world.root_id)] == ["0", "0"]


def test_below_a_policy_is_tightened_and_never_widened(world: World) -> None:
    publish_policy(world, world.ministry_id, percent("3"))

    refused = propose(world, world.institution_id, percent("3.01"))

    assert told(refused) == (409, "widens_policy")
    assert "Ministeriet for Prøver" in refused.json()["detail"]
    publish_policy(world, world.institution_id, percent("2"))
    assert [over_delivery(world, place) for place in (world.ministry_id, world.institution_id)] == ["3", "2"]


def test_an_organisation_widens_its_own_policy_up_to_what_is_above(world: World) -> None:
    publish_policy(world, world.root_id, percent("10"))
    publish_policy(world, world.institution_id, percent("2"))

    publish_policy(world, world.institution_id, percent("10"))

    assert over_delivery(world, world.institution_id) == "10"


def test_the_latest_of_a_kind_takes_over_on_its_day(world: World) -> None:
    later = TODAY + timedelta(days=10)
    publish_policy(world, world.ministry_id, percent("9"), later)
    publish_policy(world, world.ministry_id, percent("5"))
    publish_policy(world, world.ministry_id, percent("4"))

    days = (TODAY - timedelta(days=1), TODAY, later - timedelta(days=1), later, later + timedelta(days=300))

    assert [over_delivery(world, world.institution_id, day) for day in days] == ["0", "4", "4", "9", "9"]


def test_a_policy_that_begins_later_is_compared_with_what_holds_above_on_that_day(world: World) -> None:
    later = TODAY + timedelta(days=10)
    publish_policy(world, world.ministry_id, percent("5"))
    publish_policy(world, world.ministry_id, percent("1"), later)

    publish_policy(world, world.institution_id, percent("5"), later - timedelta(days=1))

    assert told(propose(world, world.institution_id, percent("5"), later)) == (409, "widens_policy")


def test_what_is_tightened_above_later_binds_below_at_once(world: World) -> None:
    publish_policy(world, world.institution_id, percent("10"))
    publish_policy(world, world.institution_id, {"kind": "TWO_PERSON_RULE", "rule": "NONE"})
    publish_policy(world, world.institution_id, {"kind": "EXTERNAL_APPROVAL", "external_approval": "TRUSTED"})

    publish_policy(world, world.ministry_id, percent("2"))
    publish_policy(world, world.ministry_id, {"kind": "TWO_PERSON_RULE", "rule": "ORDER"})
    publish_policy(world, world.root_id, {"kind": "EXTERNAL_APPROVAL", "external_approval": "NONE"})

    found = holds(world, world.institution_id)
    sources = [found.over_delivery, found.two_person, found.external_approval]
    assert [row.organisation_id for row in sources] == [world.ministry_id, world.ministry_id, world.root_id]


def test_the_latest_tolerance_of_each_level_counts_all_the_way_up(world: World) -> None:
    for place, rule in (
        (world.root_id, {"absolute": "300"}),
        (world.ministry_id, {"percent": "5"}),
        (world.ministry_id, {"percent": "4"}),
        (world.ministry_id, {"absolute": "20", "level": "LINE"}),
        (world.institution_id, {"absolute": "100"}),
    ):
        publish_policy(world, place, {"kind": "TOLERANCE", **rule})

    rows: list[Any] = [row.rule for row in holds(world, world.institution_id).tolerances]

    assert [(row.level, row.absolute, row.percent) for row in rows] == [
        ("ORDER", 100, None),
        ("ORDER", None, 4),
        ("LINE", 20, None),
        ("ORDER", 300, None),
    ]


@pytest.mark.parametrize("days", [-1, -400])
def test_a_policy_is_never_backdated(world: World, days: int) -> None:
    answer = propose(world, world.institution_id, percent("1"), TODAY + timedelta(days=days))

    assert told(answer) == (422, "not_before")
    assert pointers(answer) == ["/valid_from"]


def test_the_day_of_a_policy_is_the_danish_one(world: World) -> None:
    world.clock.at = world.clock.at.replace(hour=23, minute=30)

    assert told(propose(world, world.institution_id, percent("1"), TODAY)) == (422, "not_before")
    publish_policy(world, world.institution_id, percent("1"), TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({"kind": "OVER_DELIVERY", "percent": "101"}, "/rule/percent"),
        ({"kind": "TOLERANCE", "absolute": 2.5}, "/rule/absolute"),
        ({"kind": "TOLERANCE", "favour": "CHECK"}, "/rule/favour"),
        ({"kind": "DISCOUNT"}, "/rule"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_by_its_field(world: World, rule: dict[str, Any], pointer: str) -> None:
    assert pointers(propose(world, world.institution_id, rule)) == [pointer]


def test_a_policy_is_set_where_one_administers_and_not_above(world: World) -> None:
    person(world, "local", world.institution_id, Role.LOCAL_ADMINISTRATOR)
    body = {"valid_from": "2026-03-02", "rule": percent("1")}

    def answered(subject: str, place: UUID) -> Any:
        return world.client(subject).post(f"/organisations/{place}/policies", body)

    made(answered("local", world.institution_id))
    assert told(answered("local", world.ministry_id)) == (404, "organisation_not_found")
    assert told(answered("buyer", world.institution_id)) == (403, "not_allowed")
    assert told(answered("auditor", world.root_id)) == (403, "not_allowed")
