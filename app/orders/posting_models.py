"""Tables of posting (kontering): an organisation's dimensions, which values go together, and what is taken unasked."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.columns import decimal_column, json_column, version_column


class PostingScheme(SQLModel, table=True):
    """The dimensions that an organisation, and everybody below it without an own scheme, posts by: messages.Dimension.

    With `combinations_only`, a posting has to be one of the imported combinations.
    """

    __tablename__ = "posting_scheme"

    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    dimensions: list[dict[str, Any]] = Field(sa_column=json_column())
    combinations_only: bool = False
    version: int = Field(default=1, sa_column=version_column())


class PostingCombination(SQLModel, table=True):
    """Values that go together in a scheme; `key` is their posting text, dimensions in the scheme's order."""

    __tablename__ = "posting_combination"
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="posting_scheme.organisation_id")
    key: str = Field(max_length=200)
    dimensions: dict[str, str] = Field(sa_column=json_column())


class PostingDefault(SQLModel, table=True):
    """The posting that a line gets when nobody gives one: of a user, a product group, an agreement, or any of them
    together; the row that says most wins.
    """

    __tablename__ = "posting_default"
    __table_args__ = (Index("ix_posting_default_place", "organisation_id"),)

    id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    agreement_id: UUID | None = Field(default=None, foreign_key="agreement.id")
    unspsc_prefix: str | None = Field(default=None, max_length=8)
    accounting_cost: str = Field(max_length=200)


class PostingShare(SQLModel, table=True):
    """What part of an order line is posted where, of a line that is posted in several places; they add up to it."""

    __tablename__ = "posting_share"
    __table_args__ = (UniqueConstraint("order_line_id", "position"),)

    id: UUID = Field(primary_key=True)
    order_line_id: UUID = Field(foreign_key="purchase_order_line.id", index=True)
    position: int
    accounting_cost: str = Field(max_length=200)
    amount: Decimal = Field(sa_column=decimal_column())
