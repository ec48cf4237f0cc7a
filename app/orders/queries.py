"""Reads of the orders chapter; they start from what the caller may see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit.errors import NotFound
from app.orders.models import OrderStatus, PurchaseOrder, PurchaseOrderLine
from app.organisations.access import Call, branches
from app.organisations.permissions import Permission


class OrderNotFound(NotFound):
    """No such order, or not for this caller."""


def visible_orders(call: Call) -> SelectOfScalar[PurchaseOrder]:
    """Give the orders of every branch where the actor reads orders, the actor's own, and a supplier's once sent."""
    sent = col(PurchaseOrder.status).not_in(
        [OrderStatus.DRAFT, OrderStatus.PENDING_APPROVAL, OrderStatus.APPROVED, OrderStatus.REJECTED]
    )
    suppliers = call.actor.suppliers(Permission.DOCUMENT_POST)
    return select(PurchaseOrder).where(
        or_(
            branches(call.actor, Permission.ORDER_READ, PurchaseOrder.organisation_id),
            branches(call.actor, Permission.ORDER_IMPORT, PurchaseOrder.organisation_id),
            col(PurchaseOrder.created_by) == call.actor.id,
            col(PurchaseOrder.supplier_id).in_(suppliers) & sent,
        )
    )


def order(call: Call, order_id: UUID, *, lock: bool = False) -> PurchaseOrder:
    """Find an order that the actor sees; `lock` keeps its header row until the transaction ends.

    :raises OrderNotFound: otherwise.
    """
    query = visible_orders(call).where(PurchaseOrder.id == order_id)
    found = call.session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise OrderNotFound(f"there is no order {order_id}")
    return found


def lines_of(session: Session, order_id: UUID) -> Sequence[PurchaseOrderLine]:
    """Give an order's lines in order."""
    query = select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order_id)
    return session.exec(query.order_by(col(PurchaseOrderLine.position))).all()


def order_by_number(session: Session, organisation_ids: Sequence[UUID], number: str) -> PurchaseOrder | None:
    """Find an order of one of some organisations by its exact number."""
    return session.exec(
        select(PurchaseOrder)
        .where(col(PurchaseOrder.organisation_id).in_(organisation_ids), PurchaseOrder.number == number)
        .order_by(col(PurchaseOrder.id))
    ).first()
