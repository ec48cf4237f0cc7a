"""The audit trail: sealed without a gap, and every change to it is found."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from app.kit import audit
from app.kit.audit import GENESIS, AuditEvent, ChainCheck, canonical_json, record, seal, seal_next, verify
from app.kit.db import Database

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
ONE, OTHER = UUID(int=1), UUID(int=2)
THING = UUID(int=9)


def happen(database: Database, *actions: str, chain: UUID = ONE, at: datetime = NOW, **more: Any) -> None:
    for number, action in enumerate(actions):
        moment = at + timedelta(milliseconds=number)
        database.run(
            lambda session, action=action, moment=moment: record(
                session, action, chain=chain, entity="order", entity_id=THING, now=moment, actor_id=ONE, **more
            )
        )


def checked(database: Database) -> dict[UUID, ChainCheck]:
    return {check.chain: check for check in database.run(verify, write=False)}


def tamper(database: Database, statement: str, **parameters: Any) -> None:
    """Change the trail as somebody with the database in hand can, past the trigger that guards it."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"
            for name in connection.execute(text(triggers)).scalars().all():
                connection.execute(text(f'DROP TRIGGER "{name}"'))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        assert connection.execute(text(statement), parameters).rowcount == 1


@pytest.fixture
def sealed(database: Database) -> Database:
    """Give a trail of three sealed events."""
    happen(database, "order.created", "order.approved", "order.sent", facts={"number": "7", "lines": [1, None]})
    assert database.run(seal) == 3
    return database


def test_events_are_chained_in_the_order_they_happened(sealed: Database) -> None:
    events = sealed.run(lambda session: session.exec(select(AuditEvent).order_by(AuditEvent.position)).all())

    assert [(event.position, event.action) for event in events] == [
        (1, "order.created"),
        (2, "order.approved"),
        (3, "order.sent"),
    ]
    assert [event.previous_hash for event in events] == [GENESIS, events[0].hash, events[1].hash]
    assert checked(sealed)[ONE] == ChainCheck(ONE, sealed=3, unsealed=0, head=events[2].hash or "", faults=())


def test_sealing_goes_on_where_it_ended(sealed: Database) -> None:
    happen(sealed, "order.received")
    assert checked(sealed)[ONE].unsealed == 1

    assert sealed.run(seal) == 1
    assert sealed.run(seal) == 0
    assert (checked(sealed)[ONE].sealed, checked(sealed)[ONE].faults) == (4, ())


def test_a_worker_seals_what_waits_and_goes_on_at_once_only_after_a_full_batch(
    sealed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "BATCH", 2)
    assert seal_next(sealed) is False
    happen(sealed, "order.received", "order.closed", "order.invoiced")
    assert [seal_next(sealed), seal_next(sealed)] == [True, False]
    assert (checked(sealed)[ONE].sealed, checked(sealed)[ONE].unsealed) == (6, 0)


def test_each_root_has_a_chain_of_its_own(sealed: Database) -> None:
    happen(sealed, "a", "b", chain=OTHER)
    sealed.run(seal)

    assert {chain: check.sealed for chain, check in checked(sealed).items()} == {ONE: 3, OTHER: 2}
    assert all(check.faults == () for check in checked(sealed).values())


def test_an_empty_trail_has_no_chain(database: Database) -> None:
    assert database.run(seal) == 0
    assert checked(database) == {}


def test_more_than_a_batch_is_sealed_batch_by_batch(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 2)
    happen(database, "a", "b", "c", "d", "e")

    assert [database.run(seal) for _ in range(4)] == [2, 2, 1, 0]
    assert (checked(database)[ONE].sealed, checked(database)[ONE].faults) == (5, ())


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_event_that_commits_late_is_sealed_behind_those_that_overtook_it(database: Database) -> None:
    has_recorded, let_go = threading.Event(), threading.Event()

    def late(session: Session) -> None:
        record(session, "early but late", chain=ONE, entity="order", entity_id=THING, now=NOW, actor_id=None)
        session.flush()
        has_recorded.set()
        assert let_go.wait(20)

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(database.run, late)
        assert has_recorded.wait(20)
        happen(database, "overtaking", at=NOW + timedelta(seconds=1))
        assert database.run(seal) == 1
        let_go.set()
        waiting.result(timeout=30)

    assert database.run(seal) == 1
    events = database.run(lambda session: session.exec(select(AuditEvent).order_by(AuditEvent.position)).all())
    assert [event.action for event in events] == ["overtaking", "early but late"]
    assert checked(database)[ONE].faults == ()


