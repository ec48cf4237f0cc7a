"""Doors to shadow policies: a draft that decides every invoice beside the policy in force."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.match import shadows
from app.match.shadow_messages import ShadowDayOut, ShadowDifferenceOut, ShadowPolicyIn, ShadowPolicyOut
from app.organisations.access import Db

router = APIRouter(prefix="/organisations/{organisation_id}", tags=["replays"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.put("/shadow-policy", response_model=ShadowPolicyOut)
def put_shadow_policy(organisation_id: UUID, body: ShadowPolicyIn, db: Db, if_match: IfMatch = None) -> Response:
    """Let a draft decide every invoice of the branch in the shadow: it is noted, and nothing comes of it."""
    return db.run(shadows.put_shadow_policy, organisation_id, body, if_match)


@router.get("/shadow-policy", response_model=ShadowPolicyOut)
def get_shadow_policy(organisation_id: UUID, db: Db) -> Response:
    """The draft that decides in the shadow."""
    return db.run(shadows.get_shadow_policy, organisation_id)


@router.delete("/shadow-policy", status_code=204)
def end_shadow_policy(organisation_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Let nothing decide in the shadow any more; what was noted stays."""
    return db.run(shadows.end_shadow_policy, organisation_id, if_match)


@router.get("/shadow-differences", response_model=Page[ShadowDifferenceOut])
def list_shadow_differences(organisation_id: UUID, wanted: Wanted, db: Db) -> Response:
    """The invoices that the shadow policy would have decided otherwise."""
    return db.run(shadows.list_shadow_differences, organisation_id, wanted)


@router.get("/shadow-days", response_model=Page[ShadowDayOut])
def list_shadow_days(organisation_id: UUID, db: Db) -> Response:
    """How often the shadow policy agrees and differs, day by day, the latest first."""
    return db.run(shadows.list_shadow_days, organisation_id)
