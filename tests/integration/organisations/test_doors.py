"""The two gates at every door of organisations: what one does not see is 404, what one sees but may not do is 403."""

from typing import Any

import httpx
import pytest

from app.kit.demo_issuer import NAME as ISSUER
from app.organisations.people_models import Role
from tests.client import Client
from tests.integration.organisations.steps import below, person
from tests.world import World

RULE = {"kind": "OVER_DELIVERY", "percent": "1"}

DOORS: dict[str, tuple[str, dict[str, Any]]] = {
    "create an organisation": ("/organisations", {"parent_id": "{place}", "name": "Kontor"}),
    "set a policy": ("/organisations/{place}/policies", {"valid_from": "2026-03-02", "rule": RULE}),
    "apply a template": ("/organisations/{place}/policy-templates/CENTRAL_BUYERS", {"valid_from": "2026-03-02"}),
    "register a user": (
        "/users",
        {"issuer": ISSUER, "subject": "another", "name": "En til", "organisation_id": "{place}"},
    ),
    "grant a role": (
        "/role-grants",
        {"user_id": "{user}", "role": "BUYER", "organisation_id": "{place}", "valid_from": "2026-03-02"},
    ),
    "set a prokura": (
        "/prokura",
        {
            "user_id": "{user}",
            "part": "ORDER",
            "max_amount": "1",
            "organisation_id": "{place}",
            "valid_from": "2026-03-02",
        },
    ),
}


def filled(value: Any, **names: object) -> Any:
    if isinstance(value, dict):
        return {name: filled(part, **names) for name, part in value.items()}
    return value.format(**names) if isinstance(value, str) else value


def knock(world: World, door: str, subject: str, place: object, user: object) -> httpx.Response:
    path, body = DOORS[door]
    return world.client(subject).post(path.format(place=place), filled(body, place=place, user=user))


@pytest.mark.parametrize("door", DOORS)
def test_a_door_opens_where_one_administers_and_nowhere_else(world: World, door: str) -> None:
    office = below(world, world.institution_id, "Kontor")
    neighbour = below(world, world.ministry_id, "Nabo")
    clerk = person(world, "clerk", office)
    person(world, "local", world.institution_id, Role.LOCAL_ADMINISTRATOR)

    answers = [
        knock(world, door, "local", place, clerk).status_code
        for place in (neighbour, world.ministry_id, world.root_id, office)
    ]

    assert answers == [404, 404, 404, 201]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("subject", ["auditor", "state-content-manager"])
def test_who_sees_and_may_not_is_told_which_role_it_takes(world: World, door: str, subject: str) -> None:
    clerk = person(world, "clerk", world.institution_id)

    answer = knock(world, door, subject, world.institution_id, clerk)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "local administrator" in answer.json()["detail"]


@pytest.mark.parametrize("door", ["grant a role", "set a prokura"])
def test_a_user_whom_one_does_not_see_is_not_there(world: World, door: str) -> None:
    person(world, "local", world.institution_id, Role.LOCAL_ADMINISTRATOR)

    answer = knock(world, door, "local", world.institution_id, world.people["auditor"])

    assert (answer.status_code, answer.json()["code"]) == (404, "user_not_found")


@pytest.mark.parametrize("door", DOORS)
def test_without_a_token_no_door_opens(world: World, door: str) -> None:
    path, body = DOORS[door]
    names = {"place": world.root_id, "user": world.people["buyer"]}

    answer = Client(world.app).post(path.format(**names), filled(body, **names))

    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")


@pytest.mark.parametrize("door", DOORS)
def test_every_door_that_makes_something_wants_a_key(world: World, door: str) -> None:
    path, body = DOORS[door]
    names = {"place": world.root_id, "user": world.people["buyer"]}

    answer = world.client("administrator").send("POST", path.format(**names), json=filled(body, **names))

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
