"""Long jobs: done in many short transactions, each under the job's lease, told of as they go, and given up when asked.

What a shift has committed stays: the next one goes on from there, whatever became of the worker. Two at the same job
never both write: a step begins by renewing the lease, and one that is not ours any more commits nothing.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlmodel import Session, select

from app.kit import jobs
from app.kit.db import Database
from app.kit.jobs import LEASE, Job, JobState, LeaseLost

Result = TypeVar("Result")

MILLISECOND: Final = 10**6
SECOND: Final = 10**9
GOOD: Final = 25 * MILLISECOND
"""How long a step should hold the writers' queue of SQLite, in nanoseconds."""

SHORTEST: Final = MILLISECOND
LONGEST_REST: Final = 100 * MILLISECOND
FIRST_SIZE: Final = 200
LEAST_SIZE: Final = 50


class JobCancelled(Exception):  # noqa: N818 - somebody asked for it
    """The job is to be given up; the step that noticed did nothing."""


class ShiftOver(Exception):  # noqa: N818 - somebody asked for it
    """The worker is to end; the step that noticed did nothing, and another worker goes on at once."""


class Pace:
    """How much a step does: as much as takes so long that nobody minds waiting for it, and `most` at most.

    On PostgreSQL nobody waits for a step, so there it is always the most.
    """

    def __init__(self, most: int, database: Database) -> None:
        self._most = most
        self._adapts = database.is_sqlite
        self.size = min(most, FIRST_SIZE) if self._adapts else most

    def took(self, nanoseconds: int) -> None:
        """Let the next step do more or less than one that took so long."""
        if self._adapts:
            wanted = self.size * GOOD // max(nanoseconds, SHORTEST)
            self.size = min(self._most, max(LEAST_SIZE, wanted))


class Shift:
    """A worker's time at a long job."""

    def __init__(
        self,
        database: Database,
        job: Job,
        clock_now: Callable[[], datetime],
        stopping: threading.Event | None = None,
    ) -> None:
        self.database = database
        self._job = job
        self._clock_now = clock_now
        self._stopping = stopping or threading.Event()
        self._is_clearing = job.cancel_asked_at is not None
        self._begun = self.last_took = 0

    @property
    def payload(self) -> Mapping[str, Any]:
        return self._job.payload

    @property
    def now(self) -> datetime:
        return self._clock_now()

    def step(
        self, step: Callable[[Session], Result], *, progress: int | None = None, total: int | None = None
    ) -> Result:
        """Run a step in a transaction of its own, which also renews the lease and tells how far the job is.

        :raises JobCancelled: when somebody asked for that, unless it is being taken back already.
        :raises LeaseLost: when another worker has the job.
        :raises ShiftOver: when this worker is to end.
        """
        if self._stopping.is_set():
            raise ShiftOver
        told = {name: value for name, value in (("progress", progress), ("total", total)) if value is not None}

        def fenced(session: Session) -> Result:
            self._begun = time.perf_counter_ns()
            self._renew(session, told)
            return step(session)

        result = self.database.run(fenced)
        self.last_took = time.perf_counter_ns() - self._begun
        return result

    def rest(self) -> None:
        """Rest as long as the last step took: steps that follow each other at once leave others no turn."""
        time.sleep(min(self.last_took, LONGEST_REST) / SECOND)

    def _renew(self, session: Session, told: Mapping[str, int]) -> None:
        if not jobs.change(session, self._job, lease_until=self._clock_now() + LEASE, **told):
            raise LeaseLost("another worker has it")
        asked = select(Job.cancel_asked_at).where(Job.id == self._job.id)
        if not self._is_clearing and session.exec(asked).one() is not None:
            raise JobCancelled

    def tell(
        self,
        session: Session,
        result: str,
        result_id: UUID,
        *,
        faults: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Say in a step what has come of the job, and what was wrong with what was sent: from then on it cannot be
        cancelled.
        """
        told = {"result": result, "result_id": result_id, "faults": [dict(fault) for fault in faults]}
        jobs.change(session, self._job, **told)

    def clear(self, clear: Callable[["Shift"], None]) -> None:
        """Take back what the job did, which nobody cancels."""
        self._is_clearing = True
        clear(self)
        self.database.run(lambda session: jobs.finish(session, self._job, JobState.CANCELLED, self.now))

    def hand_over(self) -> None:
        """Let the next worker go on at once."""
        given_back = {"state": JobState.FAILED, "run_at": self.now, "lease_until": None}
        self.database.run(lambda session: jobs.change(session, self._job, **given_back))

    def finish(self) -> None:
        self.database.run(lambda session: jobs.finish(session, self._job, JobState.SUCCEEDED, self.now))


@dataclass(frozen=True, slots=True)
class LongHandler:
    """How a long job is done: `run` goes on from where the last shift came, and `clear` takes back what was done when
    the job is cancelled. Both may be broken off between any two steps, and are then run again.
    """

    run: Callable[[Shift], None]
    clear: Callable[[Shift], None]


def run_next_long(
    database: Database,
    handlers: Mapping[str, LongHandler],
    clock_now: Callable[[], datetime],
    *,
    stopping: threading.Event | None = None,
    job_id: UUID | None = None,
) -> bool:
    """Claim one long job, maybe a certain one, and work on it until it is done; tells whether there was one. Looks
    without the write lock.
    """
    now = clock_now()
    query = jobs.due(now, only=list(handlers))
    if job_id is not None:
        query = query.where(Job.id == job_id)
    if database.run(lambda session: session.exec(query).first(), write=False) is None:
        return False
    job = database.run(lambda session: jobs.claim(session, now, query))
    if job is not None:
        _work(Shift(database, job, clock_now, stopping), job, handlers[job.kind])
    return job is not None


def _work(shift: Shift, job: Job, handler: LongHandler) -> None:
    try:
        if job.cancel_asked_at is not None:
            shift.clear(handler.clear)
            return
        try:
            handler.run(shift)
            shift.finish()
        except JobCancelled:
            shift.clear(handler.clear)
    except LeaseLost:
        return
    except ShiftOver:
        shift.hand_over()
    except Exception as error:  # whatever a handler raises belongs to its job
        jobs.fail(shift.database, job, error, shift.now)
