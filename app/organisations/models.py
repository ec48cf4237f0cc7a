"""Tables of the organisations chapter: the tree, its GLNs, and what waits for whom."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column, version_column
from app.organisations.people_models import Role

NAMED, UNNAMED, NEW = "user_id IS NOT NULL", "user_id IS NULL", "announced_at IS NULL"
UNPLANNED, PLANNED = "state = 'OPEN' AND remind_on IS NULL", "state = 'OPEN' AND remind_on IS NOT NULL"


class OrganisationStatus(StrEnum):
    """A CLOSED organisation takes no new orders or catalogues, but still invoices."""

    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


ORGANISATION_TRANSITIONS = frozenset({(OrganisationStatus.ACTIVE, OrganisationStatus.CLOSED)})


class TaskType(StrEnum):
    """What somebody has to do."""

    RECEIVE = "RECEIVE"
    APPROVE_ORDER = "APPROVE_ORDER"
    APPROVE_INVOICE = "APPROVE_INVOICE"
    EXPLAIN_DEVIATION = "EXPLAIN_DEVIATION"
    APPROVE_DEVIATION = "APPROVE_DEVIATION"
    RECEIPT_OVERDUE = "RECEIPT_OVERDUE"
    MANUAL_MATCH = "MANUAL_MATCH"
    APPROVE_CATALOGUE = "APPROVE_CATALOGUE"
    ORDER_RESPONSE = "ORDER_RESPONSE"
    RESPONSE_MISSING = "RESPONSE_MISSING"
    APPROVE_CHANGE = "APPROVE_CHANGE"
    APPROVE_TERMS = "APPROVE_TERMS"
    ORDER_RETURNED = "ORDER_RETURNED"
    ORDER_NOT_DELIVERED = "ORDER_NOT_DELIVERED"
    HANDLE_REQUISITION = "HANDLE_REQUISITION"
    REQUISITION_RETURNED = "REQUISITION_RETURNED"
    RECEIVE_GOODS = "RECEIVE_GOODS"
    INVOICE_MISSING = "INVOICE_MISSING"
    ASSIGN_APPROVER = "ASSIGN_APPROVER"
    AGREEMENT_ENDS = "AGREEMENT_ENDS"
    REORGANISED = "REORGANISED"


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
    """The closure table: every pair of an ancestor and a descendant, itself included at depth 0, as the tree is now and
    has been since the end of a day.
    """

    __tablename__ = "organisation_link"
    __table_args__ = (Index("ix_organisation_link_down", "ancestor_id", "descendant_id"),)

    descendant_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    ancestor_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    depth: int
    since_on: date


class FormerLink(SQLModel, table=True):
    """A pair of the closure table that a reorganisation has ended: it held from the end of `since_on` to the beginning
    of `until_on`, for a day is told as it stood at its end.
    """

    __tablename__ = "former_organisation_link"

    descendant_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    ancestor_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    since_on: date = Field(primary_key=True)
    until_on: date
    depth: int


class LocationNumber(SQLModel, table=True):
    """A GLN that routes to an organisation, from a day, and maybe to one. After that it is no longer sent under, but
    what comes to it is still taken in until `routable_to`, unless it routes to another organisation by then.
    """

    __tablename__ = "location_number"
    __table_args__ = (
        UniqueConstraint("gln", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="in_order"),
        CheckConstraint("routable_to IS NULL OR valid_to <= routable_to", name="grace_follows"),
    )

    id: UUID = Field(primary_key=True)
    gln: str = Field(max_length=13, index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    valid_from: date
    valid_to: date | None = None
    routable_to: date | None = None


class Task(SQLModel, table=True):
    """Something that waits for a person: for one user, or for whoever holds the role in the organisation.

    `announced_at` is empty until the worker has queued a notice for everybody who wants one, and `remind_on` until it
    has reckoned when it will remind them next.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_inbox", "organisation_id", "state", "id"),
        Index("ix_task_subject", "subject_id", "state"),
        Index("ix_task_named", "user_id", "id", sqlite_where=text(NAMED), postgresql_where=text(NAMED)),
        Index("ix_task_role", "role", "id", sqlite_where=text(UNNAMED), postgresql_where=text(UNNAMED)),
        Index("ix_task_new", "id", sqlite_where=text(NEW), postgresql_where=text(NEW)),
        Index("ix_task_unplanned", "opened_at", sqlite_where=text(UNPLANNED), postgresql_where=text(UNPLANNED)),
        Index("ix_task_reminder", "remind_on", sqlite_where=text(PLANNED), postgresql_where=text(PLANNED)),
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
    remind_on: date | None = None
    reminded_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
