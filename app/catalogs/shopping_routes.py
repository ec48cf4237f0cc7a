"""Doors of shopping lists."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.catalogs import shopping_lists
from app.catalogs.shopping_messages import ShoppingListIn, ShoppingListItemIn, ShoppingListItemOut, ShoppingListOut
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations.access import Db

router = APIRouter(tags=["shopping lists"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.post("/shopping-lists", status_code=201, response_model=ShoppingListOut)
def make_shopping_list(body: ShoppingListIn, db: Db) -> Response:
    """Make a shopping list of your own, or of a user group that you are in."""
    return db.run(shopping_lists.make_list, body)


@router.get("/shopping-lists", response_model=Page[ShoppingListOut])
def list_shopping_lists(wanted: Wanted, db: Db) -> Response:
    """Your shopping lists, and those of the user groups that you are in."""
    return db.run(shopping_lists.list_lists, wanted)


@router.get("/shopping-lists/{list_id}", response_model=ShoppingListOut)
def get_shopping_list(list_id: UUID, db: Db) -> Response:
    """One shopping list."""
    return db.run(shopping_lists.get_list, list_id)


@router.delete("/shopping-lists/{list_id}", status_code=204)
def drop_shopping_list(list_id: UUID, db: Db) -> Response:
    """Delete a shopping list with everything on it."""
    return db.run(shopping_lists.drop_list, list_id)


@router.post("/shopping-lists/{list_id}/items", status_code=201, response_model=ShoppingListItemOut)
def put_shopping_list_item(list_id: UUID, body: ShoppingListItemIn, db: Db) -> Response:
    """Put a line on it; one that is there gets the new quantity."""
    return db.run(shopping_lists.put_item, list_id, body)


@router.get("/shopping-lists/{list_id}/items", response_model=Page[ShoppingListItemOut])
def list_shopping_list_items(list_id: UUID, wanted: Wanted, db: Db) -> Response:
    """What is on it, with today's prices, and whether you may order it today."""
    return db.run(shopping_lists.list_items, list_id, wanted)


@router.delete("/shopping-lists/{list_id}/items/{item_id}", status_code=204)
def take_shopping_list_item(list_id: UUID, item_id: UUID, db: Db) -> Response:
    """Take a line off it."""
    return db.run(shopping_lists.take_item, list_id, item_id)
