"""What callers send and get in the organisations chapter."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from stdnum.dk import cvr

from app.documents.identifiers import cvr_fault, gln_fault, identifier_fault
from app.documents.values import Carried, Identifier
from app.kit.money import PLACES, Exact
from app.oioubl.profiles import PROFILES
from app.oioubl.schematron import code_list
from app.oioubl.ubl import SCHEMAS
from app.organisations.models import (
    OrderChannel,
    OrganisationStatus,
    ProkuraPart,
    Role,
    SupplierStatus,
    TaskState,
    TaskType,
    UserKind,
)
from app.organisations.policies import PolicyRule

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), Carried]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
ProductGroup = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}){1,4}$")]
"""A UNSPSC prefix: segment, family, class or commodity (2, 4, 6 or 8 digits)."""


IDENTIFIER_LENGTH = 100
MOST_DIGITS = 14
COMPANY_SCHEMES = ("DK:CVR", "DK:SE")
ENDPOINT_SCHEMES = frozenset(code_list(SCHEMAS / "codes" / "endpoint-scheme.xml"))


def _checked_gln(value: str) -> str:
    if fault := gln_fault(value):
        raise ValueError(fault)
    if not value.isascii():
        raise ValueError(f"P-GLN: {value!r} has digits of another script than 0 to 9")
    return value


def _checked_cvr(value: str) -> str:
    if fault := cvr_fault(value):
        raise ValueError(fault)
    digits: str = cvr.compact(value)  # the check reads blanks and hyphens, too
    return digits


def _checked_identifier(value: Identifier) -> Identifier:
    if value.scheme_id not in ENDPOINT_SCHEMES:
        raise ValueError(f"F-LIB179: {value.scheme_id} is no scheme_id of an endpoint; GLN and DK:CVR are")
    if not 1 <= len(value.value) <= IDENTIFIER_LENGTH:
        raise ValueError(f"an endpoint has 1 to {IDENTIFIER_LENGTH} characters")
    if value.scheme_id == "GLN":
        return Identifier(value=_checked_gln(value.value), scheme_id="GLN")
    if fault := identifier_fault(value):
        raise ValueError(fault)
    if value.scheme_id in COMPANY_SCHEMES:
        return Identifier(value=f"DK{cvr.compact(value.value)}", scheme_id=value.scheme_id)
    return value


def _known_profile(value: str) -> str:
    if value not in PROFILES:
        raise ValueError(f"F-LIB004: {value} is no profile of OIOUBL")
    return value


Gln = Annotated[str, AfterValidator(_checked_gln)]
Cvr = Annotated[str, AfterValidator(_checked_cvr)]
CheckedIdentifier = Annotated[Identifier, AfterValidator(_checked_identifier)]
ProfileId = Annotated[str, AfterValidator(_known_profile)]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=200), Carried]
Limit = Annotated[Exact, Field(ge=0, max_digits=MOST_DIGITS, decimal_places=PLACES)]


class Message(BaseModel):
    """What is sent: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nul(cls, sent: Any) -> Any:
        """PostgreSQL keeps no NUL in a text; without this, one would end as an internal error there alone."""
        texts = sent.items() if isinstance(sent, dict) else ()
        for name, text in texts:
            if isinstance(text, str) and "\0" in text:
                raise ValueError(f"{name} holds a NUL character, which no text has")
        return sent


class Dated(Message):
    """Something that holds from a day, and maybe to one, both included."""

    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Dated":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self


class OrganisationIn(Message):
    """A new organisation below another."""

    parent_id: UUID
    name: Name
    gln: Gln | None = None
    cvr: Cvr | None = None


class OrganisationOut(BaseModel):
    """An organisation with the GLNs that route to it today."""

    id: UUID
    parent_id: UUID | None
    root_id: UUID
    name: str
    cvr: str | None
    glns: list[str]
    status: OrganisationStatus
    version: int


class SupplierIn(Message):
    """A supplier to register. Without an endpoint, documents go to its CVR number."""

    name: Name
    cvr: Cvr
    endpoint: CheckedIdentifier | None = None
    gln: Gln | None = None
    profiles: Annotated[list[ProfileId], Field(max_length=40)] = ["Procurement-OrdAdv-BilSim-1.0"]
    order_channel: OrderChannel = OrderChannel.OIOUBL


class SupplierOut(BaseModel):
    """A supplier as it is known; `warnings` flag what a received document said of it and is odd."""

    id: UUID
    name: str
    cvr: str | None
    endpoint: Identifier
    profiles: list[str]
    order_channel: OrderChannel
    status: SupplierStatus
    warnings: list[str]
    version: int


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


class PolicyIn(Message):
    """A policy of an organisation, from a day."""

    valid_from: date
    rule: PolicyRule


class PolicyOut(BaseModel):
    """A policy as it was set."""

    id: UUID
    organisation_id: UUID
    valid_from: date
    rule: PolicyRule


class TaskOut(BaseModel):
    """Something that waits for a person."""

    id: UUID
    type: TaskType
    organisation_id: UUID
    role: Role
    user_id: UUID | None
    subject: str
    subject_id: UUID
    reasons: list[str]
    state: TaskState
    opened_at: datetime
    closed_at: datetime | None


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
