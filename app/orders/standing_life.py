"""A standing order once it runs: suspended, resumed, ended."""

from uuid import UUID

from app.kit.errors import Conflict
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import queries
from app.orders.missing_invoices import plan_notice, tell_missing
from app.orders.models import TRANSITIONS, OrderStatus, PurchaseOrder
from app.orders.standing_messages import StandingOrderOut
from app.orders.standing_models import StandingOrder, TermsStatus
from app.orders.standing_queries import standing_order, terms_of
from app.orders.standing_terms import decide, require_running
from app.orders.standing_views import standing_out
from app.organisations.access import Call, require
from app.organisations.permissions import Permission


class AlreadySuspended(Conflict):
    """The standing order is suspended; resume it first."""


class NotSuspended(Conflict):
    """The standing order is not suspended, so there is nothing to resume."""


def suspend(call: Call, order_id: UUID, reason: str, if_match: str | None) -> StandingOrderOut:
    """Let no invoice on it approve itself from now on.

    :raises NotRunning: when it was not sent, or has ended.
    :raises AlreadySuspended: when it is.
    """
    order, standing = _running(call, order_id, if_match)
    if standing.suspended_on is not None:
        raise AlreadySuspended(f"order {order.number} is suspended since {standing.suspended_on}")
    standing.suspended_on, standing.suspended_reason = call.today, reason
    tell_missing(call.session, standing, call.now)
    _note(call, order, "standing_order.suspended")
    return standing_out(call, order)


def resume(call: Call, order_id: UUID, reason: str, if_match: str | None) -> StandingOrderOut:
    """Let its invoices approve themselves again; those that came meanwhile stay as they were decided.

    :raises NotRunning: when it was not sent, or has ended.
    :raises NotSuspended: when it is not.
    """
    order, standing = _running(call, order_id, if_match)
    if standing.suspended_on is None:
        raise NotSuspended(f"order {order.number} is not suspended")
    standing.suspended_on, standing.suspended_reason = None, None
    order.decision_reason = reason
    plan_notice(standing, call.today)
    _note(call, order, "standing_order.resumed")
    return standing_out(call, order)


def end(call: Call, order_id: UUID, reason: str, if_match: str | None) -> StandingOrderOut:
    """End it for good: CLOSED when all of it is invoiced, else CLOSED_SHORT; terms that wait are rejected.

    :raises NotRunning: when it was not sent, or has ended.
    """
    order, standing = _running(call, order_id, if_match)
    left = any(line.accepted_amount > line.invoiced_amount for line in queries.lines_of(call.session, order.id))
    advance(order, OrderStatus.CLOSED_SHORT if left else OrderStatus.CLOSED, TRANSITIONS)
    order.decision_reason, standing.notice_on, standing.close_on = reason, None, None
    for terms in terms_of(call.session, order.id):
        if terms.status == TermsStatus.PROPOSED:
            decide(call, order, terms, TermsStatus.REJECTED)
    tell_missing(call.session, standing, call.now)
    _note(call, order, "standing_order.ended")
    return standing_out(call, order)


def _running(call: Call, order_id: UUID, if_match: str | None) -> tuple[PurchaseOrder, StandingOrder]:
    order, standing = standing_order(call, order_id, lock=True)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    require_version(order, if_match)
    require_running(order)
    return order, standing


def _note(call: Call, order: PurchaseOrder, action: str) -> None:
    call.audit(action, chain=order.root_id, entity="order", entity_id=order.id)
