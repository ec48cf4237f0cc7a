"""Steps of people with their jobs: see how far they are, and give them up."""

from uuid import UUID

from sqlmodel import and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit import jobs
from app.kit.errors import NotFound
from app.kit.jobs import Job
from app.kit.pages import Page, PageQuery, page
from app.organisations.access import Call, NotAllowed, branches
from app.organisations.job_messages import JobOut, job_out
from app.organisations.permissions import Permission


class JobNotFound(NotFound):
    """No such job, or not for this caller."""


def visible_jobs(call: Call) -> SelectOfScalar[Job]:
    """Give the jobs that the actor started, or a substitute did for the actor, and those that concern an organisation
    where the actor reads catalogues.
    """
    own_hand = and_(col(Job.started_for).is_(None), col(Job.started_by) == call.actor.principal_id)
    seen = or_(own_hand, col(Job.started_for) == call.actor.principal_id)
    if call.actor.organisations(Permission.CATALOGUE_READ):
        seen = or_(seen, branches(call.actor, Permission.CATALOGUE_READ, Job.organisation_id))
    return select(Job).where(seen)


def _find(call: Call, job_id: UUID) -> Job:
    found = call.session.exec(visible_jobs(call).where(Job.id == job_id)).first()
    if found is None:
        raise JobNotFound(f"there is no job {job_id}")
    return found


def get_job(call: Call, job_id: UUID) -> JobOut:
    return job_out(_find(call, job_id))


def list_jobs(call: Call, wanted: PageQuery) -> Page[JobOut]:
    return page(call.session, visible_jobs(call), Job, wanted, job_out)


def cancel_job(call: Call, job_id: UUID) -> JobOut:
    """Ask that a job be given up, and what it did taken back.

    :raises NotAllowed: for a job of somebody else's.
    :raises JobOver: when it is done, or was cancelled.
    """
    job = _find(call, job_id)
    if (job.started_for or job.started_by) != call.actor.principal_id:
        raise NotAllowed("a job is cancelled by whoever started it")
    call.session.refresh(job, with_for_update=True)
    jobs.cancel(job, call.now)
    call.session.flush()
    return job_out(job)
