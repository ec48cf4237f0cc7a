"""API keys: told once, kept as a hash, good for what they name and no longer, made by who administers the system."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import select

from app.demo import papers
from app.kit import keys as kit_keys
from app.kit.audit import AuditEvent
from app.kit.demo_issuer import NAME as ISSUER
from app.kit.idempotency import StoredAnswer
from app.organisations import people
from app.organisations.key_models import ApiKey
from app.organisations.people_messages import RoleGrantIn, UserIn
from app.organisations.people_models import Role, UserKind
from tests.client import Client
from tests.databases import row_counts
from tests.integration.organisations.steps import LONG_AGO, below, every, grant, made, person, pointers, told
from tests.story import Story
from tests.world import ADMINISTRATOR, SECOND_ADMINISTRATOR, World

SUBMIT, READ_INVOICES, POST_DOCUMENTS = "invoice:submit", "invoice:read", "document:post"
LAST_DAY = "2026-12-31"


def keys_of(world: World, subject: str = "invoice-system") -> str:
    return f"/users/{world.people.get(subject) or world.id_of(subject)}/api-keys"


def ask(world: World, who: str = ADMINISTRATOR, subject: str = "invoice-system", **fields: Any) -> httpx.Response:
    body = {"name": "Nøgle", "permissions": [READ_INVOICES], "valid_to": LAST_DAY, **fields}
    return world.client(who).post(keys_of(world, subject), body)


def bearing(world: World, key: str) -> Client:
    """Give a client that calls by a key."""
    return Client(world.app, lambda: key)


def supplier_system(world: World) -> UUID:
    """Register a system of the supplier."""
    user = UserIn(
        issuer=ISSUER, subject="erp", name="ERP", kind=UserKind.SYSTEM, organisation_id=world.organisations["root"]
    )
    user_id = world.step(ADMINISTRATOR, people.create_user, user).id
    role = RoleGrantIn(user_id=user_id, role=Role.SUPPLIER, supplier_id=world.supplier_id, valid_from=LONG_AGO)
    world.step(ADMINISTRATOR, people.grant_role, role)
    return user_id


def test_a_system_calls_by_its_key_as_itself(world: World) -> None:
    key = made(ask(world))["key"]

    me = bearing(world, key).get("/me")

    assert me.json()["id"] == str(world.people["invoice-system"])
    assert bearing(world, key).get("/postings").status_code == 200


def test_a_key_is_good_for_what_it_names_and_no_more(story: Story) -> None:
    world = story.world
    reading = bearing(world, made(ask(world, permissions=[READ_INVOICES]))["key"])
    submitting = bearing(world, made(ask(world, permissions=[READ_INVOICES, SUBMIT]))["key"])
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10")
    bill = papers.written(papers.bill(story.document_of(order["id"]), {"1": "10"}, issue_date=world.clock.now().date()))

    refused = reading.upload("/match", bill)
    matched = submitting.upload("/match", bill)

    assert told(refused) == (422, "receiver_unknown")
    assert matched.status_code == 200, matched.text
    assert reading.get(f"/match/{matched.json()['id']}").status_code == 200


def test_a_key_neither_makes_keys_nor_lays_down_roles(world: World) -> None:
    key = bearing(world, made(ask(world))["key"])
    (role,) = world.client("invoice-system").get(f"/users/{world.people['invoice-system']}/role-grants").json()["data"]
    before = row_counts(world.database)

    body = {"name": "x", "permissions": [READ_INVOICES], "valid_to": LAST_DAY}
    assert told(key.post(keys_of(world), body))[0] == 404
    assert told(key.delete(f"/role-grants/{role['id']}")) == (403, "not_allowed")
    assert pointers(ask(world, permissions=["key:manage"])) == ["/permissions"]
    assert row_counts(world.database) == before


def test_a_key_is_told_once_and_kept_as_a_hash(world: World) -> None:
    body = {"name": "Nøgle", "permissions": [READ_INVOICES], "valid_to": LAST_DAY}
    first = world.client(ADMINISTRATOR).post(keys_of(world), body, key="once")
    again = world.client(ADMINISTRATOR).post(keys_of(world), body, key="once")
    key = made(first)["key"]

    assert first.headers["cache-control"] == "no-store"
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == {**first.json(), "key": None}
    (listed,) = every(world.client(ADMINISTRATOR), keys_of(world))
    assert listed == {name: value for name, value in first.json().items() if name != "key"}
    secret = key.rsplit("_", 1)[1]

    def kept(session: Any) -> str:
        stored = [str(answer.body) for answer in session.exec(select(StoredAnswer)).all()]
        events = [str(event.facts) for event in session.exec(select(AuditEvent)).all()]
        rows = [str(row) for row in session.execute(text("SELECT * FROM api_key")).all()]
        return " ".join([*stored, *events, *rows])

    everything = world.database.run(kept, write=False)
    assert secret not in everything
    assert listed["hint"] in everything


def test_a_key_stands_in_no_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = made(ask(world))["key"]

    bearing(world, key).get("/me")
    bearing(world, key[:-1]).get("/me")

    assert key[:-1] not in caplog.text


def test_a_revoked_key_is_refused_at_once(world: World) -> None:
    key = made(ask(world))

    ended = world.client(ADMINISTRATOR).delete(f"/api-keys/{key['id']}")
    refused = bearing(world, key["key"]).get("/me")

    assert ended.json()["ended_at"] is not None
    assert told(refused) == (401, "api_key_revoked")
    assert refused.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert told(world.client(ADMINISTRATOR).delete(f"/api-keys/{key['id']}")) == (409, "already_ended")


def test_a_key_holds_through_its_last_day(world: World) -> None:
    key = made(ask(world, valid_to="2026-03-03"))["key"]

    world.clock.at = datetime(2026, 3, 3, 22, 59, tzinfo=UTC)
    assert bearing(world, key).get("/me").status_code == 200
    world.clock.at = datetime(2026, 3, 3, 23, 1, tzinfo=UTC)
    assert told(bearing(world, key).get("/me")) == (401, "api_key_expired")


@pytest.mark.parametrize("day", ["2026-03-01", "2027-03-03"])
def test_a_key_holds_for_a_year_at_most(world: World, day: str) -> None:
    assert pointers(ask(world, valid_to=day)) == ["/valid_to"]
    assert made(ask(world, valid_to="2027-03-02"))["valid_to"] == "2027-03-02"


def test_a_forged_key_proves_nothing(world: World) -> None:
    key = made(ask(world))["key"]
    hint = key.split("_")[1]
    other = kit_keys.draw().text
    forged = f"prk_{hint}_{other.rsplit('_', 1)[1][:43]}"
    forged += kit_keys._check(forged)

    for wrong in (other, forged, key[:-1], key + "0", "prk_" + key[4:].swapcase(), "prk_"):
        assert told(bearing(world, wrong).get("/me")) == (401, "api_key_invalid"), wrong


def test_the_last_day_of_use_is_written_once_a_day(world: World) -> None:
    key = made(ask(world))

    def used() -> date | None:
        return world.database.run(lambda session: session.get_one(ApiKey, UUID(key["id"])).last_used_on, write=False)

    assert used() is None
    bearing(world, key["key"]).get("/me")
    assert used() == date(2026, 3, 2)
    world.clock.at = datetime(2026, 3, 4, 11, tzinfo=UTC)
    bearing(world, key["key"]).get("/me")
    assert used() == date(2026, 3, 4)


def test_two_keys_live_at_a_time(world: World) -> None:
    first = made(ask(world))
    made(ask(world))

    assert told(ask(world)) == (409, "two_keys_live")
    world.client(ADMINISTRATOR).delete(f"/api-keys/{first['id']}")
    made(ask(world))


def test_of_three_keys_made_at_once_two_live(world: World) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: ask(world).status_code, range(3)))

    assert sorted(answers) == [201, 201, 409]


def test_a_key_never_does_more_than_its_system(world: World) -> None:
    before = row_counts(world.database)

    assert told(ask(world, permissions=[READ_INVOICES, "order:approve"])) == (403, "key_scope_too_wide")
    assert pointers(ask(world, permissions=[])) == ["/permissions"]
    assert pointers(ask(world, permissions=["everything"]))[0].startswith("/permissions")
    assert row_counts(world.database) == before


def test_a_key_ends_with_the_role_behind_it(world: World) -> None:
    key = bearing(world, made(ask(world, permissions=[POST_DOCUMENTS]))["key"])
    (role,) = world.client(ADMINISTRATOR).get(f"/users/{world.people['invoice-system']}/role-grants").json()["data"]

    world.client(ADMINISTRATOR).delete(f"/role-grants/{role['id']}")

    assert key.get("/me").json()["grants"] == []


def test_only_who_administers_every_role_of_a_system_makes_its_keys(world: World) -> None:
    person(world, "local", world.institution_id, Role.LOCAL_ADMINISTRATOR)
    person(world, "neighbour", below(world, world.ministry_id, "Nabo"), Role.LOCAL_ADMINISTRATOR)

    assert ask(world, "local").status_code == 201
    assert told(ask(world, "neighbour")) == (404, "user_not_found")
    assert told(ask(world, "auditor")) == (403, "not_allowed")
    assert told(ask(world, "invoice-system"))[0] == 404
    grant(world, world.people["invoice-system"], Role.INVOICE_SYSTEM, world.ministry_id)
    assert told(ask(world, "local")) == (403, "key_scope_too_wide")


def test_people_have_no_keys(world: World) -> None:
    assert told(ask(world, subject="buyer")) == (409, "not_system")


def test_a_suppliers_person_makes_keys_for_the_suppliers_system(world: World) -> None:
    user_id = supplier_system(world)
    path, body = f"/users/{user_id}/api-keys", {"name": "ERP", "permissions": [POST_DOCUMENTS], "valid_to": LAST_DAY}

    key = made(world.client("supplier").post(path, body))

    assert bearing(world, key["key"]).get("/me").json()["id"] == str(user_id)
    assert made(world.client(SECOND_ADMINISTRATOR).post(path, body))["made_by"] != key["made_by"]
    assert told(ask(world, "supplier")) == (404, "user_not_found")
    assert world.client("supplier").delete(f"/api-keys/{key['id']}").status_code == 200
    wide = {**body, "permissions": [SUBMIT]}
    assert told(world.client("supplier").post(path, wide)) == (403, "key_scope_too_wide")


def test_keys_are_in_the_audit_trail(world: World) -> None:
    key = made(ask(world))
    world.client(ADMINISTRATOR).delete(f"/api-keys/{key['id']}")

    query = select(AuditEvent).where(AuditEvent.entity_id == world.people["invoice-system"])
    events = world.database.run(lambda session: session.exec(query).all(), write=False)
    facts = {event.action: event.facts for event in events if event.action.startswith("api_key.")}
    assert facts == {
        "api_key.made": {"key_id": key["id"], "permissions": [READ_INVOICES], "valid_to": LAST_DAY},
        "api_key.revoked": {"key_id": key["id"]},
    }
