"""The table of replays: which invoices were decided again under which rules, and what came of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.kit.columns import json_column, moment_column


class Replay(SQLModel, table=True):
    """A period's invoices of a branch, decided again under `rules`; without any by the policies that they were decided
    by. `policy_id` is the draft that the rules come from, `policy_organisation_id` the organisation that they are for,
    from `valid_from`.

    A worker has come to the invoice `reached`, and `tally` is what it counted until then; both are null before the
    first one, and again when the replay is given up.
    """

    __tablename__ = "replay"

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    received_from: date
    received_to: date
    policy_id: UUID | None = Field(default=None, foreign_key="policy.id")
    policy_organisation_id: UUID = Field(foreign_key="organisation.id")
    valid_from: date
    rules: list[dict[str, Any]] = Field(sa_column=json_column())
    job_id: UUID = Field(foreign_key="job.id")
    started_by: UUID = Field(foreign_key="app_user.id")
    started_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    started_at: datetime = Field(sa_column=moment_column())
    reached: UUID | None = None
    tally: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
