"""Who has to act on an outcome: a task of the person whom the order or the invoice names, else of a role."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from app.documents.party import Party
from app.match import watching
from app.match.engine.codes import CODES, Actor, Outcome
from app.match.engine.decision import Decision
from app.match.models import InvoiceCase
from app.match.outcomes import OPEN
from app.orders import order_settings
from app.orders import queries as orders_queries
from app.orders.models import Origin, PurchaseOrder
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
ALL: Final = (
    TaskType.MANUAL_MATCH,
    TaskType.EXPLAIN_DEVIATION,
    TaskType.RECEIVE,
    TaskType.APPROVE_INVOICE,
    TaskType.APPROVE_DEVIATION,
)
"""Every kind of task about an invoice."""


def follow_up(
    session: Session,
    case: InvoiceCase,
    verdict: Decision,
    orders: Sequence[PurchaseOrder],
    now: datetime,
    *,
    is_new: bool,
) -> None:
    """Close what was open about the invoice, unless it is new, and open what the outcome asks for."""
    if not is_new:
        close_tasks(session, case.id, ALL, now=now, by=None)
        watching.stop(session, case.id)
    if verdict.outcome == Outcome.AUTO_APPROVED:
        return
    if case.outcome in OPEN:
        watching.start(session, case, now)
    worst = [finding for finding in verdict.findings if finding.outcome == verdict.outcome]
    task, role = TASKS[CODES[worst[0].code].actor]
    reasons = list(dict.fromkeys(finding.code for finding in worst))
    ask(session, case, task, role, orders, reasons, now)


def ask(
    session: Session,
    case: InvoiceCase,
    task: TaskType,
    role: Role,
    orders: Sequence[PurchaseOrder],
    reasons: Sequence[str],
    now: datetime,
    user_id: UUID | None = None,
) -> None:
    """Open a task about an invoice for a user, or for whom its orders name, or else for whoever holds the role."""
    open_task(
        session,
        task,
        organisation_id=case.organisation_id,
        role=role,
        user_id=user_id or _named(session, task, orders),
        subject="invoice",
        subject_id=case.id,
        reasons=reasons,
        now=now,
    )


def _named(session: Session, task: TaskType, orders: Sequence[PurchaseOrder]) -> UUID | None:
    """Give whom the first of some orders names for a task: its receiver, its buyer, or its disponent."""
    for order in orders[:1]:
        if task == TaskType.RECEIVE:
            named = orders_queries.receivers_of(session, order.id)
            return named[0] if named else order_settings.settled(session, order.organisation_id).default_receiver_id
        if order.origin == Origin.HERE and task == TaskType.EXPLAIN_DEVIATION:
            return order.maker_id
        if order.origin == Origin.HERE and task == TaskType.APPROVE_DEVIATION:
            return order.approved_for or order.approved_by
    return None


def referred(session: Session, organisation_id: UUID, customer: Party) -> UUID | None:
    """Give the buyer whom an invoice's person reference means: of whoever ordered under it last, if anybody did."""
    reference = customer.contact.id if customer.contact is not None else None
    if not reference:
        return None
    query = (
        select(PurchaseOrder)
        .where(
            PurchaseOrder.organisation_id == organisation_id,
            PurchaseOrder.buyer_reference == reference,
            PurchaseOrder.origin == Origin.HERE,
        )
        .order_by(col(PurchaseOrder.id).desc())
        .limit(1)
    )
    found = session.exec(query).first()
    return None if found is None else found.maker_id
