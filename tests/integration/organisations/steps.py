"""What the tests of organisations and agreements do over and over: make places and people, and read answers."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx

from app.kit.demo_issuer import NAME as ISSUER
from app.organisations import people, service
from app.organisations.messages import OrganisationIn
from app.organisations.people_messages import RoleGrantIn, UserIn
from app.organisations.people_models import Role
from tests.client import Client
from tests.world import ADMINISTRATOR, World

LONG_AGO = date(2026, 1, 1)


def below(world: World, parent_id: UUID, name: str, **fields: str) -> UUID:
    """Make an organisation below another."""
    body = OrganisationIn.model_validate({"parent_id": parent_id, "name": name, **fields})
    return world.step(ADMINISTRATOR, service.create_organisation, body).id


def person(world: World, subject: str, organisation_id: UUID, role: Role | None = None) -> UUID:
    """Register somebody, maybe with a role where they are."""
    body = UserIn(issuer=ISSUER, subject=subject, name=subject, organisation_id=organisation_id)
    user_id = world.step(ADMINISTRATOR, people.create_user, body).id
    if role is not None:
        grant(world, user_id, role, organisation_id)
    return user_id


def grant(
    world: World, user_id: UUID, role: Role, organisation_id: UUID, begins: date = LONG_AGO, ends: date | None = None
) -> None:
    body = RoleGrantIn(user_id=user_id, role=role, organisation_id=organisation_id, valid_from=begins, valid_to=ends)
    world.step(ADMINISTRATOR, people.grant_role, body)


def stands_in(
    world: World, principal: str, substitute: str, who: str | None = None, begins: str = "2026-03-02", **fields: str
) -> httpx.Response:
    """Ask for a substitute until the end of March, as the principal or as somebody else; people by their subjects."""
    body = {"substitute_id": world.id_of(substitute), "valid_from": begins, "valid_to": "2026-03-31", **fields}
    if who is not None:
        body["principal_id"] = world.id_of(principal)
    return world.client(who or principal).post("/substitutions", body)


def told(answer: httpx.Response) -> tuple[int, str]:
    """Give the status and the code of a refusal."""
    return answer.status_code, answer.json()["code"]


def pointers(answer: httpx.Response) -> list[str]:
    """Give what a 422 points at."""
    assert answer.status_code == 422, answer.text
    return [fault["pointer"] for fault in answer.json()["errors"]]


def made(answer: httpx.Response) -> dict[str, Any]:
    """Give what a request made."""
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def every(client: Client, path: str, limit: int = 2) -> list[dict[str, Any]]:
    """Walk a list from page to page to its end."""
    found: list[dict[str, Any]] = []
    cursor = {}
    while True:
        answer = client.get(path, limit=limit, **cursor)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["data"]) == limit or page["next_cursor"] is None
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}
