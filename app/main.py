"""The application: engine, routers, problem handlers; nothing else."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app.assembly import COSTS, PARTS, worker_of
from app.kit import health, problems
from app.kit.clock import Clock, clock_from
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.edge import Edge
from app.kit.limits import limits_from
from app.kit.tokens import verifier_from
from app.organisations import key_checking

GARBAGE = 50_000, 20, 100
"""How many objects come before the garbage collector looks at the young, and how often at older ones: all that belongs
to a document of thousands of lines is alive until it is answered, and is looked at in vain.
"""

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
        generate_unique_id_function=_operation_id,
    )
    app.state.settings = settings
    app.state.clock = clock or clock_from(settings.clock)
    app.state.database = Database(settings.database_url)
    app.state.tokens = verifier_from(settings, app.state.clock)
    app.state.keys = key_checking.verify
    app.state.limits = limits_from(settings, COSTS)
    problems.install(app)
    app.include_router(health.router)
    for part in PARTS:
        # On the routers, not on the application: its own limit stands outside every middleware.
        app.include_router(part.router, max_body_size=part.limit(settings))
    app.add_middleware(Edge)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    worker = worker_of(settings, app.state.database, app.state.clock)
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    if settings.embedded_worker:
        worker.start()
    yield
    worker.stop()
    app.state.database.close()


def _operation_id(route: APIRoute) -> str:
    return route.name
