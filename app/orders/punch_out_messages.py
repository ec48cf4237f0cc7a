"""What callers send and get about punch-out."""

import re
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from app.documents.values import Carried
from app.orders.punch_out.oci import OWN
from app.orders.punch_out_models import PunchOutOperation, PunchOutProtocol, PunchOutState, ShopFunction
from app.organisations.messages import Message

VERSIONS: Final = {
    PunchOutProtocol.OCI: re.compile(r"4\.0|5\.0"),
    PunchOutProtocol.CXML: re.compile(r"1\.2\.\d{3}", re.ASCII),
    PunchOutProtocol.PEPPOL: re.compile(r"3"),
}
LONGEST_VISIT: Final = 24
LONGEST_QUOTE: Final = 24 * 366


def _unlike_ours(name: str) -> str:
    if name.upper() in OWN:
        raise ValueError(f"{name} is filled in by the protocol")
    return name


Short = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), Carried]
FieldName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9~][A-Za-z0-9_.:~-]{0,59}$"), AfterValidator(_unlike_ours)
]
FieldValue = Annotated[str, StringConstraints(max_length=500), Carried]
Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", to_lower=True)]
Identity = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*:.+$", max_length=200), Carried]


ProductId = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True), Carried]
ABOUT: Final = {
    PunchOutOperation.CREATE: {(False, False, False)},
    PunchOutOperation.EDIT: {(True, False, False)},
    PunchOutOperation.INSPECT: {(True, False, False)},
    PunchOutOperation.DETAIL: {(False, False, True), (True, True, False)},
}
"""Whether a visit names a requisition, a line and a product, by what it is for."""


class ShopIn(Message):
    """How a supplier's shop is entered. A browser is sent to the host of `setup_url` and to `allowed_hosts` alone.

    `fields` are sent beside what the protocol sends; of OCI their values may be `{username}`, `{secret}` or, where
    the shop is told who comes (`tells_user`), `{user_name}`; of PEPPOL `{buyer_reference}` and `{return_url}`.
    `identities` are cXML's, each `domain:identity`; the sender is `from` unless it is said. A `secret` that is left out
    stays as it was. `decimal_comma` and `functions` are OCI's: what the shop answers beside its pages. What it offers
    is good for `quote_hours` where its carts do not say until when.
    """

    protocol: PunchOutProtocol
    protocol_version: Annotated[str, StringConstraints(max_length=20)]
    setup_url: Annotated[str, StringConstraints(max_length=1000)]
    allowed_hosts: Annotated[list[Host], Field(max_length=20, default_factory=list)]
    username: Short | None = None
    secret: Short | None = None
    fields: Annotated[dict[FieldName, FieldValue], Field(max_length=50, default_factory=dict)]
    identities: dict[Literal["from", "to", "sender"], Identity] = Field(default_factory=dict)
    tells_user: bool = False
    decimal_comma: bool = False
    session_hours: Annotated[int, Field(ge=1, le=LONGEST_VISIT)] = 8
    functions: Annotated[list[ShopFunction], Field(max_length=len(ShopFunction), default_factory=list)]
    quote_hours: Annotated[int, Field(ge=1, le=LONGEST_QUOTE)] | None = None

    @model_validator(mode="after")
    def _fits_its_protocol(self) -> "ShopIn":
        if not VERSIONS[self.protocol].fullmatch(self.protocol_version):
            raise ValueError("protocol_version is 4.0 or 5.0 of OCI, 1.2 with three more digits of CXML, 3 of PEPPOL")
        is_cxml = self.protocol == PunchOutProtocol.CXML
        if is_cxml and not {"from", "to"} <= set(self.identities):
            raise ValueError("identities of CXML are `from` and `to`, and `sender` where it is another than `from`")
        if self.identities and not is_cxml:
            raise ValueError("identities are said in CXML alone")
        if self.decimal_comma and self.protocol != PunchOutProtocol.OCI:
            raise ValueError("decimal_comma is of OCI alone; XML always has a point")
        if self.functions and self.protocol != PunchOutProtocol.OCI:
            raise ValueError("functions are of OCI alone")
        return self


class ShopOut(BaseModel):
    """How a supplier's shop is entered; its secret is never told, only that there is one."""

    agreement_id: UUID
    protocol: PunchOutProtocol
    protocol_version: str
    setup_url: str
    allowed_hosts: list[str]
    username: str | None
    has_secret: bool
    fields: dict[str, str]
    identities: dict[str, str]
    tells_user: bool
    decimal_comma: bool
    session_hours: int
    functions: list[ShopFunction]
    quote_hours: int | None
    version: int


class VisitIn(Message):
    """For which organisation somebody goes to the shop, and for what. EDIT and INSPECT are about the cart of a
    requisition that came of this shop (cXML); DETAIL shows one product first, of a requisition's line or by its
    `product_id` (OCI), and what comes back is a cart like any other.
    """

    organisation_id: UUID
    operation: PunchOutOperation = PunchOutOperation.CREATE
    requisition_id: UUID | None = None
    line_id: UUID | None = None
    product_id: ProductId | None = None

    @model_validator(mode="after")
    def _says_what_it_is_about(self) -> "VisitIn":
        said = (self.requisition_id is not None, self.line_id is not None, self.product_id is not None)
        if said not in ABOUT[self.operation]:
            raise ValueError(
                "CREATE is about nothing, EDIT and INSPECT about a requisition_id, DETAIL about a product_id or about "
                "a requisition_id and its line_id"
            )
        return self


class VisitOut(BaseModel):
    """A visit to a shop, and the requisition that its cart became or is about. One that was not used in time is
    EXPIRED; `allows` says how far the shop lets the cart that came back be looked at or changed.
    """

    id: UUID
    agreement_id: UUID
    organisation_id: UUID
    protocol: PunchOutProtocol
    operation: PunchOutOperation
    product_id: str | None
    allows: PunchOutOperation | None
    status: PunchOutState
    created_at: datetime
    expires_at: datetime
    returned_at: datetime | None
    requisition_id: UUID | None


class BegunVisit(VisitOut):
    """A visit that has begun: of cXML go to `start_url`, else to what `GET /punch-out-sessions/{id}/entry` says."""

    start_url: str | None


class EntryOut(BaseModel):
    """The form by which a browser enters the shop."""

    method: Literal["GET", "POST"]
    url: str
    fields: dict[str, str]
