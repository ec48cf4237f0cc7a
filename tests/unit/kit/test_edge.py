"""The edge: an id and plain headers on every answer, and a problem where the server alone would say it in text."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from app.kit.edge import Edge, Message, Receive, Scope, Send


def answered(
    messages: Sequence[dict[str, Any]],
    headers: Sequence[tuple[bytes, bytes]] = (),
    kind: str = "http",
    scheme: str = "http",
) -> tuple[Scope, list[Message]]:
    scope: Scope = {"type": kind, "scheme": scheme, "path": "/me", "headers": list(headers)}
    sent: list[Message] = []

    async def app(_: Scope, __: Receive, send: Send) -> None:
        for message in messages:
            await send(dict(message))

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Edge(app)(scope, receive, send))
    return scope, sent


def start(status: int, content_type: bytes = b"application/json") -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": [(b"content-type", content_type)]}


def body(content: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content}


def header(message: Message, name: bytes) -> str:
    return dict(message["headers"])[name].decode()


def test_the_callers_id_is_said_again() -> None:
    scope, (first, second) = answered([start(200), body(b"{}")], [(b"x-request-id", b"abc-1")])
    assert scope["request_id"] == header(first, b"x-request-id") == "abc-1"
    assert header(first, b"x-content-type-options") == "nosniff"
    assert second["body"] == b"{}"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_only_an_answer_by_https_asks_for_https(scheme: str) -> None:
    _, (first, _) = answered([start(200), body(b"{}")], scheme=scheme)
    assert (b"strict-transport-security" in dict(first["headers"])) == (scheme == "https")


def test_what_an_answer_says_itself_is_left() -> None:
    own = {**start(200), "headers": [(b"cache-control", b"max-age=60"), (b"content-security-policy", b"sandbox")]}
    _, (first, _) = answered([own, body(b"{}")])
    said = header(first, b"cache-control"), header(first, b"content-security-policy")
    assert said == ("max-age=60", "sandbox")


@pytest.mark.parametrize("given", [b"", "æ".encode("latin-1"), b"a\tb", b"\x07"])
def test_an_id_that_is_none_becomes_a_new_one(given: bytes) -> None:
    scope, _ = answered([start(200)], [(b"x-request-id", given)])
    assert len(scope["request_id"]) == 36


def test_a_long_id_is_cut() -> None:
    scope, _ = answered([start(200)], [(b"x-request-id", b"a" * 500)])
    assert scope["request_id"] == "a" * 80


def test_a_body_too_large_is_told_as_a_problem() -> None:
    _, (first, second) = answered(
        [start(413, b"text/plain; charset=utf-8"), body(b"Content "), body(b"Too Large")], [(b"x-request-id", b"r-1")]
    )
    problem = json.loads(second["body"])
    assert header(first, b"content-type") == "application/problem+json"
    assert int(header(first, b"content-length")) == len(second["body"])
    assert (problem["status"], problem["code"], problem["request_id"]) == (413, "body_too_large", "r-1")


def test_a_problem_of_our_own_is_left_as_it_is() -> None:
    _, sent = answered([start(413, b"application/problem+json"), body(b'{"code": "ours"}')])
    assert sent[1]["body"] == b'{"code": "ours"}'


def test_what_is_no_request_passes() -> None:
    scope, sent = answered([{"type": "lifespan.startup.complete"}], kind="lifespan")
    assert sent == [{"type": "lifespan.startup.complete"}]
    assert "request_id" not in scope
