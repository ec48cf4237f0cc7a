"""Refusals, and the problem answers they become."""

import asyncio
import json
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Query
from pydantic import BaseModel

from app.kit import problems
from app.kit.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Refusal, Unauthenticated
from app.kit.idempotency import IdempotencyKeyMissing, IdempotencyKeyReused
from app.kit.tokens import TokenInvalid, TokenMissing
from app.kit.versions import VersionMismatch, VersionMissing


class CatalogueAlreadyApproved(Conflict):
    """A fact with a class of its own."""


class Thing(BaseModel):
    """A body."""

    name: str
    parts: dict[str, int] = {}


async def ask(app: FastAPI, method: str, path: str, **more: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path, **more)


def answered(app: FastAPI, method: str, path: str, **more: Any) -> httpx.Response:
    """Play the event loop without one: an application that waits for nothing outside is done at once."""
    return asyncio.run(ask(app, method, path, **more))


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    problems.install(app)

    @app.post("/things")
    def make(thing: Thing, limit: Annotated[int, Query(ge=1)] = 1) -> Thing:
        return thing

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret detail")

    return app


def refusing(app: FastAPI, refusal: Refusal) -> httpx.Response:
    @app.get("/refused")
    def refused() -> None:
        raise refusal

    return answered(app, "GET", "/refused")


def test_a_refusals_code_is_its_name_in_snake_case() -> None:
    assert CatalogueAlreadyApproved.code == "catalogue_already_approved"
    assert CatalogueAlreadyApproved.title == "Conflict"


def test_a_fault_leaves_out_what_it_does_not_know() -> None:
    assert Fault("wrong", pointer="/a", line=3).as_json() == {"message": "wrong", "pointer": "/a", "line": 3}


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (IdempotencyKeyMissing("m"), 400),
        (TokenInvalid("m"), 401),
        (Forbidden("m"), 403),
        (NotFound("m"), 404),
        (CatalogueAlreadyApproved("m"), 409),
        (VersionMismatch("m"), 412),
        (IdempotencyKeyReused("m"), 422),
        (Invalid("m"), 422),
        (VersionMissing("m"), 428),
    ],
)
def test_each_kind_of_refusal_has_its_status(app: FastAPI, refusal: Refusal, status: int) -> None:
    answer = refusing(app, refusal)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == refusal.code
    assert answer.json()["type"] == f"urn:prokura:problem:{refusal.code}"
    assert answer.json()["detail"] == "m"


def test_every_fault_is_named(app: FastAPI) -> None:
    faults = [
        Fault("too many", message_da="for mange", pointer="/lines/2", rule_id="P-1"),
        Fault("x", xpath="/a", line=9),
    ]

    answer = refusing(app, Invalid("it does not fit", faults=faults))

    assert answer.json()["errors"] == [
        {"message": "too many", "message_da": "for mange", "pointer": "/lines/2", "rule_id": "P-1"},
        {"message": "x", "xpath": "/a", "line": 9},
    ]
    problems.Problem.model_validate(answer.json())


@pytest.mark.parametrize(
    ("refusal", "challenge"),
    [
        (TokenMissing("m"), "Bearer"),
        (TokenInvalid("m"), 'Bearer error="invalid_token"'),
        (Unauthenticated("m"), 'Bearer error="invalid_token"'),
    ],
)
def test_a_401_says_how_to_sign_in(app: FastAPI, refusal: Refusal, challenge: str) -> None:
    assert refusing(app, refusal).headers["www-authenticate"] == challenge


def test_a_body_that_does_not_fit_names_each_place(app: FastAPI) -> None:
    answer = answered(app, "POST", "/things?limit=0", json={"parts": {"a/b~c": "many"}})

    assert answer.status_code == 422
    assert answer.json()["code"] == "body_not_valid"
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {"/limit", "/name", "/parts/a~1b~0c"}


def test_an_unknown_path_is_a_problem(app: FastAPI) -> None:
    answer = answered(app, "GET", "/nowhere")

    assert answer.status_code == 404
    assert answer.json()["code"] == "no_such_path"
    assert answer.json()["title"] == "No such path"


def test_a_method_that_is_not_allowed_is_a_problem_that_says_which_are(app: FastAPI) -> None:
    answer = answered(app, "DELETE", "/things")

    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "POST"


def test_a_failure_of_ours_tells_nothing_of_its_inside_and_is_logged(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    answer = answered(app, "GET", "/broken")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert "secret detail" not in json.dumps(answer.json())
    assert "secret detail" in caplog.text
