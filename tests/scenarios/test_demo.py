"""The demo and the processes that it starts: the whole story over HTTP, and servers that come and go as told."""

import io
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from rich.console import Console
from sqlmodel import select
from typer.testing import CliRunner

from app.cli import cli
from app.demo import run, shopping
from app.demo.institution import Institution
from app.demo.server import ADDRESS, COMMAND, ServerStartError, environment, found, serving
from app.demo.stage import Stage, StepError
from app.kit import audit
from app.kit.audit import AuditEvent
from app.kit.db import Database
from tests.servers import says
from tests.servers import serving as answering

A_MINUTE = 60


def steps(told: str) -> list[int]:
    return [int(number) for number in re.findall(r"^ ?(\d{1,2})  \S", told, flags=re.MULTILINE)]


def test_the_demo_plays_every_step_and_ends_well() -> None:
    played = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "demo"], capture_output=True, text=True, timeout=A_MINUTE, check=False
    )
    assert played.returncode == 0, played.stdout + played.stderr
    assert "✗" not in played.stdout
    assert "Every step did what it should." in played.stdout
    counted = steps(played.stdout)
    assert counted == list(range(1, len(counted) + 1))
    assert len(counted) >= 45
    sent = re.findall(r"✓ ([A-Z]+) order \d+ of [0-9.]+ DKK is SENT", played.stdout)
    assert set(sent) == {"CATALOGUE", "CONFIGURABLE", "TEXT", "STANDING"}


def test_the_demo_ends_with_one_and_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a worker nothing leaves: the step that waits for the test order is the one that fails."""
    monkeypatch.setenv("PROKURA_EMBEDDED_WORKER", "false")
    monkeypatch.setattr("app.demo.stage.PATIENCE_SECONDS", 1)
    played = CliRunner().invoke(cli, ["demo"])
    assert played.exit_code == 1
    assert "✗ test order TEST-1 has left" in played.output
    assert "Every step did what it should." not in played.output


def test_the_story_plays_in_this_process_too() -> None:
    played = CliRunner().invoke(cli, ["demo"])
    assert (played.exit_code, "Every step did what it should." in played.output) == (0, True), played.output


def test_a_demo_that_stays_prints_tokens_that_open_the_doors_and_keeps_what_it_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, addresses = io.StringIO(), []

    def interrupted() -> None:
        printed = told.getvalue()
        address = re.findall(r"(http://127\.0\.0\.1:\d+)/docs", printed)[-1]
        token = re.findall(r"^indkoeber \(BUYER\)\n(\S+)$", printed, flags=re.MULTILINE)[-1]
        answer = httpx.get(f"{address}/me", headers={"Authorization": f"Bearer {token}"})
        addresses.append((answer.status_code, len(answer.json()["grants"])))
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "threading", SimpleNamespace(Event=lambda: SimpleNamespace(wait=interrupted)))
    for _ in range(2):
        run.stay(Console(file=told, width=2000), tmp_path, 0)
    assert addresses == [(200, 1), (200, 1)]
    assert told.getvalue().count("stopping") == 2


def test_the_command_stays_until_it_is_interrupted(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with out.open("wb") as written:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, "demo", "--stay", "--port", "0"],
            env=os.environ | {"PROKURA_DATA_FOLDER": str(tmp_path), "COLUMNS": "2000"},
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    with _ending(process):
        _until(lambda: "revisor (AUDITOR)" in out.read_text(), process)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=A_MINUTE) == 0
    assert "stopping" in out.read_text()


@contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _until(happened: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        if happened():
            return
        assert process.poll() is None, "it ended before its time"
        time.sleep(0.05)
    raise AssertionError("it did not happen")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found(tmp_path, "Staten", "administrator")
    return tmp_path


def start(folder: Path, *words: str, **settings: str) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as written:
        return subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, *words], env=environment(folder) | settings, stderr=written
        )


def test_a_server_starts_on_a_port_of_the_systems_and_ends_when_told(folder: Path) -> None:
    process = start(folder, "serve", "--port", "0")
    with _ending(process):
        _until(lambda: ADDRESS.search((folder / "log").read_text()), process)
        address = ADDRESS.search((folder / "log").read_text())
        assert address is not None
        for path in ("/health/live", "/health/ready"):
            answer = httpx.get(f"{address.group(1)}{path}")
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        process.terminate()
        ended = process.wait(timeout=A_MINUTE)
    assert ended in (0, -signal.SIGTERM)
    assert "Traceback" not in (folder / "log").read_text()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address.group(1)}/health/live")


def test_a_worker_of_its_own_works_until_it_is_told_to_end(folder: Path) -> None:
    database = Database(f"sqlite:///{folder / 'prokura.db'}")
    process = start(folder, "worker")

    def is_sealed() -> bool:
        events = database.run(lambda session: session.exec(select(AuditEvent)).all(), write=False)
        return bool(events) and all(event.hash is not None for event in events)

    with _ending(process):
        _until(is_sealed, process)
        process.terminate()
        assert process.wait(timeout=A_MINUTE) == 0
    (check,) = database.run(audit.verify, write=False)
    assert (check.faults, check.sealed, check.unsealed) == ((), 1, 0)
    database.close()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServerStartError, match="not up to date"), serving(tmp_path):
        raise AssertionError("it started")


def test_a_step_that_fails_names_what_came_back(tmp_path: Path) -> None:
    told = io.StringIO()
    with answering(says(b'{"errors": ["[/lines/0]"]}', status=500)) as server:
        http = httpx.Client(base_url=f"http://127.0.0.1:{server.server_address[1]}")
        with http:
            stage = Stage(http, lambda who: who, Console(file=told, width=200))
            with pytest.raises(StepError, match=r"expected 200, got 500: .*lines/0"):
                stage.get("anna", "/orders")
    assert "GET /orders → 500" in told.getvalue()
    with pytest.raises(StepError, match="water is dry"):
        stage.must("water is dry", holds=False)


def test_what_is_shown_is_shown_as_it_is() -> None:
    told = io.StringIO()
    stage = Stage(httpx.Client(), str, Console(file=told, width=200))
    stage.http.close()
    stage.say("[/b] 100 %")
    stage.document("Order", b"\n".join(b"<line/>" for _ in range(20)))
    stage.document("Short", b"<?xml?>\n<Order>\n<line/>")
    printed = told.getvalue()
    assert "[/b] 100 %" in printed
    assert printed.count("…") == 1


def test_without_the_sample_shop_its_chapter_says_so_and_the_story_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shopping, "REPOSITORY", tmp_path)
    told = io.StringIO()
    with httpx.Client() as http:
        shopping.play(Stage(http, str, Console(file=told, width=200)), Institution("", "", "", "", ""), "")
    assert "is not installed; the story goes on" in told.getvalue()


def test_a_failure_is_printed_whatever_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise StepError("got 422: [/lines/0] is [bold]wrong")

    monkeypatch.setattr(run, "set_up", fails)
    told = io.StringIO()
    assert not run.play(Console(file=told, width=200))
    assert "✗ got 422: [/lines/0] is [bold]wrong" in told.getvalue()
