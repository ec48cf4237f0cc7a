"""What a confidential order keeps back: an invoice of one is seen by the order's parties, by whoever is asked about it
by name, and by the systems that book it.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, not_, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.match.models import CaseOrder, InvoiceCase
from app.orders.models import PurchaseOrder
from app.orders.queries import is_party
from app.organisations.access import Call, branches
from app.organisations.models import Task, TaskState
from app.organisations.permissions import Permission


def open_to(call: Call, invoice_id: Any, organisation_id: Any) -> ColumnElement[bool]:
    """Give the condition that an invoice is not of a confidential order that the actor is no party to, or a task names
    the actor for it. A system that takes postings over is told all: what it did not see would not be paid.
    """
    kept_back = exists().where(
        col(CaseOrder.invoice_id) == invoice_id,
        col(PurchaseOrder.id) == col(CaseOrder.order_id),
        col(PurchaseOrder.confidential).is_(True),
        # Not `not_`: of an order without an approver the condition is unknown, and that is no party.
        is_party(call.actor.principal_id).is_not(True),
    )
    return or_(not_(kept_back), invoice_id.in_(_named_for(call)), _takes_postings(call, organisation_id))


def orders_open_to(call: Call) -> ColumnElement[bool]:
    """Give the condition that an order may be told of to the actor when an invoice is tried on it."""
    return or_(
        col(PurchaseOrder.confidential).is_(False),
        is_party(call.actor.principal_id),
        _takes_postings(call, PurchaseOrder.organisation_id),
    )


def kept_from(call: Call, invoice_ids: Collection[UUID]) -> set[UUID]:
    """Give those of some invoices that are of confidential orders which the actor is no party to."""
    if not invoice_ids:
        return set()
    of_these = col(InvoiceCase.id).in_(invoice_ids)
    closed = not_(open_to(call, col(InvoiceCase.id), InvoiceCase.organisation_id))
    return set(call.session.exec(select(InvoiceCase.id).where(of_these, closed)).all())


def _takes_postings(call: Call, organisation_id: Any) -> ColumnElement[bool]:
    return branches(call.actor, Permission.POSTING_EXPORT, organisation_id)


def _named_for(call: Call) -> SelectOfScalar[UUID]:
    """Give the things about which an open task names the actor."""
    return select(Task.subject_id).where(Task.user_id == call.actor.principal_id, Task.state == TaskState.OPEN)


def keeper_of(orders: Iterable[PurchaseOrder]) -> UUID | None:
    """Give who is asked about an invoice when one of its orders is confidential: who approved that order, or else made
    it. A role would be asked about what none of its holders sees.
    """
    order = next((one for one in orders if one.confidential), None)
    return None if order is None else order.approved_for or order.approved_by or order.maker_id


def keeper_of_case(session: Session, invoice_id: UUID) -> UUID | None:
    """Give the same of all orders that an invoice was ever decided against."""
    query = (
        select(PurchaseOrder)
        .join(CaseOrder, col(CaseOrder.order_id) == col(PurchaseOrder.id))
        .where(CaseOrder.invoice_id == invoice_id, col(PurchaseOrder.confidential).is_(True))
    )
    return keeper_of(session.exec(query.order_by(col(PurchaseOrder.id)).limit(1)).all())
