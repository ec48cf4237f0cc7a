"""Tables of shadow policies: a draft that decides every invoice beside the policy in force, and what it decided."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.columns import decimal_column, enum_column, json_column, moment_column, version_column
from app.match.engine.codes import Outcome


class ShadowPolicy(SQLModel, table=True):
    """The one draft that decides an organisation's invoices in the shadow, and those of all below it, since `set_at`.

    Whatever was decided long before `reached` has been looked at.
    """

    __tablename__ = "shadow_policy"

    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    policy_id: UUID = Field(foreign_key="policy.id")
    set_by: UUID = Field(foreign_key="app_user.id")
    set_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    set_at: datetime = Field(sa_column=moment_column())
    reached: datetime = Field(sa_column=moment_column())
    version: int = Field(default=1, sa_column=version_column())


class ShadowDecision(SQLModel, table=True):
    """What a shadow policy made of one live decision of the engine. `shadow_outcome` is null for one that the draft
    could not decide, and `left_out` says why.
    """

    __tablename__ = "shadow_decision"
    __table_args__ = (
        UniqueConstraint("decision_id", "organisation_id", "policy_id"),
        Index("ix_shadow_decision_day", "organisation_id", "policy_id", "decided_on"),
    )

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    policy_id: UUID = Field(foreign_key="policy.id")
    invoice_id: UUID = Field(foreign_key="invoice_case.id")
    decision_id: UUID = Field(foreign_key="match_decision.id")
    live_outcome: Outcome = Field(sa_column=enum_column(Outcome))
    shadow_outcome: Outcome | None = Field(default=None, sa_column=enum_column(Outcome, nullable=True))
    left_out: str | None = Field(default=None, max_length=40)
    differs: bool
    codes_gone: list[str] = Field(sa_column=json_column())
    codes_new: list[str] = Field(sa_column=json_column())
    currency: str | None = Field(default=None, max_length=3)
    payable_amount: Decimal | None = Field(default=None, sa_column=decimal_column(nullable=True))
    deviation: Decimal = Field(sa_column=decimal_column())
    decided_on: date
    decided_at: datetime = Field(sa_column=moment_column())
