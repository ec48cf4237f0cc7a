"""What callers get from reports."""

from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from app.kit.money import Exact
from app.orders.models import OrderStatus
from app.organisations.models import TaskType
from app.organisations.people_models import ProkuraPart, Role
from app.organisations.reorganisation_models import ReorganisationKind

Row = TypeVar("Row", bound=BaseModel)


class Told(BaseModel, Generic[Row]):
    """How many there are, and the first of them."""

    total: int
    first: list[Row]


class LapsingShare(BaseModel):
    """A share over the new border; what hangs on it stops working, too."""

    id: UUID
    agreement_id: UUID
    contract_number: str
    title: str
    from_name: str
    to_name: str


class FollowingAgreement(BaseModel):
    """An agreement that is owned in the branch, and who owns it afterwards."""

    id: UUID
    contract_number: str
    title: str
    owner_name: str
    owner_after: str


class LeavingMember(BaseModel):
    """Somebody who leaves a user group of an organisation that is left."""

    id: UUID
    group_name: str
    user_id: UUID
    user_name: str


class LapsingRole(BaseModel):
    """A role over the new border."""

    id: UUID
    user_id: UUID
    user_name: str
    role: Role
    place: str


class LapsingProkura(BaseModel):
    """A limit over the new border."""

    id: UUID
    user_id: UUID
    user_name: str
    part: ProkuraPart
    currency: str
    max_amount: Exact
    place: str


class RoutedTask(BaseModel):
    """An open task whose holder loses the role: it goes to whoever holds it there afterwards."""

    id: UUID
    type: TaskType
    role: Role
    place: str
    user_name: str


class OpenOrder(BaseModel):
    """An order under way; it keeps the GLN that it was made with."""

    id: UUID
    number: str
    status: OrderStatus
    place: str
    buyer_gln: str


class ReorganisationPreview(BaseModel):
    """Everything that a reorganisation would do, were it done now; each list tells its whole length."""

    kind: ReorganisationKind
    organisation_id: UUID
    target_id: UUID | None
    effective_on: date
    organisations: int
    shares_lapsing: Told[LapsingShare]
    agreements_following: Told[FollowingAgreement]
    group_members_leaving: Told[LeavingMember]
    roles_lapsing: Told[LapsingRole]
    prokura_lapsing: Told[LapsingProkura]
    tasks_routed_anew: Told[RoutedTask]
    open_orders: Told[OpenOrder]


class AuthorityCode(StrEnum):
    """What is looked at before somebody may approve an order."""

    ORDER_STATE = "ORDER_STATE"
    ROLE = "ROLE"
    LINE = "LINE"
    LIMIT = "LIMIT"
    TOTAL = "TOTAL"
    SECOND_PERSON = "SECOND_PERSON"


class AuthorityFinding(BaseModel):
    """One reason for or against; a LINE names the prokura that applies to it, a LIMIT what its lines take of it."""

    code: AuthorityCode
    passed: bool
    message: str
    line_id: str | None
    prokura_id: UUID | None


class AuthorityOut(BaseModel):
    """Whether a user may approve an order now, and why."""

    user_id: UUID
    order_id: UUID
    currency: str
    total_amount: Exact
    may_approve: bool
    findings: list[AuthorityFinding]
