"""Documents are kept byte for byte, and leave with the change that caused them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.kit import archive, outbox
from app.kit.archive import ArchivedDocument, Direction, DocumentNotFound, content_of, seen_before, sha256, store
from app.kit.db import Database
from app.kit.outbox import OutboxItem, OutboxState

pytestmark = pytest.mark.bytes_for_documents

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENDER = "DK:CVR:DK16356706"
CONTENT = b"\xef\xbb\xbf<?xml version='1.0'?>\r\n<Invoice>\x00\xff</Invoice>"


def arrive(session: Session, content: bytes = CONTENT, sender: str = SENDER) -> ArchivedDocument:
    return store(session, content, direction=Direction.IN, sender=sender, document_type="Invoice", number="7", now=NOW)


def leave(session: Session, receiver: str = "DK:EAN:1") -> OutboxItem:
    return outbox.enqueue(
        session,
        CONTENT,
        sender=SENDER,
        receiver=receiver,
        document_type="Order",
        number="7",
        profile_id="Procurement-OrdSim-1.0",
        now=NOW,
        about_id=UUID(int=7),
    )


def test_the_hash_is_sha_256_in_lower_case_hexadecimal() -> None:
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_document_is_given_back_byte_for_byte(database: Database) -> None:
    document = database.run(arrive)

    assert database.run(lambda session: content_of(session, document.id)) == CONTENT
    assert (document.sha256, document.media_type, document.archived_at) == (sha256(CONTENT), "application/xml", NOW)


def test_a_document_that_is_not_there_is_not_found(database: Database) -> None:
    with pytest.raises(DocumentNotFound):
        database.run(lambda session: content_of(session, UUID(int=1)))


def test_the_same_bytes_of_the_same_sender_are_known_again(database: Database) -> None:
    document = database.run(arrive)

    def known(sender: str, content: bytes, direction: Direction = Direction.IN) -> UUID | None:
        found = database.run(lambda session: seen_before(session, sender, content, direction))
        return found and found.id

    assert known(SENDER, CONTENT) == document.id
    assert known("DK:CVR:other", CONTENT) is None
    assert known(SENDER, CONTENT + b" ") is None
    assert known(SENDER, CONTENT, Direction.OUT) is None


def test_the_same_bytes_of_another_sender_are_another_document(database: Database) -> None:
    first = database.run(arrive)
    second = database.run(lambda session: arrive(session, sender="DK:CVR:other"))

    assert first.id != second.id


def test_the_database_keeps_the_same_document_once(database: Database) -> None:
    database.run(arrive)

    with pytest.raises(IntegrityError):
        database.run(arrive)


def test_the_same_document_twice_at_once_is_one_and_both_senders_learn_which(database: Database) -> None:
    def receive(session: Session) -> UUID:
        return (seen_before(session, SENDER, CONTENT) or arrive(session)).id

    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda _: database.run(receive), range(16)))

    assert len(set(ids)) == 1


def test_a_document_is_archived_and_queued_with_the_change_that_caused_it(database: Database) -> None:
    item = database.run(leave)

    kept = database.run(lambda session: session.exec(select(OutboxItem)).one())
    assert (kept.id, kept.state, kept.attempts, kept.about_id) == (item.id, OutboxState.QUEUED, 0, UUID(int=7))
    assert (kept.queued_at, kept.next_attempt_at, kept.sent_at) == (NOW, NOW, None)
    document = database.run(lambda session: session.exec(select(ArchivedDocument)).one())
    assert (document.id, document.direction, document.content) == (kept.document_id, Direction.OUT, CONTENT)


def test_a_change_that_fails_sends_nothing(database: Database) -> None:
    def fails(session: Session) -> None:
        leave(session)
        raise KeyError("after all")

    with pytest.raises(KeyError):
        database.run(fails)

    assert database.run(lambda session: session.exec(select(OutboxItem)).all()) == []
    assert database.run(lambda session: session.exec(select(ArchivedDocument)).all()) == []


def test_a_document_for_two_receivers_is_archived_once(database: Database) -> None:
    items = [database.run(leave), database.run(lambda session: leave(session, "DK:EAN:2"))]

    assert items[0].document_id == items[1].document_id
    assert items[0].id != items[1].id
    assert len(database.run(lambda session: session.exec(select(archive.ArchivedDocument)).all())) == 1
