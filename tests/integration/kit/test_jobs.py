"""Jobs: queued once, run by one worker, tried again, given up, and never lost."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.idempotency import StoredAnswer
from app.kit.jobs import LEASE, MOST_ATTEMPTS, Handler, Job, JobState, Work, claim, enqueue, open_jobs, run_next

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def queue(database: Database, *keys: str, payload: Mapping[str, Any] | None = None) -> None:
    for key in keys:
        database.run(lambda session, key=key: enqueue(session, "test", key, payload or {}, NOW))


def jobs(database: Database) -> list[Job]:
    return list(database.run(lambda session: session.exec(select(Job).order_by(Job.queued_at, Job.id)).all()))


def job(database: Database) -> Job:
    [only] = jobs(database)
    return only


def work(database: Database, clock: FixedClock, handler: Handler) -> bool:
    return run_next(database, {"test": handler}, clock.now)


def leaves_a_mark(work: Work) -> None:
    """Have an effect in the job's transaction."""
    work.session.add(
        StoredAnswer(caller="job", operation="o", key=f"{work.payload}", fingerprint="f", answered_at=work.now)
    )


def marks(database: Database) -> int:
    return len(database.run(lambda session: session.exec(select(StoredAnswer)).all()))


def fails(_: Work) -> None:
    raise RuntimeError("the shop is\0closed")


def test_a_job_is_run_with_its_payload_and_has_succeeded(database: Database, clock: FixedClock) -> None:
    queue(database, "a", payload={"order": "7"})
    seen: list[tuple[dict[str, Any], datetime]] = []

    assert work(database, clock, lambda work: seen.append((dict(work.payload), work.now)))

    assert seen == [({"order": "7"}, NOW)]
    assert (job(database).state, job(database).attempts, job(database).finished_at) == (JobState.SUCCEEDED, 1, NOW)
    assert job(database).lease_until is None
    assert not work(database, clock, fails)


def test_jobs_are_run_in_the_order_they_were_due(database: Database, clock: FixedClock) -> None:
    for minutes, key in ((2, "late"), (0, "early"), (1, "middle")):
        at = NOW + timedelta(minutes=minutes)
        database.run(lambda session, key=key, at=at: enqueue(session, "test", key, {"key": key}, at))
    seen: list[str] = []

    assert work(database, clock, lambda work: seen.append(work.payload["key"]))
    assert not work(database, clock, fails)
    clock.advance(timedelta(minutes=2))
    while work(database, clock, lambda work: seen.append(work.payload["key"])):
        pass

    assert seen == ["early", "middle", "late"]


def test_asking_again_is_the_same_job_with_the_newer_payload(database: Database) -> None:
    queue(database, "a", payload={"n": 1})
    queue(database, "a", payload={"n": 2})
    queue(database, "b")

    assert sorted((one.key, one.payload.get("n")) for one in jobs(database)) == [("a", 2), ("b", None)]


def test_asking_while_it_runs_is_another_job(database: Database, clock: FixedClock) -> None:
    """What made somebody ask may have come too late for the one that runs."""
    queue(database, "a")

    assert work(database, clock, lambda _: None)
    queue(database, "a")
    database.run(lambda session: claim(session, NOW))
    queue(database, "a")

    assert sorted(one.state for one in jobs(database)) == [JobState.QUEUED, JobState.RUNNING, JobState.SUCCEEDED]


def test_many_who_ask_at_once_get_one_job_and_no_error(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: queue(database, "a"), range(24)))

    assert len(jobs(database)) == 1


def test_a_job_cannot_run_before_who_asked_for_it_again_has_committed(database: Database, clock: FixedClock) -> None:
    """Else it would miss what that transaction is about to commit, and nobody would look again."""
    queue(database, "a")
    has_asked, let_go = threading.Event(), threading.Event()

    def asks_again(session: Session) -> None:
        leaves_a_mark(Work(session, {}, NOW))
        enqueue(session, "test", "a", {}, NOW)
        session.flush()
        has_asked.set()
        assert let_go.wait(20)

    seen: list[int] = []
    with ThreadPoolExecutor(2) as threads:
        asking = threads.submit(database.run, asks_again)
        assert has_asked.wait(20)
        running = threads.submit(work, database, clock, lambda work: seen.append(len(_marks(work.session))))
        if not database.is_sqlite:
            assert running.result(timeout=30) is False, "the locked job is skipped"
        let_go.set()
        asking.result(timeout=30)
        running.result(timeout=30)
    while work(database, clock, lambda work: seen.append(len(_marks(work.session)))):
        pass

    assert seen == [1]


def _marks(session: Session) -> list[StoredAnswer]:
    return list(session.exec(select(StoredAnswer)).all())


def test_a_handler_that_raises_leaves_nothing_but_the_job(database: Database, clock: FixedClock) -> None:
    queue(database, "a")

    def half_way(work: Work) -> None:
        leaves_a_mark(work)
        work.session.flush()
        fails(work)

    assert work(database, clock, half_way)

    assert marks(database) == 0
    assert (job(database).state, job(database).attempts) == (JobState.FAILED, 1)
    assert job(database).last_error == "RuntimeError: the shop isclosed"
    assert job(database).finished_at is None


