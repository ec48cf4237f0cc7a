"""Doors to policies: written by one administrator, published by another, singly or by a template."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations import policy_bundles, policy_views, publishing
from app.organisations.access import Db
from app.organisations.policy_messages import (
    BundleOut,
    EffectiveOut,
    PolicyIn,
    PolicyOut,
    TemplateIn,
    TemplateOut,
    UpTo,
)
from app.organisations.policy_templates import TemplateName

router = APIRouter(tags=["policies"], responses=RESPONSES)

Wanted = Annotated[PageQuery, Depends(page_query)]
On = Annotated[date | None, Query(description="The day; today if left out.")]
Amount = Annotated[UpTo | None, Query(description="Kroner, for the template that takes an amount.")]


@router.post("/organisations/{organisation_id}/policies", status_code=201, response_model=PolicyOut)
def propose_policy(organisation_id: UUID, body: PolicyIn, db: Db) -> Response:
    """Propose a tolerance, the two-person rule, what approval elsewhere is worth, over-delivery, or when to remind.

    Once another administrator has published it, it holds for all below, too.
    """
    return db.run(publishing.propose_policy, organisation_id, body)


@router.get("/organisations/{organisation_id}/policies", response_model=Page[PolicyOut])
def list_policies(organisation_id: UUID, wanted: Wanted, db: Db) -> Response:
    """The policies of an organisation itself, in every state."""
    return db.run(policy_views.list_policies, organisation_id, wanted)


@router.get("/organisations/{organisation_id}/policies/effective", response_model=EffectiveOut)
def get_effective(organisation_id: UUID, db: Db, on: On = None) -> Response:
    """What holds there on a day, each value with who set it; of tolerances every row, and which one binds."""
    return db.run(policy_views.get_effective, organisation_id, on)


@router.get("/policies/{policy_id}", response_model=PolicyOut)
def get_policy(policy_id: UUID, db: Db) -> Response:
    """One policy."""
    return db.run(policy_views.get_policy, policy_id)


@router.post("/policies/{policy_id}/publish", response_model=PolicyOut)
def publish_policy(policy_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Let it count from its day on; this takes another administrator than the one who wrote it."""
    return db.run(publishing.publish_policy, policy_id, if_match)


@router.post("/policies/{policy_id}/withdraw", response_model=PolicyOut)
def withdraw_policy(policy_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Take a proposal back."""
    return db.run(publishing.withdraw_policy, policy_id, if_match)


@router.get("/policy-templates", response_model=Page[TemplateOut])
def list_templates(db: Db, up_to: Amount = None) -> Response:
    """One or two persons over a purchase: the choices, with the policies, the roles and what each of them means."""
    return db.run(policy_bundles.list_templates, up_to)


@router.post("/organisations/{organisation_id}/policy-templates/{name}", status_code=201, response_model=BundleOut)
def apply_template(organisation_id: UUID, name: TemplateName, body: TemplateIn, db: Db) -> Response:
    """Propose everything that a template says, or nothing when any of it is wider than what is set above."""
    return db.run(policy_bundles.apply_template, organisation_id, name, body)


@router.get("/policy-bundles/{bundle_id}", response_model=BundleOut)
def get_bundle(bundle_id: UUID, db: Db) -> Response:
    """What a template proposed together, and what it means."""
    return db.run(policy_bundles.get_bundle, bundle_id)


@router.post("/policy-bundles/{bundle_id}/publish", response_model=BundleOut)
def publish_bundle(bundle_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Let all of it count from its day on, or none; this takes another administrator than the one who wrote it."""
    return db.run(policy_bundles.publish_bundle, bundle_id, if_match)


@router.post("/policy-bundles/{bundle_id}/withdraw", response_model=BundleOut)
def withdraw_bundle(bundle_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Take all of it back."""
    return db.run(policy_bundles.withdraw_bundle, bundle_id, if_match)
