"""Tables of approval: what was decided by whom, and what an organisation has settled about its orders."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.kit.columns import decimal_column, enum_column, json_column, moment_column, version_column


class ApprovalAction(StrEnum):
    """What somebody did about an order that needs approval."""

    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    RETURNED = "RETURNED"
    REJECTED = "REJECTED"


class ApprovalStep(SQLModel, table=True):
    """One step of an order's approval, or of a change's or of new standing terms (`subject_id`): who, on behalf of
    whom, when, why. `checked` are the points of the checklist that were ticked, `asked` says to whom it went and why,
    `warnings` what the approver was told.
    """

    __tablename__ = "approval_step"

    id: UUID = Field(primary_key=True)
    order_id: UUID = Field(foreign_key="purchase_order.id", index=True)
    subject_id: UUID
    action: ApprovalAction = Field(sa_column=enum_column(ApprovalAction))
    total_amount: Decimal = Field(sa_column=decimal_column())
    reason: str | None = Field(default=None, max_length=1000)
    asked: str | None = Field(default=None, max_length=1000)
    checked: list[str] = Field(default_factory=list, sa_column=json_column())
    warnings: list[str] = Field(default_factory=list, sa_column=json_column())
    done_by: UUID = Field(foreign_key="app_user.id")
    done_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    done_at: datetime = Field(sa_column=moment_column())


class OrderSettings(SQLModel, table=True):
    """What an organisation has settled about its orders; what it leaves open is as it is above.

    `required_fields` are the fields that a requisition or order is not submitted without, the checklists what a
    disponent and a receiver tick; `anti_split_days` is how far back a buyer's orders to one supplier are added up.
    """

    __tablename__ = "order_settings"

    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    default_disponent_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    default_receiver_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    anti_split_days: int | None = None
    required_fields: list[str] | None = Field(default=None, sa_column=json_column(nullable=True))
    approval_checklist: list[str] | None = Field(default=None, sa_column=json_column(nullable=True))
    receipt_checklist: list[str] | None = Field(default=None, sa_column=json_column(nullable=True))
    version: int = Field(default=1, sa_column=version_column())


class DeliveryAddress(SQLModel, table=True):
    """A place that an organisation, and everybody below it, has goods brought to."""

    __tablename__ = "delivery_address"

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    name: str = Field(max_length=200)
    address: dict[str, Any] = Field(sa_column=json_column())
    is_default: bool = False
    ended_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    version: int = Field(default=1, sa_column=version_column())
