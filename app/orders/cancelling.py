"""The end of an order before all of it has come: dropped as a draft, cancelled at the supplier, or closed short."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlmodel import select

from app.kit import jobs
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import queries
from app.orders.allocations import lock_orders
from app.orders.change_models import CHANGE_TRANSITIONS, ChangeStatus, OrderChangeRequest
from app.orders.change_sending import require_profile
from app.orders.closing import is_done
from app.orders.composing import cancellation_document
from app.orders.messages import OrderOut, ReasonIn
from app.orders.models import TRANSITIONS, OrderStatus, Origin, PurchaseOrder, PurchaseOrderLine
from app.orders.order_reminders import stop as stop_reminding
from app.orders.receipt_posting import REMATCH
from app.orders.receiving import locked_lines
from app.orders.sending import buyer_party, contract_number, dispatch
from app.orders.service import drop, order_out
from app.organisations.access import Call, require
from app.organisations.models import TaskType
from app.organisations.permissions import Permission
from app.organisations.supplier_models import Supplier
from app.organisations.tasks import close_tasks

ENDED: Final = (TaskType.ORDER_RESPONSE, TaskType.ORDER_NOT_DELIVERED)
"""What nobody has to do any more once an order has ended."""


class TooLateToCancel(Conflict):
    """A part of the order has come or been billed; what is left is closed short instead."""


class ReasonMissing(Invalid):
    """What has been sent is cancelled for a reason."""


def cancel_order(call: Call, order_id: UUID, body: ReasonIn | None, if_match: str | None) -> OrderOut:
    """Drop a draft or an order that did not reach its supplier, or cancel a sent one of which nothing has come: the
    supplier gets an OrderCancellation.

    :raises ReasonMissing: for a sent order without a reason.
    :raises TooLateToCancel: when a part has come or been billed.
    :raises ProfileLacks: when the order's profile has no OrderCancellation.
    """
    order = queries.order(call, order_id)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    (order,) = lock_orders(call.session, [order.id])
    require_version(order, if_match)
    if order.status == OrderStatus.SEND_FAILED:
        order.decision_reason = body.reason if body is not None else None
        end(call, order, OrderStatus.CANCELLED, "order.cancelled")
        return order_out(call, order)
    if order.status != OrderStatus.SENT:
        return drop(call, order)
    if body is None:
        message = "say why a sent order is cancelled; the supplier is told"
        raise ReasonMissing(message, faults=[Fault(message, pointer="/reason")])
    cancel_sent(call, order, body.reason)
    return order_out(call, order)


def cancel_sent(call: Call, order: PurchaseOrder, reason: str) -> None:
    """Cancel a sent order that is locked.

    :raises OrderElsewhere: for one that another system sent.
    :raises TooLateToCancel: when a part has come or been billed.
    :raises ProfileLacks: when the order's profile has no OrderCancellation.
    """
    require_ours(order)
    require_profile(order, "OrderCancellation")
    lines = list(locked_lines(call, order).values())
    require_untouched(order, lines)
    supplier = call.session.get_one(Supplier, order.supplier_id)
    buyer, contract = buyer_party(call, order), contract_number(call, order)
    dispatch(
        call,
        order,
        cancellation_document(order, buyer, supplier, contract, call.today, reason),
        supplier,
        "OrderCancellation",
    )
    order.decision_reason = reason
    end(call, order, OrderStatus.CANCELLED, "order.cancelled")


class OrderElsewhere(Conflict):
    """The order was sent by another system, which cancels and changes it."""


def require_ours(order: PurchaseOrder) -> None:
    """Let only an order be told anything about that was sent from here.

    :raises OrderElsewhere: for one that another system sent.
    """
    if order.origin != Origin.HERE:
        raise OrderElsewhere(f"order {order.number} was not sent from here; the system that sent it tells its supplier")


def has_come(order: PurchaseOrder, line: PurchaseOrderLine) -> bool:
    """Tell whether any of a line has come or been billed; what only counts as received has not come."""
    come = order.requires_receipt and (line.received_quantity or line.received_amount)
    return bool(come or line.invoiced_quantity or line.invoiced_amount)


def require_untouched(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> None:
    """Let only an order be cancelled of which nothing has come, been billed, or is held by an invoice that waits.

    :raises TooLateToCancel: otherwise.
    """
    for line in lines:
        if has_come(order, line) or line.held_quantity or line.held_amount:
            raise TooLateToCancel(
                f"a part of line {line.line_id} of order {order.number} has come or been billed; "
                "close the order to free the rest (POST /orders/{id}/close)"
            )


def close_order(call: Call, order_id: UUID, reason: str, if_match: str | None) -> OrderOut:
    """Close an order for which nothing more is expected: CLOSED when all of it has come and been billed, else
    CLOSED_SHORT, which frees what was set aside for the rest.

    :raises WrongState: when it is not open.
    """
    order = queries.order(call, order_id)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    (order,) = lock_orders(call.session, [order.id])
    require_version(order, if_match)
    lines = locked_lines(call, order).values()
    target = OrderStatus.CLOSED if all(is_done(line) for line in lines) else OrderStatus.CLOSED_SHORT
    order.decision_reason = reason
    end(call, order, target, f"order.{target.lower()}")
    return order_out(call, order)


def end(call: Call, order: PurchaseOrder, target: OrderStatus, action: str) -> None:
    """End a sent order: nobody is reminded of it, no change of it waits, and its invoices are decided anew. What only
    counted as received of a cancelled one has not come.
    """
    advance(order, target, TRANSITIONS)
    if target == OrderStatus.CANCELLED:
        for line in queries.lines_of(call.session, order.id):
            line.received_quantity = line.received_amount = Decimal(0)
    order.pending_response = None
    stop_reminding(call.session, order, call.now, call.actor.id)
    close_tasks(call.session, order.id, ENDED, now=call.now, by=call.actor.id)
    query = select(OrderChangeRequest).where(
        OrderChangeRequest.order_id == order.id, OrderChangeRequest.status == ChangeStatus.PENDING_APPROVAL
    )
    for change in call.session.exec(query).all():
        advance(change, ChangeStatus.WITHDRAWN, CHANGE_TRANSITIONS)
        change.version += 1
        close_tasks(
            call.session,
            change.id,
            [TaskType.APPROVE_CHANGE, TaskType.ASSIGN_APPROVER],
            now=call.now,
            by=call.actor.id,
        )
    jobs.enqueue(call.session, REMATCH, str(order.id), {"order_id": str(order.id)}, call.now)
    call.audit(action, chain=order.root_id, entity="order", entity_id=order.id)
