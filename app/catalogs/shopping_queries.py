"""Reads of shopping lists; they start from whose lists a caller may see."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.agreements.models import UserGroupMember
from app.agreements.queries import VisibleAgreement
from app.catalogs import queries
from app.catalogs.models import CatalogueLine
from app.catalogs.search_models import SearchedCatalogue, SearchedLine
from app.catalogs.shopping_models import ShoppingList, ShoppingListItem
from app.kit.errors import NotFound
from app.organisations.access import Call


class ShoppingListNotFound(NotFound):
    """No such shopping list, or not for this caller."""


class ShoppingListItemNotFound(NotFound):
    """No such item on this shopping list."""


def groups_of(call: Call) -> SelectOfScalar[UUID]:
    """Give the user groups that the caller is in now."""
    return select(UserGroupMember.group_id).where(
        UserGroupMember.user_id == call.actor.principal_id, col(UserGroupMember.removed_at).is_(None)
    )


def is_in_group(call: Call, group_id: UUID) -> bool:
    return call.session.exec(groups_of(call).where(UserGroupMember.group_id == group_id)).first() is not None


def visible_lists(call: Call) -> SelectOfScalar[ShoppingList]:
    """Give the caller's own lists, and those of the groups that the caller is in."""
    return select(ShoppingList).where(
        or_(
            col(ShoppingList.user_id) == call.actor.principal_id,
            col(ShoppingList.group_id).in_(groups_of(call)),
        )
    )


def shopping_list(call: Call, list_id: UUID, *, lock: bool = False) -> ShoppingList:
    """Find a list that the caller may see; `lock` lets one change at a time into it.

    :raises ShoppingListNotFound: otherwise.
    """
    query = visible_lists(call).where(ShoppingList.id == list_id)
    found = call.session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise ShoppingListNotFound(f"there is no shopping list {list_id}")
    return found


def names_beside(session: Session, listed: ShoppingList) -> Sequence[str]:
    """Give the names of all lists of the same user or group."""
    query = select(ShoppingList.name).where(
        col(ShoppingList.user_id).is_not_distinct_from(listed.user_id),
        col(ShoppingList.group_id).is_not_distinct_from(listed.group_id),
    )
    return session.exec(query).all()


def items_of(listed: ShoppingList) -> SelectOfScalar[ShoppingListItem]:
    return select(ShoppingListItem).where(ShoppingListItem.list_id == listed.id)


def item(call: Call, listed: ShoppingList, item_id: UUID) -> ShoppingListItem:
    """Find an item of a list.

    :raises ShoppingListItemNotFound: otherwise.
    """
    found = call.session.exec(items_of(listed).where(ShoppingListItem.id == item_id)).first()
    if found is None:
        raise ShoppingListItemNotFound(f"there is no item {item_id} on the list {listed.name}")
    return found


def item_of_line(session: Session, listed: ShoppingList, row: CatalogueLine) -> ShoppingListItem | None:
    """Find the item of a line, in whichever version it was put on the list."""
    of_line = (ShoppingListItem.catalogue_id == row.catalogue_id, ShoppingListItem.line_id == row.line_id)
    return session.exec(items_of(listed).where(*of_line)).first()


def count_items(session: Session, listed: ShoppingList) -> int:
    query = select(func.count()).where(ShoppingListItem.list_id == listed.id)
    return session.exec(query).one()


def lines_today(
    call: Call, visible: Mapping[UUID, VisibleAgreement], items: Sequence[ShoppingListItem]
) -> dict[tuple[UUID, str], tuple[CatalogueLine, UUID]]:
    """Give what the caller may order today of some items, by catalogue and line number, with each one's agreement."""
    numbers = [listed.line_id for listed in items]
    catalogues = {listed.catalogue_id for listed in items}
    query = queries.visible_lines(call, visible.values()).where(
        col(CatalogueLine.catalogue_id).in_(catalogues), col(CatalogueLine.line_id).in_(numbers)
    )
    found = call.session.exec(query).all() if items else []
    return {(row.catalogue_id, row.line_id): (row, agreement_id) for row, agreement_id in found}


def on_list(listed: ShoppingList) -> ColumnElement[bool]:
    """Give the condition that a searched line, of whichever version, is on a list."""
    rows = (
        select(CatalogueLine.id)
        .join(
            ShoppingListItem,
            and_(
                col(ShoppingListItem.catalogue_id) == col(CatalogueLine.catalogue_id),
                col(ShoppingListItem.line_id) == col(CatalogueLine.line_id),
            ),
        )
        .where(ShoppingListItem.list_id == listed.id)
    )
    return col(SearchedLine.line_id).in_(rows)


def catalogues_on(session: Session, listed: ShoppingList) -> frozenset[int | None]:
    """Give the short numbers of the catalogues that have lines on a list."""
    query = (
        select(SearchedCatalogue.number)
        .join(ShoppingListItem, col(ShoppingListItem.catalogue_id) == col(SearchedCatalogue.catalogue_id))
        .where(ShoppingListItem.list_id == listed.id)
    )
    return frozenset(session.exec(query.distinct()).all())
