"""The command `prokura`: each of its words, what it prints, and with which status it ends."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from sqlalchemy import text
from sqlmodel import select
from typer.testing import CliRunner, Result

from app import cli as command
from app.kit import audit, jobs
from app.kit.audit import AuditEvent
from app.kit.db import Database
from app.kit.demo_issuer import NAME as DEMO_ISSUER
from app.kit.jobs import Job
from tests.samples import FOLDER

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def environment(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the settings of this process to the test's database and to a folder of its own."""
    monkeypatch.setenv("PROKURA_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PROKURA_DATA_FOLDER", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, env: Mapping[str, str] | None = None) -> Result:
    return CliRunner(env=dict(env or {})).invoke(command.cli, words)


def init(name: str = "Staten") -> Result:
    return run("init", "--name", name, "--subject", "anna", "--issuer", DEMO_ISSUER)


@pytest.mark.usefixtures("environment")
def test_init_makes_the_root_and_its_administrator_once(database: Database) -> None:
    made = init()
    assert made.exit_code == 0, made.output
    assert "Staten" in made.output
    assert "administrator" in made.output
    with pytest.raises(Exception, match="there is a root organisation already"):
        raise init().exception or AssertionError("the second one passed")


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("name", ["Staten [/b]", "[bold]Staten"])
def test_a_name_is_printed_as_it_is_written(name: str, database: Database) -> None:
    made = init(name)
    assert (made.exit_code, name in made.output) == (0, True)


def test_init_brings_an_empty_database_up_to_date(tmp_path: Path) -> None:
    made = CliRunner(env={"PROKURA_DATABASE_URL": f"sqlite:///{tmp_path / 'new' / 'prokura.db'}"}).invoke(
        command.cli, ["init", "--name", "Staten", "--subject", "anna", "--issuer", "https://login.example"]
    )
    assert made.exit_code == 0, made.output
    assert (tmp_path / "new" / "prokura.db").exists()


@pytest.mark.parametrize("words", [("serve",), ("worker",), ("audit", "verify")])
def test_without_its_tables_nothing_starts(tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = run(*words, env={"PROKURA_DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"})
    assert ended.exit_code == 1
    assert "prokura migrate" in ended.output.replace("\n", "")


def test_migrate_updates_a_database_and_then_it_is_current(tmp_path: Path) -> None:
    env = {"PROKURA_DATABASE_URL": f"sqlite:///{tmp_path / 'prokura.db'}"}
    assert run("migrate", env=env).exit_code == 0
    assert run("migrate", env=env).exit_code == 0
    assert run("audit", "verify", env=env).exit_code == 0


def test_models_and_migrations_agree() -> None:
    # A process of its own: some tests add tables of their own to the metadata of theirs.
    command = [sys.executable, "-m", "app.cli", "migrate", "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert checked.returncode == 0, checked.stderr


@pytest.mark.usefixtures("environment")
def test_a_token_is_minted_for_the_demo_alone(database: Database) -> None:
    refused = run("token", "anna")
    assert (refused.exit_code, "PROKURA_DEMO_ISSUER" in refused.output) == (1, True)
    minted = run("token", "anna", "--hours", "1", env={"PROKURA_DEMO_ISSUER": "true"})
    assert minted.exit_code == 0
    assert minted.output.count(".") == 2


def test_a_valid_document_passes_and_a_broken_one_ends_with_one(tmp_path: Path) -> None:
    good = FOLDER / "invoice.xml"
    assert run("validate", str(good)).exit_code == 0
    broken = tmp_path / "broken.xml"
    broken.write_bytes(good.read_bytes().replace(b"<cbc:UBLVersionID>2.1", b"<cbc:UBLVersionID>3.0"))
    found = run("validate", "--json", str(good), str(broken))
    assert found.exit_code == 1
    reports: dict[str, Any] = json.loads(found.output)
    assert "F-LIB001" in json.dumps(reports)
    assert run("validate", str(tmp_path / "none.xml")).exit_code == 2


def test_the_trail_is_verified(database: Database, environment: Path) -> None:
    assert init().exit_code == 0
    database.run(audit.seal)
    whole = run("audit", "verify")
    assert (whole.exit_code, "whole: 1 sealed, 0 waiting" in whole.output.replace("\n", " ")) == (0, True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_trail_that_was_tampered_with_ends_with_one(database: Database, environment: Path) -> None:
    assert init().exit_code == 0
    database.run(audit.seal)

    def tamper(session: Any) -> None:
        session.connection().execute(text("DROP TRIGGER audit_event_is_final_on_update"))
        session.connection().execute(text("UPDATE audit_event SET action = 'nothing.happened'"))

    database.run(tamper)
    broken = run("audit", "verify")
    assert (broken.exit_code, "BROKEN" in broken.output) == (1, True)
    assert "does not follow" in broken.output.replace("\n", " ")


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_works_until_it_is_asked_to_end(database: Database, number: signal.Signals) -> None:
    """Told to end while it idles: everything that waited is done by then."""
    chain = UUID(int=7)
    database.run(lambda session: jobs.enqueue(session, "match.rematch", "a", {"order_id": str(chain)}, NOW))
    database.run(
        lambda session: audit.record(session, "a.b", chain=chain, entity="e", entity_id=chain, now=NOW, actor_id=None)
    )

    def is_done() -> bool:
        found = database.run(lambda session: (session.exec(select(Job)).one(), session.exec(select(AuditEvent)).one()))
        return found[0].finished_at is not None and found[1].hash is not None

    def ask_to_end() -> None:
        for _ in range(400):
            if is_done():
                break
            time.sleep(0.05)
        os.kill(os.getpid(), number)

    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    watching = threading.Thread(target=ask_to_end)
    watching.start()
    try:
        ended = run("worker")
    finally:
        watching.join()
        for one, handler in before.items():
            signal.signal(one, handler)
    assert ended.exit_code == 0, ended.output
    assert is_done()


@pytest.mark.usefixtures("environment")
def test_serve_starts_the_application_where_it_is_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(uvicorn, "run", lambda _, **given: asked.append(given))
    assert run("serve", "--host", "0.0.0.0", "--port", "9000", "--workers", "2").exit_code == 0  # noqa: S104 - a value
    ((given),) = asked
    assert (given["host"], given["port"], given["workers"], given["factory"]) == ("0.0.0.0", 9000, 2, True)  # noqa: S104


def test_a_refusal_is_a_message_and_no_trace(
    database: Database, environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init().exit_code == 0
    words = ["prokura", "init", "--name", "Igen", "--subject", "b", "--issuer", "c"]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    assert "already_founded: there is a root organisation already" in capsys.readouterr().err.replace("\n", " ")


def test_a_setting_that_does_not_fit_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROKURA_BODY_LIMIT", "much")
    monkeypatch.setattr("sys.argv", ["prokura", "token", "anna"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    assert "PROKURA_BODY_LIMIT" in capsys.readouterr().err


def test_help_names_every_word() -> None:
    told = run("--help").output
    assert all(word in told for word in ("init", "serve", "worker", "migrate", "token", "validate", "demo", "audit"))
