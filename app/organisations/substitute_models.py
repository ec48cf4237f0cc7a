"""The table of substitutes: who acts for whom, from a day to a day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from app.kit.columns import moment_column


class Substitution(SQLModel, table=True):
    """From a day to a day, both included, a user acts for another with that user's roles and prokura.

    One with `ended_at` was ended before its time.
    """

    __tablename__ = "substitution"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_to", name="in_order"),
        CheckConstraint("principal_id <> substitute_id", name="two_users"),
    )

    id: UUID = Field(primary_key=True)
    principal_id: UUID = Field(foreign_key="app_user.id", index=True)
    substitute_id: UUID = Field(foreign_key="app_user.id", index=True)
    valid_from: date
    valid_to: date
    set_by: UUID = Field(foreign_key="app_user.id")
    set_at: datetime = Field(sa_column=moment_column())
    ended_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
