"""Large bodies are kept part by part, read as one file, and swept when they never come whole."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from app.kit import archive, parts
from app.kit.archive import ArchivedDocument, content_of, opened, store_incoming
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.incoming import Incoming, Taker
from app.kit.parts import IDLE, PART_BYTES, SWEPT_TOGETHER, ArchivedPart, Upload, UploadLapsed

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
XML = "application/xml"
CONTENT = bytes(range(256)) * (5 * PART_BYTES // 512)
"""Two and a half parts."""


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def looks(_: bytes) -> None:
    """Refuse nothing."""


def taken(database: Database, clock: FixedClock, content: bytes = CONTENT, piece: int = 70_001) -> Incoming:
    """Take a body in as it comes in pieces."""
    taker = Taker(database, clock, 1000, looks)
    for begin in range(0, len(content), piece):
        if taker.take(content[begin : begin + piece]):
            taker.keep()
    return taker.end(XML)


def kept(database: Database, incoming: Incoming, sender: str = "DK:CVR:1") -> ArchivedDocument:
    return database.run(
        lambda session: store_incoming(session, incoming, sender=sender, document_type="Catalogue", number="7", now=NOW)
    )


def counted(database: Database) -> tuple[int, int]:
    return database.run(
        lambda session: (
            len(session.exec(select(Upload)).all()),
            len(session.exec(select(ArchivedPart.position)).all()),
        )
    )


@pytest.mark.parametrize("piece", [70_001, PART_BYTES, len(CONTENT)])
def test_a_large_body_is_a_document_of_parts_and_reads_as_it_came(
    database: Database, clock: FixedClock, piece: int
) -> None:
    incoming = taken(database, clock, piece=piece)
    assert (incoming.parts, incoming.content, incoming.sha256) == (3, b"", archive.sha256(CONTENT))

    document = kept(database, incoming)

    assert (document.id, document.parts, document.content) == (incoming.upload_id, 3, b"")
    assert database.run(lambda session: content_of(session, document.id)) == CONTENT
    with opened(database, document.id) as file:
        assert (file.read(10), file.read(PART_BYTES)) == (CONTENT[:10], CONTENT[10 : PART_BYTES + 10])
        assert file.read() == CONTENT[PART_BYTES + 10 :]
    assert counted(database) == (0, 3)


def test_a_small_body_stays_in_memory_and_in_one_row(database: Database, clock: FixedClock) -> None:
    incoming = taken(database, clock, b"<a/>")
    assert (incoming.upload_id, incoming.content) == (None, b"<a/>")

    document = kept(database, incoming)

    assert (document.parts, document.content) == (0, b"<a/>")
    with opened(database, document.id) as file:
        assert file.read() == b"<a/>"
    assert counted(database) == (0, 0)


def test_what_is_refused_at_its_beginning_is_not_kept(database: Database, clock: FixedClock) -> None:
    def refuses(beginning: bytes) -> None:
        raise ValueError(f"{len(beginning)} bytes of it")

    taker = Taker(database, clock, 1000, refuses)
    assert taker.take(CONTENT)
    with pytest.raises(ValueError, match=f"{PART_BYTES} bytes"):
        taker.keep()
    taker.give_up()
    assert counted(database) == (0, 0)


def test_an_upload_that_breaks_off_is_swept_after_an_hour_without_a_new_part(
    database: Database, clock: FixedClock
) -> None:
    whole = kept(database, taken(database, clock))
    broken = Taker(database, clock, 1000, looks)
    assert broken.take(CONTENT)
    broken.keep()
    clock.advance(IDLE - timedelta(seconds=1))
    assert broken.take(CONTENT)
    broken.keep()
    clock.advance(IDLE - timedelta(seconds=1))
    assert not parts.sweep_next(database, clock.now)

    clock.advance(timedelta(seconds=1))
    while parts.sweep_next(database, clock.now):
        pass

    assert counted(database) == (0, 3)
    assert database.run(lambda session: content_of(session, whole.id)) == CONTENT
    with pytest.raises(UploadLapsed):
        kept(database, broken.end(XML))


def test_many_parts_are_swept_some_at_a_time(database: Database, clock: FixedClock) -> None:
    def some(session: object) -> UUID:
        upload_id = parts.begin(session, NOW)  # type: ignore[arg-type]
        session.flush()  # type: ignore[attr-defined]
        for position in range(2 * SWEPT_TOGETHER + 1):
            parts.add(session, upload_id, position, b"x", NOW)  # type: ignore[arg-type]
        return upload_id

    upload_id = database.run(some)
    database.run(lambda session: parts.give_up(session, upload_id, NOW))

    assert [parts.sweep_next(database, clock.now) for _ in range(4)] == [True, True, True, False]
    assert counted(database) == (0, 0)


def test_an_upload_becomes_a_document_once(database: Database, clock: FixedClock) -> None:
    incoming = taken(database, clock)
    kept(database, incoming)
    with pytest.raises(UploadLapsed):
        kept(database, incoming, "DK:CVR:2")


def test_a_document_that_lacks_a_part_is_not_read_as_if_it_ended_there(database: Database, clock: FixedClock) -> None:
    incoming = taken(database, clock)
    assert incoming.upload_id is not None
    with parts.opened(database, incoming.upload_id, 4) as file, pytest.raises(RuntimeError, match="part 3"):
        file.read()


@pytest.mark.parametrize("change", ["UPDATE archived_part SET content = content", "DELETE FROM archived_part"])
def test_the_parts_of_a_document_are_final(database: Database, clock: FixedClock, change: str) -> None:
    kept(database, taken(database, clock))
    with pytest.raises(DBAPIError, match="rows of archived_part are final"):
        database.run(lambda session: session.connection().execute(text(change)))
