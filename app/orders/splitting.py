"""Orders that look as if one was split to stay within a limit: they are told of, never stopped (domain rule 3.3-4)."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, func, select

from app.orders.approving import limits_on
from app.orders.models import OrderStatus, PurchaseOrder
from app.orders.queries import maker
from app.organisations.access import Call

COUNTED = (OrderStatus.PENDING_APPROVAL, OrderStatus.APPROVED, OrderStatus.SENT, OrderStatus.CLOSED)


def warnings(call: Call, order: PurchaseOrder, approver_id: UUID | None, days: int) -> Iterator[str]:
    """Say when a maker's orders to one supplier within some days come to more than the largest limit of an approver,
    though this one alone does not.
    """
    if not days or approver_id is None:
        return
    most = max((limit.max_amount for limit in limits_on(call, approver_id, order)), default=Decimal(0))
    earlier = _earlier(call, order, days)
    if earlier and order.total_amount <= most < earlier + order.total_amount:
        yield (
            f"P-SPLIT: with this one, orders of the same maker to this supplier in the last {days} days come to "
            f"{earlier + order.total_amount} {order.currency}; the limit is {most}"
        )


def _earlier(call: Call, order: PurchaseOrder, days: int) -> Decimal:
    query = select(func.sum(col(PurchaseOrder.total_amount))).where(
        PurchaseOrder.supplier_id == order.supplier_id,
        col(PurchaseOrder.status).in_([str(status) for status in COUNTED]),
        maker() == order.maker_id,
        PurchaseOrder.currency == order.currency,
        col(PurchaseOrder.created_at) >= call.now - timedelta(days=days),
        PurchaseOrder.id != order.id,
    )
    return call.session.exec(query).one() or Decimal(0)