def test_a_failed_job_is_tried_again_later_and_later(database: Database, clock: FixedClock) -> None:
    queue(database, "a")
    pauses = []
    for _ in range(3):
        assert work(database, clock, fails)
        pauses.append((job(database).run_at - clock.now()).total_seconds())
        assert not work(database, clock, fails)
        clock.at = job(database).run_at

    assert all(0.8 * due <= pause <= 1.2 * due for pause, due in zip(pauses, (5, 10, 20), strict=True))
    assert work(database, clock, lambda _: None)
    assert (job(database).state, job(database).attempts) == (JobState.SUCCEEDED, 4)


def test_a_failed_job_is_in_nobodys_way(database: Database, clock: FixedClock) -> None:
    """The same one was asked for while it ran: both remain to be run."""
    queue(database, "a")

    def asked_again_meanwhile(work: Work) -> None:
        queue(database, "a")
        fails(work)

    if database.is_sqlite:  # its one writer is the handler itself
        assert work(database, clock, fails)
        queue(database, "a")
    else:
        assert work(database, clock, asked_again_meanwhile)

    assert sorted(one.state for one in jobs(database)) == [JobState.FAILED, JobState.QUEUED]
    assert database.run(open_jobs) == 2


def test_after_eight_attempts_a_job_is_dead(database: Database, clock: FixedClock) -> None:
    queue(database, "a")
    for _ in range(MOST_ATTEMPTS):
        assert work(database, clock, fails)
        clock.advance(timedelta(hours=1))

    assert (job(database).state, job(database).attempts) == (JobState.DEAD, 8)
    assert job(database).finished_at is not None
    assert not work(database, clock, fails)
    assert database.run(open_jobs) == 0


def test_a_kind_without_a_handler_fails_and_says_so(database: Database, clock: FixedClock) -> None:
    queue(database, "a")

    assert run_next(database, {}, clock.now)

    assert job(database).last_error == "KeyError: 'test'"


def test_a_worker_that_died_loses_its_lease_and_the_job_is_run_by_another(
    database: Database, clock: FixedClock
) -> None:
    queue(database, "a")
    assert database.run(lambda session: claim(session, clock.now())) is not None

    clock.advance(LEASE - timedelta(seconds=1))
    assert not work(database, clock, fails)
    clock.advance(timedelta(seconds=1))
    assert work(database, clock, leaves_a_mark)

    assert (job(database).state, job(database).attempts, marks(database)) == (JobState.SUCCEEDED, 2, 1)


def test_a_job_that_kills_its_workers_is_dead_after_eight_and_holds_up_no_other(
    database: Database, clock: FixedClock
) -> None:
    queue(database, "deadly")
    for _ in range(MOST_ATTEMPTS):
        assert database.run(lambda session: claim(session, clock.now())) is not None
        clock.advance(LEASE)
    database.run(lambda session: enqueue(session, "test", "harmless", {}, clock.now()))

    assert work(database, clock, lambda _: None)

    assert {one.key: one.state for one in jobs(database)} == {"deadly": JobState.DEAD, "harmless": JobState.SUCCEEDED}
    assert jobs(database)[0].last_error == "its worker did not come back"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("successor_is_done", [True, False])
def test_a_slow_worker_leaves_nothing_behind_when_another_has_its_job(
    database: Database, clock: FixedClock, successor_is_done: bool
) -> None:
    """Its lease ran out and another worker took the job: the two together must not have the effect twice."""
    queue(database, "a")
    is_slow, let_go = threading.Event(), threading.Event()

    def slow(work: Work) -> None:
        is_slow.set()
        assert let_go.wait(20)
        leaves_a_mark(work)

    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(work, database, clock, slow)
        assert is_slow.wait(20)
        clock.advance(LEASE)
        if successor_is_done:
            assert work(database, clock, lambda _: None)
        else:
            assert database.run(lambda session: claim(session, clock.now())) is not None
        let_go.set()
        assert first.result(timeout=30)

    state = JobState.SUCCEEDED if successor_is_done else JobState.RUNNING
    assert (job(database).state, job(database).attempts, job(database).last_error) == (state, 2, None)
    assert marks(database) == 0


def test_two_workers_never_take_the_same_job(database: Database) -> None:
    for number in range(20):
        queue(database, f"{number}")
    all_start = threading.Barrier(4, timeout=20)

    def takes_all(_: int) -> list[str]:
        all_start.wait()
        taken = []
        while (found := database.run(lambda session: claim(session, NOW))) is not None:
            taken.append(found.key)
        return taken

    with ThreadPoolExecutor(4) as threads:
        taken = [key for keys in threads.map(takes_all, range(4)) for key in keys]

    assert sorted(taken, key=int) == [f"{number}" for number in range(20)]


def test_open_jobs_are_those_that_wait_or_run(database: Database, clock: FixedClock) -> None:
    queue(database, "a", "b", "c")
    assert database.run(open_jobs) == 3
    database.run(lambda session: claim(session, NOW))
    assert database.run(open_jobs) == 3
    assert work(database, clock, lambda _: None)
    assert database.run(open_jobs) == 2
