"""Tables of punch-out: the shops of suppliers, and every visit to one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column, version_column


class PunchOutProtocol(StrEnum):
    """How a shop is entered and how its cart comes back."""

    OCI = "OCI"
    CXML = "CXML"
    PEPPOL = "PEPPOL"


class PunchOutOperation(StrEnum):
    """What somebody goes to a shop for: to fill a cart, to change one that came back or to look at it (cXML), or to see
    one product first (OCI).
    """

    CREATE = "CREATE"
    EDIT = "EDIT"
    INSPECT = "INSPECT"
    DETAIL = "DETAIL"


class ShopFunction(StrEnum):
    """What an OCI shop answers beside its pages: one product, what it costs now, and what there is by some words."""

    DETAIL = "DETAIL"
    VALIDATE = "VALIDATE"
    BACKGROUND_SEARCH = "BACKGROUND_SEARCH"


class PunchOutState(StrEnum):
    """A visit is begun, entered, and comes back once, with a cart or without one, or not at all."""

    CREATED = "CREATED"
    STARTED = "STARTED"
    RETURNED = "RETURNED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


PUNCH_OUT_TRANSITIONS = frozenset(
    {
        (PunchOutState.CREATED, PunchOutState.STARTED),
        (PunchOutState.STARTED, PunchOutState.RETURNED),
        (PunchOutState.STARTED, PunchOutState.CANCELLED),
        (PunchOutState.CREATED, PunchOutState.EXPIRED),
        (PunchOutState.STARTED, PunchOutState.EXPIRED),
    }
)


class PunchOutShop(SQLModel, table=True):
    """The shop behind an agreement. `secret` is encrypted and never given out; `fields` are what the shop wants to be
    sent beside what the protocol sends, `identities` who cXML says is calling. A browser is sent to a host of
    `allowed_hosts` alone. With `decimal_comma` numbers come as Danes write them. `functions` are those of OCI that the
    shop knows; what it offers is good for `quote_hours` where its carts do not say until when.
    """

    __tablename__ = "punch_out_shop"

    id: UUID = Field(primary_key=True)
    agreement_id: UUID = Field(foreign_key="agreement.id", unique=True)
    protocol: PunchOutProtocol = Field(sa_column=enum_column(PunchOutProtocol))
    protocol_version: str = Field(max_length=20)
    setup_url: str = Field(max_length=1000)
    allowed_hosts: list[str] = Field(sa_column=json_column())
    username: str | None = Field(default=None, max_length=200)
    secret: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    fields: dict[str, str] = Field(default_factory=dict, sa_column=json_column())
    identities: dict[str, str] = Field(default_factory=dict, sa_column=json_column())
    tells_user: bool = False
    decimal_comma: bool = False
    session_hours: int = 8
    functions: list[str] = Field(default_factory=list, sa_column=json_column())
    quote_hours: int | None = None
    version: int = Field(default=1, sa_column=version_column())


class PunchOutSession(SQLModel, table=True):
    """One visit to a shop by one user for one organisation. Of the return token and the buyer cookie only SHA-256 is
    kept; the token is good once. A visit whose shop was removed names none. `requisition_id` is what its cart became,
    or whose cart it is about; `allows` is how far the shop lets a cart that came back be looked at or changed.
    """

    __tablename__ = "punch_out_session"
    __table_args__ = (
        Index("ix_punch_out_session_user", "user_id", "id"),
        Index("ix_punch_out_session_requisition", "requisition_id"),
    )

    id: UUID = Field(primary_key=True)
    shop_id: UUID | None = Field(default=None, foreign_key="punch_out_shop.id")
    agreement_id: UUID = Field(foreign_key="agreement.id")
    organisation_id: UUID = Field(foreign_key="organisation.id")
    user_id: UUID = Field(foreign_key="app_user.id")
    acting_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    protocol: PunchOutProtocol = Field(sa_column=enum_column(PunchOutProtocol))
    operation: PunchOutOperation = Field(default=PunchOutOperation.CREATE, sa_column=enum_column(PunchOutOperation))
    product_id: str | None = Field(default=None, max_length=60)
    allows: PunchOutOperation | None = Field(default=None, sa_column=enum_column(PunchOutOperation, nullable=True))
    status: PunchOutState = Field(default=PunchOutState.CREATED, sa_column=enum_column(PunchOutState))
    token_hash: str = Field(max_length=64)
    buyer_cookie_hash: str = Field(max_length=64)
    created_at: datetime = Field(sa_column=moment_column())
    expires_at: datetime = Field(sa_column=moment_column())
    returned_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    document_id: UUID | None = Field(default=None, foreign_key="archived_document.id")
    requisition_id: UUID | None = Field(default=None, foreign_key="requisition.id")
