"""Who has to act on an outcome: one open task an invoice, for the role that the worst finding names."""

from datetime import datetime

from sqlmodel import Session

from app.match.engine.codes import CODES, Actor, Outcome
from app.match.engine.decision import Decision
from app.match.models import InvoiceCase
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from app.organisations.tasks import close_tasks, open_task

TASKS: dict[Actor, tuple[TaskType, Role]] = {
    Actor.HANDLER: (TaskType.MANUAL_MATCH, Role.INVOICE_HANDLER),
    Actor.BUYER: (TaskType.EXPLAIN_DEVIATION, Role.BUYER),
    Actor.BUYER_AND_DISPONENT: (TaskType.EXPLAIN_DEVIATION, Role.BUYER),
    Actor.RECEIVER: (TaskType.RECEIVE, Role.RECEIVER),
    Actor.APPROVER: (TaskType.APPROVE_INVOICE, Role.INVOICE_APPROVER),
}


def follow_up(session: Session, case: InvoiceCase, verdict: Decision, now: datetime, *, is_new: bool) -> None:
    """Close what was open about the invoice, unless it is new, and open what the outcome asks for."""
    if not is_new:
        close_tasks(session, case.id, [task for task, _ in TASKS.values()], now=now, by=None)
    if verdict.outcome == Outcome.AUTO_APPROVED:
        return
    worst = [finding for finding in verdict.findings if finding.outcome == verdict.outcome]
    task, role = TASKS[CODES[worst[0].code].actor]
    open_task(
        session,
        task,
        organisation_id=case.organisation_id,
        role=role,
        subject="invoice",
        subject_id=case.id,
        reasons=list(dict.fromkeys(finding.code for finding in worst)),
        now=now,
    )
