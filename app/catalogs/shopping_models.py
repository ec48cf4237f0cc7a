"""Tables of shopping lists: lines that somebody, or a group of users, buys again and again."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.columns import decimal_column, moment_column


class ShoppingList(SQLModel, table=True):
    """A list of a user, or of a user group whose members all read and write it."""

    __tablename__ = "shopping_list"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        UniqueConstraint("group_id", "name"),
        CheckConstraint("(user_id IS NULL) <> (group_id IS NULL)", name="of_one"),
    )

    id: UUID = Field(primary_key=True)
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    group_id: UUID | None = Field(default=None, foreign_key="user_group.id")
    name: str = Field(max_length=200)
    created_by: UUID = Field(foreign_key="app_user.id")
    created_at: datetime = Field(sa_column=moment_column())


class ShoppingListItem(SQLModel, table=True):
    """A line on a list, by its catalogue and the number that it keeps from version to version. `name` is what it was
    called when it was put there.
    """

    __tablename__ = "shopping_list_item"
    __table_args__ = (UniqueConstraint("list_id", "catalogue_id", "line_id"),)

    id: UUID = Field(primary_key=True)
    list_id: UUID = Field(foreign_key="shopping_list.id", ondelete="CASCADE")
    catalogue_id: UUID = Field(foreign_key="catalogue.id", index=True)
    line_id: str = Field(max_length=300)
    name: str
    quantity: Decimal = Field(sa_column=decimal_column())
    added_by: UUID = Field(foreign_key="app_user.id")
    added_at: datetime = Field(sa_column=moment_column())
