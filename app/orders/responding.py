"""Order responses: what the supplier answers, and the accepted values that matching uses.

The same quantity and price, or a lower price, is accepted by rule. A higher price, fewer pieces or a substitute waits
for the buyer; when the total rises above what was approved, for somebody whose prokura covers it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.documents.order_response import AnsweredLine, OrderResponse, OrderResponseLine, OrderResponseSimple
from app.documents.price import Price
from app.kit import jobs
from app.kit.errors import Conflict
from app.kit.money import Quantity
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import queries
from app.orders.allocations import lock_orders
from app.orders.approving import require_prokura
from app.orders.messages import OrderOut
from app.orders.models import (
    TRANSITIONS,
    OrderStatus,
    PurchaseOrder,
    PurchaseOrderLine,
    ResponseStatus,
)
from app.orders.receiving import REMATCH
from app.orders.service import order_out
from app.orders.totals import line_amount
from app.organisations.access import Call, require
from app.organisations.models import Role, TaskType
from app.organisations.permissions import Permission
from app.organisations.tasks import close_tasks, open_task

CHANGED_STATUSES = frozenset({"Cancelled", "Disputed"})


class NothingToAccept(Conflict):
    """No answer with changes waits for the buyer."""


class ResponseTooLate(Conflict):
    """The order is not open any more."""


def take_simple_response(call: Call, order: PurchaseOrder, response: OrderResponseSimple) -> None:
    """Take in a yes or a no to the whole order; a no ends the order and tells its buyer."""
    _require_open(call, order)
    if response.accepted:
        order.response_status = ResponseStatus.ACCEPTED
        _note(call, order, "order.accepted_by_supplier")
        return
    order.response_status = ResponseStatus.REJECTED
    advance(order, OrderStatus.CANCELLED, TRANSITIONS)
    _tell_buyer(call, order, response.rejection_notes)
    _note(call, order, "order.rejected_by_supplier")


def take_response(call: Call, order: PurchaseOrder, response: OrderResponse) -> None:
    """Take in an answer line by line: accepted by rule, or waiting for the buyer with each change as a reason."""
    _require_open(call, order)
    lines = {line.line_id: line for line in queries.lines_of(call.session, order.id)}
    answers = [answer for answer in response.lines if answer.line.line_id in lines]
    reasons = [reason for answer in answers for reason in _changes(lines[answer.line.line_id], answer)]
    if reasons:
        order.response_status = ResponseStatus.CHANGED
        order.pending_response = response.model_dump(mode="json", exclude_none=True)
        _tell_buyer(call, order, reasons)
        _note(call, order, "order.changed_by_supplier")
        return
    _accept(order, lines, [answer.line for answer in answers])
    _rematch(call, order)
    _note(call, order, "order.accepted_by_supplier")


def accept_changes(call: Call, order_id: UUID, if_match: str | None) -> OrderOut:
    """Agree to the supplier's changes; a total above the approved one takes prokura that covers it.

    :raises NothingToAccept: when no answer waits.
    :raises ProkuraTooSmall: when the new total is above what was approved and above the caller's prokura.
    """
    order = queries.order(call, order_id, lock=True)
    require_version(order, if_match)
    if order.response_status != ResponseStatus.CHANGED or order.pending_response is None:
        raise NothingToAccept(f"no changed answer to order {order.number} waits")
    response = OrderResponse.model_validate(order.pending_response)
    lines = {line.line_id: line for line in queries.lines_of(call.session, order.id)}
    before = _accepted_total(list(lines.values()))
    _accept(order, lines, [answer.line for answer in response.lines if answer.line.line_id in lines])
    if _accepted_total(list(lines.values())) > before:
        require(call, Permission.ORDER_APPROVE, order.organisation_id)
        require_prokura(call, order, list(lines.values()))
    else:
        require(call, Permission.ORDER_CREATE, order.organisation_id)
    order.pending_response = None
    close_tasks(call.session, order.id, [TaskType.ORDER_RESPONSE], now=call.now, by=call.actor.id)
    _rematch(call, order)
    _note(call, order, "order.changes_accepted")
    return order_out(call, order)


def _require_open(call: Call, order: PurchaseOrder) -> None:
    lock_orders(call.session, [order.id])
    if order.status != OrderStatus.SENT:
        raise ResponseTooLate(f"order {order.number} is {order.status}")


def _changes(line: PurchaseOrderLine, answer: OrderResponseLine) -> list[str]:
    """Name what an answer changes to the buyer's disadvantage."""
    changes: list[str] = []
    quantity, price = answer.line.quantity, answer.line.price
    if answer.substitutes or answer.line.line_status_code in CHANGED_STATUSES:
        changes.append(f"line {line.line_id}: {answer.substitution_status_code or answer.line.line_status_code}")
    if quantity is not None and quantity != Quantity(line.accepted_quantity, line.unit_code):
        changes.append(f"line {line.line_id}: {quantity} instead of {line.accepted_quantity} {line.unit_code}")
    if price is not None and line.accepted_price is not None:
        ordered = Price.model_validate(line.accepted_price)
        if price.unit_price > ordered.unit_price:
            changes.append(f"line {line.line_id}: price {price.unit_price} instead of {ordered.unit_price}")
    return changes


def _accept(order: PurchaseOrder, lines: dict[str, PurchaseOrderLine], answers: Sequence[AnsweredLine]) -> None:
    for answer in answers:
        line = lines[answer.line_id]
        if answer.quantity is not None:
            line.accepted_quantity = answer.quantity.value
            line.most_quantity = max(line.received_quantity, answer.quantity.value)
        if answer.price is not None:
            line.accepted_price = answer.price.model_dump(mode="json", exclude_none=True)
    order.response_status = ResponseStatus.ACCEPTED


def _accepted_total(lines: Sequence[PurchaseOrderLine]) -> Decimal:
    return sum((_accepted_amount(line) for line in lines), start=Decimal(0))


def _accepted_amount(line: PurchaseOrderLine) -> Decimal:
    if line.accepted_price is None:
        return line.ordered_amount
    price: dict[str, Any] = line.accepted_price
    return line_amount(Price.model_validate(price), Quantity(line.accepted_quantity, line.unit_code))


def _tell_buyer(call: Call, order: PurchaseOrder, reasons: Sequence[str]) -> None:
    open_task(
        call.session,
        TaskType.ORDER_RESPONSE,
        organisation_id=order.organisation_id,
        role=Role.BUYER,
        user_id=order.created_by,
        subject="order",
        subject_id=order.id,
        reasons=reasons,
        now=call.now,
    )


def _rematch(call: Call, order: PurchaseOrder) -> None:
    jobs.enqueue(call.session, REMATCH, str(order.id), {"order_id": str(order.id)}, call.now)


def _note(call: Call, order: PurchaseOrder, action: str) -> None:
    call.audit(action, chain=order.root_id, entity="order", entity_id=order.id)
