"""From request to step and back: who asks, one transaction, one answer, in the form that was wanted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import Depends, FastAPI, Request, Response
from pydantic import BaseModel
from sqlmodel import Session, select

from app.kit import problems
from app.kit.audit import AuditEvent
from app.kit.calls import Answer, Body, Call, Door, IdempotencyKey, Raw, principal, wants_xml
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.errors import Conflict
from app.kit.idempotency import StoredAnswer
from app.kit.limits import Limits
from app.kit.tokens import Principal
from tests.client import Client

NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
ME = UUID(int=1)


@dataclass(frozen=True)
class Me:
    """Whoever holds the token."""

    id: UUID | None
    on_behalf_of: UUID | None = None


class Thing(BaseModel):
    """An answer with a version."""

    name: str
    version: int = 3


class Tokens:
    """Believes every token: the subject is the token itself."""

    def verify(self, token: str) -> Principal:
        return Principal("issuer", token)


Step = Callable[[Call[Me]], Any]


def _door(
    request: Request, who: Annotated[Principal, Depends(principal)], body: Body, key: IdempotencyKey = None
) -> Any:
    return Door(request, who, body, key, lambda *_: Me(ME))


@pytest.fixture
def app(database: Database) -> FastAPI:
    app = FastAPI()
    app.state.database, app.state.clock, app.state.tokens = database, FixedClock(NOW), Tokens()
    app.state.limits = Limits(callers=1000, strangers=1000)
    problems.install(app)
    return app


def served(app: FastAPI, step: Step, status: int = 200, method: str = "POST") -> Client:
    def route(db: Annotated[Door[Me], Depends(_door)]) -> Response:
        return db.run(step)

    app.add_api_route("/things", route, methods=[method], status_code=status, response_model=None)
    return Client(app, lambda: "anna")


def keep(call: Call[Me], key: str = "kept") -> None:
    row = StoredAnswer(caller="c", operation="o", key=key, fingerprint="f", answered_at=call.now)
    call.session.add(row)


def rows(database: Database) -> int:
    query = select(StoredAnswer).where(StoredAnswer.caller == "c")
    return len(database.run(lambda session: session.exec(query).all()))


def test_a_step_knows_who_asks_and_the_danish_day(app: FastAPI) -> None:
    seen: list[tuple[UUID | None, datetime, date]] = []

    def step(call: Call[Me]) -> Thing:
        seen.append((call.actor.id, call.now, call.today))
        return Thing(name="a")

    answer = served(app, step).post("/things")
    assert seen == [(ME, NOW, date(2026, 3, 2))]
    assert (answer.json(), answer.headers["etag"]) == ({"name": "a", "version": 3}, '"3"')


def test_nothing_to_say_is_204(app: FastAPI) -> None:
    answer = served(app, lambda _: None).post("/things")
    assert (answer.status_code, answer.content) == (204, b"")


def test_bytes_and_answers_of_their_own_leave_as_they_are(app: FastAPI) -> None:
    raw = served(app, lambda _: Raw(b"<a/>", headers={"X-Own": "1"})).post("/things")
    assert (raw.content, raw.headers["content-type"], raw.headers["x-own"]) == (b"<a/>", "application/xml", "1")


def test_an_answer_may_have_a_status_of_its_own(app: FastAPI) -> None:
    answer = served(app, lambda _: Answer(Thing(name="a"), 202, {"X-Own": "1"})).post("/things")
    assert (answer.status_code, answer.headers["x-own"], answer.headers["etag"]) == (202, "1", '"3"')


def test_a_refusal_takes_back_what_the_step_did(app: FastAPI, database: Database) -> None:
    def step(call: Call[Me]) -> None:
        keep(call)
        call.session.flush()
        raise Conflict("no")

    assert served(app, step).post("/things").status_code == 409
    assert rows(database) == 0


def test_reading_writes_nothing(app: FastAPI, database: Database) -> None:
    def step(call: Call[Me]) -> None:
        keep(call)
        call.session.flush()

    assert served(app, step, method="GET").get("/things").status_code == 500
    assert rows(database) == 0


def test_a_key_makes_a_request_safe_to_repeat(app: FastAPI, database: Database) -> None:
    turns: list[int] = []

    def step(call: Call[Me]) -> Raw:
        turns.append(1)
        keep(call, f"{len(turns)}")
        return Raw(b"<a/>")

    client = served(app, step, 201)
    first, again = (client.post("/things", {}, key="k") for _ in range(2))
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, b"<a/>")
    assert again.headers["content-type"] == "application/xml"
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    assert "etag" not in again.headers
    assert rows(database) == len(turns) == 1


def test_nothing_to_say_is_said_again(app: FastAPI) -> None:
    client = served(app, lambda _: None)
    first, again = (client.post("/things", {}, key="k") for _ in range(2))
    assert (first.status_code, again.status_code, again.headers["idempotent-replayed"]) == (204, 204, "true")


def test_what_creates_needs_a_key_when_it_is_json(app: FastAPI) -> None:
    client = served(app, lambda _: Thing(name="a"), 201)
    without = client.send("POST", "/things", json={})
    assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_missing")
    assert client.upload("/things", b"<a/>").status_code == 201


def test_a_key_on_a_reading_request_is_nothing(app: FastAPI) -> None:
    client = served(app, lambda _: Thing(name="a"), method="GET")
    for _ in range(2):
        answer = client.get("/things", headers={"Idempotency-Key": "k"})
        assert (answer.status_code, "idempotent-replayed" in answer.headers) == (200, False)


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Bearer", "Bearer "])
def test_without_a_token_nobody_asks(app: FastAPI, header: str | None) -> None:
    served(app, lambda _: None)
    headers = {"Authorization": header} if header is not None else {}
    answer = Client(app).send("POST", "/things", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")


def test_an_event_says_who_did_it_on_whose_behalf(database: Database) -> None:
    def step(session: Session) -> None:
        call = Call(session, Me(ME, UUID(int=2)), NOW, "r-1")
        call.audit("thing.done", chain=UUID(int=3), entity="thing", entity_id=UUID(int=4), facts={"a": "1"})

    database.run(step)
    event = database.run(lambda session: session.exec(select(AuditEvent)).one())
    assert (event.actor_id, event.on_behalf_of, event.request_id) == (ME, UUID(int=2), "r-1")


@pytest.mark.parametrize(
    ("accept", "xml"),
    [
        ("application/xml", True),
        ("text/xml;q=0.5", True),
        ("text/html, application/xml", True),
        ("application/json, application/xml", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_xml_is_given_to_who_names_it_first(accept: str, xml: bool) -> None:
    assert wants_xml(accept) is xml
