"""Doors of the agreements chapter."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.agreements import changing, explaining, service, user_groups
from app.agreements.messages import (
    AgreementChange,
    AgreementIn,
    AgreementOut,
    MemberIn,
    MemberOut,
    ReachOut,
    ShareIn,
    ShareOut,
    UserGroupIn,
    UserGroupOut,
    WhyOut,
)
from app.agreements.models import AgreementStatus
from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations.access import Db
from app.organisations.messages import ProductGroup

router = APIRouter(tags=["agreements"], responses=RESPONSES)
Group = Annotated[ProductGroup | None, Query(description="A product group, 2 to 8 digits of UNSPSC.")]
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.post("/agreements", status_code=201, response_model=AgreementOut)
def open_agreement(body: AgreementIn, db: Db) -> Response:
    """Make an agreement in DRAFT: SI and SKI at a root, local anywhere."""
    return db.run(service.open_agreement, body)


@router.get("/agreements", response_model=Page[AgreementOut])
def list_agreements(wanted: Wanted, db: Db) -> Response:
    """The agreements that you may look at."""
    return db.run(service.list_agreements, wanted)


@router.get("/agreements/{agreement_id}", response_model=AgreementOut)
def get_agreement(agreement_id: UUID, db: Db) -> Response:
    """One agreement."""
    return db.run(service.get_agreement, agreement_id)


@router.patch("/agreements/{agreement_id}", response_model=AgreementOut)
def change_agreement(agreement_id: UUID, body: AgreementChange, db: Db, if_match: IfMatch = None) -> Response:
    """Change it; once active, supplier, contract number and currency stand fast."""
    return db.run(changing.change_agreement, agreement_id, body, if_match)


@router.post("/agreements/{agreement_id}/activate", response_model=AgreementOut)
def activate_agreement(agreement_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Let users see it and order on it, wherever it is shared."""
    return db.run(service.change_status, agreement_id, AgreementStatus.ACTIVE, if_match)


@router.post("/agreements/{agreement_id}/suspend", response_model=AgreementOut)
def suspend_agreement(agreement_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Stop new orders on it; what was sent goes on."""
    return db.run(service.change_status, agreement_id, AgreementStatus.SUSPENDED, if_match)


@router.post("/agreements/{agreement_id}/terminate", response_model=AgreementOut)
def terminate_agreement(agreement_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """End it before its time."""
    return db.run(service.change_status, agreement_id, AgreementStatus.TERMINATED, if_match)


@router.post("/agreements/{agreement_id}/shares", status_code=201, response_model=ShareOut)
def share_agreement(agreement_id: UUID, body: ShareIn, db: Db) -> Response:
    """Hand it on: to an organisation below, to a user, to a user group, or to everybody of an organisation."""
    return db.run(service.share_agreement, agreement_id, body)


@router.get("/agreements/{agreement_id}/shares", response_model=Page[ShareOut])
def list_shares(agreement_id: UUID, wanted: Wanted, db: Db) -> Response:
    """The shares made in your branches."""
    return db.run(service.list_shares, agreement_id, wanted)


@router.get("/agreements/{agreement_id}/reach", response_model=Page[ReachOut])
def list_reach(agreement_id: UUID, wanted: Wanted, db: Db) -> Response:
    """Who has it from whom in your branches, what is left of it at each step, and what does not work and why."""
    return db.run(explaining.list_reach, agreement_id, wanted)


@router.get("/agreements/{agreement_id}/why", response_model=WhyOut)
def explain_why(agreement_id: UUID, user_id: UUID, db: Db, on: date | None = None, group: Group = None) -> Response:
    """Why one of your users sees it or not, today or on another day, maybe with one product group."""
    return db.run(explaining.explain_why, agreement_id, user_id, on, group)


@router.delete("/shares/{share_id}", response_model=ShareOut)
def revoke_share(share_id: UUID, db: Db) -> Response:
    """Take a share back; everything that hangs on it stops working at once."""
    return db.run(service.revoke_share, share_id)


@router.post("/shares/{share_id}/restore", response_model=ShareOut)
def restore_share(share_id: UUID, db: Db) -> Response:
    """Give again what was taken back, and with it everything that hangs on it."""
    return db.run(service.restore_share, share_id)


@router.post("/user-groups", status_code=201, response_model=UserGroupOut)
def make_user_group(body: UserGroupIn, db: Db) -> Response:
    """Make a group of users to share agreements with."""
    return db.run(user_groups.make_group, body)


@router.get("/user-groups", response_model=Page[UserGroupOut])
def list_user_groups(wanted: Wanted, db: Db) -> Response:
    """The user groups of your branches."""
    return db.run(user_groups.list_groups, wanted)


@router.get("/user-groups/{group_id}", response_model=UserGroupOut)
def get_user_group(group_id: UUID, db: Db) -> Response:
    """One user group."""
    return db.run(user_groups.get_group, group_id)


@router.get("/user-groups/{group_id}/members", response_model=Page[MemberOut])
def list_members(group_id: UUID, wanted: Wanted, db: Db) -> Response:
    """Who is in it now."""
    return db.run(user_groups.list_members, group_id, wanted)


@router.post("/user-groups/{group_id}/members", status_code=201, response_model=MemberOut)
def add_member(group_id: UUID, body: MemberIn, db: Db) -> Response:
    """Let somebody in; what is shared with the group is then visible to them."""
    return db.run(user_groups.add_member, group_id, body)


@router.delete("/user-groups/{group_id}/members/{user_id}", response_model=MemberOut)
def remove_member(group_id: UUID, user_id: UUID, db: Db) -> Response:
    """Let somebody out."""
    return db.run(user_groups.remove_member, group_id, user_id)
