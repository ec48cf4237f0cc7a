"""The table of policies, and the states that a policy goes through."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column, version_column


class PolicyKind(StrEnum):
    """What an organisation decides about matching and approval."""

    TOLERANCE = "TOLERANCE"
    TWO_PERSON_RULE = "TWO_PERSON_RULE"
    EXTERNAL_APPROVAL = "EXTERNAL_APPROVAL"
    OVER_DELIVERY = "OVER_DELIVERY"
    REMINDERS = "REMINDERS"
    SUBSTITUTES = "SUBSTITUTES"
    RECEIPT_FREE = "RECEIPT_FREE"


class PolicyStatus(StrEnum):
    """Written by one administrator, published by another; only PUBLISHED ones count."""

    PROPOSED = "PROPOSED"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


POLICY_TRANSITIONS = frozenset(
    {(PolicyStatus.PROPOSED, PolicyStatus.PUBLISHED), (PolicyStatus.PROPOSED, PolicyStatus.WITHDRAWN)}
)


class Policy(SQLModel, table=True):
    """One decision of an organisation about matching, for it and all below; a later one of the same kind and scope
    takes over on its day, and the old one stays. Those of a bundle are published or withdrawn together. A published one
    without `published_at` was set before that took two administrators.
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
    set_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    status: PolicyStatus = Field(default=PolicyStatus.PROPOSED, sa_column=enum_column(PolicyStatus))
    published_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    published_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    published_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    bundle_id: UUID | None = Field(default=None, index=True)
    template: str | None = Field(default=None, max_length=40)
    version: int = Field(default=1, sa_column=version_column())
