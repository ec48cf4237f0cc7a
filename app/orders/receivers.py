"""Who may receive an order: receivers of the place, whom the order names, else whoever asked for it."""

from uuid import UUID

from sqlmodel import col, select

from app.orders import queries
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.requisition_models import Requisition, RequisitionLine
from app.organisations.access import Call, NotAllowed, may
from app.organisations.permissions import Permission


def require_receiver(call: Call, order: PurchaseOrder) -> None:
    """Let only somebody post receipts who may receive the order.

    :raises NotAllowed: otherwise.
    """
    if may(call, Permission.ORDER_RECEIVE, order.organisation_id) or _is_receiver(call, order):
        return
    raise NotAllowed(
        "this takes the role receiver (order:receive) at the order's organisation or one above it, or to be named as "
        "its receiver"
    )


def _is_receiver(call: Call, order: PurchaseOrder) -> bool:
    named = queries.receivers_of(call.session, order.id)
    who = call.actor.principal_id
    return who in (named or _requisitioners(call, order) or {order.maker_id})


def _requisitioners(call: Call, order: PurchaseOrder) -> set[UUID]:
    asked = (
        select(Requisition)
        .join(RequisitionLine, col(RequisitionLine.requisition_id) == col(Requisition.id))
        .join(PurchaseOrderLine, col(PurchaseOrderLine.requisition_line_id) == col(RequisitionLine.id))
        .where(PurchaseOrderLine.order_id == order.id)
        .distinct()
    )
    return {found.maker_id for found in call.session.exec(asked).all()}
