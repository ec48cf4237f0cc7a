"""Transactions on both databases: committed before the result, nothing left of a failure, tried again when worth it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session, select

from app.kit.audit import AuditEvent, record
from app.kit.db import Database, is_postgresql
from app.kit.idempotency import StoredAnswer

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def row(key: str, status: int = 0) -> StoredAnswer:
    return StoredAnswer(caller="c", operation="o", key=key, fingerprint="f", status=status, answered_at=NOW)


def add(session: Session, key: str) -> None:
    session.add(row(key))


def keys(database: Database) -> list[str]:
    return list(database.run(lambda session: session.exec(select(StoredAnswer.key)).all(), write=False))


def raise_status(session: Session, by: int) -> int:
    """Read, then write what was read: two of these at once on one snapshot cannot both be right."""
    answer = session.exec(select(StoredAnswer)).one()
    answer.status += by
    return answer.status


def test_a_step_is_committed_before_its_result_is_given(database: Database) -> None:
    def step(session: Session) -> str:
        add(session, "a")
        return "done"

    assert database.run(step) == "done"
    assert keys(database) == ["a"]


def test_what_a_step_gives_stays_readable_after_its_transaction(database: Database) -> None:
    def step(session: Session) -> StoredAnswer:
        answer = row("a", status=201)
        session.add(answer)
        return answer

    assert database.run(step).status == 201


def test_nothing_is_left_of_a_step_that_raises(database: Database) -> None:
    def step(session: Session) -> None:
        add(session, "a")
        session.flush()
        raise KeyError("broken")

    with pytest.raises(KeyError):
        database.run(step)

    assert keys(database) == []
    database.run(lambda session: add(session, "b"))
    assert keys(database) == ["b"]


def test_an_error_that_only_comes_with_the_commit_is_raised(database: Database) -> None:
    database.run(lambda session: add(session, "a"))

    with pytest.raises(IntegrityError):
        database.run(lambda session: add(session, "a"))


def test_a_step_that_only_reads_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        database.run(lambda session: add(session, "a"), write=False)

    database.run(lambda session: add(session, "b"))
    assert keys(database) == ["b"]


def test_the_dialect_is_told_from_the_session(database: Database) -> None:
    assert database.run(is_postgresql) is not database.is_sqlite


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
@on_postgresql
def test_a_serialization_failure_runs_the_step_again(database: Database, level: str) -> None:
    database.run(lambda session: session.add(row("a")))
    both_have_read = threading.Barrier(2, timeout=20)
    tries: list[int] = []

    def step(session: Session) -> None:
        session.connection(execution_options={"isolation_level": level})
        answer = session.exec(select(StoredAnswer)).one()
        tries.append(1)
        if len(tries) <= 2:
            both_have_read.wait()
        answer.status += 1

    with ThreadPoolExecutor(2) as threads:
        for future in [threads.submit(database.run, step) for _ in range(2)]:
            future.result(timeout=30)

    assert database.run(lambda session: session.exec(select(StoredAnswer.status)).one()) == 2
    assert len(tries) == 3


@on_postgresql
def test_a_deadlock_runs_the_step_of_its_victim_again(database: Database) -> None:
    database.run(lambda session: session.add_all([row("a"), row("b")]))
    both_have_one = threading.Barrier(2, timeout=20)
    tries: list[str] = []

    def step(session: Session, first: str, second: str) -> None:
        for key in (first, second):
            locked = select(StoredAnswer).where(StoredAnswer.key == key).with_for_update()
            session.exec(locked).one().status += 1
            session.flush()
            tries.append(key)
            if key == first and len(tries) <= 2:
                both_have_one.wait()

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(database.run, lambda session: step(session, "a", "b"))
        other = threads.submit(database.run, lambda session: step(session, "b", "a"))
        one.result(timeout=30)
        other.result(timeout=30)

    assert database.run(lambda session: session.exec(select(StoredAnswer.status)).all()) == [2, 2]


@on_postgresql
def test_a_failure_that_does_not_go_away_is_raised_after_six_tries(database: Database) -> None:
    tries = []

    def step(session: Session) -> None:
        tries.append(1)
        session.connection().exec_driver_sql("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")

    with pytest.raises(OperationalError):
        database.run(step)

    assert len(tries) == 6


@on_postgresql
def test_a_key_that_somebody_took_in_between_runs_the_step_once_more(database: Database) -> None:
    """Look, then insert, by two at once: the second finds what the first inserted."""
    both_have_looked = threading.Barrier(2, timeout=20)
    looks: list[bool] = []

    def step(session: Session) -> bool:
        found = session.exec(select(StoredAnswer).where(StoredAnswer.key == "a")).first() is not None
        looks.append(found)
        if len(looks) <= 2:
            both_have_looked.wait()
        if not found:
            add(session, "a")
        return found

    with ThreadPoolExecutor(2) as threads:
        results = [future.result(timeout=30) for future in [threads.submit(database.run, step) for _ in range(2)]]

    assert sorted(results) == [False, True]
    assert keys(database) == ["a"]


@on_postgresql
def test_a_key_that_is_simply_taken_is_tried_twice_and_raised(database: Database) -> None:
    database.run(lambda session: add(session, "a"))
    tries = []

    def step(session: Session) -> None:
        tries.append(1)
        add(session, "a")

    with pytest.raises(IntegrityError):
        database.run(step)

    assert len(tries) == 2


@on_sqlite
def test_two_who_read_and_then_write_do_not_overtake_each_other(database: Database) -> None:
    database.run(lambda session: session.add(row("a")))

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda _: database.run(lambda session: raise_status(session, 1)), range(40)))

    assert sorted(results) == list(range(1, 41))


@on_sqlite
def test_writers_of_two_processes_wait_for_each_other(database: Database) -> None:
    """Two Database objects share no lock in memory, as two processes do not; only the file's lock keeps them apart."""
    database.run(lambda session: session.add(row("a")))
    other = Database(str(database.engine.url))
    first_has_read, let_go = threading.Event(), threading.Event()

    def slow(session: Session) -> int:
        answer = session.exec(select(StoredAnswer)).one()
        first_has_read.set()
        assert let_go.wait(timeout=20)
        answer.status += 1
        return answer.status

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(database.run, slow)
        assert first_has_read.wait(timeout=20)
        second = threads.submit(other.run, lambda session: raise_status(session, 10))
        assert not second.done()
        let_go.set()
        assert (first.result(timeout=30), second.result(timeout=30)) == (1, 11)
    other.close()


