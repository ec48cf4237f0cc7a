"""Doors to the API keys of systems."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations import keys
from app.organisations.access import Db
from app.organisations.key_messages import ApiKeyIn, ApiKeyMade, ApiKeyOut

router = APIRouter(tags=["organisations"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.post("/users/{user_id}/api-keys", status_code=201, response_model=ApiKeyMade)
def make_api_key(user_id: UUID, body: ApiKeyIn, db: Db) -> Response:
    """Make a key for a system, told this once; at most two live at a time, so that one can follow the other."""
    return db.run(keys.make_api_key, user_id, body)


@router.get("/users/{user_id}/api-keys", response_model=Page[ApiKeyOut])
def list_api_keys(user_id: UUID, wanted: Wanted, db: Db) -> Response:
    """Every key of a system without its secret, the revoked ones like any other."""
    return db.run(keys.list_api_keys, user_id, wanted)


@router.delete("/api-keys/{key_id}", response_model=ApiKeyOut)
def revoke_api_key(key_id: UUID, db: Db) -> Response:
    """Revoke a key at once."""
    return db.run(keys.revoke_api_key, key_id)
