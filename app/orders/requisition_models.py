"""Tables of requisitions: what somebody needs, before it is ordered. A basket is a requisition in DRAFT."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.columns import decimal_column, enum_column, json_column, moment_column, version_column


class RequisitionStatus(StrEnum):
    """How far a need has come; IN_WORK is claimed by a buyer."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    IN_WORK = "IN_WORK"
    CONVERTED = "CONVERTED"
    RETURNED = "RETURNED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


REQUISITION_TRANSITIONS = frozenset(
    {
        (RequisitionStatus.DRAFT, RequisitionStatus.SUBMITTED),
        (RequisitionStatus.DRAFT, RequisitionStatus.CONVERTED),
        (RequisitionStatus.DRAFT, RequisitionStatus.WITHDRAWN),
        (RequisitionStatus.RETURNED, RequisitionStatus.SUBMITTED),
        (RequisitionStatus.RETURNED, RequisitionStatus.WITHDRAWN),
        (RequisitionStatus.SUBMITTED, RequisitionStatus.IN_WORK),
        (RequisitionStatus.SUBMITTED, RequisitionStatus.WITHDRAWN),
        (RequisitionStatus.IN_WORK, RequisitionStatus.CONVERTED),
        (RequisitionStatus.IN_WORK, RequisitionStatus.RETURNED),
        (RequisitionStatus.IN_WORK, RequisitionStatus.REJECTED),
        (RequisitionStatus.IN_WORK, RequisitionStatus.SUBMITTED),
    }
)


class LineSource(StrEnum):
    """Where a line comes from: a catalogue, its maker's own words, or the cart of a supplier's shop."""

    CATALOGUE = "CATALOGUE"
    TEXT = "TEXT"
    PUNCH_OUT = "PUNCH_OUT"


class CartStanding(StrEnum):
    """What the agreement says to a line of a cart; only what is on the agreement at its price is bought unasked."""

    ON_AGREEMENT = "ON_AGREEMENT"
    PRICE_DIFFERS = "PRICE_DIFFERS"
    NOT_ON_AGREEMENT = "NOT_ON_AGREEMENT"


class Requisition(SQLModel, table=True):
    """What somebody needs; `claimed_by` is the buyer who works on it. A substitute makes it for `made_for`."""

    __tablename__ = "requisition"
    __table_args__ = (
        Index("ix_requisition_place", "organisation_id", "status", "id"),
        Index("ix_requisition_maker", "made_by", "id"),
        Index("ix_requisition_made_for", "made_for"),
    )

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    root_id: UUID = Field(foreign_key="organisation.id")
    title: str = Field(max_length=200)
    status: RequisitionStatus = Field(default=RequisitionStatus.DRAFT, sa_column=enum_column(RequisitionStatus))
    buyer_reference: str | None = Field(default=None, max_length=200)
    accounting_cost: str | None = Field(default=None, max_length=200)
    requested_delivery_on: date | None = None
    delivery_address: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    reason: str | None = Field(default=None, max_length=1000)
    made_by: UUID = Field(foreign_key="app_user.id")
    made_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    made_at: datetime = Field(sa_column=moment_column())
    submitted_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    claimed_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decision_reason: str | None = Field(default=None, max_length=1000)
    version: int = Field(default=1, sa_column=version_column())

    @property
    def maker_id(self) -> UUID:
        """Whose need it is: of whom wrote it down, or for whom a substitute did."""
        return self.made_for or self.made_by


class RequisitionLine(SQLModel, table=True):
    """A line of a need. A line from a catalogue names its row; one in words names the supplier or the agreement where
    they are known. `amount` is what it is thought to cost, a line `by_amount` is ordered as money. `postings` are its
    shares where it is posted in several places; `quote` and `expires_at` come with the cart of a supplier's shop.
    """

    __tablename__ = "requisition_line"
    __table_args__ = (UniqueConstraint("requisition_id", "position"),)

    id: UUID = Field(primary_key=True)
    requisition_id: UUID = Field(foreign_key="requisition.id", index=True)
    position: int
    source: LineSource = Field(sa_column=enum_column(LineSource))
    catalogue_line_id: UUID | None = None
    agreement_id: UUID | None = Field(default=None, foreign_key="agreement.id")
    supplier_id: UUID | None = Field(default=None, foreign_key="supplier.id")
    item: dict[str, Any] = Field(sa_column=json_column())
    unspsc: str = Field(default="", max_length=20)
    quantity: Decimal = Field(sa_column=decimal_column())
    unit_code: str = Field(max_length=20)
    price: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    amount: Decimal = Field(sa_column=decimal_column())
    currency: str = Field(max_length=3)
    by_amount: bool = False
    note: str | None = Field(default=None, max_length=1000)
    accounting_cost: str | None = Field(default=None, max_length=200)
    postings: list[dict[str, str]] = Field(default_factory=list, sa_column=json_column())
    cascade_reason: str | None = Field(default=None, max_length=1000)
    configuration: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    standing: CartStanding | None = Field(default=None, sa_column=enum_column(CartStanding, nullable=True))
    quote: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    expires_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
