"""Shares: down the tree level by level, narrower at each step, taken back with everything that hangs on them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from app.kit.audit import AuditEvent
from app.organisations.people_models import Role, User
from tests.integration.agreements.sharing import STATE_MANAGER, agreement, held, revoke, share, shared, visible
from tests.integration.organisations.steps import below, made, person, pointers, told
from tests.world import World

MANAGER = "content-manager"
PENS, PAPER, CHAIRS = "44121704", "14111507", "56112102"
CODES = (PENS, PAPER, CHAIRS)


def test_a_share_is_told_and_recorded(world: World, furniture: UUID) -> None:
    fields = {"include_groups": ["44"], "exclude_groups": ["441217"], "valid_to": "2026-06-30"}

    answer = share(world, furniture, world.root_id, "ORGANISATION", world.ministry_id, **fields)

    row = made(answer)
    assert (
        row.items()
        >= {
            "agreement_id": str(furniture),
            "parent_id": None,
            "from_organisation_id": str(world.root_id),
            "target": "ORGANISATION",
            "organisation_id": str(world.ministry_id),
            "user_id": None,
            "valid_from": "2026-01-01",
            "revoked_at": None,
            **fields,
        }.items()
    )
    next_step = made(share(world, furniture, world.ministry_id, "USER", world.people["buyer"]))
    assert (next_step["parent_id"], next_step["organisation_id"]) == (row["id"], str(world.institution_id))
    query = select(AuditEvent.action).where(AuditEvent.entity_id == UUID(row["id"]))
    assert world.database.run(lambda session: session.exec(query).all()) == ["agreement.shared"]


def test_an_agreement_goes_down_and_neither_up_nor_sideways(world: World) -> None:
    local = agreement(world, world.ministry_id)
    neighbour = below(world, world.root_id, "Nabo")

    for receiver in (world.root_id, neighbour):
        for target in ("ORGANISATION", "EVERYBODY"):
            answer = share(world, local, world.ministry_id, target, receiver)
            assert told(answer) == (409, "not_below"), target
    shared(world, local, world.ministry_id, "ORGANISATION", world.institution_id)


@pytest.mark.parametrize("target", ["ORGANISATION", "EVERYBODY"])
def test_an_organisation_that_one_does_not_see_is_not_there(world: World, target: str) -> None:
    local = agreement(world, world.institution_id)

    for receiver in (world.ministry_id, UUID(int=5)):
        answer = share(world, local, world.institution_id, target, receiver, subject=MANAGER)
        assert told(answer) == (404, "organisation_not_found")


def test_only_a_root_skips_levels_and_only_with_its_own(world: World, furniture: UUID, office: UUID) -> None:
    shared(world, furniture, world.root_id, "ORGANISATION", office)
    local = agreement(world, world.ministry_id)

    refused = share(world, local, world.ministry_id, "ORGANISATION", office)

    assert told(refused) == (409, "not_below")
    assert "only a root may skip levels" in refused.json()["detail"]
    not_the_roots = share(world, local, world.root_id, "ORGANISATION", world.ministry_id)
    assert told(not_the_roots) == (409, "agreement_not_held")


def test_an_organisation_does_not_hand_an_agreement_to_itself(world: World, furniture: UUID) -> None:
    answer = share(world, furniture, world.root_id, "ORGANISATION", world.root_id)

    assert told(answer) == (409, "not_below")
    assert "has the agreement already" in answer.json()["detail"]


def test_nobody_shares_what_they_do_not_hold(world: World, furniture: UUID) -> None:
    answer = share(world, furniture, world.ministry_id, "ORGANISATION", world.institution_id)
    assert told(answer) == (409, "agreement_not_held")

    shared(world, furniture, world.root_id, "EVERYBODY", world.root_id)
    shared(world, furniture, world.root_id, "USER", world.people["content-manager"])

    seen_is_not_held = share(world, furniture, world.institution_id, "EVERYBODY", world.institution_id, subject=MANAGER)
    assert told(seen_is_not_held) == (409, "agreement_not_held")


@pytest.mark.parametrize("fields", [{"valid_from": "2026-03-03"}, {"valid_to": "2026-03-01"}])
def test_what_is_not_held_today_is_not_shared_today(world: World, furniture: UUID, fields: dict[str, str]) -> None:
    shared(world, furniture, world.root_id, "ORGANISATION", world.ministry_id, **fields)

    answer = share(world, furniture, world.ministry_id, "ORGANISATION", world.institution_id)

    assert told(answer) == (409, "agreement_not_held")


def test_a_share_below_a_revoked_one_holds_nothing(world: World, furniture: UUID, office: UUID) -> None:
    first, _ = held(world, furniture)
    revoke(world, first)

    answer = share(world, furniture, world.institution_id, "ORGANISATION", office)

    assert told(answer) == (409, "agreement_not_held")


@pytest.mark.parametrize("groups", [["56"], ["14"], ["44121704", "15"], ["44"], ["441217"], ["44121704"]])
def test_no_step_reaches_outside_what_was_handed_down(world: World, furniture: UUID, groups: list[str]) -> None:
    held(world, furniture, include_groups=["4411", "4412", "1411"], exclude_groups=["441217"])

    answer = share(world, furniture, world.institution_id, "EVERYBODY", world.institution_id, include_groups=groups)

    assert told(answer) == (409, "widens_share")
    shared(world, furniture, world.institution_id, "EVERYBODY", world.institution_id, include_groups=["441116", "4412"])


@pytest.mark.parametrize("groups", [["56"], ["4"], ["44", "56"]])
def test_no_step_reaches_outside_the_agreement_itself(world: World, groups: list[str]) -> None:
    pens = agreement(world, world.institution_id, product_groups=["4412"])

    answer = share(world, pens, world.institution_id, "EVERYBODY", world.institution_id, include_groups=groups)

    assert answer.status_code == (422 if groups == ["4"] else 409), answer.text


def test_each_step_narrows_and_updates_of_a_step_above_are_inherited(world: World, furniture: UUID) -> None:
    held(world, furniture, exclude_groups=["5611"])
    shared(
        world,
        furniture,
        world.institution_id,
        "EVERYBODY",
        world.institution_id,
        include_groups=["44", "56"],
        exclude_groups=["14"],
    )

    assert visible(world, "buyer", CODES)[furniture] == {PENS}
    shared(world, furniture, world.institution_id, "USER", world.people["buyer"], include_groups=["14"])
    assert visible(world, "buyer", CODES)[furniture] == {PENS, PAPER}
    assert visible(world, "disponent", CODES)[furniture] == {PENS}


def test_what_is_held_twice_is_shared_through_the_share_that_covers_it(world: World, furniture: UUID) -> None:
    first = shared(world, furniture, world.root_id, "ORGANISATION", world.institution_id, include_groups=["14"])
    world.clock.advance(timedelta(seconds=1))
    second = shared(world, furniture, world.root_id, "ORGANISATION", world.institution_id, include_groups=["44"])

    def parent(groups: list[str]) -> UUID:
        answer = share(world, furniture, world.institution_id, "EVERYBODY", world.institution_id, include_groups=groups)
        return UUID(made(answer)["parent_id"])

    assert [parent(["1411"]), parent(["4412"])] == [first, second]
    neither = share(
        world, furniture, world.institution_id, "EVERYBODY", world.institution_id, include_groups=["1411", "4412"]
    )
    assert told(neither) == (409, "widens_share")
    assert visible(world, "buyer", CODES)[furniture] == {PAPER, PENS}


def test_a_share_with_a_user_reaches_that_user_alone(world: World, furniture: UUID) -> None:
    held(world, furniture)

    shared(world, furniture, world.institution_id, "USER", world.people["buyer"])

    assert furniture in visible(world, "buyer", CODES)
    assert furniture not in visible(world, "requisitioner", CODES)


def test_a_share_with_an_organisation_reaches_its_content_managers_alone(world: World, furniture: UUID) -> None:
    held(world, furniture)

    assert furniture not in visible(world, "buyer", CODES)
    assert world.client("buyer").get(f"/agreements/{furniture}").status_code == 404
    assert world.client(MANAGER).get(f"/agreements/{furniture}").status_code == 200


def test_everybody_is_everybody_at_and_below_and_nobody_beside(world: World, furniture: UUID, office: UUID) -> None:
    person(world, "neighbour", below(world, world.ministry_id, "Nabo"), Role.BUYER)
    person(world, "minister", world.ministry_id, Role.BUYER)
    held(world, furniture)

    shared(world, furniture, world.institution_id, "EVERYBODY", world.institution_id)

    seeing = [who for who in ("buyer", "clerk", "neighbour", "minister") if furniture in visible(world, who, CODES)]
    assert seeing == ["buyer", "clerk"]
    shared(world, furniture, world.root_id, "EVERYBODY", world.root_id)
    assert all(furniture in visible(world, who, CODES) for who in ("neighbour", "minister", "clerk"))


def test_a_user_outside_gets_nothing(world: World) -> None:
    local = agreement(world, world.institution_id)

    seen = share(world, local, world.institution_id, "USER", world.people["auditor"])
    assert told(seen) == (409, "not_below")
    unseen = share(world, local, world.institution_id, "USER", world.people["auditor"], subject=MANAGER)
    assert told(unseen) == (404, "user_not_found")


@pytest.mark.parametrize(
    "fields",
    [
        {"target": "USER", "user_id": None, "organisation_id": "institution"},
        {"target": "USER", "organisation_id": "institution"},
        {"target": "ORGANISATION", "user_id": None},
        {"target": "EVERYBODY", "organisation_id": "institution"},
        {"valid_to": "2025-12-31"},
    ],
)
def test_a_share_has_the_one_target_that_fits_it(world: World, furniture: UUID, fields: dict[str, Any]) -> None:
    body = {
        "from_organisation_id": str(world.root_id),
        "target": "USER",
        "user_id": str(world.people["buyer"]),
        "valid_from": "2026-01-01",
        **{name: str(world.institution_id) if value == "institution" else value for name, value in fields.items()},
    }

    answer = world.client(STATE_MANAGER).post(f"/agreements/{furniture}/shares", body)

    assert pointers(answer) == [""]


def test_a_user_who_belongs_nowhere_gets_nothing(world: World, furniture: UUID) -> None:
    def leave(session: Session) -> None:
        session.get_one(User, world.people["state-content-manager"]).organisation_id = None

    world.database.run(leave)

    answer = share(world, furniture, world.root_id, "USER", world.people["state-content-manager"])

    assert told(answer) == (409, "not_below")
