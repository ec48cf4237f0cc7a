"""Steps of a requisition as buyers take them: claim it, let go of it, return or reject it."""

from typing import Any
from uuid import UUID

from app.kit.errors import Conflict, Forbidden
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import requisition_queries as queries
from app.orders.requisition_messages import RequisitionOut
from app.orders.requisition_models import REQUISITION_TRANSITIONS, Requisition, RequisitionStatus
from app.orders.requisition_views import requisition_out
from app.orders.requisitions import ask_buyers
from app.organisations.access import Call, require
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from app.organisations.permissions import Permission
from app.organisations.tasks import close_tasks, open_task


class AlreadyClaimed(Conflict):
    """Another buyer works on the requisition, or you do already."""


class NotYoursToWorkOn(Forbidden):
    """Only the buyer who has claimed a requisition decides about it or makes orders of it."""


def claim_requisition(call: Call, requisition_id: UUID) -> RequisitionOut:
    """Take a requisition to work on; of two buyers at once the first has it.

    :raises AlreadyClaimed: when somebody works on it.
    """
    requisition = queries.requisition(call, requisition_id, lock=True)
    require(call, Permission.ORDER_CREATE, requisition.organisation_id)
    if requisition.status == RequisitionStatus.IN_WORK:
        raise AlreadyClaimed(f"user {requisition.claimed_by} works on it; they can release it")
    advance(requisition, RequisitionStatus.IN_WORK, REQUISITION_TRANSITIONS)
    requisition.claimed_by = call.actor.principal_id
    requisition.version += 1
    ask_buyers(call, requisition, requisition.claimed_by)
    _note(call, requisition, "requisition.claimed")
    return requisition_out(call, requisition)


def release_requisition(call: Call, requisition_id: UUID) -> RequisitionOut:
    """Give a requisition back to all buyers. Any buyer may, for whoever claimed it may have gone home.

    :raises WrongState: when nobody works on it.
    """
    requisition = queries.requisition(call, requisition_id, lock=True)
    require(call, Permission.ORDER_CREATE, requisition.organisation_id)
    if requisition.status != RequisitionStatus.IN_WORK:
        raise Conflict(f"it is {requisition.status}; nobody works on it")
    advance(requisition, RequisitionStatus.SUBMITTED, REQUISITION_TRANSITIONS)
    requisition.claimed_by = None
    requisition.version += 1
    ask_buyers(call, requisition)
    _note(call, requisition, "requisition.released")
    return requisition_out(call, requisition)


def return_requisition(call: Call, requisition_id: UUID, reason: str, if_match: str | None) -> RequisitionOut:
    """Give a requisition back to its maker, saying why; it can be handed in again."""
    return _decide_against(call, requisition_id, RequisitionStatus.RETURNED, reason, if_match)


def reject_requisition(call: Call, requisition_id: UUID, reason: str, if_match: str | None) -> RequisitionOut:
    """Say no for good, saying why."""
    return _decide_against(call, requisition_id, RequisitionStatus.REJECTED, reason, if_match)


def _decide_against(
    call: Call, requisition_id: UUID, target: RequisitionStatus, reason: str, if_match: str | None
) -> RequisitionOut:
    requisition = queries.requisition(call, requisition_id, lock=True)
    require(call, Permission.ORDER_CREATE, requisition.organisation_id)
    if requisition.status == RequisitionStatus.IN_WORK:
        require_claimed(call, requisition)
    require_version(requisition, if_match)
    advance(requisition, target, REQUISITION_TRANSITIONS)
    requisition.decision_reason, requisition.claimed_by = reason, None
    close_tasks(call.session, requisition.id, [TaskType.HANDLE_REQUISITION], now=call.now, by=call.actor.id)
    open_task(
        call.session,
        TaskType.REQUISITION_RETURNED,
        organisation_id=requisition.organisation_id,
        role=Role.REQUISITIONER,
        user_id=requisition.maker_id,
        subject="requisition",
        subject_id=requisition.id,
        now=call.now,
    )
    _note(call, requisition, f"requisition.{target.lower()}")
    return requisition_out(call, requisition)


def require_claimed(call: Call, requisition: Requisition) -> None:
    """Let only the buyer pass who has claimed a requisition, or their substitute.

    :raises NotYoursToWorkOn: otherwise.
    """
    if requisition.claimed_by != call.actor.principal_id:
        raise NotYoursToWorkOn(f"user {requisition.claimed_by} works on it; they can release it, and you claim it then")


def _note(call: Call, requisition: Requisition, action: str, facts: dict[str, Any] | None = None) -> None:
    call.audit(action, chain=requisition.root_id, entity="requisition", entity_id=requisition.id, facts=facts)
