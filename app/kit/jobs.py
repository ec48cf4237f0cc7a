"""Jobs: work that is done after the answer, as rows with a lease that a worker claims."""

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, or_, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, SQLModel, col, select

from app.kit.columns import enum_column, json_column, moment_column
from app.kit.db import Database, is_postgresql
from app.kit.ids import new_id

log = logging.getLogger("prokura")

WAITING = "state = 'QUEUED'"
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
FIRST_PAUSE_SECONDS = 5


class JobState(StrEnum):
    """Where a job stands. FAILED jobs are tried again until they are DEAD."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    FAILED = "FAILED"
    SUCCEEDED = "SUCCEEDED"
    DEAD = "DEAD"


class LeaseLost(Exception):  # noqa: N818 - told in the job's last_error
    """Another worker took the job over; what this one did is rolled back."""


class Job(SQLModel, table=True):
    """One piece of work. At most one QUEUED job has a given `kind` and `key`; asking again is the same job.

    One that runs or has failed is another: what made somebody ask may have come too late for it.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "uq_job_open",
            "kind",
            "key",
            unique=True,
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
        Index("ix_job_due", "state", "run_at"),
    )

    id: UUID = Field(primary_key=True)
    kind: str = Field(max_length=60)
    key: str = Field(max_length=200)
    payload: dict[str, Any] = Field(sa_column=json_column())
    state: JobState = Field(default=JobState.QUEUED, sa_column=enum_column(JobState))
    attempts: int = 0
    last_error: str | None = Field(default=None, max_length=2000)
    run_at: datetime = Field(sa_column=moment_column())
    lease_until: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    queued_at: datetime = Field(sa_column=moment_column())
    finished_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))


@dataclass(frozen=True, slots=True)
class Work:
    """What a handler gets: its own transaction, the job's payload, and the time."""

    session: Session
    payload: Mapping[str, Any]
    now: datetime


Handler = Callable[[Work], None]


def enqueue(session: Session, kind: str, key: str, payload: Mapping[str, Any], now: datetime) -> None:
    """Queue a job unless the same one already waits. Handlers may run more than once and must not mind.

    The waiting job takes the newer payload, and its row stays locked until the caller has committed: no worker can run
    it before it sees what it was asked for.
    """
    insert = postgresql_insert if is_postgresql(session) else sqlite_insert
    job = insert(Job).values(
        id=new_id(now),
        kind=kind,
        key=key,
        payload=dict(payload),
        state=JobState.QUEUED,
        attempts=0,
        run_at=now,
        queued_at=now,
    )
    session.connection().execute(
        job.on_conflict_do_update(
            index_elements=["kind", "key"], index_where=text(WAITING), set_={"payload": job.excluded.payload}
        )
    )


def claim(session: Session, now: datetime) -> Job | None:
    """Take the next due job and lease it for five minutes; a job whose lease ran out is due again.

    One whose workers died of it eight times is DEAD.
    """
    waiting, running = (JobState.QUEUED, JobState.FAILED), JobState.RUNNING
    due = or_(
        col(Job.state).in_(waiting) & (col(Job.run_at) <= now),
        (col(Job.state) == running) & (col(Job.lease_until) <= now),
    )
    next_due = select(Job).where(due).order_by(col(Job.run_at), col(Job.id)).limit(1)
    while (job := session.exec(next_due.with_for_update(skip_locked=True)).first()) is not None:
        if job.attempts < MOST_ATTEMPTS:
            job.state = JobState.RUNNING
            job.attempts += 1
            job.lease_until = now + LEASE
            return job
        job.state, job.last_error, job.finished_at = JobState.DEAD, "its worker did not come back", now
    return None


def run_next(database: Database, handlers: Mapping[str, Handler], clock_now: Callable[[], datetime]) -> bool:
    """Claim one job and run it in a transaction of its own; tells whether there was one.

    A handler that raises leaves nothing behind but the job, to be tried again later (5 s, 10 s, 20 s …, with jitter)
    until it is DEAD after eight attempts. So does one that took so long that another worker has the job now.
    """
    job = database.run(lambda session: claim(session, clock_now()))
    if job is None:
        return False
    try:
        database.run(lambda session: _work(session, job, handlers[job.kind], clock_now()))
    except Exception as error:  # whatever a handler raises belongs to its job
        log.warning("job %s (%s) failed", job.id, job.kind, exc_info=error)
        reason = f"{type(error).__name__}: {error}".replace("\0", "")  # PostgreSQL's text holds no NUL
        database.run(lambda session: _give_back(session, job, reason, clock_now()))
    return True


def _work(session: Session, job: Job, handler: Handler, now: datetime) -> None:
    handler(Work(session=session, payload=job.payload, now=now))
    if not _update(session, job, state=JobState.SUCCEEDED, finished_at=now, lease_until=None):
        raise LeaseLost("it took longer than its lease, and another worker has it")


def _give_back(session: Session, job: Job, reason: str, now: datetime) -> None:
    pause = FIRST_PAUSE_SECONDS * 2 ** (job.attempts - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
    again = job.attempts < MOST_ATTEMPTS
    _update(
        session,
        job,
        state=JobState.FAILED if again else JobState.DEAD,
        run_at=now + timedelta(seconds=pause),
        last_error=reason[:2000],
        lease_until=None,
        finished_at=None if again else now,
    )


def _update(session: Session, job: Job, **values: Any) -> bool:
    """Change a job that is still ours: each claim counts an attempt, so the number tells whose turn it is."""
    ours = (col(Job.id) == job.id, col(Job.state) == JobState.RUNNING, col(Job.attempts) == job.attempts)
    return session.connection().execute(update(Job).where(*ours).values(**values)).rowcount == 1


def open_jobs(session: Session) -> int:
    """Count jobs that wait, run, or will be tried again."""
    states = (JobState.QUEUED, JobState.RUNNING, JobState.FAILED)
    return session.exec(select(func.count()).select_from(Job).where(col(Job.state).in_(states))).one()
