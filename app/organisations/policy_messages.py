"""What callers send and get about policies: single ones, bundles, templates, and what holds on a day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.kit.money import Exact
from app.organisations.messages import Message
from app.organisations.people_models import Role
from app.organisations.policies import PolicyRule, TolerancePolicy
from app.organisations.policy_models import PolicyStatus
from app.organisations.policy_templates import Question, TemplateName

UpTo = Annotated[Exact, Field(gt=0, max_digits=15, decimal_places=2)]
"""An amount of kroner, without VAT."""


class PolicyIn(Message):
    """A policy of an organisation, from a day; another administrator publishes it."""

    valid_from: date
    rule: PolicyRule


class TemplateIn(Message):
    """From which day a template is to hold; `up_to`, in kroner, belongs to ONE_PERSON_UP_TO alone."""

    valid_from: date
    up_to: UpTo | None = None


class PolicyOut(BaseModel):
    """A policy with who wrote and who published it, by user ids; `…_for` names whom a substitute stood in for."""

    id: UUID
    organisation_id: UUID
    valid_from: date
    rule: PolicyRule
    status: PolicyStatus
    set_by: UUID
    set_for: UUID | None
    set_at: datetime
    published_by: UUID | None
    published_for: UUID | None
    published_at: datetime | None
    bundle_id: UUID | None
    template: TemplateName | None
    version: int


class Wording(BaseModel):
    """The same in Danish and English."""

    da: str
    en: str


class PresumedRole(BaseModel):
    """A role that somebody must hold, and what for."""

    role: Role
    purpose: Wording


class Meaning(BaseModel):
    """What a template means for purchases and for invoices that approve themselves."""

    question: Question
    answer: Wording


class BundleOut(BaseModel):
    """Policies that a template proposed together, in one state; they are published or withdrawn together."""

    id: UUID
    organisation_id: UUID
    template: TemplateName
    valid_from: date
    status: PolicyStatus
    policies: Sequence[PolicyOut]
    meaning: Sequence[Meaning]
    version: int


class TemplateOut(BaseModel):
    """One way to answer whether one or two persons stand over a purchase, with everything that follows."""

    name: TemplateName
    title: Wording
    takes_up_to: bool
    rules: Sequence[PolicyRule]
    roles: Sequence[PresumedRole]
    meaning: Sequence[Meaning]


class SourceOut(BaseModel):
    """Who set a value and since when; `default`, without the rest, is the service's own."""

    organisation_id: UUID | None
    organisation_name: str
    policy_id: UUID | None
    valid_from: date | None


class HeldOut(BaseModel):
    """A rule that holds, and where it came from."""

    rule: PolicyRule
    source: SourceOut


class IntervalOut(BaseModel):
    """So many working days, and where they came from."""

    days: int
    source: SourceOut


class RemindersOut(BaseModel):
    """After how many working days somebody is reminded of what."""

    task_days: IntervalOut
    response_days: IntervalOut
    receipt_days: IntervalOut


class ToleranceRowOut(BaseModel):
    """A row of tolerance that counts, and on what it binds for some order value."""

    rule: TolerancePolicy
    source: SourceOut
    binds_on: Sequence[Literal["ORDER", "LINE", "FREIGHT"]]


class LimitOut(BaseModel):
    """What binds from an order value on, in kroner, until the next one of the level: an amount, or a per cent of the
    value. Without a source no row sets a limit, and nothing may deviate.
    """

    level: Literal["ORDER", "LINE"]
    from_value: Exact
    absolute: Exact | None
    percent: Exact | None
    source: SourceOut | None


class FreightCapOut(BaseModel):
    """How much of charges that nobody agreed on passes; without a source nobody set a cap, and none does."""

    amount: Exact
    source: SourceOut | None


class EffectiveOut(BaseModel):
    """What holds at an organisation on a day, each value with where it came from."""

    organisation_id: UUID
    on: date
    two_person: HeldOut
    external_approval: HeldOut
    over_delivery: HeldOut
    substitutes: HeldOut
    receipt_free: HeldOut
    reminders: RemindersOut
    tolerances: Sequence[ToleranceRowOut]
    limits: Sequence[LimitOut]
    freight_cap: FreightCapOut
