"""Tables of suppliers and the identifiers that documents name them by."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column, version_column
from app.organisations.notice_models import Language


class SupplierStatus(StrEnum):
    """UNVERIFIED suppliers are known from a received document alone, REGISTERED ones by a person; ACTIVE ones get
    orders. BLOCKED ones get none, hand in no catalogues, and no invoice of theirs approves itself.
    """

    UNVERIFIED = "UNVERIFIED"
    REGISTERED = "REGISTERED"
    ACTIVE = "ACTIVE"
    BLOCKED = "BLOCKED"


VERIFYING = frozenset({(SupplierStatus.UNVERIFIED, SupplierStatus.REGISTERED)})
ACTIVATING = frozenset({(SupplierStatus.REGISTERED, SupplierStatus.ACTIVE)})
PUTTING_BACK = frozenset({(SupplierStatus.ACTIVE, SupplierStatus.REGISTERED)})
BLOCKING = frozenset(
    {
        (SupplierStatus.UNVERIFIED, SupplierStatus.BLOCKED),
        (SupplierStatus.REGISTERED, SupplierStatus.BLOCKED),
        (SupplierStatus.ACTIVE, SupplierStatus.BLOCKED),
    }
)
UNBLOCKING = frozenset((blocked, before) for before, blocked in BLOCKING)


class OrderChannel(StrEnum):
    """How a supplier takes orders."""

    OIOUBL = "OIOUBL"
    EMAIL = "EMAIL"


class Supplier(SQLModel, table=True):
    """A company that sells, known by several identifiers; documents go to its endpoint.

    One that takes orders by mail gets them at `order_email`, to be read in `order_language`.
    `status_before` is what a blocked one was and becomes again. The reasons are for the buyers' people alone.
    """

    __tablename__ = "supplier"

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=200)
    cvr: str | None = Field(default=None, max_length=20)
    endpoint_scheme_id: str = Field(max_length=20)
    endpoint_id: str = Field(max_length=100)
    gln: str | None = Field(default=None, max_length=13)
    profiles: list[str] = Field(sa_column=json_column())
    order_channel: OrderChannel = Field(default=OrderChannel.OIOUBL, sa_column=enum_column(OrderChannel))
    order_email: str | None = Field(default=None, max_length=190)
    order_language: Language = Field(default=Language.DANISH, sa_column=enum_column(Language))
    status: SupplierStatus = Field(default=SupplierStatus.REGISTERED, sa_column=enum_column(SupplierStatus))
    status_before: SupplierStatus | None = Field(default=None, sa_column=enum_column(SupplierStatus, nullable=True))
    activation_reason: str | None = Field(default=None, max_length=1000)
    block_reason: str | None = Field(default=None, max_length=1000)
    warnings: list[str] = Field(sa_column=json_column())
    registered_at: datetime = Field(sa_column=moment_column())
    version: int = Field(default=1, sa_column=version_column())


class SupplierIdentifier(SQLModel, table=True):
    """A key such as `DK:CVR:DK30714008` under which documents name the supplier."""

    __tablename__ = "supplier_identifier"

    key: str = Field(primary_key=True, max_length=200)
    supplier_id: UUID = Field(foreign_key="supplier.id", index=True)
