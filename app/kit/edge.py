"""The edge: what every answer carries, whichever part of the server made it."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders

from app.kit.edge_headers import guard
from app.kit.problems import PROBLEM_TYPE, too_large

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LONGEST_ID = 80
TOO_LARGE = 413


class Edge:
    """Gives each request an id, the caller's `X-Request-ID` or a new one, and says it in the answer, with what the
    request's parts have put into `told` of its scope.

    Starlette answers a body above its limit in plain text, past every error handler; here it becomes a problem.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")[:LONGEST_ID]
        scope["request_id"] = given if given and given.isascii() and given.isprintable() else str(uuid4())
        scope["told"] = {}
        await self._app(scope, receive, _Answering(scope, send))


class _Answering:
    """Sends one answer on, with the headers that each one has."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._request_id: str = scope["request_id"]
        self._send = send
        self._replaced = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif not self._replaced:
            await self._send(message)

    async def _start(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        self._replaced = message["status"] == TOO_LARGE and headers.get("content-type") != PROBLEM_TYPE
        body = json.dumps(too_large(self._request_id)).encode() if self._replaced else b""
        if self._replaced:
            headers["Content-Type"], headers["Content-Length"] = PROBLEM_TYPE, str(len(body))
        headers["X-Request-ID"] = self._request_id
        headers.update(self._scope["told"])
        guard(headers, self._scope.get("path", ""), is_https=self._scope.get("scheme") == "https")
        await self._send(message)
        if self._replaced:
            await self._send({"type": "http.response.body", "body": body})
