"""The door where somebody says how they want to be told: their own row, with a version, and no trace of the address."""

from typing import Any

import pytest
from sqlmodel import select

from app.kit.audit import AuditEvent
from app.organisations.notice_models import NoticePreference
from tests.integration.organisations.steps import pointers, told
from tests.world import World

NOBODY = {"address": None, "language": "da", "mode": "NONE"}
DAILY = {"address": "anna@example.dk", "language": "en", "mode": "DAILY"}
NO_MAIL = {"next_mail_at": None, "last_mail_at": None, "last_error": None}


def put(world: World, body: dict[str, Any], etag: str | None, subject: str = "buyer") -> Any:
    headers = {} if etag is None else {"If-Match": etag}
    return world.client(subject).send("PUT", "/me/notices", json=body, headers=headers)


def test_whoever_never_said_gets_no_mail(world: World) -> None:
    answer = world.client("buyer").get("/me/notices")

    assert answer.json() == {**NOBODY, **NO_MAIL, "version": 0}
    assert answer.headers["etag"] == '"0"'


def test_a_wish_is_kept_for_the_caller_alone(world: World) -> None:
    changed = put(world, DAILY, '"0"')

    assert changed.status_code == 200, changed.text
    assert changed.json() == {**DAILY, **NO_MAIL, "next_mail_at": "2026-03-03T06:30:00Z", "version": 1}
    assert changed.headers["etag"] == '"1"'
    assert world.client("buyer").get("/me/notices").json() == changed.json()
    assert world.client("receiver").get("/me/notices").json()["version"] == 0


def test_a_change_is_made_from_the_present_version(world: World) -> None:
    assert told(put(world, DAILY, None)) == (428, "version_missing")
    assert told(put(world, DAILY, '"1"')) == (412, "version_mismatch")
    assert put(world, DAILY, '"0"').status_code == 200
    assert told(put(world, DAILY, '"0"')) == (412, "version_mismatch")
    assert put(world, DAILY, '"1"').json()["version"] == 2


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"address": "anna@example.dk\nBcc: eve@example.dk"}, "/address"),
        ({"address": "anna@example.dk\r\n"}, "/address"),
        ({"address": "Anna <anna@example.dk>"}, "/address"),
        ({"address": ""}, "/address"),
        ({"address": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}"}, "/address"),
        ({"address": None}, ""),
        ({"language": "de"}, "/language"),
        ({"mode": "HOURLY"}, "/mode"),
        ({"name": "Anna"}, "/name"),
    ],
)
def test_what_does_not_fit_is_refused_and_named(world: World, fields: dict[str, Any], pointer: str) -> None:
    assert pointers(put(world, DAILY | fields, '"0"')) == [pointer]
    assert world.client("buyer").get("/me/notices").json()["version"] == 0


def test_wanting_none_without_an_address_erases_it(world: World) -> None:
    put(world, DAILY, '"0"')

    assert put(world, {"mode": "NONE"}, '"1"').json() == {**NOBODY, **NO_MAIL, "version": 2}

    kept = world.database.run(lambda session: session.exec(select(NoticePreference.address)).all())
    assert kept == [None]


def test_the_audit_trail_says_that_it_changed_and_not_the_address(world: World) -> None:
    put(world, DAILY, '"0"')

    query = select(AuditEvent).where(AuditEvent.action == "notices.set")
    (event,) = world.database.run(lambda session: session.exec(query).all())
    assert (event.chain, event.entity_id) == (world.root_id, world.people["buyer"])
    assert event.facts == {"mode": "DAILY", "language": "en"}


def test_a_supplier_may_say_so_too(world: World) -> None:
    assert put(world, DAILY, '"0"', "supplier").status_code == 200
