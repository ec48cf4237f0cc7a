"""Documents leave: in order, whole, by one worker at a time, again and again until they are through or given up."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from app.exchange.delivery import GIVE_UP_AFTER, LEASE, LONGEST_PAUSE, deliver_next
from app.exchange.transports import FolderTransport, Parcel
from app.kit import outbox
from app.kit.archive import sha256
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.outbox import OutboxItem, OutboxState

pytestmark = pytest.mark.bytes_for_documents

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Recording:
    """A transport that keeps what it was given, and fails as long as it is told to."""

    failure: BaseException | None = None
    parcels: list[Parcel] = field(default_factory=list)

    def send(self, parcel: Parcel) -> None:
        self.parcels.append(parcel)
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def queue(database: Database, *contents: bytes, at: datetime = NOW) -> None:
    for number, content in enumerate(contents):
        moment = at + timedelta(milliseconds=number)

        def step(session: Session, content: bytes = content, moment: datetime = moment) -> None:
            outbox.enqueue(
                session,
                content,
                sender="GLN:5798009882882",
                receiver="DK:CVR:DK30714008",
                document_type="Order",
                number="100001",
                profile_id="Procurement-OrdAdv-BilSim-1.0",
                now=moment,
            )

        database.run(step)


def items(database: Database) -> list[OutboxItem]:
    return list(database.run(lambda session: session.exec(select(OutboxItem).order_by(col(OutboxItem.id))).all()))


def item(database: Database) -> OutboxItem:
    [only] = items(database)
    return only


def test_documents_leave_in_the_order_they_were_queued(database: Database, clock: FixedClock) -> None:
    queue(database, b"<a/>", b"<b/>", b"<c/>")
    clock.advance(timedelta(seconds=1))
    transport = Recording()
    while deliver_next(database, transport, clock.now):
        pass
    assert [parcel.content for parcel in transport.parcels] == [b"<a/>", b"<b/>", b"<c/>"]
    assert {(one.state, one.attempts, one.sent_at) for one in items(database)} == {(OutboxState.SENT, 1, clock.now())}


def test_a_parcel_carries_what_a_transport_must_know(database: Database, clock: FixedClock) -> None:
    queue(database, b"<a/>")
    transport = Recording()
    assert deliver_next(database, transport, clock.now)
    assert transport.parcels == [
        Parcel(
            message_id=item(database).id,
            sender="GLN:5798009882882",
            receiver="DK:CVR:DK30714008",
            document_type="Order",
            profile_id="Procurement-OrdAdv-BilSim-1.0",
            sha256=sha256(b"<a/>"),
            content=b"<a/>",
        )
    ]
    assert not deliver_next(database, transport, clock.now)


def test_files_appear_whole_with_their_envelope_last(tmp_path: Path, database: Database, clock: FixedClock) -> None:
    queue(database, b"<a/>")
    folder = tmp_path / "deep" / "out"
    assert deliver_next(database, FolderTransport(folder), clock.now)
    message_id = str(item(database).id)
    assert sorted(file.name for file in folder.iterdir()) == [f"{message_id}.json", f"{message_id}.xml"]
    assert (folder / f"{message_id}.xml").read_bytes() == b"<a/>"
    envelope = json.loads((folder / f"{message_id}.json").read_text())
    assert (envelope["message_id"], envelope["sha256"]) == (message_id, sha256(b"<a/>"))
    assert envelope["receiver"] == "DK:CVR:DK30714008"


def test_a_folder_that_cannot_be_written_leaves_nothing_and_is_tried_again(
    tmp_path: Path, database: Database, clock: FixedClock
) -> None:
    queue(database, b"<a/>")
    folder = tmp_path / "out"
    folder.write_text("a file, no folder")
    assert deliver_next(database, FolderTransport(folder), clock.now)
    assert (item(database).state, item(database).attempts) == (OutboxState.QUEUED, 1)
    assert "FileExistsError" in (item(database).last_error or "")
    folder.unlink()
    clock.at = item(database).next_attempt_at
    assert deliver_next(database, FolderTransport(folder), clock.now)
    assert (item(database).state, item(database).last_error) == (OutboxState.SENT, None)


def test_pauses_grow_to_fifteen_minutes(database: Database, clock: FixedClock) -> None:
    queue(database, b"<a/>")
    transport = Recording(RuntimeError("the gateway is\0down"))
    pauses = []
    for _ in range(10):
        assert deliver_next(database, transport, clock.now)
        assert not deliver_next(database, transport, clock.now)
        pauses.append((item(database).next_attempt_at - clock.now()).total_seconds())
        clock.at = item(database).next_attempt_at

    longest = LONGEST_PAUSE.total_seconds()
    wanted = [min(5 * 2**number, longest) for number in range(10)]
    assert all(0.8 * due <= pause <= 1.2 * due for pause, due in zip(pauses, wanted, strict=True)), pauses
    assert item(database).last_error == "RuntimeError: the gateway isdown"
    assert len({parcel.message_id for parcel in transport.parcels}) == 1


def test_after_two_days_a_document_is_dead_and_holds_up_no_other(database: Database, clock: FixedClock) -> None:
    queue(database, b"<a/>")
    transport = Recording(RuntimeError("down"))
    clock.advance(GIVE_UP_AFTER)
    assert deliver_next(database, transport, clock.now)
    assert item(database).state == OutboxState.QUEUED
    clock.advance(LONGEST_PAUSE)
    assert deliver_next(database, transport, clock.now)
    assert item(database).state == OutboxState.DEAD
    queue(database, b"<b/>", at=clock.now())
    clock.advance(timedelta(days=1))
    transport.failure = None
    assert deliver_next(database, transport, clock.now)
    assert not deliver_next(database, transport, clock.now)
    assert [one.state for one in items(database)] == [OutboxState.DEAD, OutboxState.SENT]


def test_two_workers_never_send_the_same_document_at_once(database: Database) -> None:
    queue(database, *(f"<a>{number}</a>".encode() for number in range(20)))
    later, transport, start = FixedClock(NOW + timedelta(seconds=1)), Recording(), threading.Barrier(4, timeout=20)

    def works(_: int) -> None:
        start.wait()
        while deliver_next(database, transport, later.now):
            pass

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(works, range(4)))
    while deliver_next(database, transport, later.now):  # a worker that found a locked row first may have gone early
        pass
    assert sorted(parcel.content for parcel in transport.parcels) == sorted(
        f"<a>{number}</a>".encode() for number in range(20)
    )


def test_a_crash_between_sending_and_marking_sends_again_with_the_same_message_id(
    database: Database, clock: FixedClock
) -> None:
    queue(database, b"<a/>")
    transport = Recording(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        deliver_next(database, transport, clock.now)
    transport.failure = None
    clock.advance(LEASE - timedelta(seconds=1))
    assert not deliver_next(database, transport, clock.now)
    clock.advance(timedelta(seconds=1))
    assert deliver_next(database, transport, clock.now)
    first, second = transport.parcels
    assert first == second
    assert (item(database).state, item(database).attempts) == (OutboxState.SENT, 2)


def test_a_slow_failure_does_not_undo_what_another_worker_sent(database: Database, clock: FixedClock) -> None:
    queue(database, b"<a/>")

    class Slow(Recording):
        """Takes so long that somebody else gets its turn, and then fails."""

        def send(self, parcel: Parcel) -> None:
            clock.advance(GIVE_UP_AFTER + timedelta(hours=1))
            assert deliver_next(database, Recording(), clock.now)
            super().send(parcel)

    assert deliver_next(database, Slow(TimeoutError("no answer")), clock.now)
    assert (item(database).state, item(database).last_error) == (OutboxState.SENT, None)


def test_a_document_due_later_waits(database: Database, clock: FixedClock) -> None:
    queue(database, b"<a/>", at=NOW + timedelta(hours=1))
    assert not deliver_next(database, Recording(), clock.now)
