"""Tables of suppliers and the identifiers that documents name them by."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column, version_column


class SupplierStatus(StrEnum):
    """UNVERIFIED suppliers are known from a received document alone; BLOCKED ones get no orders and no money."""

    ACTIVE = "ACTIVE"
    UNVERIFIED = "UNVERIFIED"
    BLOCKED = "BLOCKED"


class OrderChannel(StrEnum):
    """How a supplier takes orders."""

    OIOUBL = "OIOUBL"
    EMAIL = "EMAIL"


class Supplier(SQLModel, table=True):
    """A company that sells, known by several identifiers; documents go to its endpoint."""

    __tablename__ = "supplier"

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=200)
    cvr: str | None = Field(default=None, max_length=20)
    endpoint_scheme_id: str = Field(max_length=20)
    endpoint_id: str = Field(max_length=100)
    profiles: list[str] = Field(sa_column=json_column())
    order_channel: OrderChannel = Field(default=OrderChannel.OIOUBL, sa_column=enum_column(OrderChannel))
    status: SupplierStatus = Field(default=SupplierStatus.ACTIVE, sa_column=enum_column(SupplierStatus))
    warnings: list[str] = Field(sa_column=json_column())
    registered_at: datetime = Field(sa_column=moment_column())
    version: int = Field(default=1, sa_column=version_column())


class SupplierIdentifier(SQLModel, table=True):
    """A key such as `DK:CVR:DK30714008` under which documents name the supplier."""

    __tablename__ = "supplier_identifier"

    key: str = Field(primary_key=True, max_length=200)
    supplier_id: UUID = Field(foreign_key="supplier.id", index=True)
