"""Tables of what people do to invoices: corrections, notes, and when an open invoice is looked at again."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column

PLANNED = text("next_on IS NOT NULL")


class CorrectionKind(StrEnum):
    """What is corrected: which orders an invoice names, what a line bills, that a line is a charge, or that an invoice
    which looks like an earlier one is another.
    """

    ORDER_NUMBERS = "ORDER_NUMBERS"
    LINE = "LINE"
    CHARGE = "CHARGE"
    NO_DUPLICATE = "NO_DUPLICATE"


class CaseCorrection(SQLModel, table=True):
    """What somebody has corrected, and why. Rows are final; of two corrections of one thing the later counts."""

    __tablename__ = "case_correction"

    id: UUID = Field(primary_key=True)
    invoice_id: UUID = Field(foreign_key="invoice_case.id", index=True)
    kind: CorrectionKind = Field(sa_column=enum_column(CorrectionKind))
    invoice_line_id: str | None = Field(default=None, max_length=300)
    value: dict[str, Any] = Field(sa_column=json_column())
    reason: str = Field(max_length=1000)
    made_by: UUID = Field(foreign_key="app_user.id")
    made_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    made_at: datetime = Field(sa_column=moment_column())


class NoteKind(StrEnum):
    """What a note on an invoice is: a question to the buyer, the buyer's explanation, or a reminder that came."""

    QUESTION = "QUESTION"
    EXPLANATION = "EXPLANATION"
    REMINDER = "REMINDER"


class ExplanationCause(StrEnum):
    """Why an invoice differs from its order, as its buyer says."""

    PRICE_AGREED = "PRICE_AGREED"
    AMOUNT_AGREED = "AMOUNT_AGREED"
    CHARGE_AGREED = "CHARGE_AGREED"
    NOT_AGREED = "NOT_AGREED"
    OTHER = "OTHER"


class CaseNote(SQLModel, table=True):
    """What somebody has written about an invoice, or a reminder of it that came as `document_id`. Rows are final."""

    __tablename__ = "case_note"

    id: UUID = Field(primary_key=True)
    invoice_id: UUID = Field(foreign_key="invoice_case.id", index=True)
    kind: NoteKind = Field(sa_column=enum_column(NoteKind))
    cause: ExplanationCause | None = Field(default=None, sa_column=enum_column(ExplanationCause, nullable=True))
    text: str = Field(max_length=4000)
    document_id: UUID | None = Field(default=None, foreign_key="archived_document.id")
    written_by: UUID = Field(foreign_key="app_user.id")
    written_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    written_at: datetime = Field(sa_column=moment_column())


class CaseWatch(SQLModel, table=True):
    """An invoice that is open: when its orders were last looked at, and for one that waits for a receipt how far it was
    escalated (`stage`), and when the next stage is due.
    """

    __tablename__ = "case_watch"
    __table_args__ = (
        Index("ix_case_watch_looked_at", "looked_at"),
        Index("ix_case_watch_next_on", "next_on", sqlite_where=PLANNED, postgresql_where=PLANNED),
    )

    invoice_id: UUID = Field(primary_key=True, foreign_key="invoice_case.id")
    looked_at: datetime = Field(sa_column=moment_column())
    stage: int = 0
    next_on: date | None = None
