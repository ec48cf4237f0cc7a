"""Tables of the organisations chapter: the tree, suppliers, people and what they may, policies, tasks."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.kit.columns import decimal_column, enum_column, json_column, moment_column, version_column

NAMED, NEW = "user_id IS NOT NULL", "announced_at IS NULL"


class OrganisationStatus(StrEnum):
    """A CLOSED organisation takes no new orders or catalogues, but still invoices."""

    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


class SupplierStatus(StrEnum):
    """UNVERIFIED suppliers are known from a received document alone; BLOCKED ones get no orders and no money."""

    ACTIVE = "ACTIVE"
    UNVERIFIED = "UNVERIFIED"
    BLOCKED = "BLOCKED"


class OrderChannel(StrEnum):
    """How a supplier takes orders."""

    OIOUBL = "OIOUBL"
    EMAIL = "EMAIL"


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


class PolicyKind(StrEnum):
    """What an organisation decides about matching and approval."""

    TOLERANCE = "TOLERANCE"
    TWO_PERSON_RULE = "TWO_PERSON_RULE"
    EXTERNAL_APPROVAL = "EXTERNAL_APPROVAL"
    OVER_DELIVERY = "OVER_DELIVERY"


class TaskType(StrEnum):
    """What somebody has to do."""

    RECEIVE = "RECEIVE"
    APPROVE_ORDER = "APPROVE_ORDER"
    APPROVE_INVOICE = "APPROVE_INVOICE"
    EXPLAIN_DEVIATION = "EXPLAIN_DEVIATION"
    MANUAL_MATCH = "MANUAL_MATCH"
    APPROVE_CATALOGUE = "APPROVE_CATALOGUE"
    ORDER_RESPONSE = "ORDER_RESPONSE"
    ASSIGN_APPROVER = "ASSIGN_APPROVER"
    AGREEMENT_ENDS = "AGREEMENT_ENDS"


class TaskState(StrEnum):
    """Open until somebody, or a later event, closes it."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class Organisation(SQLModel, table=True):
    """A node of the tree: the state, a ministry area, an institution, an office."""

    __tablename__ = "organisation"

    id: UUID = Field(primary_key=True)
    parent_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    root_id: UUID = Field(foreign_key="organisation.id", index=True)
    name: str = Field(max_length=200)
    cvr: str | None = Field(default=None, max_length=8)
    status: OrganisationStatus = Field(default=OrganisationStatus.ACTIVE, sa_column=enum_column(OrganisationStatus))
    version: int = Field(default=1, sa_column=version_column())
    created_at: datetime = Field(sa_column=moment_column())


class OrganisationLink(SQLModel, table=True):
    """The closure table: every pair of an ancestor and a descendant, itself included at depth 0."""

    __tablename__ = "organisation_link"
    __table_args__ = (Index("ix_organisation_link_down", "ancestor_id", "descendant_id"),)

    descendant_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    ancestor_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    depth: int


class LocationNumber(SQLModel, table=True):
    """A GLN that routes to an organisation, from a day, and maybe to one."""

    __tablename__ = "location_number"
    __table_args__ = (UniqueConstraint("gln", "valid_from"),)

    id: UUID = Field(primary_key=True)
    gln: str = Field(max_length=13, index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    valid_from: date
    valid_to: date | None = None


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
    """A role of a user on an organisation and everything below it, or for a supplier; from a day, maybe to one."""

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


class Prokura(SQLModel, table=True):
    """A spending limit of a person in one currency; scopes narrow it, a narrower row wins over a general one."""

    __tablename__ = "prokura"
    __table_args__ = (
        CheckConstraint("max_amount >= 0", name="not_negative"),
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
    valid_from: date
    valid_to: date | None = None
    set_by: UUID = Field(foreign_key="app_user.id")


class Policy(SQLModel, table=True):
    """One decision of an organisation about matching, for it and all below; a later one of the same kind and scope
    takes over on its day, and the old one stays.
    """

    __tablename__ = "policy"
    __table_args__ = (Index("ix_policy_effective", "organisation_id", "kind", "valid_from"),)

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    kind: PolicyKind = Field(sa_column=enum_column(PolicyKind))
    value: dict[str, Any] = Field(sa_column=json_column())
    valid_from: date
    set_by: UUID = Field(foreign_key="app_user.id")
    set_at: datetime = Field(sa_column=moment_column())


class Task(SQLModel, table=True):
    """Something that waits for a person: for one user, or for whoever holds the role in the organisation.

    `announced_at` is empty until the worker has queued a notice for everybody who wants one.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_inbox", "organisation_id", "state", "id"),
        Index("ix_task_subject", "subject_id", "state"),
        Index("ix_task_named", "user_id", sqlite_where=text(NAMED), postgresql_where=text(NAMED)),
        Index("ix_task_new", "id", sqlite_where=text(NEW), postgresql_where=text(NEW)),
    )

    id: UUID = Field(primary_key=True)
    type: TaskType = Field(sa_column=enum_column(TaskType))
    organisation_id: UUID = Field(foreign_key="organisation.id")
    role: Role = Field(sa_column=enum_column(Role))
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    subject: str = Field(max_length=40)
    subject_id: UUID
    reasons: list[str] = Field(sa_column=json_column())
    state: TaskState = Field(default=TaskState.OPEN, sa_column=enum_column(TaskState))
    opened_at: datetime = Field(sa_column=moment_column())
    closed_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    closed_by: UUID | None = None
    announced_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
