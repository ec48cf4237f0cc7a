"""Pages that miss nothing and repeat nothing; versions of which only one change comes through."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import BaseModel
from sqlmodel import Field, Session, SQLModel, col, select

from app.kit.audit import AuditEvent, record
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.pages import InvalidCursor, Page, PageQuery, page, page_query, read_cursor, write_cursor
from app.kit.versions import VersionMismatch, VersionMissing, etag, require_version

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHAIN = UUID(int=1)


class Seen(BaseModel):
    """An event as a list shows it."""

    action: str


class Note(SQLModel, table=True):
    """A row with a version; its table is made by the tests that need it."""

    __tablename__ = "kit_note"

    id: int = Field(primary_key=True)
    words: str
    version: int = 1


def happen(database: Database, count: int) -> None:
    def step(session: Session) -> None:
        for number in range(count):
            moment = NOW + timedelta(milliseconds=number)
            record(session, f"{number}", chain=CHAIN, entity="e", entity_id=CHAIN, now=moment, actor_id=None, facts={})

    database.run(step)


def read(database: Database, wanted: PageQuery) -> Page[Seen]:
    query = select(AuditEvent).where(AuditEvent.chain == CHAIN)
    return database.run(
        lambda session: page(session, query, AuditEvent, wanted, lambda row: Seen(action=row.action)), write=False
    )


@pytest.mark.parametrize(("count", "sizes"), [(0, [0]), (3, [3]), (4, [4]), (5, [4, 1]), (8, [4, 4]), (9, [4, 4, 1])])
def test_pages_hold_every_row_once_and_in_order(database: Database, count: int, sizes: list[int]) -> None:
    happen(database, count)
    seen, found, cursor = [], [], None
    while True:
        one = read(database, PageQuery(limit=4, cursor=cursor))
        seen += [item.action for item in one.data]
        found.append(len(one.data))
        cursor = one.next_cursor
        if cursor is None:
            break

    assert seen == [f"{number}" for number in range(count)]
    assert found == sizes


def test_a_row_that_comes_in_between_is_on_the_next_page(database: Database) -> None:
    happen(database, 3)
    first = read(database, PageQuery(limit=2))
    later = NOW + timedelta(seconds=1)
    database.run(
        lambda session: record(session, "new", chain=CHAIN, entity="e", entity_id=CHAIN, now=later, actor_id=None)
    )

    second = read(database, PageQuery(limit=2, cursor=first.next_cursor))

    assert [item.action for item in second.data] == ["2", "new"]


def test_a_cursor_is_read_back() -> None:
    key = new_id(NOW)
    assert read_cursor(write_cursor(key)) == key


@pytest.mark.parametrize("cursor", ["", "x", "7", "ø", "=" * 22, "A" * 21, "A" * 24, "../../etc/passwd"])
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor, match="next_cursor") as refused:
        read_cursor(cursor)
    assert refused.value.faults[0].pointer == "/cursor"


def test_a_page_has_fifty_rows_unless_asked() -> None:
    assert page_query() == PageQuery(limit=50, cursor=None)


def test_an_etag_is_the_version_between_quotes() -> None:
    assert etag(7) == '"7"'


@pytest.mark.parametrize("sent", ['"3"', 'W/"3"', ' "3" ', "*"])
def test_a_change_from_the_present_version_passes_and_raises_it(sent: str) -> None:
    note = Note(id=1, words="a", version=3)
    require_version(note, sent)
    assert note.version == 4


@pytest.mark.parametrize("sent", ['"2"', "3", "", '"3", "4"'])
def test_a_change_from_another_version_is_refused(sent: str) -> None:
    note = Note(id=1, words="a", version=3)
    with pytest.raises(VersionMismatch, match="now version 3"):
        require_version(note, sent)
    assert note.version == 3


def test_a_change_that_does_not_say_from_which_version_is_refused() -> None:
    with pytest.raises(VersionMissing, match='If-Match: "3"'):
        require_version(Note(id=1, words="a", version=3), None)


def test_of_two_changes_from_one_version_at_once_one_comes_through(database: Database) -> None:
    table = SQLModel.metadata.tables["kit_note"]
    table.create(database.engine, checkfirst=True)
    database.run(lambda session: session.add(Note(id=1, words="a")))
    both_have_read = threading.Barrier(2, timeout=20)

    def change(session: Session, words: str) -> None:
        note = session.exec(select(Note).where(col(Note.id) == 1)).one()
        if not database.is_sqlite:  # on SQLite writers stand in a queue from the start
            both_have_read.wait()
        require_version(note, '"1"')
        note.words = words

    with ThreadPoolExecutor(2) as threads:
        futures = {
            words: threads.submit(database.run, lambda session, words=words: change(session, words)) for words in "bc"
        }
        lost = [words for words, future in futures.items() if isinstance(future.exception(30), VersionMismatch)]

    assert len(lost) == 1
    note = database.run(lambda session: session.exec(select(Note)).one())
    assert (note.version, note.words) == (2, "b" if lost == ["c"] else "c")
    table.drop(database.engine)
