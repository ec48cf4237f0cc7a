"""Long jobs: many short transactions under one lease, told of as they go, given up when asked, handed over when due."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.idempotency import StoredAnswer
from app.kit.jobs import LEASE, MOST_ATTEMPTS, About, Job, JobOver, JobState, cancel, claim, enqueue
from app.kit.shifts import FIRST_SIZE, GOOD, LEAST_SIZE, LongHandler, Pace, Shift, run_next_long

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def queue(database: Database) -> None:
    database.run(lambda session: enqueue(session, "long", "a", {"n": 3}, NOW, About(total=3)))


def job(database: Database) -> Job:
    return database.run(lambda session: session.exec(select(Job)).one(), write=False)


def mark(shift: Shift, number: int) -> None:
    """Do one step of a job: once, however often it is run."""

    def step(session: object) -> None:
        if session.get(StoredAnswer, ("job", "o", f"{number}")) is None:  # type: ignore[attr-defined]
            row = StoredAnswer(caller="job", operation="o", key=f"{number}", fingerprint="f", answered_at=NOW)
            session.add(row)  # type: ignore[attr-defined]

    shift.step(step, progress=number)


def marks(database: Database) -> int:
    return len(database.run(lambda session: session.exec(select(StoredAnswer)).all(), write=False))


def clears(shift: Shift) -> None:
    def step(session: object) -> None:
        for row in session.exec(select(StoredAnswer)):  # type: ignore[attr-defined]
            session.delete(row)  # type: ignore[attr-defined]

    shift.step(step)


def work(
    database: Database,
    clock: FixedClock,
    between: Callable[[int], None] = lambda _: None,
    stopping: threading.Event | None = None,
) -> bool:
    def run(shift: Shift) -> None:
        for number in range(1, shift.payload["n"] + 1):
            mark(shift, number)
            between(number)

    handlers = {"long": LongHandler(run=run, clear=clears)}
    return run_next_long(database, handlers, clock.now, stopping=stopping)


def test_each_step_is_committed_and_told_by_itself(database: Database, clock: FixedClock) -> None:
    queue(database)
    seen: list[tuple[int, int, JobState]] = []

    assert work(database, clock, lambda _: seen.append((marks(database), job(database).progress, job(database).state)))

    assert seen == [(1, 1, JobState.RUNNING), (2, 2, JobState.RUNNING), (3, 3, JobState.RUNNING)]
    assert (job(database).state, job(database).total, job(database).finished_at) == (JobState.SUCCEEDED, 3, NOW)
    assert not work(database, clock)


def test_each_step_renews_the_lease(database: Database, clock: FixedClock) -> None:
    queue(database)
    leases: list[datetime | None] = []

    def takes_long(_: int) -> None:
        leases.append(job(database).lease_until)
        clock.advance(LEASE - timedelta(seconds=1))

    work(database, clock, takes_long)

    first = NOW + LEASE
    assert leases == [first, first + LEASE - timedelta(seconds=1), first + 2 * LEASE - timedelta(seconds=2)]
    assert (job(database).state, job(database).attempts) == (JobState.SUCCEEDED, 1)


def test_a_step_of_a_job_that_another_has_by_now_commits_nothing(database: Database, clock: FixedClock) -> None:
    queue(database)

    def is_overtaken(number: int) -> None:
        if number == 1:
            clock.advance(LEASE)
            assert database.run(lambda session: claim(session, clock.now())) is not None

    assert work(database, clock, is_overtaken)

    assert (marks(database), job(database).progress) == (1, 1)
    assert (job(database).state, job(database).attempts, job(database).last_error) == (JobState.RUNNING, 2, None)


def test_a_job_is_given_up_between_two_steps_and_taken_back(database: Database, clock: FixedClock) -> None:
    queue(database)

    def cancels(number: int) -> None:
        if number == 2:
            database.run(lambda session: cancel(session.exec(select(Job)).one(), clock.now()))

    assert work(database, clock, cancels)

    assert (job(database).state, marks(database)) == (JobState.CANCELLED, 0)
    assert not work(database, clock)
    with pytest.raises(JobOver):
        database.run(lambda session: cancel(session.exec(select(Job)).one(), clock.now()))


def test_a_job_that_nobody_works_on_is_taken_back_at_once(database: Database, clock: FixedClock) -> None:
    queue(database)
    work(database, clock, lambda number: (_ for _ in ()).throw(RuntimeError("no")) if number == 2 else None)
    assert (job(database).state, marks(database)) == (JobState.FAILED, 2)
    assert not work(database, clock)

    database.run(lambda session: cancel(session.exec(select(Job)).one(), clock.now()))

    assert work(database, clock)
    assert (job(database).state, marks(database)) == (JobState.CANCELLED, 0)


def test_a_dead_job_can_still_be_taken_back(database: Database, clock: FixedClock) -> None:
    queue(database)
    for _ in range(MOST_ATTEMPTS):
        assert work(database, clock, lambda number: (_ for _ in ()).throw(RuntimeError("no")) if number == 2 else None)
        clock.advance(timedelta(hours=1))
    assert job(database).state == JobState.DEAD
    assert not work(database, clock)

    database.run(lambda session: cancel(session.exec(select(Job)).one(), clock.now()))

    assert work(database, clock)
    assert (job(database).state, marks(database)) == (JobState.CANCELLED, 0)


def test_taking_back_is_tried_again_and_then_given_up(database: Database, clock: FixedClock) -> None:
    queue(database)
    database.run(lambda session: cancel(session.exec(select(Job)).one(), clock.now()))

    def fails(_: Shift) -> None:
        raise RuntimeError("no")

    handlers = {"long": LongHandler(run=fails, clear=fails)}
    while run_next_long(database, handlers, clock.now):
        clock.advance(timedelta(hours=1))

    assert (job(database).state, job(database).attempts) == (JobState.DEAD, 2 * MOST_ATTEMPTS)


def test_a_worker_that_is_to_end_hands_the_job_over_at_once(database: Database, clock: FixedClock) -> None:
    queue(database)
    stopping = threading.Event()

    assert work(database, clock, lambda number: stopping.set() if number == 2 else None, stopping)

    assert (job(database).state, job(database).lease_until, job(database).last_error) == (JobState.FAILED, None, None)
    assert marks(database) == 2
    assert work(database, clock)
    assert (job(database).state, job(database).attempts, marks(database)) == (JobState.SUCCEEDED, 2, 3)


def test_a_step_does_as_much_as_nobody_minds_waiting_for(database: Database) -> None:
    pace = Pace(1000, database)
    if not database.is_sqlite:
        pace.took(100 * GOOD)
        assert pace.size == 1000
        return
    assert pace.size == FIRST_SIZE
    pace.took(2 * GOOD)
    assert pace.size == FIRST_SIZE // 2
    pace.took(GOOD // 4)
    assert pace.size == 2 * FIRST_SIZE
    pace.took(0)
    assert pace.size == 1000
    pace.took(1000 * GOOD)
    assert pace.size == LEAST_SIZE
    assert Pace(7, database).size == 7
