"""Policies made at the doors: proposed by one administrator, published by another."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx

from app.kit.clock import business_day
from tests.world import ADMINISTRATOR, SECOND_ADMINISTRATOR, World


def propose(
    world: World, place: UUID, rule: Mapping[str, Any], begins: date | None = None, who: str = ADMINISTRATOR
) -> httpx.Response:
    """Propose a policy, from today if no day is given; a millisecond apart, so that later ones have later ids."""
    world.clock.advance(timedelta(milliseconds=1))
    body = {"valid_from": str(begins or business_day(world.clock.now())), "rule": dict(rule)}
    return world.client(who).post(f"/organisations/{place}/policies", body)


def apply_template(world: World, place: UUID, name: str, begins: date | None = None, **fields: str) -> httpx.Response:
    """Propose everything that a template says, from today if no day is given."""
    body = {"valid_from": str(begins or business_day(world.clock.now())), **fields}
    return world.client(ADMINISTRATOR).post(f"/organisations/{place}/policy-templates/{name}", body)


def decide(
    world: World, proposal: Mapping[str, Any], step: str = "publish", who: str = SECOND_ADMINISTRATOR
) -> httpx.Response:
    """Publish or withdraw a policy, or a bundle of them, as it was last seen."""
    things = "policy-bundles" if "policies" in proposal else "policies"
    headers = {"If-Match": f'"{proposal["version"]}"'}
    return world.client(who).post(f"/{things}/{proposal['id']}/{step}", headers=headers)


def published(world: World, proposed: httpx.Response) -> dict[str, Any]:
    """Publish what was proposed, and give it."""
    assert proposed.status_code == 201, proposed.text
    world.clock.advance(timedelta(milliseconds=1))
    answer = decide(world, proposed.json())
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def publish_policy(world: World, place: UUID, rule: Mapping[str, Any], begins: date | None = None) -> dict[str, Any]:
    """Let an organisation have a policy."""
    return published(world, propose(world, place, rule, begins))
