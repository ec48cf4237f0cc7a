"""Who is asked to approve an order: the named disponent, else the organisation's default, else who can, level by level
upwards (domain rule 3.3-7). Nobody is asked whose prokura does not cover it, or whom the two-person rule keeps out.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col, select

from app.orders import prepayments, receipt_free, splitting
from app.orders.approving import amounts_of, limits_on, second_person_rule
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.order_settings import Settled
from app.organisations import queries as organisations
from app.organisations.access import Call, as_user, holds_on, may
from app.organisations.models import Organisation, TaskType
from app.organisations.people_models import Role, RoleGrant
from app.organisations.permissions import Permission
from app.organisations.prokura import coverage
from app.organisations.tasks import close_tasks, open_task

NOBODY: Final = "NO_APPROVER"
MOST_TRIED: Final = 50
"""So many disponents of one level are looked at before the next level is."""

_GRANTED = (
    select(RoleGrant.organisation_id, RoleGrant.user_id)
    .where(
        col(RoleGrant.organisation_id).in_(bindparam("places", expanding=True)),
        RoleGrant.role == Role.DISPONENT,
        holds_on(RoleGrant, bindparam("day")),
    )
    .order_by(col(RoleGrant.user_id))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be approved of an order: its lines at these amounts, which come to this total."""

    order: PurchaseOrder
    lines: Sequence[PurchaseOrderLine]
    amounts: Sequence[Decimal]
    subject: str
    subject_id: UUID
    task: TaskType

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, start=Decimal(0))


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked, where, and why just they; `user_id` is None where everybody with the role is."""

    organisation_id: UUID
    role: Role
    why: str
    user_id: UUID | None = None


def ask(call: Call, question: Question, found: Settled) -> tuple[Asked, list[str]]:
    """Open the task of whoever is to decide, and tell who that is and what they are warned of; when there is nobody,
    the local administrators are told.
    """
    stop_asking(call, question)
    asked = route(call, question, found)
    warned = [*receipt_free.warnings(question.order), *prepayments.warnings(question.order)]
    warned += splitting.warnings(call, question.order, asked.user_id, found.anti_split_days)
    open_task(
        call.session,
        question.task if asked.role == Role.DISPONENT else TaskType.ASSIGN_APPROVER,
        organisation_id=asked.organisation_id,
        role=asked.role,
        user_id=asked.user_id,
        subject=question.subject,
        subject_id=question.subject_id,
        reasons=[asked.why, *warned],
        now=call.now,
    )
    return asked, warned


def stop_asking(call: Call, question: Question) -> None:
    """Close the tasks of whoever was asked: it is decided, or asked of others."""
    types = [question.task, TaskType.ASSIGN_APPROVER]
    close_tasks(call.session, question.subject_id, types, now=call.now, by=call.actor.id)


def route(call: Call, question: Question, found: Settled) -> Asked:
    """Say who is asked."""
    order = question.order
    named = order.approver_id
    if named is not None and _can(call, question, named):
        return Asked(order.organisation_id, Role.DISPONENT, "the order names them", named)
    places = organisations.upwards(call.session, order.organisation_id)
    granted = _granted(call, places)
    for place in places:
        default = found.disponent_at(place.id)
        if default is not None and _can(call, question, default):
            return Asked(order.organisation_id, Role.DISPONENT, f"the default disponent of {place.name}", default)
        able = next((one for one in granted[place.id][:MOST_TRIED] if _can(call, question, one)), None)
        if able is not None:
            # Of a confidential order only somebody who is named sees anything.
            alone = able if order.confidential else None
            return Asked(place.id, Role.DISPONENT, f"disponents of {place.name} can approve it", alone)
    why = f"{NOBODY}: no disponent up to {places[-1].name} has prokura for {question.total} {order.currency}"
    return Asked(order.organisation_id, Role.LOCAL_ADMINISTRATOR, f"{why} and may be the second person")


def _granted(call: Call, places: Sequence[Organisation]) -> dict[UUID | None, list[UUID]]:
    users: dict[UUID | None, list[UUID]] = defaultdict(list)
    asked = {"places": [place.id for place in places], "day": call.today}
    for place_id, user_id in call.session.exec(_GRANTED, params=asked).all():
        users[place_id].append(user_id)
    return users


def _can(call: Call, question: Question, user_id: UUID) -> bool:
    """Tell whether somebody could approve it today, by role, prokura and the two-person rule."""
    return not any(reasons_against(call, question, user_id))


def reasons_against(call: Call, question: Question, user_id: UUID) -> Iterator[str]:
    """Say what keeps somebody from approving it."""
    order = question.order
    limits = limits_on(call, user_id, order)
    covered = coverage(limits, amounts_of(question.amounts, question.lines), order.supplier_id, order.agreement_id)
    if not covered.covered:
        yield covered.reason or "their prokura does not cover it"
    if rule := second_person_rule(call, frozenset((user_id,)), order, question.total):
        yield rule
    if not may(as_user(call, user_id), Permission.ORDER_APPROVE, order.organisation_id):
        yield "they are no disponent there"
