"""Order responses: what the supplier answers, and the accepted values that matching uses.

The same quantity and price, or a lower price, is accepted by rule. A higher price, fewer pieces or a substitute waits
for the buyer; when the total rises above what was approved, for somebody whose prokura covers it.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from app.documents.order_response import OrderResponse, OrderResponseLine, OrderResponseSimple
from app.kit import jobs
from app.kit.errors import Conflict
from app.kit.versions import require_version
from app.orders import queries
from app.orders.allocations import lock_orders
from app.orders.answered import agree, changes, unusable
from app.orders.approving import require_prokura, require_second_person
from app.orders.cancelling import end, has_come
from app.orders.change_models import VersionCause
from app.orders.headers import over_delivery
from app.orders.messages import OrderOut
from app.orders.models import (
    OrderStatus,
    PurchaseOrder,
    PurchaseOrderLine,
    ResponseStatus,
)
from app.orders.order_versions import keep_version
from app.orders.receipt_posting import REMATCH
from app.orders.service import order_out
from app.organisations.access import Call, require
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from app.organisations.permissions import Permission
from app.organisations.tasks import close_tasks, open_task

ZERO = Decimal(0)


class NothingToAccept(Conflict):
    """No answer with changes waits for the buyer."""


class ResponseTooLate(Conflict):
    """The order is not open any more, or a part of it has come."""


class AnswerNotUsable(Conflict):
    """The answer changes what an order keeps: its items, its units, its amounts without a price."""


def take_simple_response(call: Call, order: PurchaseOrder, response: OrderResponseSimple) -> None:
    """Take in a yes or a no to the whole order; a no ends the order and tells its buyer.

    :raises ResponseTooLate: when the order is not open, and for a no when a part of it has come.
    """
    _require_open(call, order)
    if response.accepted:
        _answered(call, order, ResponseStatus.ACCEPTED)
        _note(call, order, "order.accepted_by_supplier")
        return
    if any(has_come(order, line) for line in queries.lines_of(call.session, order.id)):
        raise ResponseTooLate(f"a part of order {order.number} has been received or billed")
    _answered(call, order, ResponseStatus.REJECTED)
    end(call, order, OrderStatus.CANCELLED, "order.rejected_by_supplier")
    _tell_buyer(call, order, response.rejection_notes)


def take_response(call: Call, order: PurchaseOrder, response: OrderResponse) -> None:
    """Take in an answer line by line: accepted by rule, or waiting for the buyer with each change as a reason.

    :raises ResponseTooLate: when the order is not open.
    """
    _require_open(call, order)
    lines = _lines(call, order)
    reasons = [reason for answer in response.lines for reason in _reasons(lines, answer)]
    if reasons:
        _answered(call, order, ResponseStatus.CHANGED, response)
        _tell_buyer(call, order, reasons)
        _note(call, order, "order.changed_by_supplier")
        return
    _answered(call, order, ResponseStatus.ACCEPTED)
    _agree(call, order, lines, response)
    _keep_version(call, order, lines)
    _rematch(call, order)
    _note(call, order, "order.accepted_by_supplier")


def accept_changes(call: Call, order_id: UUID, if_match: str | None) -> OrderOut:
    """Agree to the supplier's changes; a total above the approved one is approved like a new order.

    :raises NothingToAccept: when no answer waits.
    :raises AnswerNotUsable: when the order cannot carry what was answered.
    :raises ProkuraTooSmall, SecondPersonNeeded: when the new total is above what was approved.
    """
    order = queries.order(call, order_id, lock=True)
    require_version(order, if_match)
    if order.response_status != ResponseStatus.CHANGED or order.pending_response is None:
        raise NothingToAccept(f"no changed answer to order {order.number} waits")
    response = OrderResponse.model_validate(order.pending_response)
    lines = _lines(call, order)
    _require_usable(lines, response)
    approved = max(order.total_amount, sum((line.accepted_amount for line in lines.values()), start=ZERO))
    _agree(call, order, lines, response)
    _require_approval(call, order, list(lines.values()), approved)
    order.response_status, order.pending_response = ResponseStatus.ACCEPTED, None
    _keep_version(call, order, lines)
    close_tasks(call.session, order.id, [TaskType.ORDER_RESPONSE], now=call.now, by=call.actor.id)
    _rematch(call, order)
    _note(call, order, "order.changes_accepted")
    return order_out(call, order)


def _require_open(call: Call, order: PurchaseOrder) -> None:
    lock_orders(call.session, [order.id])
    if order.status != OrderStatus.SENT:
        raise ResponseTooLate(f"order {order.number} is {order.status}")


def _answered(call: Call, order: PurchaseOrder, status: ResponseStatus, waiting: OrderResponse | None = None) -> None:
    """Let an answer take the place of the one before; who looked at that must look again."""
    order.response_status = status
    order.pending_response = waiting.model_dump(mode="json", exclude_none=True) if waiting is not None else None
    order.version += 1
    order.remind_response_on = None
    close_tasks(call.session, order.id, [TaskType.ORDER_RESPONSE, TaskType.RESPONSE_MISSING], now=call.now, by=None)


def _lines(call: Call, order: PurchaseOrder) -> dict[str, PurchaseOrderLine]:
    return {line.line_id: line for line in queries.lines_of(call.session, order.id)}


def _reasons(lines: Mapping[str, PurchaseOrderLine], answer: OrderResponseLine) -> list[str]:
    line = lines.get(answer.line.line_id)
    return changes(line, answer) if line is not None else [f"line {answer.line.line_id} is not on the order"]


def _require_usable(lines: Mapping[str, PurchaseOrderLine], response: OrderResponse) -> None:
    for answer in response.lines:
        line = lines.get(answer.line.line_id)
        why = unusable(line, answer) if line is not None else f"line {answer.line.line_id} is not on it"
        if why is not None:
            raise AnswerNotUsable(f"the order cannot carry this answer, make another: {why}")


def _agree(call: Call, order: PurchaseOrder, lines: Mapping[str, PurchaseOrderLine], response: OrderResponse) -> None:
    over = over_delivery(call, order.organisation_id)
    for answer in response.lines:
        agree(lines[answer.line.line_id], answer.line, over)


def _require_approval(call: Call, order: PurchaseOrder, lines: Sequence[PurchaseOrderLine], approved: Decimal) -> None:
    amounts = [line.accepted_amount for line in lines]
    total = sum(amounts, start=ZERO)
    if total <= approved:
        require(call, Permission.ORDER_CREATE, order.organisation_id)
        return
    require(call, Permission.ORDER_APPROVE, order.organisation_id)
    require_prokura(call, order, amounts, lines)
    require_second_person(call, order, total)


def _keep_version(call: Call, order: PurchaseOrder, lines: Mapping[str, PurchaseOrderLine]) -> None:
    """Keep how the order stands now, where the answer made it another."""
    agreed = [(line.accepted_quantity, line.accepted_price) for line in lines.values()]
    if agreed != [(line.ordered_quantity, line.price) for line in lines.values()]:
        keep_version(call, order, list(lines.values()), VersionCause.ANSWER, None)


def _tell_buyer(call: Call, order: PurchaseOrder, reasons: Sequence[str]) -> None:
    open_task(
        call.session,
        TaskType.ORDER_RESPONSE,
        organisation_id=order.organisation_id,
        role=Role.BUYER,
        user_id=order.maker_id,
        subject="order",
        subject_id=order.id,
        reasons=reasons,
        now=call.now,
    )


def _rematch(call: Call, order: PurchaseOrder) -> None:
    jobs.enqueue(call.session, REMATCH, str(order.id), {"order_id": str(order.id)}, call.now)


def _note(call: Call, order: PurchaseOrder, action: str) -> None:
    call.audit(action, chain=order.root_id, entity="order", entity_id=order.id)
