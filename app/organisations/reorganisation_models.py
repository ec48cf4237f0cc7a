"""The table of reorganisations: what is to become of a branch on a day, and what did."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column, version_column

COUNTS = text("status IN ('PLANNED', 'DONE')")
PLANNED = text("status = 'PLANNED'")


class ReorganisationKind(StrEnum):
    """MOVE hangs a branch below another organisation, MERGE lets one go up in another, CLOSE ends a branch."""

    MOVE = "MOVE"
    MERGE = "MERGE"
    CLOSE = "CLOSE"


class ReorganisationStatus(StrEnum):
    """FAILED is what on its day could not be done any more, as another one came before it."""

    PLANNED = "PLANNED"
    DONE = "DONE"
    WITHDRAWN = "WITHDRAWN"
    FAILED = "FAILED"


TRANSITIONS = frozenset(
    (ReorganisationStatus.PLANNED, target) for target in ReorganisationStatus if target != ReorganisationStatus.PLANNED
)


class Reorganisation(SQLModel, table=True):
    """A dated change of the tree. `outcome` counts what followed from it, `failure` says why nothing did."""

    __tablename__ = "reorganisation"
    __table_args__ = (
        Index(
            "uq_reorganisation_day",
            "organisation_id",
            "effective_on",
            unique=True,
            sqlite_where=COUNTS,
            postgresql_where=COUNTS,
        ),
        Index("ix_reorganisation_due", "effective_on", sqlite_where=PLANNED, postgresql_where=PLANNED),
    )

    id: UUID = Field(primary_key=True)
    root_id: UUID = Field(foreign_key="organisation.id")
    kind: ReorganisationKind = Field(sa_column=enum_column(ReorganisationKind))
    organisation_id: UUID = Field(foreign_key="organisation.id")
    target_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    effective_on: date
    note: str | None = Field(default=None, max_length=1000)
    status: ReorganisationStatus = Field(
        default=ReorganisationStatus.PLANNED, sa_column=enum_column(ReorganisationStatus)
    )
    planned_by: UUID = Field(foreign_key="app_user.id")
    planned_at: datetime = Field(sa_column=moment_column())
    done_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    outcome: dict[str, int] = Field(default_factory=dict, sa_column=json_column())
    failure: str | None = Field(default=None, max_length=1000)
    version: int = Field(default=1, sa_column=version_column())
