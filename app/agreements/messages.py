"""What callers send and get in the agreements chapter."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from app.agreements.limits import CatalogueLimits, limits_fault
from app.agreements.models import (
    AgreementKind,
    AgreementStatus,
    CatalogueApproval,
    ChargeKind,
    OrderForm,
    ShareTarget,
)
from app.agreements.why import Cause
from app.documents.values import Carried
from app.kit.columns import kept
from app.kit.money import Exact
from app.organisations.messages import CurrencyCode, Dated, Message, Name, ProductGroup

Groups = Annotated[list[ProductGroup], Field(max_length=200)]
ContractNumber = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), Carried]
OrderForms = Annotated[list[OrderForm], Field(min_length=1, max_length=len(OrderForm))]


class Charge(Message):
    """What may be charged beside the goods: at most an amount an order, or at most per cent of its net total."""

    kind: ChargeKind
    most_amount: Annotated[Exact, Field(gt=0), AfterValidator(kept)] | None = None
    most_percent: Annotated[Exact, Field(gt=0, le=100), AfterValidator(kept)] | None = None

    @model_validator(mode="after")
    def _one_cap(self) -> "Charge":
        if (self.most_amount is None) == (self.most_percent is None):
            raise ValueError("give either most_amount or most_percent")
        return self


def _each_kind_once(charges: list[Charge]) -> list[Charge]:
    if len({charge.kind for charge in charges}) < len(charges):
        raise ValueError("name each kind of charge once")
    return charges


Charges = Annotated[list[Charge], AfterValidator(_each_kind_once)]


class AgreementIn(Dated):
    """A new agreement, in DRAFT until it is activated. With `receipt_required` an invoice is matched with order and
    receipt, else with the order alone; with `mandatory_e_order` its supplier must take orders as OIOUBL. AUTO approval
    of catalogues goes with limits, and MANUAL without.
    """

    valid_to: date
    owner_id: UUID
    supplier_id: UUID
    kind: AgreementKind
    binding: bool = False
    title: Name
    contract_number: ContractNumber
    currency: CurrencyCode = "DKK"
    product_groups: Groups = Field(default_factory=list)
    mandatory_e_order: bool = False
    order_types: OrderForms = Field(default_factory=lambda: list(OrderForm))
    catalogue_approval: CatalogueApproval = CatalogueApproval.MANUAL
    catalogue_limits: CatalogueLimits | None = None
    charges: Charges = Field(default_factory=list)
    receipt_required: bool = True

    @model_validator(mode="after")
    def _limits_for_auto(self) -> "AgreementIn":
        if fault := limits_fault(self.catalogue_approval, self.catalogue_limits):
            raise ValueError(fault)
        return self


class AgreementChange(Message):
    """What is to be different; what is left out stays. `replaced_by` may be set to null, nothing else may; with
    catalogue_approval MANUAL the limits go.
    """

    supplier_id: UUID | None = None
    binding: bool | None = None
    title: Name | None = None
    contract_number: ContractNumber | None = None
    currency: CurrencyCode | None = None
    product_groups: Groups | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    mandatory_e_order: bool | None = None
    order_types: OrderForms | None = None
    catalogue_approval: CatalogueApproval | None = None
    catalogue_limits: CatalogueLimits | None = None
    charges: Charges | None = None
    receipt_required: bool | None = None
    replaced_by: UUID | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _said(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.field_name != "replaced_by":
            raise ValueError("it cannot be taken away; leave it out, and it stays as it is")
        return value


class InForce(StrEnum):
    """What an agreement is today: its status, and for an ACTIVE one what its days say."""

    DRAFT = "DRAFT"
    NOT_YET = "NOT_YET"
    IN_FORCE = "IN_FORCE"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    TERMINATED = "TERMINATED"


class AgreementOut(BaseModel):
    """An agreement; `in_force` tells what it is today."""

    id: UUID
    owner_id: UUID
    supplier_id: UUID
    kind: AgreementKind
    binding: bool
    title: str
    contract_number: str
    currency: str
    product_groups: list[str]
    valid_from: date
    valid_to: date
    mandatory_e_order: bool
    order_types: list[OrderForm]
    catalogue_approval: CatalogueApproval
    catalogue_limits: CatalogueLimits | None
    charges: list[Charge]
    receipt_required: bool
    replaced_by: UUID | None
    status: AgreementStatus
    in_force: InForce
    version: int


TARGET_FIELDS = {
    ShareTarget.USER: "user_id",
    ShareTarget.GROUP: "group_id",
    ShareTarget.ORGANISATION: "organisation_id",
    ShareTarget.EVERYBODY: "organisation_id",
}
"""The field that names the target; the others stay empty."""


class ShareIn(Dated):
    """Hand an agreement on: from an organisation that has it, to an organisation below (its content managers), to one
    user, to a user group, or to everybody of an organisation. Groups narrow what was handed to you.
    """

    from_organisation_id: UUID
    target: ShareTarget
    organisation_id: UUID | None = None
    user_id: UUID | None = None
    group_id: UUID | None = None
    include_groups: Groups = Field(default_factory=list)
    exclude_groups: Groups = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_target(self) -> "ShareIn":
        fields = set(TARGET_FIELDS.values())
        if {name for name in fields if getattr(self, name) is not None} != {TARGET_FIELDS[self.target]}:
            raise ValueError(
                "target USER takes a user_id alone, GROUP a group_id alone, "
                "ORGANISATION and EVERYBODY an organisation_id alone"
            )
        return self


class ShareOut(BaseModel):
    """One step of sharing."""

    id: UUID
    agreement_id: UUID
    parent_id: UUID | None
    from_organisation_id: UUID
    target: ShareTarget
    organisation_id: UUID
    user_id: UUID | None
    group_id: UUID | None
    include_groups: list[str]
    exclude_groups: list[str]
    valid_from: date
    valid_to: date | None
    revoked_at: datetime | None


class UserGroupIn(Message):
    """A new group of users of an organisation and those below it."""

    organisation_id: UUID
    name: Name


class MemberIn(Message):
    """Somebody to be in a group."""

    user_id: UUID


class UserGroupOut(BaseModel):
    """A user group and how many are in it."""

    id: UUID
    organisation_id: UUID
    name: str
    members: int


class MemberOut(BaseModel):
    """Somebody in a group; `id` is the membership's."""

    id: UUID
    group_id: UUID
    user_id: UUID
    added_at: datetime
    removed_at: datetime | None


