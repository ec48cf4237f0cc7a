"""The service as a whole: its health, its worker thread, and what every answer carries."""

import asyncio
import time
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from app.kit import audit
from app.kit.audit import AuditEvent
from app.kit.config import Settings
from app.kit.db import Database
from app.main import create_app
from tests.client import Client
from tests.world import NOON, World


def settings(database: Database, folder: Path, *, worker: bool) -> Settings:
    url = database.engine.url.render_as_string(hide_password=False)
    return Settings(database_url=url, data_folder=folder, embedded_worker=worker)


def unsealed(database: Database) -> int:
    query = select(AuditEvent).where(AuditEvent.hash == None)  # noqa: E711 - SQL's IS NULL
    return len(database.run(lambda session: session.exec(query).all()))


@pytest.mark.parametrize("worker", [True, False])
def test_the_worker_lives_as_long_as_the_application(database: Database, tmp_path: Path, worker: bool) -> None:
    one = UUID(int=1)
    database.run(
        lambda session: audit.record(session, "a.b", chain=one, entity="e", entity_id=one, now=NOON, actor_id=None)
    )
    app = create_app(settings(database, tmp_path, worker=worker))

    async def live() -> None:
        async with app.router.lifespan_context(app):
            for _ in range(400 if worker else 0):
                if unsealed(database) == 0:
                    break
                await asyncio.to_thread(time.sleep, 0.05)

    asyncio.run(live())
    assert unsealed(database) == (0 if worker else 1)


def test_a_process_lives_and_is_ready_when_its_database_answers(world: World) -> None:
    client = Client(world.app)
    for path in ("/health/live", "/health/ready"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_process_without_its_database_lives_but_is_not_ready(tmp_path: Path) -> None:
    nowhere = Settings(database_url="postgresql://nobody@127.0.0.1:1/none", data_folder=tmp_path)
    client = Client(create_app(nowhere))
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "the database does not answer"})


@pytest.mark.parametrize("path", ["/nothing", "/orders/x/y/z"])
def test_a_path_that_is_none_is_a_problem_with_an_id(world: World, path: str) -> None:
    answer = world.client("buyer").get(path, headers={"X-Request-ID": "r-1"})
    assert (answer.status_code, answer.json()["code"], answer.json()["request_id"]) == (404, "no_such_path", "r-1")
    assert answer.headers["x-request-id"] == "r-1"


def test_a_method_that_is_none_says_which_are(world: World) -> None:
    answer = world.client("buyer").send("PUT", "/orders", json={})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["allow"] or "GET" in answer.headers["allow"]


def test_bodies_have_their_limits(database: Database, tmp_path: Path) -> None:
    small = Settings(
        database_url=database.engine.url.render_as_string(hide_password=False),
        data_folder=tmp_path,
        body_limit=100,
        document_limit=1000,
        demo_issuer=True,
    )
    client = Client(create_app(small), lambda: "anna")
    for path, size in (("/orders", 101), ("/match", 1001), ("/documents", 1001)):
        answer = client.send("POST", path, headers={"Content-Type": "application/json"}, content=b" " * size)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large"), path
