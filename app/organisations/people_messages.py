"""What callers send and get about people: users, roles, prokura, and themselves."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.documents.values import Carried
from app.kit.money import PLACES, Exact
from app.organisations.messages import CurrencyCode, Dated, Message, Name, ProductGroup
from app.organisations.people_models import ProkuraPart, Role, UserKind
from app.organisations.prokura import Posted

MOST_DIGITS = 14


Subject = Annotated[str, StringConstraints(min_length=1, max_length=200), Carried]


Limit = Annotated[Exact, Field(ge=0, max_digits=MOST_DIGITS, decimal_places=PLACES)]


Dimension = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40, pattern="^[^;=]+$", strip_whitespace=True, to_lower=True),
    Carried,
]
"""A dimension of the posting, such as a cost centre, in small letters."""

DimensionValue = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern="^[^;]+$", strip_whitespace=True), Carried
]


class UserIn(Message):
    """A person or system, by what its identity provider calls it."""

    issuer: Subject
    subject: Subject
    name: Name
    kind: UserKind = UserKind.PERSON
    organisation_id: UUID


class UserOut(BaseModel):
    """A registered user."""

    id: UUID
    issuer: str
    subject: str
    name: str
    kind: UserKind
    organisation_id: UUID | None


class RoleGrantIn(Dated):
    """A role for a user: on an organisation and all below it, or the supplier role for a supplier."""

    user_id: UUID
    role: Role
    organisation_id: UUID | None = None
    supplier_id: UUID | None = None

    @model_validator(mode="after")
    def _one_scope(self) -> "RoleGrantIn":
        wanted = (self.organisation_id is None, self.supplier_id is None)
        if wanted != ((True, False) if self.role == Role.SUPPLIER else (False, True)):
            raise ValueError("the role SUPPLIER takes a supplier_id alone, every other role an organisation_id alone")
        return self


class RoleGrantOut(BaseModel):
    """A granted role; one with `ended_at` was ended before its time."""

    id: UUID
    user_id: UUID
    role: Role
    organisation_id: UUID | None
    supplier_id: UUID | None
    valid_from: date
    valid_to: date | None
    ended_at: datetime | None


class ProkuraIn(Dated):
    """A spending limit for a person. The narrower scope wins: an agreement, then a dimension of the posting, then a
    longer product group, then a supplier.

    A dimension's values go from one to another, both included: numbers with as many digits, or one text twice.
    `account` is the whole posting of a line that names no dimensions.
    """

    user_id: UUID
    part: ProkuraPart
    currency: CurrencyCode = "DKK"
    max_amount: Limit
    organisation_id: UUID
    supplier_id: UUID | None = None
    agreement_id: UUID | None = None
    unspsc_prefix: ProductGroup | None = None
    dimension: Dimension | None = None
    dimension_from: DimensionValue | None = None
    dimension_to: DimensionValue | None = None

    @model_validator(mode="after")
    def _a_range(self) -> "ProkuraIn":
        if self.dimension is None or self.dimension_from is None or self.dimension_to is None:
            if any(one is not None for one in (self.dimension, self.dimension_from, self.dimension_to)):
                raise ValueError("dimension, dimension_from and dimension_to belong together; give all of them or none")
            return self
        if fault := Posted(self.dimension, self.dimension_from, self.dimension_to).fault:
            raise ValueError(fault)
        return self


class ProkuraOut(BaseModel):
    """A spending limit; one with `ended_at` was ended before its time."""

    id: UUID
    user_id: UUID
    part: ProkuraPart
    currency: str
    max_amount: Exact
    organisation_id: UUID
    supplier_id: UUID | None
    agreement_id: UUID | None
    unspsc_prefix: str | None
    dimension: str | None
    dimension_from: str | None
    dimension_to: str | None
    valid_from: date
    valid_to: date | None
    ended_at: datetime | None


class PrincipalOut(BaseModel):
    """A user for whom the caller may act until a day, which is included."""

    user_id: UUID
    name: str
    organisation_id: UUID | None
    substitution_id: UUID
    valid_to: date


class GrantOut(BaseModel):
    """A role that the caller holds today."""

    role: Role
    organisation_id: UUID | None
    supplier_id: UUID | None


class Me(BaseModel):
    """Who the service takes the caller for; of a substitute, the organisation and roles are the principal's.
    `may_act_for` lists whose substitute the caller is today.
    """

    id: UUID
    on_behalf_of: UUID | None
    organisation_id: UUID | None
    grants: list[GrantOut]
    may_act_for: list[PrincipalOut]
