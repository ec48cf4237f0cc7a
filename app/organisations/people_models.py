"""Tables of people and systems: users, their roles, their prokura."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.columns import decimal_column, enum_column, moment_column


class UserKind(StrEnum):
    """People sign in; systems have client credentials."""

    PERSON = "PERSON"
    SYSTEM = "SYSTEM"


class Role(StrEnum):
    """What somebody may do, on an organisation and all below it; a supplier's role is for one supplier."""

    CONTENT_MANAGER = "CONTENT_MANAGER"
    REQUISITIONER = "REQUISITIONER"
    BUYER = "BUYER"
    DISPONENT = "DISPONENT"
    RECEIVER = "RECEIVER"
    INVOICE_HANDLER = "INVOICE_HANDLER"
    INVOICE_APPROVER = "INVOICE_APPROVER"
    LOCAL_ADMINISTRATOR = "LOCAL_ADMINISTRATOR"
    AUDITOR = "AUDITOR"
    SUPPLIER = "SUPPLIER"
    INVOICE_SYSTEM = "INVOICE_SYSTEM"


class ProkuraPart(StrEnum):
    """Order and invoice limits are apart; none stands in for the other."""

    ORDER = "ORDER"
    INVOICE = "INVOICE"


class User(SQLModel, table=True):
    """A person or a system that can sign in, known by its issuer and subject; never by a name or an e-mail."""

    __tablename__ = "app_user"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: UUID = Field(primary_key=True)
    issuer: str = Field(max_length=200)
    subject: str = Field(max_length=200)
    name: str = Field(max_length=200)
    kind: UserKind = Field(default=UserKind.PERSON, sa_column=enum_column(UserKind))
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    created_at: datetime = Field(sa_column=moment_column())


class RoleGrant(SQLModel, table=True):
    """A role of a user on an organisation and everything below it, or for a supplier; from a day, maybe to one.

    One with `ended_at` was ended before its time, and holds no more whatever its days say.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (supplier_id IS NULL)", name="one_scope"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="in_order"),
    )

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id", index=True)
    role: Role = Field(sa_column=enum_column(Role))
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    supplier_id: UUID | None = Field(default=None, foreign_key="supplier.id")
    valid_from: date
    valid_to: date | None = None
    granted_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    ended_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))


class Prokura(SQLModel, table=True):
    """A spending limit of a person in one currency; scopes narrow it, a narrower row wins over a general one.

    `dimension` is a dimension of the posting, such as a cost centre, and `dimension_from` and `dimension_to` its first
    and last value. One with `ended_at` was ended before its time, and holds no more whatever its days say.
    """

    __tablename__ = "prokura"
    __table_args__ = (
        CheckConstraint("max_amount >= 0", name="not_negative"),
        CheckConstraint(
            "(dimension IS NULL) = (dimension_from IS NULL) AND (dimension IS NULL) = (dimension_to IS NULL)",
            name="whole_dimension",
        ),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="in_order"),
    )

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id", index=True)
    part: ProkuraPart = Field(sa_column=enum_column(ProkuraPart))
    currency: str = Field(max_length=3)
    max_amount: Decimal = Field(sa_column=decimal_column())
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    supplier_id: UUID | None = Field(default=None, foreign_key="supplier.id")
    agreement_id: UUID | None = None
    unspsc_prefix: str | None = Field(default=None, max_length=8)
    dimension: str | None = Field(default=None, max_length=40)
    dimension_from: str | None = Field(default=None, max_length=100)
    dimension_to: str | None = Field(default=None, max_length=100)
    valid_from: date
    valid_to: date | None = None
    set_by: UUID = Field(foreign_key="app_user.id")
    ended_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
