"""Shares as the tests make them: from a place, to a place or a person, and what is then visible to whom."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx

from app.agreements import queries
from app.organisations.access import Call
from tests.integration.organisations.steps import made
from tests.world import World

STATE_MANAGER = "state-content-manager"


def agreement(world: World, owner_id: UUID, kind: str = "LOCAL", **fields: Any) -> UUID:
    """Open and activate an agreement with the world's supplier."""
    manager = world.client(STATE_MANAGER)
    body = {
        "owner_id": str(owner_id),
        "supplier_id": str(world.supplier_id),
        "kind": kind,
        "title": "Møbler",
        "contract_number": "K-OTHER",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        **fields,
    }
    opened = made(manager.post("/agreements", body))
    activated = manager.post(f"/agreements/{opened['id']}/activate", headers={"If-Match": '"1"'})
    assert activated.status_code == 200, activated.text
    return UUID(opened["id"])


def share(
    world: World,
    agreement_id: UUID,
    giver: UUID,
    target: str,
    receiver: UUID,
    *,
    subject: str = STATE_MANAGER,
    **fields: Any,
) -> httpx.Response:
    """Share as somebody; the receiver is a user's id for USER, a group's for GROUP, else an organisation's."""
    body = {
        "from_organisation_id": str(giver),
        "target": target,
        {"USER": "user_id", "GROUP": "group_id"}.get(target, "organisation_id"): str(receiver),
        "valid_from": "2026-01-01",
        **fields,
    }
    return world.client(subject).post(f"/agreements/{agreement_id}/shares", body)


def shared(*args: Any, **fields: Any) -> UUID:
    """Share and give the share's id."""
    return UUID(made(share(*args, **fields))["id"])


def held(world: World, agreement_id: UUID, **fields: Any) -> tuple[UUID, UUID]:
    """Hand an agreement from the root to the ministry (narrowed by the fields) and to the institution."""
    first = shared(world, agreement_id, world.root_id, "ORGANISATION", world.ministry_id, **fields)
    return first, shared(world, agreement_id, world.ministry_id, "ORGANISATION", world.institution_id)


def revoke(world: World, share_id: object, subject: str = STATE_MANAGER) -> httpx.Response:
    return world.client(subject).delete(f"/shares/{share_id}")


def visible(world: World, subject: str, codes: tuple[str, ...], day: date | None = None) -> dict[UUID, set[str]]:
    """Give what somebody may order on: each agreement with those of the codes that are left of it."""

    def step(call: Call) -> dict[UUID, set[str]]:
        found = queries.visible_agreements(call.session, call.actor, day or call.today)
        return {one.id: {code for code in codes if one.allows(code)} for one in found}

    return world.step(subject, step)
