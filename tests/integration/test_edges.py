"""What stands around every operation: limits of requests, and headers that guard a browser."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app.assembly import COSTS
from app.kit.config import Settings
from app.kit.limits import Limits
from app.main import create_app
from tests.client import Client
from tests.integration.organisations.steps import told
from tests.integration.test_strangers import METHODS, OPEN, SOME_ID
from tests.world import World

GUARDING = {"x-content-type-options": "nosniff", "cache-control": "no-store", "referrer-policy": "no-referrer"}


def limit(world: World, callers: int = 1000, strangers: int = 1000, costs: Mapping[str, int] | None = None) -> None:
    world.app.state.limits = Limits(callers, strangers, costs)


def guards(answer: httpx.Response) -> None:
    assert {name: answer.headers[name] for name in GUARDING} == GUARDING
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in answer.headers


def test_who_asks_too_often_is_told_when_to_ask_again(world: World) -> None:
    limit(world, callers=2)
    buyer = world.client("buyer")

    first, _, third = (buyer.get("/me") for _ in range(3))

    assert first.headers["ratelimit-policy"] == '"caller";q=2;w=60'
    assert first.headers["ratelimit"] == '"caller";r=1;t=30'
    assert told(third) == (429, "too_many_requests")
    assert (third.headers["retry-after"], third.headers["content-type"]) == ("30", "application/problem+json")
    assert world.client("disponent").get("/me").status_code == 200
    world.clock.advance(timedelta(seconds=30))
    assert buyer.get("/me").status_code == 200


def test_what_is_refused_for_its_number_changes_nothing(world: World) -> None:
    limit(world, callers=1)
    world.client("administrator").get("/me")
    body = {"parent_id": str(world.root_id), "name": "Ny"}

    refused = world.client("administrator").post("/organisations", body, key="again")
    limit(world)

    assert refused.status_code == 429
    assert world.client("administrator").post("/organisations", body, key="again").status_code == 201


def test_an_address_that_proves_nothing_is_stopped_and_nobody_else_behind_it(world: World) -> None:
    limit(world, strangers=2)
    stranger = Client(world.app, lambda: "prk_wrong")

    answers = [told(stranger.get("/me")) for _ in range(3)]

    assert answers == [(401, "api_key_invalid"), (401, "api_key_invalid"), (429, "too_many_requests")]
    assert told(Client(world.app).get("/me")) == (429, "too_many_requests")
    assert world.client("buyer").get("/me").status_code == 200


def test_dear_operations_cost_more(world: World) -> None:
    limit(world, callers=10, costs={"get_me": 4})

    assert world.client("buyer").get("/me").headers["ratelimit"] == '"caller";r=6;t=24'


def test_every_cost_is_of_an_operation_that_exists() -> None:
    paths = create_app(Settings(database_url="sqlite:///var/unused.db")).openapi()["paths"]
    assert set(COSTS) <= {found["operationId"] for path in paths.values() for found in path.values()}


def test_every_operation_guards_the_browser(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'none.db'}", embedded_worker=False)
    app = create_app(settings)
    for path, operations in app.openapi()["paths"].items():
        for method in (method for method in METHODS if method in operations and path not in OPEN):
            answer = Client(app).send(method.upper(), re.sub(r"{\w+}", SOME_ID, path))
            assert answer.status_code == 401, (method, path)
            guards(answer)


@pytest.mark.parametrize("path", ["/me", "/health/live", "/nowhere", "/openapi.json"])
def test_answers_guard_the_browser_whatever_they_are(world: World, path: str) -> None:
    guards(world.client("buyer").get(path))


def test_a_failure_of_the_service_guards_the_browser(world: World) -> None:
    def fail() -> None:
        raise RuntimeError("on purpose")

    world.app.add_api_route("/failing", fail)

    answer = world.client("buyer").get("/failing")

    assert answer.status_code == 500
    guards(answer)