@on_sqlite
def test_a_reader_is_not_held_up_by_a_writer_and_sees_nothing_of_it(database: Database) -> None:
    def step(session: Session) -> list[str]:
        add(session, "a")
        session.flush()
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(keys, database).result(timeout=20)

    assert database.run(step) == []
    assert keys(database) == ["a"]


@on_sqlite
def test_a_write_lock_that_is_never_released_is_an_error_and_not_a_lost_write(database: Database) -> None:
    other = Database(str(database.engine.url))
    with other.engine.connect() as impatient:
        impatient.exec_driver_sql("PRAGMA busy_timeout=1")
    holder = database.engine.connect()
    holder.begin()

    with pytest.raises(OperationalError, match="locked"):
        other.run(lambda session: add(session, "a"))

    holder.close()
    other.run(lambda session: add(session, "b"))
    assert keys(database) == ["b"]
    other.close()


@on_sqlite
def test_sqlite_keeps_its_promises(database: Database) -> None:
    def pragmas(session: Session) -> dict[str, object]:
        connection = session.connection()
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
    assert database.run(pragmas) == expected


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="name a file"):
        Database(url)


def test_ids_of_rows_come_back_as_they_went(database: Database) -> None:
    chain = UUID("01890000-0000-7000-8000-000000000001")
    database.run(lambda session: record(session, "x", chain=chain, entity="e", entity_id=chain, now=NOW, actor_id=None))
    assert database.run(lambda session: session.exec(select(AuditEvent.chain)).one()) == chain
