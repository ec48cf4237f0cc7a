"""Nobody finds or changes what is another branch's: every operation whose path names something is tried by a neighbour
who holds every role in a branch beside it, and by a competitor of the supplier.
"""

import re
from typing import Any

import httpx
import pytest

from app.kit.config import Settings
from app.kit.sheets import CSV
from app.main import create_app
from tests.client import Client
from tests.everything import everything
from tests.integration.organisations.steps import grant, person
from tests.neighbourhood import COMPETITOR, INSIDER, KNOWN_TO_ALL, NEIGHBOUR, RECIPES, Ids, settle
from tests.purchases import done
from tests.selling import registered
from tests.story import Story

METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> list[str]:
    """Give every operation whose path names something, such as `GET /orders/{order_id}`."""
    paths = create_app(Settings(database_url="sqlite:///var/unused.db")).openapi()["paths"]
    return [
        f"{method.upper()} {path}"
        for path, found in paths.items()
        if "{" in path
        for method in METHODS
        if method in found
    ]


@pytest.mark.parametrize("operation", operations())
def test_every_operation_that_names_something_is_tried(operation: str) -> None:
    assert operation in RECIPES, "say in tests/neighbourhood.py how it is asked for, and settle what it names"


def test_no_recipe_is_for_what_is_gone() -> None:
    assert set(RECIPES) <= set(operations())


def ask(client: Client, operation: str, ids: Ids) -> httpx.Response:
    method, path = operation.split(" ")
    recipe = RECIPES[operation]
    headers = {"If-Match": "*", "Idempotency-Key": f"key of {operation}"}
    path = re.sub(r"{(\w+)}", lambda name: ids[name[1]], path)
    sent: dict[str, Any] = {"params": dict(recipe.query(ids)) if recipe.query is not None else {}}
    if recipe.sheet is not None:
        headers["Content-Type"], sent["content"] = CSV, recipe.sheet
    if recipe.body is not None:
        sent["json"] = dict(recipe.body(ids))
    return client.send(method, path, headers=headers, **sent)


def competitor(story: Story) -> Client:
    """Give somebody who acts for another supplier."""
    other = registered(story.world)
    user_id = person(story.world, COMPETITOR, story.world.root_id)
    body = {"user_id": str(user_id), "role": "SUPPLIER", "supplier_id": other["id"], "valid_from": "2026-01-01"}
    done(story["administrator"].post("/role-grants", body), 201)
    return story[COMPETITOR]


def test_a_neighbour_finds_nothing_and_changes_nothing(story: Story) -> None:
    ids = settle(story)
    strangers = {NEIGHBOUR: story[NEIGHBOUR], COMPETITOR: competitor(story)}
    before = everything(story)

    answers = {
        (who, operation): ask(client, operation, ids) for operation in RECIPES for who, client in strangers.items()
    }

    found = {
        (who, operation): answer
        for (who, operation), answer in answers.items()
        if answer.status_code != 404 and (who == COMPETITOR or KNOWN_TO_ALL not in operation)
    }
    assert not found, "\n".join(f"{key}: {answer.text[:150]}" for key, answer in found.items())
    assert everything(story) == before


def test_whoever_is_there_finds_it(story: Story) -> None:
    """The neighbour must not be told 404 of what is nowhere: an insider with the same requests finds each thing."""
    ids = settle(story)
    grant(story.world, story.world.people["buyer"], "CONTENT_MANAGER", story.world.root_id)
    people = (INSIDER, "buyer", "auditor", "administrator", "state-content-manager", "supplier")

    for operation in (operation for operation in RECIPES if operation.startswith("GET")):
        answers = {who: ask(story[who], operation, ids).status_code for who in people}
        assert {200, 409} & set(answers.values()), (operation, answers)


def test_an_auditor_changes_nothing(story: Story) -> None:
    ids = settle(story)
    before = everything(story)

    for operation in (operation for operation in RECIPES if not operation.startswith("GET")):
        answer = ask(story["auditor"], operation, ids)
        assert answer.is_client_error, (operation, answer.text)

    assert everything(story) == before
