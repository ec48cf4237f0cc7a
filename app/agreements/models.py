"""Tables of the agreements chapter: agreements, their shares step by step down the tree, and groups of users."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.kit.columns import enum_column, json_column, moment_column, version_column

TO_WARN = "warn_on IS NOT NULL"
INSIDE = text("removed_at IS NULL")
IS_REVOKED = text("restored_at IS NULL")


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


class OrderForm(StrEnum):
    """A kind of order that an agreement may be used for."""

    CATALOGUE = "CATALOGUE"
    CONFIGURABLE = "CONFIGURABLE"
    TEXT = "TEXT"
    STANDING = "STANDING"


class ChargeKind(StrEnum):
    """What a supplier may charge beside the price of goods."""

    FREIGHT = "FREIGHT"
    PACKAGING = "PACKAGING"
    HANDLING = "HANDLING"
    ENVIRONMENT = "ENVIRONMENT"
    OTHER = "OTHER"


class CatalogueApproval(StrEnum):
    """How the agreement's catalogues go live: a content manager looks at each version, or at those alone that go beyond
    the agreement's limits.
    """

    MANUAL = "MANUAL"
    AUTO = "AUTO"


class ShareTarget(StrEnum):
    """Whom a share reaches: an organisation's content managers, one user, the members of a user group, or all users of
    an organisation.
    """

    ORGANISATION = "ORGANISATION"
    USER = "USER"
    GROUP = "GROUP"
    EVERYBODY = "EVERYBODY"


class Agreement(SQLModel, table=True):
    """A contract with one supplier, owned by an organisation; `contract_number` is what catalogues refer to.

    `order_types` are OrderForm, `charges` what may be charged beside the goods; with `receipt_required` an invoice is
    matched with order and receipt, else with the order alone. `catalogue_limits` are limits.CatalogueLimits, with
    catalogue_approval AUTO alone. `replaced_by` names the agreement that follows, which has no shares from this one.
    `changed_on` is the day of the last version, `warn_on` the day of the next warning that it ends.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_to", name="in_order"),
        CheckConstraint("replaced_by <> id", name="not_its_own_successor"),
        Index("ix_agreement_supplier", "supplier_id", "contract_number"),
        Index("ix_agreement_warn", "warn_on", sqlite_where=text(TO_WARN), postgresql_where=text(TO_WARN)),
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
    mandatory_e_order: bool = False
    order_types: list[str] = Field(default_factory=lambda: [str(form) for form in OrderForm], sa_column=json_column())
    catalogue_approval: CatalogueApproval = Field(
        default=CatalogueApproval.MANUAL, sa_column=enum_column(CatalogueApproval)
    )
    catalogue_limits: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    charges: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())
    receipt_required: bool = True
    replaced_by: UUID | None = Field(default=None, foreign_key="agreement.id")
    status: AgreementStatus = Field(default=AgreementStatus.DRAFT, sa_column=enum_column(AgreementStatus))
    version: int = Field(default=1, sa_column=version_column())
    created_at: datetime = Field(sa_column=moment_column())
    changed_on: date
    warn_on: date | None = None


class AgreementVersion(SQLModel, table=True):
    """An agreement as it was from one change to the next: who could see it then, and on which terms."""

    __tablename__ = "agreement_version"

    agreement_id: UUID = Field(primary_key=True, foreign_key="agreement.id")
    version: int = Field(primary_key=True)
    status: AgreementStatus = Field(sa_column=enum_column(AgreementStatus))
    valid_from: date
    valid_to: date
    product_groups: list[str] = Field(sa_column=json_column())
    terms: dict[str, Any] = Field(sa_column=json_column())
    changed_at: datetime = Field(sa_column=moment_column())
    changed_by: UUID = Field(foreign_key="app_user.id")
    followed_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))


class UserGroup(SQLModel, table=True):
    """Users of an organisation and those below it, gathered to share agreements with."""

    __tablename__ = "user_group"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    name: str = Field(max_length=200)
    created_by: UUID = Field(foreign_key="app_user.id")
    created_at: datetime = Field(sa_column=moment_column())


class UserGroupMember(SQLModel, table=True):
    """Somebody in a group from a moment, and maybe to one; rows are kept to tell who was in it then."""

    __tablename__ = "user_group_member"
    __table_args__ = (
        Index("uq_user_group_member", "group_id", "user_id", unique=True, sqlite_where=INSIDE, postgresql_where=INSIDE),
    )

    id: UUID = Field(primary_key=True)
    group_id: UUID = Field(foreign_key="user_group.id", index=True)
    user_id: UUID = Field(foreign_key="app_user.id", index=True)
    added_at: datetime = Field(sa_column=moment_column())
    added_by: UUID = Field(foreign_key="app_user.id")
    removed_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    removed_by: UUID | None = Field(default=None, foreign_key="app_user.id")


class Share(SQLModel, table=True):
    """One step: an organisation that has the agreement hands it on, by reference, maybe with fewer product groups.

    `parent_id` is the share by which the sharing organisation has it; none when it owns it. What follows from the whole
    chain stands in the share itself, so that one look at it tells whom it reaches: `effective_from`, `effective_to` and
    `narrowings` (see groups.written) are written once, for no step of a chain is ever edited; `broken_steps` counts the
    revoked ones, and `settled_on` is the day since when it does.
    """

    __tablename__ = "share"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="in_order"),
        CheckConstraint("broken_steps >= 0", name="broken_steps_counted"),
        Index("ix_share_organisation", "organisation_id", "target"),
    )

    id: UUID = Field(primary_key=True)
    agreement_id: UUID = Field(foreign_key="agreement.id", index=True)
    parent_id: UUID | None = Field(default=None, foreign_key="share.id")
    from_organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    target: ShareTarget = Field(sa_column=enum_column(ShareTarget))
    organisation_id: UUID = Field(foreign_key="organisation.id")
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id", index=True)
    group_id: UUID | None = Field(default=None, foreign_key="user_group.id", index=True)
    include_groups: list[str] = Field(sa_column=json_column())
    exclude_groups: list[str] = Field(sa_column=json_column())
    valid_from: date
    valid_to: date | None = None
    granted_by: UUID = Field(foreign_key="app_user.id")
    granted_at: datetime = Field(sa_column=moment_column())
    revoked_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    effective_from: date
    effective_to: date | None = None
    narrowings: str
    broken_steps: int = 0
    settled_on: date


class ShareStep(SQLModel, table=True):
    """The chain of each share, itself included at depth 0: one broken step breaks everything that hangs on it."""

    __tablename__ = "share_step"

    share_id: UUID = Field(primary_key=True, foreign_key="share.id")
    step_id: UUID = Field(primary_key=True, foreign_key="share.id", index=True)
    depth: int


class ShareRevocation(SQLModel, table=True):
    """A time for which a share was taken back, by somebody or by a reorganisation; it lasts until it is restored."""

    __tablename__ = "share_revocation"
    __table_args__ = (
        Index("uq_share_revocation", "share_id", unique=True, sqlite_where=IS_REVOKED, postgresql_where=IS_REVOKED),
    )

    id: UUID = Field(primary_key=True)
    share_id: UUID = Field(foreign_key="share.id", index=True)
    revoked_at: datetime = Field(sa_column=moment_column())
    revoked_by: UUID = Field(foreign_key="app_user.id")
    reorganisation_id: UUID | None = Field(default=None, foreign_key="reorganisation.id")
    restored_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    restored_by: UUID | None = Field(default=None, foreign_key="app_user.id")
