"""Shares taken back, ended, or not begun: everything below stops at once, and who may take back what."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import select

from app.kit.audit import AuditEvent
from tests.integration.agreements.sharing import STATE_MANAGER, held, revoke, share, shared, visible
from tests.integration.organisations.steps import every, made, told
from tests.world import ADMINISTRATOR, World

MANAGER = "content-manager"
PENS, PAPER, CHAIRS = "44121704", "14111507", "56112102"
CODES = (PENS, PAPER, CHAIRS)


def test_taking_a_share_back_cuts_everything_below_it_at_once(world: World, furniture: UUID, office: UUID) -> None:
    first, second = held(world, furniture)
    third = shared(world, furniture, world.institution_id, "ORGANISATION", office)
    shared(world, furniture, office, "EVERYBODY", office)
    shared(world, furniture, world.institution_id, "USER", world.people["buyer"])
    assert furniture in visible(world, "clerk", CODES)

    answer = revoke(world, first)

    assert (answer.status_code, answer.json()["revoked_at"]) == (200, "2026-03-02T11:00:00Z")
    assert furniture not in visible(world, "clerk", CODES)
    assert furniture not in visible(world, "buyer", CODES)
    for subject in ("clerk", "buyer", MANAGER):
        assert world.client(subject).get(f"/agreements/{furniture}").status_code == 404
    rows = {
        row["id"]: row["revoked_at"] for row in every(world.client(STATE_MANAGER), f"/agreements/{furniture}/shares")
    }
    assert len(rows) == 5
    assert (rows[str(second)], rows[str(third)]) == (None, None)


def test_a_lower_share_taken_back_leaves_what_is_above_and_beside(world: World, furniture: UUID, office: UUID) -> None:
    _, second = held(world, furniture)
    beside = shared(world, furniture, world.ministry_id, "EVERYBODY", office)
    shared(world, furniture, world.institution_id, "EVERYBODY", world.institution_id)

    revoke(world, second)

    assert furniture not in visible(world, "buyer", CODES)
    assert furniture in visible(world, "clerk", CODES)
    assert world.client(STATE_MANAGER).get(f"/agreements/{furniture}/shares").json()["next_cursor"] is None
    assert revoke(world, beside).status_code == 200
    assert furniture not in visible(world, "clerk", CODES)


def test_a_new_share_at_the_top_does_not_revive_what_hung_on_the_old_one(world: World, furniture: UUID) -> None:
    first, _ = held(world, furniture)
    shared(world, furniture, world.institution_id, "EVERYBODY", world.institution_id)
    revoke(world, first)

    held(world, furniture)

    assert furniture not in visible(world, "buyer", CODES)
    shared(world, furniture, world.institution_id, "EVERYBODY", world.institution_id)
    assert furniture in visible(world, "buyer", CODES)


def test_a_share_is_taken_back_once(world: World, furniture: UUID) -> None:
    first, _ = held(world, furniture)
    revoke(world, first)

    again = revoke(world, first)

    assert told(again) == (409, "already_revoked")
    assert "2026-03-02" in again.json()["detail"]


def test_of_two_that_take_a_share_back_at_once_one_does(world: World, furniture: UUID) -> None:
    first, _ = held(world, furniture)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: revoke(world, first), range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    query = select(AuditEvent).where(AuditEvent.action == "share.revoked")
    assert len(world.database.run(lambda session: session.exec(query).all())) == 1


def test_every_step_has_its_days_and_the_shortest_binds(world: World, furniture: UUID) -> None:
    shared(world, furniture, world.root_id, "ORGANISATION", world.ministry_id, valid_to="2026-05-31")
    shared(
        world,
        furniture,
        world.ministry_id,
        "ORGANISATION",
        world.institution_id,
        valid_from="2026-02-01",
        valid_to="2026-04-30",
    )
    shared(world, furniture, world.institution_id, "EVERYBODY", world.institution_id, valid_from="2026-03-10")

    days = (date(2026, 3, 9), date(2026, 3, 10), date(2026, 4, 30), date(2026, 5, 1), date(2026, 12, 31))

    assert [furniture in visible(world, "buyer", CODES, day) for day in days] == [False, True, True, False, False]


def test_a_step_begins_at_danish_midnight(world: World, furniture: UUID) -> None:
    held(world, furniture)
    shared(world, furniture, world.institution_id, "EVERYBODY", world.institution_id, valid_from="2026-03-03")
    midnight = world.clock.now().replace(hour=23, minute=0)

    def seen(seconds: int) -> int:
        world.clock.at = midnight + timedelta(seconds=seconds)
        return world.client("buyer").get(f"/agreements/{furniture}").status_code

    assert [seen(-1), seen(0)] == [404, 200]


def test_sharing_takes_a_content_manager_of_the_sharing_organisation(world: World, furniture: UUID) -> None:
    held(world, furniture)

    def answered(subject: str, giver: UUID, agreement_id: UUID = furniture) -> tuple[int, str]:
        return told(share(world, agreement_id, giver, "EVERYBODY", world.institution_id, subject=subject))

    assert answered(MANAGER, world.ministry_id) == (404, "organisation_not_found")
    assert answered("auditor", world.institution_id) == (403, "not_allowed")
    assert answered("buyer", world.institution_id, world.agreement_id) == (403, "not_allowed")
    assert answered("buyer", world.institution_id) == (404, "agreement_not_found")
    assert answered(ADMINISTRATOR, world.institution_id) == (404, "agreement_not_found")
    assert answered("supplier", world.institution_id) == (404, "organisation_not_found")
    assert answered(MANAGER, world.institution_id, UUID(int=5)) == (404, "agreement_not_found")


def test_taking_back_takes_a_content_manager_of_the_sharing_organisation(world: World, furniture: UUID) -> None:
    first, second = held(world, furniture)
    own = shared(world, furniture, world.institution_id, "EVERYBODY", world.institution_id)

    for share_id in (first, second, UUID(int=5)):
        assert told(revoke(world, share_id, MANAGER)) == (404, "share_not_found")
    assert told(revoke(world, own, "auditor")) == (403, "not_allowed")
    for subject in ("buyer", ADMINISTRATOR, "supplier"):
        assert told(revoke(world, own, subject)) == (404, "share_not_found")
    assert revoke(world, own, MANAGER).status_code == 200


def test_shares_are_listed_to_the_branch_that_made_them(world: World, furniture: UUID) -> None:
    held(world, furniture)
    own = shared(world, furniture, world.institution_id, "EVERYBODY", world.institution_id)
    path = f"/agreements/{furniture}/shares"

    assert [row["id"] for row in every(world.client(MANAGER), path)] == [str(own)]
    for limit in (1, 2, 3):
        assert len(every(world.client("auditor"), path, limit)) == 3
    assert every(world.client("buyer"), path) == []
    assert told(world.client(ADMINISTRATOR).get(path)) == (404, "agreement_not_found")


def test_a_share_sent_again_with_its_key_is_one(world: World, furniture: UUID) -> None:
    client = world.client(STATE_MANAGER)
    body = {
        "from_organisation_id": str(world.root_id),
        "target": "EVERYBODY",
        "organisation_id": str(world.root_id),
        "valid_from": "2026-01-01",
    }

    first, again = (client.post(f"/agreements/{furniture}/shares", body, key="once") for _ in range(2))

    assert made(again) == made(first)
    assert again.headers["idempotent-replayed"] == "true"
    assert "etag" not in again.headers
    assert len(every(client, f"/agreements/{furniture}/shares")) == 1