class ReachState(StrEnum):
    """Whether a share works today: REVOKED, NOT_YET and OVER are its own doing, BROKEN is a step's above it."""

    EFFECTIVE = "EFFECTIVE"
    NOT_YET = "NOT_YET"
    OVER = "OVER"
    REVOKED = "REVOKED"
    BROKEN = "BROKEN"


class GroupsLeft(BaseModel):
    """The product groups left after every step: the agreement's (all, when there are none), of these the ones under
    `include` (all, when it is null), and none under `exclude`.
    """

    agreement: list[str]
    include: list[str] | None
    exclude: list[str]


class FindingOut(BaseModel):
    """One thing that lets through or stops; `share_id` names the step, if it is one."""

    code: Cause
    message: str
    message_da: str
    share_id: UUID | None


class ReachOut(BaseModel):
    """One step of the tree: who has the agreement from whom, what is left of it and from when to when, all steps above
    counted in. `parent_id` is the step that it hangs on, `depth` how many there are above.
    """

    id: UUID
    parent_id: UUID | None
    depth: int
    from_organisation_id: UUID
    from_name: str
    target: ShareTarget
    organisation_id: UUID
    user_id: UUID | None
    group_id: UUID | None
    to_name: str
    groups_left: GroupsLeft
    valid_from: date
    valid_to: date | None
    revoked_at: datetime | None
    state: ReachState
    because: FindingOut | None


class WhyOut(BaseModel):
    """Whether a user sees an agreement on a day, with a product group if one was asked about, and why."""

    agreement_id: UUID
    user_id: UUID
    on: date
    group: str | None
    visible: bool
    findings: list[FindingOut]
