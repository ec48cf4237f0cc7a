"""A request sent again gets its first answer, and has its effect once, also when two come at once."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlmodel import Session, func, select

from app.kit.db import Database
from app.kit.idempotency import Claim, IdempotencyKeyReused, StoredAnswer, fingerprint, first_answer, keep_answer
from app.kit.jobs import Job, enqueue

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CLAIM = Claim("issuer anna", "POST /orders", "k1", fingerprint("application/json", b"{}"))


def order(session: Session, claim: Claim, body: bytes = b'{"id": 1}') -> tuple[bytes, bool]:
    """Have an effect (a job) and answer; or give the first answer. Tells whether it was replayed."""
    stored = first_answer(session, claim, NOW)
    if stored is not None:
        assert (stored.status, stored.media_type) == (201, "application/json")
        return stored.body, True
    enqueue(session, "order", f"{claim}", {}, NOW)
    keep_answer(session, claim, 201, "application/json", body)
    return body, False


def effects(database: Database) -> int:
    return database.run(lambda session: session.exec(select(func.count()).select_from(Job)).one())


def test_a_request_sent_again_gets_its_first_answer(database: Database) -> None:
    assert database.run(lambda session: order(session, CLAIM, b"first")) == (b"first", False)
    assert database.run(lambda session: order(session, CLAIM, b"second")) == (b"first", True)
    assert effects(database) == 1


def test_the_fingerprint_tells_on_whose_behalf_and_is_what_it_was_without_anybody() -> None:
    """Answers that were stored before anybody could act for another are still found."""
    alone = fingerprint("application/json", b"{}")

    assert alone == hashlib.sha256(b"application/json\0{}").hexdigest()
    assert len({alone, *(fingerprint("application/json", b"{}", UUID(int=one)) for one in (1, 2))}) == 3


def test_a_key_that_was_used_for_another_content_is_refused(database: Database) -> None:
    database.run(lambda session: order(session, CLAIM))
    other = replace(CLAIM, fingerprint=fingerprint("application/json", b'{"a": 1}'))

    with pytest.raises(IdempotencyKeyReused, match="another content"):
        database.run(lambda session: order(session, other))

    assert effects(database) == 1


@pytest.mark.parametrize(
    "other",
    [replace(CLAIM, caller="issuer bent"), replace(CLAIM, operation="POST /receipts"), replace(CLAIM, key="k2")],
    ids=["caller", "operation", "key"],
)
def test_another_caller_operation_or_key_is_another_request(database: Database, other: Claim) -> None:
    for claim in (CLAIM, other):
        assert database.run(lambda session, claim=claim: order(session, claim))[1] is False
    assert effects(database) == 2


def test_a_request_that_failed_has_left_its_key_free(database: Database) -> None:
    def fails(session: Session) -> None:
        order(session, CLAIM)
        raise KeyError("after the effect")

    with pytest.raises(KeyError):
        database.run(fails)

    assert database.run(lambda session: order(session, CLAIM))[1] is False
    assert effects(database) == 1


def test_two_at_once_have_one_effect_and_the_same_answer(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(
                lambda number: database.run(lambda session: order(session, CLAIM, f"{number}".encode())), range(16)
            )
        )

    assert sorted(replayed for _, replayed in answers) == [False] + [True] * 15
    assert len({body for body, _ in answers}) == 1
    assert effects(database) == 1


def test_the_second_of_two_waits_for_the_first_and_goes_ahead_when_it_fails(database: Database) -> None:
    first_has_key, let_go = threading.Event(), threading.Event()

    def first(session: Session) -> None:
        order(session, CLAIM)
        first_has_key.set()
        assert let_go.wait(20)
        raise KeyError("after the effect")

    with ThreadPoolExecutor(2) as threads:
        failing = threads.submit(database.run, first)
        assert first_has_key.wait(20)
        second = threads.submit(database.run, lambda session: order(session, CLAIM, b"second"))
        assert not second.done()
        let_go.set()
        with pytest.raises(KeyError):
            failing.result(timeout=30)
        assert second.result(timeout=30) == (b"second", False)

    assert effects(database) == 1


def test_the_moment_is_kept(database: Database) -> None:
    database.run(lambda session: order(session, CLAIM))

    assert database.run(lambda session: session.exec(select(StoredAnswer.answered_at)).one()) == NOW