def test_two_who_seal_at_once_do_not_spoil_the_chain(database: Database) -> None:
    happen(database, *(f"{number}" for number in range(20)))
    happen(database, *(f"{number}" for number in range(20)), chain=OTHER)
    start = threading.Barrier(4, timeout=20)

    def seals(_: int) -> int:
        start.wait()
        return database.run(seal)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(seals, range(4))) == [0, 0, 0, 40]

    assert all((check.sealed, check.faults) == (20, ()) for check in checked(database).values())


@pytest.mark.parametrize(
    "change",
    [
        "action = 'order.cancelled'",
        "actor_id = NULL",
        "on_behalf_of = entity_id",
        "entity = 'invoice'",
        "entity_id = chain",
        """facts = '{"number": "8", "lines": [1, null]}'""",
        "request_id = 'another'",
        "at = '2026-03-02 10:00:00.000000+00'",
        "previous_hash = hash",
        "hash = previous_hash",
    ],
)
def test_a_changed_event_is_found(sealed: Database, change: str) -> None:
    if sealed.is_sqlite:
        change = change.replace("+00'", "'")
    tamper(sealed, f"UPDATE audit_event SET {change} WHERE position = 2")

    faults = checked(sealed)[ONE].faults
    assert faults
    assert all("position 2" in fault or "position 3" in fault for fault in faults)


def test_a_removed_event_is_found(sealed: Database) -> None:
    tamper(sealed, "DELETE FROM audit_event WHERE position = 2")

    check = checked(sealed)[ONE]
    assert check.faults[0] == "position 2 is missing"
    assert check.sealed == 2


def test_removing_the_last_event_shows_in_the_head(sealed: Database) -> None:
    """A chain alone cannot tell; whoever keeps the head elsewhere can."""
    head = checked(sealed)[ONE].head

    tamper(sealed, "DELETE FROM audit_event WHERE position = 3")

    assert checked(sealed)[ONE].head != head


def test_an_event_moved_to_another_place_is_found(sealed: Database) -> None:
    tamper(sealed, "UPDATE audit_event SET position = 4 WHERE position = 1")

    assert "position 1 is missing" in checked(sealed)[ONE].faults


def test_an_event_whose_seal_was_taken_away_is_found(sealed: Database) -> None:
    tamper(sealed, "UPDATE audit_event SET hash = NULL WHERE position = 2")

    assert checked(sealed)[ONE].faults


@pytest.mark.parametrize(
    "facts",
    [{"price": 1.5}, {"price": Decimal("1.5")}, {"at": NOW}, {"lines": [{"price": 0.1}]}, {"lines": ({1: "x"},)}],
)
def test_a_fact_that_might_not_come_back_as_it_was_is_refused(database: Database, facts: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        happen(database, "order.created", facts=facts)
    assert checked(database) == {}


def test_an_events_hash_can_be_computed_by_anybody() -> None:
    """Changing what is hashed makes every sealed trail look forged: this must not happen by accident."""
    event = AuditEvent(id=THING, chain=ONE, at=NOW, action="a", entity="e", entity_id=THING, facts={"ø": "1", "a": 2})
    written = (
        '{"action":"a","actor_id":"","at":"2026-03-02T09:00:00.123456+00:00",'
        '"chain":"00000000-0000-0000-0000-000000000001","entity":"e",'
        '"entity_id":"00000000-0000-0000-0000-000000000009","facts":{"a":2,"ø":"1"},'
        '"id":"00000000-0000-0000-0000-000000000009","on_behalf_of":"","position":1,'
        f'"previous":"{GENESIS}","request_id":""}}'
    )

    assert audit.event_hash(GENESIS, 1, event) == hashlib.sha256(written.encode()).hexdigest()


def test_json_has_one_form() -> None:
    assert canonical_json({"b": [1, None, True], "a": "ø"}) == '{"a":"ø","b":[1,null,true]}'.encode()
