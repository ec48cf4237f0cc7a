"""The worker: its steps in turn, until it is told to stop, whatever one of them does."""

import logging
import threading

import pytest

from app.kit import worker as workers
from app.kit.worker import Worker


def test_every_step_gets_its_turn_until_none_has_work() -> None:
    left = {"a": 2, "b": 1}

    def step(name: str) -> bool:
        left[name] -= 1
        return left[name] >= 0

    worker = Worker([lambda: step("a"), lambda: step("b")])
    worker.work_until_idle()
    assert left == {"a": -1, "b": -2}
    assert not worker.work_once()


def test_a_step_that_stumbles_is_told_and_the_worker_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    turns: list[int] = []

    def stumbles() -> bool:
        turns.append(len(turns))
        if len(turns) == 1:
            raise ConnectionError("the database is gone")
        worker.stop_soon()
        return True

    worker = Worker([stumbles])
    with caplog.at_level(logging.ERROR, logger="prokura.worker"):
        worker.run()
    assert turns == [0, 1]
    assert "the worker stumbles" in caplog.text
    assert "the database is gone" in caplog.text


def test_a_step_with_work_goes_on_while_the_others_need_not_look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PAUSE_SECONDS", 3600)
    looks = {"busy": 0, "idle": 0}

    def busy() -> bool:
        looks["busy"] += 1
        if looks["busy"] == 5:
            worker.stop_soon()
        return True

    def idle() -> bool:
        looks["idle"] += 1
        return False

    worker = Worker([busy, idle])
    worker.run()
    assert looks == {"busy": 5, "idle": 1}


def test_a_thread_of_it_ends_after_the_present_piece_of_work() -> None:
    working, let_go, done = threading.Event(), threading.Event(), threading.Event()

    def slow() -> bool:
        working.set()
        assert let_go.wait(20)
        done.set()
        return True

    worker = Worker([slow])
    worker.start()
    assert working.wait(20)
    stopping = threading.Thread(target=worker.stop)
    stopping.start()
    assert not done.is_set()
    let_go.set()
    stopping.join(20)
    assert done.is_set()
    assert not stopping.is_alive()


def test_one_that_never_started_stops_at_once() -> None:
    worker = Worker([lambda: True])
    worker.stop()
    worker.run()
