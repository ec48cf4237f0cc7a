"""What callers send and get about suppliers; identifiers are strict here."""

from typing import Annotated
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from stdnum.dk import cvr

from app.documents.identifiers import identifier_fault
from app.documents.values import Carried, Identifier
from app.kit.mail import address_fault
from app.oioubl.profiles import DEFAULT_PROFILE, PROFILES
from app.oioubl.schematron import code_list
from app.oioubl.ubl import SCHEMAS
from app.organisations.messages import Cvr, Gln, Message, Name, checked_gln
from app.organisations.notice_models import Language
from app.organisations.supplier_models import OrderChannel, SupplierStatus

IDENTIFIER_LENGTH = 100


COMPANY_SCHEMES = ("DK:CVR", "DK:SE")


ENDPOINT_SCHEMES = frozenset(code_list(SCHEMAS / "codes" / "endpoint-scheme.xml"))


def _checked_identifier(value: Identifier) -> Identifier:
    if value.scheme_id not in ENDPOINT_SCHEMES:
        raise ValueError(f"F-LIB179: {value.scheme_id} is no scheme_id of an endpoint; GLN and DK:CVR are")
    if not 1 <= len(value.value) <= IDENTIFIER_LENGTH:
        raise ValueError(f"an endpoint has 1 to {IDENTIFIER_LENGTH} characters")
    if value.scheme_id == "GLN":
        return Identifier(value=checked_gln(value.value), scheme_id="GLN")
    if fault := identifier_fault(value):
        raise ValueError(fault)
    if value.scheme_id in COMPANY_SCHEMES:
        return Identifier(value=f"DK{cvr.compact(value.value)}", scheme_id=value.scheme_id)
    return value


def _known_profile(value: str) -> str:
    if value not in PROFILES:
        raise ValueError(f"F-LIB004: {value} is no profile of OIOUBL")
    return value


def _mail_address(value: str) -> str:
    if fault := address_fault(value):
        raise ValueError(fault)
    return value


CheckedIdentifier = Annotated[Identifier, AfterValidator(_checked_identifier)]


ProfileId = Annotated[str, AfterValidator(_known_profile)]
Profiles = Annotated[list[ProfileId], Field(max_length=40)]
MailAddress = Annotated[str, StringConstraints(max_length=190), AfterValidator(_mail_address)]
StateReason = Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True), Carried]


class SupplierIn(Message):
    """A supplier to register. Without an endpoint, documents go to its CVR number. One with the order channel EMAIL
    gets orders at its `order_email`.
    """

    name: Name
    cvr: Cvr
    endpoint: CheckedIdentifier | None = None
    gln: Gln | None = None
    profiles: Profiles = Field(default_factory=lambda: [DEFAULT_PROFILE])
    order_channel: OrderChannel = OrderChannel.OIOUBL
    order_email: MailAddress | None = None
    order_language: Language = Language.DANISH


class SupplierChange(Message):
    """What is to be different; what is left out stays. `gln` may be set to null, nothing else may."""

    name: Name | None = None
    endpoint: CheckedIdentifier | None = None
    gln: Gln | None = None
    profiles: Profiles | None = None
    order_channel: OrderChannel | None = None
    order_email: MailAddress | None = None
    order_language: Language | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _said(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.field_name != "gln":
            raise ValueError("it cannot be taken away; leave it out, and it stays as it is")
        return value


class SupplierReasonIn(Message):
    """Why a supplier is activated or blocked; the buyers' people read it, the supplier does not."""

    reason: StateReason


class SupplierOut(BaseModel):
    """A supplier as it is known; `warnings` flag what a received document said of it and is odd.

    `missing` names what it lacks before it can be ACTIVE and get orders. The reasons are told to the buyers' people
    alone.
    """

    id: UUID
    name: str
    cvr: str | None
    endpoint: Identifier
    gln: str | None
    profiles: list[str]
    order_channel: OrderChannel
    order_email: str | None
    order_language: Language
    status: SupplierStatus
    missing: list[str]
    activation_reason: str | None
    block_reason: str | None
    warnings: list[str]
    version: int
