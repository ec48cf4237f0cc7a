"""Tables of the catalogs chapter: catalogues, their versions, lines that tell in which versions they stand, and what
each version changes in them.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.kit.columns import ExactDecimal, enum_column, json_column, moment_column, version_column


class VersionState(StrEnum):
    """STAGING is being read, and nobody's to see; CANCELLED was given up while it was. PENDING_ROUTING waits for
    somebody to say which agreement it is for; REJECTED_TECHNICAL broke the format. A WITHDRAWN version was approved,
    and taken out again before its day or while it was live.
    """

    STAGING = "STAGING"
    CANCELLED = "CANCELLED"
    PENDING_ROUTING = "PENDING_ROUTING"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    APPROVED = "APPROVED"
    SUPERSEDED = "SUPERSEDED"
    WITHDRAWN = "WITHDRAWN"
    REJECTED = "REJECTED"
    REJECTED_TECHNICAL = "REJECTED_TECHNICAL"


TRANSITIONS = frozenset(
    {
        (VersionState.STAGING, VersionState.PENDING_ROUTING),
        (VersionState.STAGING, VersionState.PENDING_APPROVAL),
        (VersionState.STAGING, VersionState.REJECTED),
        (VersionState.STAGING, VersionState.REJECTED_TECHNICAL),
        (VersionState.STAGING, VersionState.CANCELLED),
        (VersionState.PENDING_ROUTING, VersionState.PENDING_APPROVAL),
        (VersionState.PENDING_ROUTING, VersionState.REJECTED),
        (VersionState.PENDING_APPROVAL, VersionState.APPROVED),
        (VersionState.PENDING_APPROVAL, VersionState.REJECTED),
        (VersionState.APPROVED, VersionState.SUPERSEDED),
        (VersionState.APPROVED, VersionState.WITHDRAWN),
        (VersionState.SUPERSEDED, VersionState.WITHDRAWN),
        (VersionState.SUPERSEDED, VersionState.APPROVED),
    }
)
"""A superseded version is APPROVED again when the one that was to follow it is withdrawn before its day."""

PENDING = (VersionState.PENDING_ROUTING, VersionState.PENDING_APPROVAL)
UNDERWAY = (VersionState.STAGING, *PENDING)
ACCEPTED = (VersionState.APPROVED, VersionState.SUPERSEDED, VersionState.WITHDRAWN)

TURNED_AWAY = (VersionState.REJECTED, VersionState.REJECTED_TECHNICAL, VersionState.CANCELLED)

IS_PENDING = text("status IN ('STAGING', 'PENDING_ROUTING', 'PENDING_APPROVAL')")
IS_APPROVED = text("status = 'APPROVED'")
HAS_PERCENT = text("percent IS NOT NULL")
WAS_NOT_REJECTED = text("status NOT IN ('STAGING', 'REJECTED', 'REJECTED_TECHNICAL', 'CANCELLED')")
IS_CLEARING = text("clearing")


class Catalogue(SQLModel, table=True):
    """A supplier's catalogue for one receiver, under the number that stays the same from version to version.

    `organisation_id` is where its GLN routed to; none when the receiver was not known, and every version rejected.
    """

    __tablename__ = "catalogue"
    __table_args__ = (UniqueConstraint("supplier_id", "number", "organisation_id"),)

    id: UUID = Field(primary_key=True)
    supplier_id: UUID = Field(foreign_key="supplier.id")
    number: str = Field(max_length=300)
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    agreement_id: UUID | None = Field(default=None, foreign_key="agreement.id", index=True)
    name: str | None = None
    version: int = Field(default=1, sa_column=version_column())
    created_at: datetime = Field(sa_column=moment_column())


class CatalogueVersion(SQLModel, table=True):
    """One document of a catalogue. `ordinal` counts them here, `version_id` is what the supplier calls it.

    `valid_from` and `valid_to` are the document's own; `live_from` and `live_to` say when it was, or will be, the one
    that buyers see: of each catalogue, one version a day at most (see timeline). `change_summary` counts what it
    changes; `decided_by` is empty when the agreement's limits let it go live.

    `lines_read` of its document have been dealt with, and the rows that they became have ids from `first_line_id` on.
    `faults` are the first, `fault_counts` tell how often each rule was broken; a version with `is_partial` leaves the
    lines at fault out. It is `clearing` as long as rows of a version that was turned away are still to be taken back.
    `legend` is how a sheet is read (sheet_source.Legend).
    """

    __tablename__ = "catalogue_version"
    __table_args__ = (
        UniqueConstraint("catalogue_id", "ordinal"),
        Index(
            "uq_catalogue_version_pending",
            "catalogue_id",
            unique=True,
            sqlite_where=IS_PENDING,
            postgresql_where=IS_PENDING,
        ),
        Index(
            "uq_catalogue_version_approved",
            "catalogue_id",
            unique=True,
            sqlite_where=IS_APPROVED,
            postgresql_where=IS_APPROVED,
        ),
        Index(
            "uq_catalogue_version_number",
            "catalogue_id",
            "version_id",
            unique=True,
            sqlite_where=WAS_NOT_REJECTED,
            postgresql_where=WAS_NOT_REJECTED,
        ),
        Index("ix_catalogue_version_clearing", "catalogue_id", sqlite_where=IS_CLEARING, postgresql_where=IS_CLEARING),
    )

    id: UUID = Field(primary_key=True)
    catalogue_id: UUID = Field(foreign_key="catalogue.id")
    ordinal: int
    version_id: str | None = Field(default=None, max_length=300)
    document_id: UUID = Field(foreign_key="archived_document.id", index=True)
    status: VersionState = Field(sa_column=enum_column(VersionState))
    valid_from: date | None = None
    valid_to: date | None = None
    live_from: date | None = None
    live_to: date | None = None
    compared_on: date
    change_summary: dict[str, int] = Field(sa_column=json_column())
    envelope: dict[str, Any] = Field(sa_column=json_column())
    faults: list[dict[str, Any]] = Field(sa_column=json_column())
    fault_counts: dict[str, int] | None = Field(default=None, sa_column=json_column(nullable=True))
    is_partial: bool = False
    legend: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    lines_read: int = 0
    first_line_id: UUID | None = None
    clearing: bool = False
    job_id: UUID | None = None
    received_at: datetime = Field(sa_column=moment_column())
    received_from: UUID = Field(foreign_key="app_user.id")
    received_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    decision_reason: str | None = Field(default=None, max_length=1000)
    withdrawn_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    withdrawn_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    withdrawal_reason: str | None = Field(default=None, max_length=1000)

    @property
    def approved_by_limits(self) -> bool:
        """Whether the agreement's limits let it go live, and nobody."""
        return self.live_from is not None and self.decided_by is None

    @property
    def document_type(self) -> str:
        """What kind of document it is, such as CataloguePricingUpdate."""
        return str(self.envelope["document_type"])


