"""Tasks are opened and closed by the chapters whose story they belong to; their table stands here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.kit.ids import new_id
from app.organisations.models import Task, TaskState, TaskType
from app.organisations.people_models import Role

TELLING: Final = frozenset(
    {TaskType.AGREEMENT_ENDS, TaskType.INVOICE_MISSING, TaskType.REORGANISED, TaskType.REQUISITION_RETURNED}
)
"""Tasks that only tell something: somebody says that they have been seen to."""

_OPEN = select(Task).where(
    col(Task.subject_id) == bindparam("subject_id"),
    Task.state == TaskState.OPEN,
    col(Task.type).in_(bindparam("types", expanding=True)),
)


def open_task(
    session: Session,
    task_type: TaskType,
    *,
    organisation_id: UUID,
    role: Role,
    subject: str,
    subject_id: UUID,
    now: datetime,
    reasons: Sequence[str] = (),
    user_id: UUID | None = None,
) -> None:
    """Open a task for a user or a role, unless the same one is open already."""
    if _open(session, subject_id, [task_type]):
        return
    session.add(
        Task(
            id=new_id(now),
            type=task_type,
            organisation_id=organisation_id,
            role=role,
            user_id=user_id,
            subject=subject,
            subject_id=subject_id,
            reasons=list(reasons),
            opened_at=now,
        )
    )


def close_tasks(
    session: Session, subject_id: UUID, types: Sequence[TaskType], *, now: datetime, by: UUID | None
) -> None:
    """Close the open tasks of some types about a thing."""
    for task in _open(session, subject_id, types):
        task.state = TaskState.CLOSED
        task.closed_at = now
        task.closed_by = by


def _open(session: Session, subject_id: UUID, types: Sequence[TaskType]) -> Sequence[Task]:
    return session.exec(_OPEN, params={"subject_id": subject_id, "types": [str(one) for one in types]}).all()
