"""Text orders on agreements that demand e-orders: each has a reason, and is listed for who watches it."""

from sqlmodel import col, or_, select

from app.kit.pages import Page, PageQuery, page
from app.orders.messages import EOrderException
from app.orders.models import PurchaseOrder
from app.organisations.access import Call, branches
from app.organisations.permissions import Permission


def list_exceptions(call: Call, wanted: PageQuery) -> Page[EOrderException]:
    """Give the sent text orders on agreements that demand e-orders, in the branches where the actor reads agreements or
    orders.
    """
    where = PurchaseOrder.organisation_id
    read = or_(
        branches(call.actor, Permission.AGREEMENT_READ, where), branches(call.actor, Permission.ORDER_READ, where)
    )
    query = select(PurchaseOrder).where(
        col(PurchaseOrder.e_order_reason).is_not(None),
        col(PurchaseOrder.sent_at).is_not(None),
        col(PurchaseOrder.confidential).is_(False),
        read,
    )
    return page(call.session, query, PurchaseOrder, wanted, _told)


def _told(order: PurchaseOrder) -> EOrderException:
    return EOrderException(
        **order.model_dump(include={"id", "organisation_id", "supplier_id", "agreement_id", "currency", "sent_at"}),
        order_id=order.id,
        order_number=order.number,
        ordered_by=order.created_by,
        ordered_for=order.created_for,
        total_amount=order.total_amount,
        e_order_reason=order.e_order_reason,
    )
