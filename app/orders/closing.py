"""When an order is done: all that is agreed on has come and been billed. A text order is closed then by itself."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from app.kit import audit
from app.kit.states import advance
from app.orders import queries
from app.orders.models import TRANSITIONS, OrderStatus, OrderType, PurchaseOrder, PurchaseOrderLine
from app.orders.order_reminders import stop as stop_reminding


def is_done(line: PurchaseOrderLine) -> bool:
    """Tell whether all of a line has come and been billed, and no credit is expected for it."""
    if line.by_amount:
        done = min(line.invoiced_amount, line.received_amount)
        return done >= line.accepted_amount and not line.credit_expected_amount
    done = min(line.invoiced_quantity, line.received_quantity)
    return done >= line.accepted_quantity and not line.credit_expected_quantity


def close_when_done(session: Session, orders: Iterable[PurchaseOrder], now: datetime) -> None:
    """Close the text orders among some locked orders of which nothing more is expected: an open one that nobody closes
    makes commitments look larger than they are.
    """
    for order in orders:
        if order.type != OrderType.TEXT or order.status != OrderStatus.SENT:
            continue
        lines = queries.lines_as_they_are(session, order.id)
        if all(is_done(line) for line in lines):
            advance(order, OrderStatus.CLOSED, TRANSITIONS)
            stop_reminding(session, order, now, None)
            order.version += 1
            audit.record(
                session,
                "order.closed",
                chain=order.root_id,
                entity="order",
                entity_id=order.id,
                now=now,
                actor_id=None,
            )
