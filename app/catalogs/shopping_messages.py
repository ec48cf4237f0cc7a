"""What callers send and get about shopping lists."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from app.catalogs.messages import LineOut
from app.kit.columns import kept
from app.kit.money import Exact
from app.organisations.messages import Message, Name


class ShoppingListIn(Message):
    """A new list: one's own, or a user group's."""

    name: Name
    group_id: UUID | None = None


class ShoppingListOut(BaseModel):
    """A shopping list, and how many items are on it."""

    id: UUID
    name: str
    user_id: UUID | None
    group_id: UUID | None
    items: int
    created_at: datetime


class ShoppingListItemIn(Message):
    """A line to put on the list, as a search found it, and how many orderable units of it one usually buys."""

    catalogue_line_id: UUID
    quantity: Annotated[Exact, Field(gt=0), AfterValidator(kept)] = Decimal(1)


class ShoppingListItemOut(BaseModel):
    """An item of a list. `is_visible` says that the caller may order it today; then `line` is the line as it is now,
    with the price for the quantity.
    """

    id: UUID
    catalogue_id: UUID
    line_id: str
    name: str
    quantity: Exact
    added_at: datetime
    is_visible: bool
    line: LineOut | None
