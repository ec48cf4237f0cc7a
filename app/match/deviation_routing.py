"""Who is asked to approve a deviation: the order's approver, else who can, level by level upwards."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from app.match.booking import verdict_of
from app.match.handling import InHand
from app.match.invoice_prokura import amounts_of_lines, covering, is_other_hand
from app.match.tasks import named
from app.orders.models import PurchaseOrder
from app.organisations import queries as organisations
from app.organisations.access import Call, as_user, holds_on, may
from app.organisations.models import TaskType
from app.organisations.people_models import Role, RoleGrant
from app.organisations.permissions import Permission

MOST_TRIED: Final = 50
"""So many disponents of one level are looked at before the next level is."""


def approver_of(call: Call, seen: InHand) -> UUID | None:
    """Give whom to ask to approve a deviation: whoever has approved the order, where invoice prokura and the rule of
    two hands let them; else the nearest disponent whom both let; None where there is nobody.
    """
    return next((one for one in _near(call, seen) if _can(call, seen, one)), None)


def _near(call: Call, seen: InHand) -> Iterator[UUID]:
    first = named(call.session, TaskType.APPROVE_DEVIATION, seen.orders)
    if first is not None:
        yield first
    for place in organisations.upwards(call.session, seen.case.organisation_id):
        query = select(RoleGrant.user_id).where(
            RoleGrant.organisation_id == place.id,
            RoleGrant.role == Role.DISPONENT,
            holds_on(RoleGrant, call.today),
        )
        yield from call.session.exec(query.distinct().order_by(col(RoleGrant.user_id)).limit(MOST_TRIED)).all()


def _can(call: Call, seen: InHand, user_id: UUID) -> bool:
    other = as_user(call, user_id)
    if not may(other, Permission.INVOICE_APPROVE, seen.case.organisation_id):
        return False
    return _is_covered(call, seen, user_id, seen.orders) and is_other_hand(other, seen.case, seen.orders)


def _is_covered(call: Call, seen: InHand, user_id: UUID, orders: Sequence[PurchaseOrder]) -> bool:
    taken = {one["invoice_line_id"]: UUID(one["order_line_id"]) for one in verdict_of(seen.live).get("allocations", ())}
    return covering(call, user_id, seen.case, amounts_of_lines(call, seen, taken), orders)[0].covered
