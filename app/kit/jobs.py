"""Jobs: work that is done after the answer, as rows with a lease that a worker claims."""

import logging
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, or_, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit.columns import enum_column, json_column, moment_column
from app.kit.db import Database, is_postgresql
from app.kit.errors import Conflict
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
    CANCELLED = "CANCELLED"


class JobOver(Conflict):
    """What the job was to do has been done, or was taken back."""


class LeaseLost(Exception):  # noqa: N818 - told in the job's last_error
    """Another worker took the job over; what this one did is rolled back."""


class Job(SQLModel, table=True):
    """One piece of work. At most one QUEUED job has a given `kind` and `key`; asking again is the same job.

    One that runs or has failed is another: what made somebody ask may have come too late for it.

    `started_by` may look at it (a substitute starts it for `started_for`), and so may those who look after the
    organisation. Long jobs tell how far they are, in `progress` of `total`, and what came of it: `result` and
    `result_id` name it, `faults` are what was wrong with what was sent.
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
    started_by: UUID | None = Field(default=None, index=True)
    started_for: UUID | None = Field(default=None, index=True)
    organisation_id: UUID | None = Field(default=None, index=True)
    progress: int = 0
    total: int | None = None
    result: str | None = Field(default=None, max_length=40)
    result_id: UUID | None = None
    faults: list[dict[str, Any]] | None = Field(default=None, sa_column=json_column(nullable=True))
    cancel_asked_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))


@dataclass(frozen=True, slots=True)
class About:
    """Who has a job done, and for whom; which organisation it concerns, and how much there is to do, where known."""

    started_by: UUID | None = None
    started_for: UUID | None = None
    organisation_id: UUID | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a handler gets: its own transaction, the job's payload, and the time."""

    session: Session
    payload: Mapping[str, Any]
    now: datetime


Handler = Callable[[Work], None]
_NOBODYS = About()


def enqueue(
    session: Session, kind: str, key: str, payload: Mapping[str, Any], now: datetime, about: About = _NOBODYS
) -> UUID:
    """Queue a job unless the same one already waits, and give its id. Handlers may run more than once and must not
    mind.

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
        progress=0,
        **asdict(about),
    )
    queued = session.connection().execute(
        job.on_conflict_do_update(
            index_elements=["kind", "key"], index_where=text(WAITING), set_={"payload": job.excluded.payload}
        ).returning(col(Job.id))
    )
    job_id: UUID = queued.scalar_one()
    return job_id


def due(now: datetime, only: Collection[str] | None = None, but_not: Collection[str] = ()) -> SelectOfScalar[Job]:
    """Give the query for the next due job, of some kinds only or of all but some."""
    waiting, running = (JobState.QUEUED, JobState.FAILED), JobState.RUNNING
    is_due = or_(
        col(Job.state).in_(waiting) & (col(Job.run_at) <= now),
        (col(Job.state) == running) & (col(Job.lease_until) <= now),
    )
    query = select(Job).where(is_due).order_by(col(Job.run_at), col(Job.id)).limit(1)
    if only is not None:
        query = query.where(col(Job.kind).in_(only))
    return query.where(col(Job.kind).not_in(but_not)) if but_not else query


def claim(session: Session, now: datetime, query: SelectOfScalar[Job] | None = None) -> Job | None:
    """Take the next due job and lease it for five minutes; a job whose lease ran out is due again.

    One whose workers died of it eight times is DEAD; taking back what a cancelled one did is tried as often again.
    """
    next_due = due(now) if query is None else query
    while (job := session.exec(next_due.with_for_update(skip_locked=True)).first()) is not None:
        if job.attempts < _most_attempts(job):
            job.state = JobState.RUNNING
            job.attempts += 1
            job.lease_until = now + LEASE
            return job
        job.state, job.last_error, job.finished_at = JobState.DEAD, "its worker did not come back", now
    return None


def _most_attempts(job: Job) -> int:
    return MOST_ATTEMPTS if job.cancel_asked_at is None else 2 * MOST_ATTEMPTS


def run_next(
    database: Database,
    handlers: Mapping[str, Handler],
    clock_now: Callable[[], datetime],
    but_not: Collection[str] = (),
) -> bool:
    """Claim one job and run it in a transaction of its own; tells whether there was one. `but_not` are kinds of long
    jobs, which are left to others.

    A handler that raises leaves nothing behind but the job, to be tried again later (5 s, 10 s, 20 s …, with jitter)
    until it is DEAD after eight attempts. So does one that took so long that another worker has the job now.
    """
    now = clock_now()
    job = database.run(lambda session: claim(session, now, due(now, but_not=but_not)))
    if job is None:
        return False
    try:
        database.run(lambda session: _work(session, job, handlers[job.kind], clock_now()))
    except Exception as error:  # whatever a handler raises belongs to its job
        fail(database, job, error, clock_now())
    return True


def fail(database: Database, job: Job, error: Exception, now: datetime) -> None:
    """Give a job back whose handler raised: to be tried again later, or not any more."""
    log.warning("job %s (%s) failed", job.id, job.kind, exc_info=error)
    reason = f"{type(error).__name__}: {error}".replace("\0", "")  # PostgreSQL's text holds no NUL
    database.run(lambda session: _give_back(session, job, reason, now))


def _work(session: Session, job: Job, handler: Handler, now: datetime) -> None:
    if job.cancel_asked_at is None:
        handler(Work(session=session, payload=job.payload, now=now))
    finish(session, job, JobState.SUCCEEDED if job.cancel_asked_at is None else JobState.CANCELLED, now)


def finish(session: Session, job: Job, state: JobState, now: datetime) -> None:
    """End a job.

    :raises LeaseLost: when another worker has it.
    """
    if not change(session, job, state=state, finished_at=now, lease_until=None):
        raise LeaseLost("it took longer than its lease, and another worker has it")


def _give_back(session: Session, job: Job, reason: str, now: datetime) -> None:
    doublings = min(job.attempts, MOST_ATTEMPTS) - 1
    pause = FIRST_PAUSE_SECONDS * 2**doublings * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
    again = job.attempts < _most_attempts(job)
    change(
        session,
        job,
        state=JobState.FAILED if again else JobState.DEAD,
        run_at=now + timedelta(seconds=pause),
        last_error=reason[:2000],
        lease_until=None,
        finished_at=None if again else now,
    )


def change(session: Session, job: Job, **values: Any) -> bool:
    """Change a job that is still ours: each claim counts an attempt, so the number tells whose turn it is."""
    ours = (col(Job.id) == job.id, col(Job.state) == JobState.RUNNING, col(Job.attempts) == job.attempts)
    return session.connection().execute(update(Job).where(*ours).values(**values)).rowcount == 1


def cancel(job: Job, now: datetime) -> None:
    """Ask that a job be given up and what it did taken back; its row must be locked. A worker does so at once, or
    between two steps of its present work.

    :raises JobOver: when it is done, or was cancelled.
    """
    if job.state in (JobState.SUCCEEDED, JobState.CANCELLED) or job.result is not None:
        raise JobOver(f"the job is {job.state}; what it did stands")
    job.cancel_asked_at = job.cancel_asked_at or now
    if job.state != JobState.RUNNING:
        job.run_at, job.finished_at = now, None
    if job.state == JobState.DEAD:
        job.state = JobState.FAILED


def open_jobs(session: Session) -> int:
    """Count jobs that wait, run, or will be tried again."""
    states = (JobState.QUEUED, JobState.RUNNING, JobState.FAILED)
    return session.exec(select(func.count()).select_from(Job).where(col(Job.state).in_(states))).one()
