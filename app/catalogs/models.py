"""Tables of the catalogs chapter: catalogues, their versions, and lines that tell in which versions they stand."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column, version_column


class VersionState(StrEnum):
    """PENDING_ROUTING waits for somebody to say which agreement it is for; REJECTED_TECHNICAL broke the format."""

    PENDING_ROUTING = "PENDING_ROUTING"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    APPROVED = "APPROVED"
    SUPERSEDED = "SUPERSEDED"
    REJECTED = "REJECTED"
    REJECTED_TECHNICAL = "REJECTED_TECHNICAL"


TRANSITIONS = frozenset(
    {
        (VersionState.PENDING_ROUTING, VersionState.PENDING_APPROVAL),
        (VersionState.PENDING_ROUTING, VersionState.REJECTED),
        (VersionState.PENDING_APPROVAL, VersionState.APPROVED),
        (VersionState.PENDING_APPROVAL, VersionState.REJECTED),
        (VersionState.APPROVED, VersionState.SUPERSEDED),
    }
)

PENDING = (VersionState.PENDING_ROUTING, VersionState.PENDING_APPROVAL)
ACCEPTED = (VersionState.APPROVED, VersionState.SUPERSEDED)

IS_PENDING = text("status IN ('PENDING_ROUTING', 'PENDING_APPROVAL')")
IS_APPROVED = text("status = 'APPROVED'")
WAS_NOT_REJECTED = text("status NOT IN ('REJECTED', 'REJECTED_TECHNICAL')")


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
    that buyers see: of each catalogue, one version a day at most. `change_summary` counts what it changes.
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
    received_at: datetime = Field(sa_column=moment_column())
    received_from: UUID = Field(foreign_key="app_user.id")
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    decision_reason: str | None = Field(default=None, max_length=1000)


class CatalogueLine(SQLModel, table=True):
    """A line as it stands from version `from_version` (an ordinal) until `to_version`, which has another or none.

    `content` is the whole line as documents.CatalogueLine in JSON: numbers there keep every digit. The columns are what
    is searched by; identifiers in them are cut at their columns' length, and `unspsc` is empty where there is none. By
    `gtin` and `manufacturer_key` the same item is known in other catalogues.
    """

    __tablename__ = "catalogue_line"
    __table_args__ = (
        UniqueConstraint("catalogue_id", "line_id", "from_version"),
        Index("ix_catalogue_line_seller", "sellers_item_id"),
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
    search_text: str
    content: dict[str, Any] = Field(sa_column=json_column())
