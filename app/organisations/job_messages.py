"""What callers get of jobs: work that is done after the answer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from app.kit.jobs import Job, JobState
from app.kit.problems import ProblemFault


class JobFault(ProblemFault):
    """What is wrong with what was sent, or with the line that `line_id` names."""

    line_id: str | None = None


class JobOut(BaseModel):
    """A job. FAILED ones are tried again until they are DEAD. `progress` counts what has been dealt with, such as
    lines, of `total` where that is known; `result` and `result_id` name what came of it, which may be that what was
    sent was turned away: `faults` tell why. With `cancelling` it is being given up.
    """

    id: UUID
    kind: str
    state: JobState
    progress: int
    total: int | None
    result: str | None
    result_id: UUID | None
    faults: Sequence[JobFault]
    cancelling: bool
    attempts: int
    queued_at: datetime
    finished_at: datetime | None


def job_out(job: Job) -> JobOut:
    return JobOut(
        **job.model_dump(include=set(JobOut.model_fields) - {"faults", "cancelling"}),
        faults=[JobFault.model_validate(fault) for fault in job.faults or ()],
        cancelling=job.cancel_asked_at is not None and job.state != JobState.CANCELLED,
    )
