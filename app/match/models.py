"""Tables of the match chapter: invoices as cases, and every decision about them."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.columns import decimal_column, enum_column, json_column, moment_column, version_column
from app.match.engine.codes import Outcome


class Trigger(StrEnum):
    """Why a decision was made: an invoice came, something happened to its orders, somebody corrected it or decided
    about it, or a credit note came that takes all of it back.
    """

    RECEIVED = "RECEIVED"
    REMATCH = "REMATCH"
    CORRECTED = "CORRECTED"
    PERSON = "PERSON"
    NETTED = "NETTED"


class InvoiceCase(SQLModel, table=True):
    """An invoice or credit note that was handed in, with the outcome of its live decision.

    `document` is the invoice as it was understood; it is null for one that was rejected technically. `exported_at` is
    when an ERP acknowledged its posting: nobody takes an approval back after that. `paid_to` are the accounts and
    the payee it names.
    """

    __tablename__ = "invoice_case"
    __table_args__ = (
        Index("ix_invoice_case_number", "supplier_id", "normalised_number"),
        Index("ix_invoice_case_amount", "supplier_id", "issue_date", "payable_amount"),
        Index("ix_invoice_case_paid", "supplier_id", "root_id", "id"),
        Index("ix_invoice_case_inbox", "organisation_id", "outcome"),
        Index("ix_invoice_case_found", "normalised_number"),
    )

    id: UUID = Field(primary_key=True)
    document_id: UUID = Field(foreign_key="archived_document.id", unique=True)
    document_type: str = Field(max_length=60)
    number: str = Field(max_length=300)
    normalised_number: str = Field(max_length=300)
    supplier_id: UUID | None = Field(default=None, foreign_key="supplier.id")
    organisation_id: UUID = Field(foreign_key="organisation.id")
    root_id: UUID = Field(foreign_key="organisation.id")
    issue_date: date | None = None
    currency: str | None = Field(default=None, max_length=3)
    payable_amount: Decimal | None = Field(default=None, sa_column=decimal_column(nullable=True))
    document: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    outcome: Outcome = Field(sa_column=enum_column(Outcome))
    decision_id: UUID
    submitted_by: UUID = Field(foreign_key="app_user.id")
    submitted_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    received_at: datetime = Field(sa_column=moment_column())
    exported_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    paid_to: list[str] | None = Field(default=None, sa_column=json_column(nullable=True))
    version: int = Field(default=1, sa_column=version_column())


class CaseOrder(SQLModel, table=True):
    """Which orders an invoice was decided against: what a receipt has to look at again."""

    __tablename__ = "case_order"

    order_id: UUID = Field(primary_key=True, foreign_key="purchase_order.id")
    invoice_id: UUID = Field(primary_key=True, foreign_key="invoice_case.id", index=True)


class MatchDecision(SQLModel, table=True):
    """One decision. Never changed (a trigger refuses): a new one with a higher sequence takes over.

    `proof` is the canonical JSON of everything the verdict rests on, `proof_sha256` its hash.
    """

    __tablename__ = "match_decision"
    __table_args__ = (UniqueConstraint("invoice_id", "sequence"),)

    id: UUID = Field(primary_key=True)
    invoice_id: UUID = Field(foreign_key="invoice_case.id")
    sequence: int
    trigger: Trigger = Field(sa_column=enum_column(Trigger))
    outcome: Outcome = Field(sa_column=enum_column(Outcome))
    answer: dict[str, Any] = Field(sa_column=json_column())
    proof: str
    proof_sha256: str = Field(max_length=64)
    decided_at: datetime = Field(sa_column=moment_column())
