"""Tables of standing orders (stående ordrer): what repeats itself, on which terms, and since when."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.kit.columns import decimal_column, enum_column, moment_column

WATCHED, ENDING = text("notice_on IS NOT NULL"), text("close_on IS NOT NULL")


class Recurrence(StrEnum):
    """How often it repeats itself; IRREGULAR has one period from its first day to its last."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    HALF_YEAR = "HALF_YEAR"
    YEARLY = "YEARLY"
    IRREGULAR = "IRREGULAR"


class ReceiptMode(StrEnum):
    """Who says that it was delivered: nobody (it counts as received), somebody each period, or somebody for a sample:
    the first period and every fourth after it.
    """

    NONE = "NONE"
    PER_PERIOD = "PER_PERIOD"
    SAMPLE = "SAMPLE"


class TermsStatus(StrEnum):
    """Terms are proposed by a buyer and hold when a disponent has approved them."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


TERMS_TRANSITIONS = frozenset(
    {(TermsStatus.PROPOSED, TermsStatus.APPROVED), (TermsStatus.PROPOSED, TermsStatus.REJECTED)}
)


class StandingOrder(SQLModel, table=True):
    """What a standing order has beside its order: `reference` is what the supplier prints on every invoice, unique with
    the supplier, `anchor_on` the first day of its first period. It ends on `valid_to`, or with its agreement.

    While `suspended_on` is set, nothing approves itself. `notice_on` is when somebody is told of a missing invoice,
    `close_on` when the order is closed by itself. One that was closed so, on `expired_on`, still takes the invoices of
    its periods.
    """

    __tablename__ = "standing_order"
    __table_args__ = (
        UniqueConstraint("supplier_id", "normalised_reference"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="in_order"),
        Index("ix_standing_order_notice", "notice_on", sqlite_where=WATCHED, postgresql_where=WATCHED),
        Index("ix_standing_order_close", "close_on", sqlite_where=ENDING, postgresql_where=ENDING),
    )

    order_id: UUID = Field(primary_key=True, foreign_key="purchase_order.id")
    supplier_id: UUID = Field(foreign_key="supplier.id")
    reference: str = Field(max_length=100)
    normalised_reference: str = Field(max_length=100)
    recurrence: Recurrence = Field(sa_column=enum_column(Recurrence))
    anchor_on: date
    valid_from: date
    valid_to: date | None = None
    receipt_mode: ReceiptMode = Field(default=ReceiptMode.NONE, sa_column=enum_column(ReceiptMode))
    advance_days: int = 0
    notice_days: int = 10
    notice_on: date | None = None
    close_on: date | None = None
    expired_on: date | None = None
    suspended_on: date | None = None
    suspended_reason: str | None = Field(default=None, max_length=1000)


class StandingTerms(SQLModel, table=True):
    """What a period is expected to cost, net, from a day on, and what bounds it; `commitment` is what all periods come
    to, on which prokura is tested. Between `min_amount` and `max_amount` a variable period passes.
    """

    __tablename__ = "standing_terms"
    __table_args__ = (
        UniqueConstraint("order_id", "ordinal"),
        CheckConstraint("min_amount <= expected_amount AND expected_amount <= max_amount", name="corridor_in_order"),
    )

    id: UUID = Field(primary_key=True)
    order_id: UUID = Field(foreign_key="standing_order.order_id", index=True)
    ordinal: int
    status: TermsStatus = Field(default=TermsStatus.PROPOSED, sa_column=enum_column(TermsStatus))
    effective_from: date
    expected_amount: Decimal = Field(sa_column=decimal_column())
    min_amount: Decimal | None = Field(default=None, sa_column=decimal_column(nullable=True))
    max_amount: Decimal | None = Field(default=None, sa_column=decimal_column(nullable=True))
    tolerance_absolute: Decimal | None = Field(default=None, sa_column=decimal_column(nullable=True))
    tolerance_percent: Decimal | None = Field(default=None, sa_column=decimal_column(nullable=True))
    max_per_invoice: Decimal | None = Field(default=None, sa_column=decimal_column(nullable=True))
    max_per_period: Decimal | None = Field(default=None, sa_column=decimal_column(nullable=True))
    max_total: Decimal | None = Field(default=None, sa_column=decimal_column(nullable=True))
    min_days_between: int = 0
    index_percent: Decimal | None = Field(default=None, sa_column=decimal_column(nullable=True))
    commitment: Decimal = Field(sa_column=decimal_column())
    reason: str | None = Field(default=None, max_length=1000)
    proposed_by: UUID = Field(foreign_key="app_user.id")
    proposed_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    proposed_at: datetime = Field(sa_column=moment_column())
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))


class StandingUse(SQLModel, table=True):
    """What an invoice takes of a period, by which decision; a credit note's is negative. Rows are added, never changed:
    `held` ones, of an invoice that waits, are undone by an equal negative row when it is decided anew.

    `amount` is all that is billed, net, `value` the part of it that the terms expect; `index_used` tells that it took
    the year's index allowance. Written while the order's row is locked, so that no two invoices take one period.
    """

    __tablename__ = "standing_use"

    id: UUID = Field(primary_key=True)
    order_id: UUID = Field(foreign_key="standing_order.order_id", index=True)
    period_first_on: date
    invoice_id: UUID = Field(index=True)
    decision_id: UUID
    billed_on: date
    held: bool = False
    amount: Decimal = Field(sa_column=decimal_column())
    value: Decimal = Field(sa_column=decimal_column())
    index_used: bool = False
    used_at: datetime = Field(sa_column=moment_column())
