"""The table of postings: what an ERP books of the invoices that became payable."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from app.kit.columns import json_column, moment_column

IS_OPEN = text("acknowledged_at IS NULL AND withdrawn_at IS NULL")


class Payable(SQLModel, table=True):
    """The posting of an approval, one for each decision that approves. Its `content` (payable_messages.PostingContent)
    never changes, a trigger refuses; that an ERP acknowledged it, or a person took the approval back, is added.
    """

    __tablename__ = "payable"
    __table_args__ = (
        Index("ix_payable_place", "organisation_id", "id"),
        Index("ix_payable_open", "organisation_id", "id", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
    )

    id: UUID = Field(primary_key=True)
    invoice_id: UUID = Field(foreign_key="invoice_case.id", index=True)
    decision_id: UUID = Field(foreign_key="match_decision.id", unique=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    root_id: UUID = Field(foreign_key="organisation.id")
    content: dict[str, Any] = Field(sa_column=json_column())
    released_at: datetime = Field(sa_column=moment_column())
    acknowledged_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    acknowledged_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    withdrawn_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
