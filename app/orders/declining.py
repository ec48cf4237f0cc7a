"""No to what a supplier has answered: the order is insisted on as it was, or cancelled."""

from uuid import UUID

from app.kit.versions import require_version
from app.orders import queries
from app.orders.allocations import lock_orders
from app.orders.cancelling import cancel_sent, require_ours
from app.orders.change_messages import DeclineIn
from app.orders.change_sending import send_change
from app.orders.messages import OrderOut
from app.orders.receiving import locked_lines
from app.orders.responding import waiting_answer
from app.orders.service import order_out
from app.organisations.access import Call, require
from app.organisations.models import TaskType
from app.organisations.permissions import Permission
from app.organisations.tasks import close_tasks


def decline_changes(call: Call, order_id: UUID, body: DeclineIn, if_match: str | None) -> OrderOut:
    """Decline a changed answer: INSIST sends the order once more as an OrderChange, CANCEL cancels it.

    :raises NothingToAccept: when no changed answer waits.
    :raises OrderElsewhere: when another system sent the order.
    :raises TooLateToCancel: when a part of what is to be cancelled has come or been billed.
    :raises ProfileLacks: when the order's profile has no such document.
    """
    order = queries.order(call, order_id)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    (order,) = lock_orders(call.session, [order.id])
    require_version(order, if_match)
    waiting_answer(order)
    close_tasks(call.session, order.id, [TaskType.ORDER_RESPONSE], now=call.now, by=call.actor.id)
    call.audit("order.changes_declined", chain=order.root_id, entity="order", entity_id=order.id)
    if body.instead == "CANCEL":
        cancel_sent(call, order, body.reason)
    else:
        require_ours(order)
        send_change(call, order, list(locked_lines(call, order).values()), {}, [body.reason])
    return order_out(call, order)
