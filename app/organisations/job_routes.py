"""Doors to jobs: work that is done after the answer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations import jobs
from app.organisations.access import Db
from app.organisations.job_messages import JobOut

router = APIRouter(tags=["jobs"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.get("/jobs", response_model=Page[JobOut])
def list_jobs(wanted: Wanted, db: Db) -> Response:
    """The jobs that you started, and those of your organisations."""
    return db.run(jobs.list_jobs, wanted)


@router.get("/jobs/{job_id}", response_model=JobOut)
def get_job(job_id: UUID, db: Db) -> Response:
    """How far a job is, and what came of it."""
    return db.run(jobs.get_job, job_id)


@router.post("/jobs/{job_id}/cancel", status_code=202, response_model=JobOut)
def cancel_job(job_id: UUID, db: Db) -> Response:
    """Give a job up, and take back what it did."""
    return db.run(jobs.cancel_job, job_id)
