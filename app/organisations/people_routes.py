"""Doors to people and systems: who you are, users, roles, prokura and substitutes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations import notices, people, powers, substitutes
from app.organisations.access import Db
from app.organisations.notice_messages import NoticesIn, NoticesOut
from app.organisations.people_messages import Me, ProkuraIn, ProkuraOut, RoleGrantIn, RoleGrantOut, UserIn, UserOut
from app.organisations.substitute_messages import SubstitutionIn, SubstitutionOut

router = APIRouter(tags=["organisations"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.get("/me", response_model=Me)
def get_me(db: Db) -> Response:
    """Who the service takes you for, your roles today, and for whom you may act by `On-Behalf-Of`."""
    return db.run(people.me)


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


@router.get("/users/{user_id}", response_model=UserOut)
def get_user(user_id: UUID, db: Db) -> Response:
    """One user."""
    return db.run(people.get_user, user_id)


@router.get("/users/{user_id}/role-grants", response_model=Page[RoleGrantOut])
def list_role_grants(user_id: UUID, wanted: Wanted, db: Db) -> Response:
    """Every role of a user, the ended ones like any other."""
    return db.run(powers.list_role_grants, user_id, wanted)


@router.get("/users/{user_id}/prokura", response_model=Page[ProkuraOut])
def list_prokura(user_id: UUID, wanted: Wanted, db: Db) -> Response:
    """Every spending limit of a user, the ended ones like any other."""
    return db.run(powers.list_prokura, user_id, wanted)


@router.post("/role-grants", status_code=201, response_model=RoleGrantOut)
def grant_role(body: RoleGrantIn, db: Db) -> Response:
    """Give somebody else a role."""
    return db.run(people.grant_role, body)


@router.post("/prokura", status_code=201, response_model=ProkuraOut)
def set_prokura(body: ProkuraIn, db: Db) -> Response:
    """Give somebody else a spending limit."""
    return db.run(people.set_prokura, body)


@router.delete("/role-grants/{grant_id}", response_model=RoleGrantOut)
def end_role_grant(grant_id: UUID, db: Db) -> Response:
    """End a role at once, or lay down your own."""
    return db.run(powers.end_role_grant, grant_id)


@router.delete("/prokura/{prokura_id}", response_model=ProkuraOut)
def end_prokura(prokura_id: UUID, db: Db) -> Response:
    """End a spending limit at once, or lay down your own."""
    return db.run(powers.end_prokura, prokura_id)


@router.post("/substitutions", status_code=201, response_model=SubstitutionOut)
def set_substitute(body: SubstitutionIn, db: Db) -> Response:
    """Let somebody act for you, or for an absent person whom you administer."""
    return db.run(substitutes.set_substitute, body)


@router.get("/substitutions", response_model=Page[SubstitutionOut])
def list_substitutions(wanted: Wanted, db: Db) -> Response:
    """Who acts for you, for whom you act, and the substitutes of the people whom you administer."""
    return db.run(substitutes.list_substitutions, wanted)


@router.delete("/substitutions/{substitution_id}", response_model=SubstitutionOut)
def end_substitution(substitution_id: UUID, db: Db) -> Response:
    """End a substitution at once."""
    return db.run(substitutes.end_substitution, substitution_id)
