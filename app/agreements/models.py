"""Tables of the agreements chapter: agreements, and their shares step by step down the tree."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column, version_column


class AgreementKind(StrEnum):
    """Whose agreement: the state's (SI), SKI's, both made at a root, or an organisation's own."""

    SI = "SI"
    SKI = "SKI"
    LOCAL = "LOCAL"


class AgreementStatus(StrEnum):
    """Only an ACTIVE agreement is seen by users and ordered on."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"


TRANSITIONS = frozenset(
    {
        (AgreementStatus.DRAFT, AgreementStatus.ACTIVE),
        (AgreementStatus.ACTIVE, AgreementStatus.SUSPENDED),
        (AgreementStatus.SUSPENDED, AgreementStatus.ACTIVE),
        (AgreementStatus.ACTIVE, AgreementStatus.TERMINATED),
        (AgreementStatus.SUSPENDED, AgreementStatus.TERMINATED),
    }
)


class ShareTarget(StrEnum):
    """Whom a share reaches: an organisation's content managers, one user, or all users of an organisation."""

    ORGANISATION = "ORGANISATION"
    USER = "USER"
    EVERYBODY = "EVERYBODY"


class Agreement(SQLModel, table=True):
    """A contract with one supplier, owned by an organisation; `contract_number` is what catalogues refer to."""

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_to", name="in_order"),
        Index("ix_agreement_supplier", "supplier_id", "contract_number"),
    )

    id: UUID = Field(primary_key=True)
    owner_id: UUID = Field(foreign_key="organisation.id", index=True)
    root_id: UUID = Field(foreign_key="organisation.id")
    supplier_id: UUID = Field(foreign_key="supplier.id")
    kind: AgreementKind = Field(sa_column=enum_column(AgreementKind))
    binding: bool = False
    title: str = Field(max_length=200)
    contract_number: str = Field(max_length=100)
    currency: str = Field(max_length=3)
    product_groups: list[str] = Field(sa_column=json_column())
    valid_from: date
    valid_to: date
    status: AgreementStatus = Field(default=AgreementStatus.DRAFT, sa_column=enum_column(AgreementStatus))
    version: int = Field(default=1, sa_column=version_column())
    created_at: datetime = Field(sa_column=moment_column())


class Share(SQLModel, table=True):
    """One step: an organisation that has the agreement hands it on, by reference, maybe with fewer product groups.

    `parent_id` is the share by which the sharing organisation has it; none when it owns it.
    """

    __tablename__ = "share"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="in_order"),
        Index("ix_share_organisation", "organisation_id", "target"),
    )

    id: UUID = Field(primary_key=True)
    agreement_id: UUID = Field(foreign_key="agreement.id", index=True)
    parent_id: UUID | None = Field(default=None, foreign_key="share.id")
    from_organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    target: ShareTarget = Field(sa_column=enum_column(ShareTarget))
    organisation_id: UUID = Field(foreign_key="organisation.id")
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id", index=True)
    include_groups: list[str] = Field(sa_column=json_column())
    exclude_groups: list[str] = Field(sa_column=json_column())
    valid_from: date
    valid_to: date | None = None
    granted_by: UUID = Field(foreign_key="app_user.id")
    granted_at: datetime = Field(sa_column=moment_column())
    revoked_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))


class ShareStep(SQLModel, table=True):
    """The chain of each share, itself included at depth 0: one broken step breaks everything that hangs on it."""

    __tablename__ = "share_step"

    share_id: UUID = Field(primary_key=True, foreign_key="share.id")
    step_id: UUID = Field(primary_key=True, foreign_key="share.id", index=True)
    depth: int