class CatalogueLine(SQLModel, table=True):
    """A line as it stands from version `from_version` (an ordinal) until `to_version`, which has another or none.

    `content` is the whole line as documents.CatalogueLine in JSON: numbers there keep every digit. Identifiers in the
    other columns are cut at their columns' length, and `unspsc` is empty where there is none. By `gtin` and
    `manufacturer_key` the same item is known in other catalogues. What lines are searched by stands in SearchedLine.
    """

    __tablename__ = "catalogue_line"
    __table_args__ = (
        UniqueConstraint("catalogue_id", "line_id", "from_version"),
        Index("ix_catalogue_line_gtin", "gtin"),
        Index("ix_catalogue_line_manufacturer", "manufacturer_key"),
        Index("ix_catalogue_line_to", "catalogue_id", "to_version"),
    )

    id: UUID = Field(primary_key=True)
    catalogue_id: UUID = Field(foreign_key="catalogue.id")
    from_version: int
    to_version: int | None = None
    line_id: str = Field(max_length=300)
    name: str
    sellers_item_id: str | None = Field(default=None, max_length=300)
    manufacturers_item_id: str | None = Field(default=None, max_length=300)
    manufacturer_key: str | None = None
    gtin: str | None = Field(default=None, max_length=300)
    unspsc: str = Field(max_length=20)
    orderable: bool
    valid_from: date | None = None
    valid_to: date | None = None
    content: dict[str, Any] = Field(sa_column=json_column())


class LineChange(SQLModel, table=True):
    """What version `ordinal` changes in a line: written when the version comes, and gone when it is turned away.

    `row_id` is the row that begins with the version, or of a removed line the one that ends. `kinds` are bits of
    changes.ChangeKind, `steps` price_changes.PriceStep. `percent` and `amount` are of the price that changes most,
    recording.FROM_NOTHING for one that was nothing; `price_before` and `price_after` are those that are compared first.
    `currencies` has all that the line is priced in from now on.
    """

    __tablename__ = "line_change"
    __table_args__ = (
        Index(
            "ix_line_change_percent",
            "catalogue_id",
            "ordinal",
            "percent",
            "row_id",
            sqlite_where=HAS_PERCENT,
            postgresql_where=HAS_PERCENT,
        ),
        {"sqlite_with_rowid": False},
    )

    catalogue_id: UUID = Field(primary_key=True, foreign_key="catalogue.id")
    ordinal: int = Field(primary_key=True)
    row_id: UUID = Field(primary_key=True)
    kinds: int
    percent: Decimal | None = Field(default=None, sa_column=Column(ExactDecimal))
    amount: Decimal | None = Field(default=None, sa_column=Column(ExactDecimal))
    price_before: Decimal | None = Field(default=None, sa_column=Column(ExactDecimal))
    price_after: Decimal | None = Field(default=None, sa_column=Column(ExactDecimal))
    currencies: str | None = Field(default=None, max_length=40)
    steps: list[Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    changed_fields: list[str] | None = Field(default=None, sa_column=json_column(nullable=True))
