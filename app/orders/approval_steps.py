"""The steps of an order's approval, each kept with who did it, for whom, when and why."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import select

from app.kit.errors import Fault, Invalid
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.orders import queries
from app.orders.approval_messages import ApprovalStepOut
from app.orders.approval_models import ApprovalAction, ApprovalStep
from app.orders.routing import Question
from app.organisations.access import Call, NotAllowed


class ChecklistNotDone(Invalid):
    """The organisation wants points to be ticked that are not; each is named."""


def keep_step(
    call: Call,
    question: Question,
    action: ApprovalAction,
    *,
    reason: str | None = None,
    asked: str | None = None,
    checked: Sequence[str] = (),
    warnings: Sequence[str] = (),
) -> None:
    """Keep what somebody did."""
    step = ApprovalStep(
        id=new_id(call.now),
        order_id=question.order.id,
        subject_id=question.subject_id,
        action=action,
        total_amount=question.total,
        reason=reason,
        asked=asked,
        checked=list(checked),
        warnings=list(warnings),
        done_by=call.actor.id,
        done_for=call.actor.on_behalf_of,
        done_at=call.now,
    )
    call.session.add(step)


def require_ticks(checklist: Sequence[str], checked: Sequence[str]) -> None:
    """Let a decision pass only with every point of the checklist ticked.

    :raises ChecklistNotDone: naming the points that are not.
    """
    faults = [
        Fault(f"tick `{point}`: it is on the checklist", f"sæt kryds ved `{point}`: det står på tjeklisten", "/checked")
        for point in checklist
        if point not in checked
    ]
    if faults:
        raise ChecklistNotDone("the organisation's checklist is not done; see `errors`", faults=faults)


def list_steps(call: Call, order_id: UUID, wanted: PageQuery) -> Page[ApprovalStepOut]:
    """Give the steps of an order's approval, and of its changes.

    :raises NotAllowed: for the supplier, who sees the order, but not how it came about.
    """
    order = queries.order(call, order_id)
    if not queries.is_seen_inside(call, order):
        raise NotAllowed("approvals are for the buyer's people, not for the supplier")
    query = select(ApprovalStep).where(ApprovalStep.order_id == order.id)
    return page(
        call.session, query, ApprovalStep, wanted, lambda row: ApprovalStepOut.model_validate(row, from_attributes=True)
    )
