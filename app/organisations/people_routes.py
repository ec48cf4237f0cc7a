"""Doors to people and systems: who you are, users, roles and prokura."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations import notices, people, service
from app.organisations.access import Db
from app.organisations.notice_messages import NoticesIn, NoticesOut
from app.organisations.people_messages import Me, ProkuraIn, ProkuraOut, RoleGrantIn, RoleGrantOut, UserIn, UserOut

router = APIRouter(tags=["organisations"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.get("/me", response_model=Me)
def get_me(db: Db) -> Response:
    """Who the service takes you for, and your roles today."""
    return db.run(service.me)


@router.get("/me/notices", response_model=NoticesOut)
def get_notices(db: Db) -> Response:
    """How you are told of tasks that wait for you: by mail at once, daily, or not."""
    return db.run(notices.my_notices)


@router.put("/me/notices", response_model=NoticesOut)
def set_notices(body: NoticesIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say how you want to be told; NONE without an address erases the address."""
    return db.run(notices.set_notices, body, if_match)


@router.post("/users", status_code=201, response_model=UserOut)
def create_user(body: UserIn, db: Db) -> Response:
    """Register a person or a system by the issuer and subject of its tokens."""
    return db.run(people.create_user, body)


@router.get("/users", response_model=Page[UserOut])
def list_users(wanted: Wanted, db: Db) -> Response:
    """The users whom you administer, and you."""
    return db.run(people.list_users, wanted)


@router.post("/role-grants", status_code=201, response_model=RoleGrantOut)
def grant_role(body: RoleGrantIn, db: Db) -> Response:
    """Give somebody else a role."""
    return db.run(people.grant_role, body)


@router.post("/prokura", status_code=201, response_model=ProkuraOut)
def set_prokura(body: ProkuraIn, db: Db) -> Response:
    """Give somebody else a spending limit."""
    return db.run(people.set_prokura, body)
