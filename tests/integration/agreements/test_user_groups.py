"""User groups: who makes and fills them, what they may hold, and sharing with them; and who may ask why."""

from uuid import UUID

import httpx
import pytest

from app.organisations.people_models import Role
from tests.integration.agreements.sharing import STATE_MANAGER, held, share, shared, visible
from tests.integration.organisations.steps import below, every, made, person, pointers, told
from tests.world import ADMINISTRATOR, World

MANAGER = "content-manager"
CODES = ("44121704", "14111507")


def group(world: World, place: UUID, name: str = "Laboranter", subject: str = STATE_MANAGER) -> httpx.Response:
    return world.client(subject).post("/user-groups", {"organisation_id": str(place), "name": name})


@pytest.fixture
def lab(world: World) -> UUID:
    return UUID(made(group(world, world.institution_id))["id"])


def add(world: World, group_id: object, user_id: object, subject: str = MANAGER) -> httpx.Response:
    return world.client(subject).post(f"/user-groups/{group_id}/members", {"user_id": str(user_id)})


def remove(world: World, group_id: object, user_id: object, subject: str = MANAGER) -> httpx.Response:
    return world.client(subject).delete(f"/user-groups/{group_id}/members/{user_id}")


def test_a_share_with_a_group_reaches_who_is_in_it(world: World, furniture: UUID, lab: UUID) -> None:
    held(world, furniture)
    shared(world, furniture, world.institution_id, "GROUP", lab, include_groups=["44"])
    assert furniture not in visible(world, "buyer", CODES)

    made(add(world, lab, world.people["buyer"]))

    assert visible(world, "buyer", CODES)[furniture] == {"44121704"}
    assert furniture not in visible(world, "requisitioner", CODES)
    assert remove(world, lab, world.people["buyer"]).status_code == 200
    assert furniture not in visible(world, "buyer", CODES)
    made(add(world, lab, world.people["buyer"]))
    assert furniture in visible(world, "buyer", CODES)


def test_a_group_of_another_branch_gets_nothing(world: World, furniture: UUID) -> None:
    held(world, furniture)
    beside = below(world, world.root_id, "Et andet sted")
    elsewhere = made(group(world, beside))["id"]

    assert told(share(world, furniture, world.institution_id, "GROUP", elsewhere)) == (409, "not_below")
    unseen = share(world, furniture, world.institution_id, "GROUP", elsewhere, subject=MANAGER)
    assert told(unseen) == (404, "user_group_not_found")


def test_a_group_holds_users_of_its_branch_each_once(world: World, lab: UUID) -> None:
    office = below(world, world.institution_id, "Kontor")
    clerk = person(world, "clerk", office, Role.BUYER)
    made(add(world, lab, clerk))

    assert told(add(world, lab, clerk)) == (409, "already_member")
    assert told(add(world, lab, world.people["auditor"], STATE_MANAGER)) == (409, "not_of_this_branch")
    assert told(add(world, lab, world.people["auditor"])) == (404, "user_not_found")
    assert told(remove(world, lab, world.people["buyer"])) == (404, "member_not_found")
    assert [row["user_id"] for row in every(world.client(MANAGER), f"/user-groups/{lab}/members")] == [str(clerk)]
    assert world.client(MANAGER).get(f"/user-groups/{lab}").json()["members"] == 1


def test_names_are_used_once_in_an_organisation(world: World, lab: UUID) -> None:
    assert told(group(world, world.institution_id)) == (409, "group_name_taken")
    made(group(world, world.ministry_id))
    assert pointers(group(world, world.institution_id, " ")) == ["/name"]


def test_groups_take_a_content_manager_of_their_branch(world: World, lab: UUID) -> None:
    buyer = world.people["buyer"]
    assert told(group(world, world.ministry_id, "X", MANAGER)) == (404, "organisation_not_found")
    for subject in ("auditor", "buyer", ADMINISTRATOR):
        assert told(group(world, world.institution_id, "X", subject)) in [
            (403, "not_allowed"),
            (404, "organisation_not_found"),
        ]
    assert told(add(world, lab, buyer, "auditor")) == (403, "not_allowed")
    assert told(add(world, lab, buyer, "buyer")) == (404, "user_group_not_found")
    assert [row["id"] for row in every(world.client("auditor"), "/user-groups")] == [str(lab)]
    assert every(world.client("buyer"), "/user-groups") == []


def test_a_stranger_to_the_branch_does_not_ask_why(world: World, furniture: UUID) -> None:
    path = f"/agreements/{furniture}/why"
    buyer = str(world.people["buyer"])
    person(world, "stranger", below(world, world.root_id, "Et andet sted"), Role.CONTENT_MANAGER)

    assert told(world.client("stranger").get(path, user_id=buyer)) == (404, "user_not_found")
    assert told(world.client("buyer").get(path, user_id=buyer)) == (403, "not_allowed")
    assert told(world.client(MANAGER).get(f"/agreements/{UUID(int=5)}/why", user_id=buyer)) == (
        404,
        "agreement_not_found",
    )
    answer = world.client(MANAGER).get(path, user_id=buyer).json()
    assert (answer["visible"], [found["code"] for found in answer["findings"]]) == (False, ["NOT_HANDED_DOWN"])
