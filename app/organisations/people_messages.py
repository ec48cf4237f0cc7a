"""What callers send and get about people: users, roles, prokura, and themselves."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.documents.values import Carried
from app.kit.money import PLACES, Exact
from app.organisations.messages import CurrencyCode, Dated, Message, Name, ProductGroup
from app.organisations.people_models import ProkuraPart, Role, UserKind

MOST_DIGITS = 14


Subject = Annotated[str, StringConstraints(min_length=1, max_length=200), Carried]


Limit = Annotated[Exact, Field(ge=0, max_digits=MOST_DIGITS, decimal_places=PLACES)]


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
    """A granted role."""

    id: UUID
    user_id: UUID
    role: Role
    organisation_id: UUID | None
    supplier_id: UUID | None
    valid_from: date
    valid_to: date | None


class ProkuraIn(Dated):
    """A spending limit for a person; the more scopes, the more it wins over general ones."""

    user_id: UUID
    part: ProkuraPart
    currency: CurrencyCode = "DKK"
    max_amount: Limit
    organisation_id: UUID
    supplier_id: UUID | None = None
    agreement_id: UUID | None = None
    unspsc_prefix: ProductGroup | None = None


class ProkuraOut(BaseModel):
    """A spending limit."""

    id: UUID
    user_id: UUID
    part: ProkuraPart
    currency: str
    max_amount: Exact
    organisation_id: UUID
    supplier_id: UUID | None
    agreement_id: UUID | None
    unspsc_prefix: str | None
    valid_from: date
    valid_to: date | None


class GrantOut(BaseModel):
    """A role that the caller holds today."""

    role: Role
    organisation_id: UUID | None
    supplier_id: UUID | None


class Me(BaseModel):
    """Who the service takes the caller for."""

    id: UUID
    organisation_id: UUID | None
    grants: list[GrantOut]
