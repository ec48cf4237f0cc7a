"""Who has to act on an outcome: a task of the person whom the order or the invoice names, else of a role."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from app.documents.invoice import Invoice
from app.documents.party import Party
from app.match import watching
from app.match.confidential import keeper_of, keeper_of_case
from app.match.engine.codes import CODES, Actor, Outcome
from app.match.engine.decision import Decision
from app.match.models import InvoiceCase
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
    TaskType.RECEIPT_OVERDUE,
)
"""Every kind of task about an invoice."""

ESCALATED: Final = {
    2: (TaskType.RECEIPT_OVERDUE, Role.DISPONENT),
    3: (TaskType.MANUAL_MATCH, Role.INVOICE_HANDLER),
}
"""Who is told at which stage of waiting for a receipt; at the first the receiver is reminded."""

LAST_STAGE: Final = max(ESCALATED)
NEWEST: Final = 1000
"""Among so many of an organisation's newest orders somebody is looked for by reference."""


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
    if verdict.outcome == Outcome.AUTO_APPROVED and is_new:
        return
    reached = watching.watch(session, case, now, is_new=is_new)
    if verdict.outcome == Outcome.AUTO_APPROVED:
        return
    worst = [finding for finding in verdict.findings if finding.outcome == verdict.outcome]
    task, role = TASKS[CODES[worst[0].code].actor]
    reasons = list(dict.fromkeys(finding.code for finding in worst))
    ask(session, case, task, role, orders, reasons, now, is_new=is_new)
    for stage in range(2, reached + 1):
        escalate(session, case, stage, orders, now)
    if verdict.outcome == Outcome.NO_ORDER:
        _ask_referred(session, case, reasons, now)


def _ask_referred(session: Session, case: InvoiceCase, reasons: Sequence[str], now: datetime) -> None:
    """Ask the person whom the invoice's reference means, beside the handlers, which order it is for."""
    person = referred(session, case.organisation_id, Invoice.model_validate(case.document).customer)
    if person is not None:
        ask(session, case, TaskType.EXPLAIN_DEVIATION, Role.BUYER, (), reasons, now, person)


def escalate(session: Session, case: InvoiceCase, stage: int, orders: Sequence[PurchaseOrder], now: datetime) -> None:
    """Tell the disponent, and at last a handler, that an invoice is due soon and its goods are not received."""
    task, role = ESCALATED[stage]
    ask(session, case, task, role, orders, ["RECEIPT_MISSING"], now)


def ask(
    session: Session,
    case: InvoiceCase,
    task: TaskType,
    role: Role,
    orders: Sequence[PurchaseOrder],
    reasons: Sequence[str],
    now: datetime,
    user_id: UUID | None = None,
    *,
    is_new: bool = False,
) -> None:
    """Open a task about an invoice for a user, or for whom its orders name, or else for whoever holds the role; of a
    confidential order it is for somebody who sees it. A new invoice was decided against no other orders than these.
    """
    person = user_id or named(session, task, orders)
    person = person or (keeper_of(orders) if is_new else keeper_of_case(session, case.id))
    open_task(
        session,
        task,
        organisation_id=case.organisation_id,
        role=role,
        user_id=person,
        subject="invoice",
        subject_id=case.id,
        reasons=reasons,
        now=now,
    )


def named(session: Session, task: TaskType, orders: Sequence[PurchaseOrder]) -> UUID | None:
    """Give whom the first of some orders names for a task: its receiver, its buyer, or its disponent."""
    for order in orders[:1]:
        if task == TaskType.RECEIVE:
            receivers = orders_queries.receivers_of(session, order.id)
            if receivers or order.confidential:
                return receivers[0] if receivers else None
            return order_settings.settled(session, order.organisation_id).default_receiver_id
        if order.origin == Origin.HERE and task == TaskType.EXPLAIN_DEVIATION:
            return order.maker_id
        if order.origin == Origin.HERE and task in (TaskType.APPROVE_DEVIATION, TaskType.RECEIPT_OVERDUE):
            return order.approved_for or order.approved_by
    return None


def referred(session: Session, organisation_id: UUID, customer: Party) -> UUID | None:
    """Give the buyer whom an invoice's person reference means: of whoever ordered under it last, if anybody did."""
    reference = customer.contact.id if customer.contact is not None else None
    if not reference:
        return None
    newest = (
        select(PurchaseOrder.id)
        .where(PurchaseOrder.organisation_id == organisation_id)
        .order_by(col(PurchaseOrder.id).desc())
        .limit(NEWEST)
    )
    query = select(PurchaseOrder).where(
        col(PurchaseOrder.id).in_(newest),
        PurchaseOrder.buyer_reference == reference,
        PurchaseOrder.origin == Origin.HERE,
    )
    found = session.exec(query.order_by(col(PurchaseOrder.id).desc()).limit(1)).first()
    return None if found is None else found.maker_id
