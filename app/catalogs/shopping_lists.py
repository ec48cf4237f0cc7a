"""Steps of shopping lists: make and drop them, put lines on them and take them off, and see what these cost today."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlmodel import col

from app.agreements import queries as agreements
from app.agreements.models import UserGroup
from app.agreements.queries import UserGroupNotFound
from app.catalogs import queries
from app.catalogs import shopping_queries as reads
from app.catalogs.alternatives import Alike, Terms, offer_of, offers_alike
from app.catalogs.messages import LineOut
from app.catalogs.shopping_messages import (
    ShoppingListIn,
    ShoppingListItemIn,
    ShoppingListItemOut,
    ShoppingListOut,
)
from app.catalogs.shopping_models import ShoppingList, ShoppingListItem
from app.catalogs.views import line_out
from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page, read_cursor, write_cursor
from app.organisations.access import Call, NotAllowed
from app.organisations.models import Organisation
from app.organisations.people_models import User
from app.organisations.permissions import Permission

MOST_LISTS: Final = 100
MOST_ITEMS: Final = 500


class ListNameTaken(Conflict):
    """There is a shopping list of this name already."""


class TooManyLists(Conflict):
    """A user, or a group, has 100 shopping lists at most."""


class ListFull(Conflict):
    """A shopping list holds 500 lines at most."""


def make_list(call: Call, body: ShoppingListIn) -> ShoppingListOut:
    """Make an empty list of one's own, or of a group that one is in.

    :raises NotAllowed: for a caller whose roles do not search.
    :raises UserGroupNotFound: for a group that the caller is not in.
    :raises ListNameTaken: when there is one of this name.
    :raises TooManyLists: when there are too many.
    """
    _require_search(call)
    if body.group_id is not None and not reads.is_in_group(call, body.group_id):
        raise UserGroupNotFound(f"you are in no user group {body.group_id}")
    made = ShoppingList(
        id=new_id(call.now),
        user_id=call.actor.principal_id if body.group_id is None else None,
        group_id=body.group_id,
        name=body.name,
        created_by=call.actor.id,
        created_at=call.now,
    )
    names = reads.names_beside(call.session, made)
    if made.name in names:
        raise ListNameTaken(f"there is a shopping list {made.name} already; put the lines on that one")
    if len(names) >= MOST_LISTS:
        raise TooManyLists(f"there are {MOST_LISTS} shopping lists already; delete one that is not used")
    call.session.add(made)
    call.session.flush()
    _note(call, made, "shopping_list.made")
    return _out(call, made)


def list_lists(call: Call, wanted: PageQuery) -> Page[ShoppingListOut]:
    return page(call.session, reads.visible_lists(call), ShoppingList, wanted, lambda row: _out(call, row))


def get_list(call: Call, list_id: UUID) -> ShoppingListOut:
    return _out(call, reads.shopping_list(call, list_id))


def drop_list(call: Call, list_id: UUID) -> None:
    """Delete a list with everything on it."""
    listed = reads.shopping_list(call, list_id, lock=True)
    _note(call, listed, "shopping_list.dropped")
    call.session.delete(listed)


def put_item(call: Call, list_id: UUID, body: ShoppingListItemIn) -> ShoppingListItemOut:
    """Put a line on a list, or change how many of it are bought when it is there already.

    :raises NotAllowed: for a caller whose roles do not search.
    :raises LineNotFound: for a line that the caller may not order from today.
    :raises ListFull: when the list holds as many lines as it may.
    """
    listed = reads.shopping_list(call, list_id, lock=True)
    _require_search(call)
    line = queries.orderable_line(call, body.catalogue_line_id)
    item = reads.item_of_line(call.session, listed, line.row)
    if item is None:
        if reads.count_items(call.session, listed) >= MOST_ITEMS:
            raise ListFull(f"{listed.name} holds {MOST_ITEMS} lines; take some off, or make another list")
        item = ShoppingListItem(
            id=new_id(call.now),
            list_id=listed.id,
            catalogue_id=line.row.catalogue_id,
            line_id=line.row.line_id,
            name=line.row.name,
            quantity=body.quantity,
            added_by=call.actor.id,
            added_at=call.now,
        )
        call.session.add(item)
    item.quantity = body.quantity
    call.session.flush()
    call.session.refresh(item)
    _note(call, listed, "shopping_list.item_put", {"item_id": str(item.id)})
    return _items(call, [item])[0]


def list_items(call: Call, list_id: UUID, wanted: PageQuery) -> Page[ShoppingListItemOut]:
    """Give the lines of a list as they stand today.

    :raises NotAllowed: for a caller whose roles do not search.
    """
    listed = reads.shopping_list(call, list_id)
    _require_search(call)
    query = reads.items_of(listed)
    if wanted.cursor is not None:
        query = query.where(col(ShoppingListItem.id) > read_cursor(wanted.cursor))
    found = call.session.exec(query.order_by(col(ShoppingListItem.id)).limit(wanted.limit + 1)).all()
    shown = found[: wanted.limit]
    more = len(found) > wanted.limit
    return Page(data=_items(call, shown), next_cursor=write_cursor(shown[-1].id) if more else None)


def take_item(call: Call, list_id: UUID, item_id: UUID) -> None:
    """Take a line off a list."""
    listed = reads.shopping_list(call, list_id, lock=True)
    item = reads.item(call, listed, item_id)
    _note(call, listed, "shopping_list.item_taken", {"item_id": str(item.id)})
    call.session.delete(item)


def _require_search(call: Call) -> None:
    if not call.actor.organisations(Permission.ITEM_SEARCH):
        raise NotAllowed("shopping lists take a role that buys (item:search)")


def _out(call: Call, listed: ShoppingList) -> ShoppingListOut:
    return ShoppingListOut(**listed.model_dump(), items=reads.count_items(call.session, listed))


def _items(call: Call, items: Sequence[ShoppingListItem]) -> list[ShoppingListItemOut]:
    """Tell items with their lines as these are today, each at the price for its own quantity."""
    visible = queries.by_id(agreements.visible_agreements(call.session, call.actor, call.today))
    today = reads.lines_today(call, visible, items)
    on = agreements.agreements_by_id(call.session, (agreement_id for _, agreement_id in today.values()))
    sold_by = queries.suppliers_by_id(call.session, (agreement.supplier_id for agreement in on.values()))
    rows = [row for row, _ in today.values()]
    own = [offer_of(row, on[agreement_id], Terms(call.today)) for row, agreement_id in today.values()]
    alike = Alike([*own, *offers_alike(call, visible, rows)])

    def line(item: ShoppingListItem) -> LineOut | None:
        if (item.catalogue_id, item.line_id) not in today:
            return None
        row, agreement_id = today[item.catalogue_id, item.line_id]
        terms = Terms(call.today, item.quantity)
        offer = offer_of(row, on[agreement_id], terms)
        others = Alike(offer_of(other.row, other.agreement, terms) for other in alike.of(row))
        return line_out(offer, sold_by[offer.agreement.supplier_id], others.better(offer))

    told = ((item, line(item)) for item in items)
    return [ShoppingListItemOut(**item.model_dump(), is_visible=found is not None, line=found) for item, found in told]


def _note(call: Call, listed: ShoppingList, action: str, facts: Mapping[str, str] | None = None) -> None:
    root_id = call.session.get_one(Organisation, _place(call, listed)).root_id
    call.audit(action, chain=root_id, entity="shopping_list", entity_id=listed.id, facts=facts)


def _place(call: Call, listed: ShoppingList) -> UUID:
    if listed.group_id is not None:
        return call.session.get_one(UserGroup, listed.group_id).organisation_id
    own = call.session.get_one(User, listed.user_id).organisation_id
    return own or min(call.actor.organisations(Permission.ITEM_SEARCH))
