"""Shares given again after they were taken back, and chains that break while something is hung on them."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import httpx
from sqlmodel import select

from app.agreements.models import Share, ShareRevocation
from app.kit.audit import AuditEvent
from tests.integration.agreements.sharing import STATE_MANAGER, held, revoke, share, shared, visible
from tests.integration.organisations.steps import told
from tests.world import World

MANAGER = "content-manager"
CODES = ("44121704", "14111507")


def restore(world: World, share_id: object, subject: str = STATE_MANAGER) -> httpx.Response:
    return world.client(subject).post(f"/shares/{share_id}/restore")


def test_what_is_given_again_brings_everything_below_back(world: World, furniture: UUID) -> None:
    first, second = held(world, furniture)
    last = shared(world, furniture, world.institution_id, "EVERYBODY", world.institution_id)
    for share_id in (first, second):
        assert revoke(world, share_id).status_code == 200

    assert restore(world, first).json()["revoked_at"] is None
    assert furniture not in visible(world, "buyer", CODES)
    assert restore(world, second).status_code == 200
    assert furniture in visible(world, "buyer", CODES)
    revoke(world, last)
    assert furniture not in visible(world, "buyer", CODES)
    assert restore(world, last, MANAGER).status_code == 200
    assert furniture in visible(world, "buyer", CODES)


def test_what_was_not_taken_back_is_not_given_again(world: World, furniture: UUID) -> None:
    first, _ = held(world, furniture)

    assert told(restore(world, first)) == (409, "not_revoked")
    revoke(world, first)
    assert told(restore(world, first, MANAGER)) == (404, "share_not_found")
    assert told(restore(world, first, "auditor")) == (403, "not_allowed")


def test_every_time_away_is_kept(world: World, furniture: UUID) -> None:
    first, _ = held(world, furniture)
    for step in (revoke, restore, revoke):
        assert step(world, first).status_code == 200

    query = select(ShareRevocation).where(ShareRevocation.share_id == first)
    kept = world.database.run(lambda session: session.exec(query).all())
    assert sorted(one.restored_at is None for one in kept) == [False, True]
    assert {one.revoked_by for one in kept} == {world.people[STATE_MANAGER]}
    actions = select(AuditEvent.action).where(AuditEvent.entity_id == first)
    recorded = world.database.run(lambda session: session.exec(actions).all())
    assert sorted(recorded) == ["agreement.shared", "share.restored", "share.revoked", "share.revoked"]


def test_nothing_hangs_whole_on_a_chain_that_breaks_at_the_same_time(world: World, furniture: UUID) -> None:
    first, _ = held(world, furniture)

    def give(_: int) -> int:
        return share(world, furniture, world.institution_id, "EVERYBODY", world.institution_id).status_code

    for _ in range(4):
        with ThreadPoolExecutor(5) as threads:
            given = [threads.submit(give, number) for number in range(4)]
            taken = threads.submit(revoke, world, first)
        assert {one.result() for one in given} <= {201, 409}
        assert taken.result().status_code == 200

        assert furniture not in visible(world, "buyer", CODES)
        counts = world.database.run(
            lambda session: session.exec(select(Share.broken_steps).where(Share.agreement_id == furniture)).all()
        )
        assert set(counts) == {1}
        assert restore(world, first).status_code == 200
