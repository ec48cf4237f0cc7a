"""Tables of what becomes of an order after it was sent: changes of it, and the versions that they made."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.kit.columns import decimal_column, enum_column, json_column, moment_column, version_column

IS_OPEN = text("status = 'PENDING_APPROVAL'")


class ChangeStatus(StrEnum):
    """A change that raises the total waits for approval; every other one is sent at once."""

    PENDING_APPROVAL = "PENDING_APPROVAL"
    SENT = "SENT"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


CHANGE_TRANSITIONS = frozenset(
    {
        (ChangeStatus.PENDING_APPROVAL, ChangeStatus.SENT),
        (ChangeStatus.PENDING_APPROVAL, ChangeStatus.REJECTED),
        (ChangeStatus.PENDING_APPROVAL, ChangeStatus.WITHDRAWN),
    }
)


class OrderChangeRequest(SQLModel, table=True):
    """What a buyer wants changed in an order that has been sent; `lines` are messages.ChangedLineIn.

    `sequence_number` is the OrderChange's, `total_amount` what the order comes to by it and `total_before` what it
    came to. One waits at a time.
    """

    __tablename__ = "order_change"
    __table_args__ = (
        UniqueConstraint("order_id", "sequence_number"),
        Index("uq_order_change_open", "order_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
    )

    id: UUID = Field(primary_key=True)
    order_id: UUID = Field(foreign_key="purchase_order.id", index=True)
    status: ChangeStatus = Field(sa_column=enum_column(ChangeStatus))
    sequence_number: int | None = None
    lines: list[dict[str, Any]] = Field(sa_column=json_column())
    requested_delivery_on: date | None = None
    ends_on: date | None = None
    reason: str = Field(max_length=1000)
    total_before: Decimal = Field(sa_column=decimal_column())
    total_amount: Decimal = Field(sa_column=decimal_column())
    made_by: UUID = Field(foreign_key="app_user.id")
    made_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    made_at: datetime = Field(sa_column=moment_column())
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    decision_reason: str | None = Field(default=None, max_length=1000)
    document_id: UUID | None = Field(default=None, foreign_key="archived_document.id")
    version: int = Field(default=1, sa_column=version_column())


class VersionCause(StrEnum):
    """Why an order has another picture: it was sent, its supplier's answer was agreed on, or it was changed."""

    SENT = "SENT"
    ANSWER = "ANSWER"
    CHANGE = "CHANGE"


class OrderVersion(SQLModel, table=True):
    """An order as it stood from a moment on: its lines' quantities, prices and amounts. Rows are final."""

    __tablename__ = "order_version"
    __table_args__ = (UniqueConstraint("order_id", "ordinal"),)

    id: UUID = Field(primary_key=True)
    order_id: UUID = Field(foreign_key="purchase_order.id")
    ordinal: int
    cause: VersionCause = Field(sa_column=enum_column(VersionCause))
    lines: list[dict[str, Any]] = Field(sa_column=json_column())
    total_amount: Decimal = Field(sa_column=decimal_column())
    document_id: UUID | None = Field(default=None, foreign_key="archived_document.id")
    made_at: datetime = Field(sa_column=moment_column())
