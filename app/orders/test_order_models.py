"""Table of test orders: what a supplier is tried with before it gets orders; no order, and never matched."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column


class SupplierTestStatus(StrEnum):
    """SENT waits for the supplier's answer."""

    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


TRANSITIONS = frozenset(
    {
        (SupplierTestStatus.SENT, SupplierTestStatus.ACCEPTED),
        (SupplierTestStatus.SENT, SupplierTestStatus.REJECTED),
    }
)


class SupplierTest(SQLModel, table=True):
    """A test order under a number of its own series, the way it went, and what the supplier answered; `reasons` are
    the supplier's own words.
    """

    __tablename__ = "supplier_test"
    __table_args__ = (UniqueConstraint("organisation_id", "number"),)

    id: UUID = Field(primary_key=True)
    number: str = Field(max_length=40)
    supplier_id: UUID = Field(foreign_key="supplier.id", index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    root_id: UUID = Field(foreign_key="organisation.id")
    endpoint_scheme_id: str = Field(max_length=20)
    endpoint_id: str = Field(max_length=100)
    profile_id: str = Field(max_length=100)
    document_id: UUID = Field(foreign_key="archived_document.id")
    status: SupplierTestStatus = Field(default=SupplierTestStatus.SENT, sa_column=enum_column(SupplierTestStatus))
    reasons: list[str] = Field(sa_column=json_column())
    sent_at: datetime = Field(sa_column=moment_column())
    answered_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
