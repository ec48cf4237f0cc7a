"""The application: engine, routers, problem handlers; nothing else."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders

from app.assembly import PARTS, worker_of
from app.kit import health, problems
from app.kit.clock import Clock, clock_from
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.tokens import verifier_from

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

DESCRIPTION = """Public institutions buy on shared agreements, and an invoice that agrees with its order is approved
without anyone touching it. Amounts are decimal strings, times are UTC, errors are `application/problem+json`."""


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> FastAPI:
    """Put the service together; everything it needs hangs on `app.state`."""
    settings = settings or Settings()
    app = FastAPI(
        title="Prokura",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=_lifespan,
        max_body_size=settings.body_limit,
        generate_unique_id_function=_operation_id,
    )
    app.state.settings = settings
    app.state.clock = clock or clock_from(settings.clock)
    app.state.database = Database(settings.database_url)
    app.state.tokens = verifier_from(settings, app.state.clock)
    problems.install(app)
    app.include_router(health.router)
    for part in PARTS:
        app.include_router(part.router, max_body_size=settings.document_limit if part.takes_documents else None)
    app.add_middleware(RequestIds)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    worker = worker_of(settings, app.state.database, app.state.clock)
    if settings.embedded_worker:
        worker.start()
    yield
    worker.stop()
    app.state.database.close()


def _operation_id(route: APIRoute) -> str:
    return route.name


class RequestIds:
    """Gives each request an id, the caller's `X-Request-ID` or a new one, and says it in the answer."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")[:80]
        scope["request_id"] = request_id = given if given.isprintable() and given else str(uuid4())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, send_with_id)
