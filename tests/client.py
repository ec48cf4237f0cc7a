"""A caller of the service: HTTP requests against the application itself, each with a token and a key of its own."""

import asyncio
from collections.abc import Callable, Mapping
from functools import cache
from itertools import count
from threading import Thread
from typing import Any

import httpx
from fastapi import FastAPI

OIOUBL = "application/xml"

_numbers = count(1)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Give one loop for all requests, in a thread of its own: what the service keeps by thread is then made once."""
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, daemon=True).start()
    return loop


class Client:
    """Sends requests as one caller; `token` is asked before each request, so that it is never older than the clock.
    `always` are headers of every request.
    """

    def __init__(
        self, app: FastAPI, token: Callable[[], str] | None = None, always: Mapping[str, str] | None = None
    ) -> None:
        self._app = app
        self._token = token
        self._always = always or {}

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, **params: Any) -> httpx.Response:
        return self.send("GET", path, headers=headers, params=params)

    def post(
        self, path: str, json: Any = None, *, key: str | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send JSON with an `Idempotency-Key`: a new one unless the test wants its own."""
        own = {"Idempotency-Key": key or f"key-{next(_numbers)}"}
        return self.send("POST", path, headers={**own, **(headers or {})}, json=json)

    def upload(
        self, path: str, content: bytes, media_type: str = OIOUBL, *, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send a document."""
        return self.send("POST", path, headers={"Content-Type": media_type, **(headers or {})}, content=content)

    def delete(self, path: str, *, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self.send("DELETE", path, headers=headers)

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **content: Any
    ) -> httpx.Response:
        signed = {"Authorization": f"Bearer {self._token()}"} if self._token is not None else {}
        sending = self._send(method, path, {**signed, **self._always, **(headers or {})}, content)
        return asyncio.run_coroutine_threadsafe(sending, _loop()).result()

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str], content: Mapping[str, Any]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://prokura.test") as http:
            return await http.request(method, path, headers=dict(headers), **content)
