"""Order responses: what the supplier answers, and the accepted values that matching uses.

The same quantity and price, or a lower price, is accepted by rule, and so is a substitute that costs no more where a
policy says so. A higher price, fewer pieces, a back-order or any other substitute waits for the buyer.
"""

from collections.abc import Mapping, Sequence

from app.documents.order_response import OrderResponse, OrderResponseLine, OrderResponseSimple
from app.kit import jobs
from app.kit.errors import Conflict
from app.orders import queries
from app.orders.allocations import lock_orders
from app.orders.answered import Offer, agree, changes, hindrance, is_as_good, offers
from app.orders.cancelling import end, has_come
from app.orders.change_models import VersionCause
from app.orders.headers import over_delivery
from app.orders.models import OrderStatus, PurchaseOrder, PurchaseOrderLine, ResponseStatus
from app.orders.order_versions import keep_version, pictures_of
from app.orders.receipt_posting import REMATCH
from app.orders.sending import deem_received, postpone_receipt
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from app.organisations.policies import SubstitutesPolicy
from app.organisations.tasks import close_tasks, open_task


class NothingToAccept(Conflict):
    """No answer with changes waits for the buyer."""


class ResponseTooLate(Conflict):
    """The order is not open any more, or a part of it has come."""


def take_simple_response(call: Call, order: PurchaseOrder, response: OrderResponseSimple) -> None:
    """Take in a yes or a no to the whole order; a no ends the order and tells its buyer.

    :raises ResponseTooLate: when the order is not open, and for a no when a part of it has come.
    """
    _require_open(call, order)
    if response.accepted:
        _answered(call, order, ResponseStatus.ACCEPTED)
        note(call, order, "order.accepted_by_supplier")
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
    lines = lines_by_id(call, order)
    reasons = [reason for answer in response.lines for reason in _reasons(call, order, lines, answer)]
    if reasons:
        _answered(call, order, ResponseStatus.CHANGED, response)
        _tell_buyer(call, order, reasons)
        note(call, order, "order.changed_by_supplier")
        return
    _answered(call, order, ResponseStatus.ACCEPTED)
    agree_on(call, order, lines, {one.line.line_id: offers(lines[one.line.line_id], one)[0] for one in response.lines})
    ask_invoices_anew(call, order)
    note(call, order, "order.accepted_by_supplier")


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


def waiting_answer(order: PurchaseOrder) -> OrderResponse:
    """Give the answer with changes that waits for the buyer.

    :raises NothingToAccept: when none does.
    """
    if order.response_status != ResponseStatus.CHANGED or order.pending_response is None:
        raise NothingToAccept(f"no changed answer to order {order.number} waits")
    return OrderResponse.model_validate(order.pending_response)


def lines_by_id(call: Call, order: PurchaseOrder) -> dict[str, PurchaseOrderLine]:
    """Give an order's lines by their ids."""
    return {line.line_id: line for line in queries.lines_of(call.session, order.id)}


def _reasons(
    call: Call, order: PurchaseOrder, lines: Mapping[str, PurchaseOrderLine], answer: OrderResponseLine
) -> list[str]:
    line = lines.get(answer.line.line_id)
    if line is None:
        return [f"line {answer.line.line_id} is not on the order"]
    found = changes(line, answer)
    if not found or not is_as_good(line, answer):
        return found
    (offer,) = offers(line, answer)
    is_possible = hindrance(line, answer, offer, come=has_come(order, line)) is None
    return [] if is_possible and _takes_substitutes(call, order) else found


def _takes_substitutes(call: Call, order: PurchaseOrder) -> bool:
    """Tell whether the organisation accepts substitutes that cost no more by rule."""
    rule = organisations.effective_policy(call.session, order.organisation_id, call.today).substitutes.rule
    assert isinstance(rule, SubstitutesPolicy)  # noqa: S101 - what the field holds
    return rule.by_rule == "SAME_OR_CHEAPER"


def agree_on(
    call: Call, order: PurchaseOrder, lines: Mapping[str, PurchaseOrderLine], agreed: Mapping[str, Offer]
) -> None:
    """Make offers what the lines are agreed on, and keep the order's new version where that makes it another."""
    over, before = over_delivery(call, order.organisation_id), pictures_of(lines.values())
    for line_id, offer in agreed.items():
        agree(lines[line_id], offer, over)
    if not order.requires_receipt:
        deem_received([line for line in lines.values() if line.accepted_quantity >= line.invoiced_quantity])
    postpone_receipt(call, order, [line.promised_on for line in lines.values() if line.promised_on is not None])
    if pictures_of(lines.values()) != before:
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


def ask_invoices_anew(call: Call, order: PurchaseOrder) -> None:
    """Let the invoices that wait for the order be decided anew."""
    jobs.enqueue(call.session, REMATCH, str(order.id), {"order_id": str(order.id)}, call.now)


def note(call: Call, order: PurchaseOrder, action: str) -> None:
    """Write down what has become of an order."""
    call.audit(action, chain=order.root_id, entity="order", entity_id=order.id)
