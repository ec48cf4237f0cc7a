"""Decisions about an order: approve, which sends it, return, reject, and ask somebody else."""

from uuid import UUID

from app.kit.errors import Conflict
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import prepayments, queries, receipt_free, repricing, splitting
from app.orders.approval_messages import ApprovalIn, ApproverIn
from app.orders.approval_models import ApprovalAction
from app.orders.approval_steps import keep_step, require_ticks
from app.orders.approving import require_prokura, require_second_person
from app.orders.messages import OrderOut
from app.orders.models import TRANSITIONS, OrderStatus, PurchaseOrder
from app.orders.order_settings import require_fit, settled
from app.orders.routing import ask, stop_asking
from app.orders.sending import reachable_supplier, send
from app.orders.service import order_out, question_of
from app.organisations.access import Call, require
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from app.organisations.permissions import Permission
from app.organisations.tasks import open_task
from app.organisations.tree import hold, require_open


def approve_order(call: Call, order_id: UUID, body: ApprovalIn | None, if_match: str | None) -> OrderOut:
    """Approve an order within prokura and by the two-person rule, and send it in the same transaction.

    :raises ProkuraTooSmall: when the approver's limits do not cover it.
    :raises SecondPersonNeeded: when the creator may not be the only hand.
    :raises ChecklistNotDone: when a point of the organisation's checklist is not ticked.
    :raises OrganisationClosed: when the organisation has been closed since.
    :raises SupplierNotActive, SupplierBlocked, EOrderNotPossible: when the supplier cannot get the order.
    :raises ReceiptNeeded: for a text order that may not go without receipt at its amount.
    :raises PriceHasRisen: when a price is above what was submitted; the order waits to be returned to its buyer.
    """
    said = body or ApprovalIn()
    order = queries.order(call, order_id, lock=True)
    require(call, Permission.ORDER_APPROVE, order.organisation_id)
    require_version(order, if_match)
    advance(order, OrderStatus.APPROVED, TRANSITIONS)
    require_open(hold(call.session, order.organisation_id))
    supplier = reachable_supplier(call, order)
    lines = list(queries.lines_of(call.session, order.id))
    repricing.refresh_prices(call, order, lines)
    question = question_of(order, lines)
    require_prokura(call, order, question.amounts, lines)
    require_second_person(call, order, order.total_amount)
    receipt_free.require_receipt_free(call, order)
    found = settled(call.session, order.organisation_id)
    require_ticks(found.approval_checklist, said.checked)
    order.approved_by, order.approved_for, order.approved_at = call.actor.id, call.actor.on_behalf_of, call.now
    stop_asking(call, question)
    warned = [*receipt_free.warnings(order), *prepayments.warnings(order)]
    warned += splitting.warnings(call, order, call.actor.principal_id, found.anti_split_days)
    keep_step(call, question, ApprovalAction.APPROVED, reason=said.reason, checked=said.checked, warnings=warned)
    _note(call, order, "order.approved", {"total_amount": str(order.total_amount), "currency": order.currency})
    send(call, order, lines, supplier)
    return order_out(call, order, lines)


def return_order(call: Call, order_id: UUID, reason: str, if_match: str | None) -> OrderOut:
    """Give an order back to its buyer, saying why."""
    order = _decide_against(call, order_id, OrderStatus.DRAFT, reason, if_match)
    open_task(
        call.session,
        TaskType.ORDER_RETURNED,
        organisation_id=order.organisation_id,
        role=Role.BUYER,
        user_id=order.maker_id,
        subject="order",
        subject_id=order.id,
        reasons=[reason],
        now=call.now,
    )
    return order_out(call, order)


def reject_order(call: Call, order_id: UUID, reason: str, if_match: str | None) -> OrderOut:
    """Say no for good, saying why."""
    return order_out(call, _decide_against(call, order_id, OrderStatus.REJECTED, reason, if_match))


def _decide_against(
    call: Call, order_id: UUID, target: OrderStatus, reason: str, if_match: str | None
) -> PurchaseOrder:
    order = queries.order(call, order_id, lock=True)
    require(call, Permission.ORDER_APPROVE, order.organisation_id)
    require_version(order, if_match)
    if order.status == OrderStatus.DRAFT:
        raise Conflict("the order is a draft; its buyer decides about it")
    advance(order, target, TRANSITIONS)
    order.decision_reason = reason
    question = question_of(order, queries.lines_of(call.session, order.id))
    stop_asking(call, question)
    action = ApprovalAction.RETURNED if target == OrderStatus.DRAFT else ApprovalAction.REJECTED
    keep_step(call, question, action, reason=reason)
    _note(call, order, f"order.{action.lower()}")
    return order


def name_approver(call: Call, order_id: UUID, body: ApproverIn, if_match: str | None) -> OrderOut:
    """Ask somebody else to decide; the order goes to them if they can, and else to who can.

    :raises PersonNotFit: for somebody who may not approve there.
    :raises Conflict: when the order does not wait for approval.
    """
    order = queries.order(call, order_id, lock=True)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    require_version(order, if_match)
    if order.status not in (OrderStatus.DRAFT, OrderStatus.PENDING_APPROVAL):
        raise Conflict(f"order {order.number} is {order.status}; who approves is said before that")
    require_fit(call, order.organisation_id, body.approver_id, Permission.ORDER_APPROVE, "/approver_id")
    order.approver_id = body.approver_id
    if order.status == OrderStatus.PENDING_APPROVAL:
        question = question_of(order, queries.lines_of(call.session, order.id))
        asked, warned = ask(call, question, settled(call.session, order.organisation_id))
        keep_step(call, question, ApprovalAction.SUBMITTED, asked=asked.why, warnings=warned)
    _note(call, order, "order.approver_named")
    return order_out(call, order)


def _note(call: Call, order: PurchaseOrder, action: str, facts: dict[str, str] | None = None) -> None:
    call.audit(action, chain=order.root_id, entity="order", entity_id=order.id, facts=facts)
