"""Documents go to a gateway that goes wrong in every way, and are there once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from sqlmodel import Session, col, select

from app.exchange.delivery import deliver_next
from app.exchange.gateway import Gateway
from app.kit import outbox
from app.kit.archive import sha256
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.fetch import Outbound
from app.kit.ids import new_id
from app.kit.outbox import OutboxItem, OutboxState
from samples.fakegateway.gateway import Fault
from tests.gateways import Line, open_gateway
from tests.servers import LOOPBACK, says, serving

pytestmark = pytest.mark.bytes_for_documents

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def line() -> Iterator[Line]:
    with open_gateway() as line:
        yield line


def queue(database: Database, *contents: bytes) -> None:
    about = new_id(NOW)

    def step(session: Session) -> None:
        for content in contents:
            outbox.enqueue(
                session,
                content,
                sender="GLN:5798009882882",
                receiver="DK:CVR:DK30714008",
                document_type="Order",
                number="Ø-1",
                profile_id="Procurement-OrdAdv-BilSim-1.0",
                now=NOW,
                about_id=about,
            )

    database.run(step)


def items(database: Database) -> list[OutboxItem]:
    return list(database.run(lambda session: session.exec(select(OutboxItem).order_by(col(OutboxItem.id))).all()))


def attempt(database: Database, transport: Gateway, clock: FixedClock) -> OutboxItem:
    """Try the first document once, and give the clock on to its next attempt."""
    assert deliver_next(database, transport, clock.now)
    first = items(database)[0]
    clock.at = max(clock.now(), first.next_attempt_at) if first.state == OutboxState.QUEUED else clock.now()
    return first


def test_a_document_is_handed_over_with_its_envelope(database: Database, clock: FixedClock, line: Line) -> None:
    queue(database, "<a>ø</a>".encode())
    sent = attempt(database, line.transport(clock.now), clock)
    assert (sent.state, sent.attempts) == (OutboxState.SENT, 1)
    envelope, content = line.other.taken[str(sent.id)]
    assert (content.decode(), envelope["sha256"]) == ("<a>ø</a>", sha256(content))
    assert (envelope["sender"], envelope["receiver"]) == ("GLN:5798009882882", "DK:CVR:DK30714008")


@pytest.mark.parametrize("fault", [Fault.NO_ANSWER, Fault.ERROR_AFTERWARDS, Fault.ERROR, Fault.BUSY, Fault.FORBIDDEN])
def test_what_goes_wrong_on_the_way_is_tried_again_and_has_one_effect(
    database: Database, clock: FixedClock, line: Line, fault: Fault
) -> None:
    queue(database, b"<a/>")
    line.other.fails("POST /messages", fault, fault)
    transport = line.transport(clock.now)
    assert attempt(database, transport, clock).state == OutboxState.QUEUED
    assert attempt(database, transport, clock).state == OutboxState.QUEUED
    sent = attempt(database, transport, clock)
    assert (sent.state, sent.last_error) == (OutboxState.SENT, None)
    assert line.other.handed == [str(sent.id)] * 3
    assert list(line.other.taken) == [str(sent.id)]


def test_a_document_waits_as_long_as_the_gateway_asks(database: Database, clock: FixedClock, line: Line) -> None:
    queue(database, b"<a/>")
    line.other.fails("POST /messages", Fault.BUSY)
    assert deliver_next(database, line.transport(clock.now), clock.now)
    (waiting,) = items(database)
    assert waiting.next_attempt_at == NOW + timedelta(minutes=2)
    assert waiting.last_error == "the gateway answered 429: too many documents"


@pytest.mark.parametrize(
    ("written", "wait"),
    [
        (format_datetime(NOW + timedelta(hours=3), usegmt=True), timedelta(hours=3)),
        ("999999", timedelta(days=1)),
    ],
)
def test_a_moment_is_obeyed_too_and_nobody_is_waited_for_longer_than_a_day(
    database: Database, clock: FixedClock, written: str, wait: timedelta
) -> None:
    queue(database, b"<a/>")
    with serving(says(b"", 503, Retry_After=written)) as server:
        transport = Gateway(f"http://127.0.0.1:{server.server_port}", "", Outbound(LOOPBACK), clock.now)
        assert deliver_next(database, transport, clock.now)
    assert items(database)[0].next_attempt_at == NOW + wait


def test_what_the_gateway_refuses_for_good_is_given_up_and_holds_up_no_other(
    database: Database, clock: FixedClock, line: Line
) -> None:
    queue(database, b"<a/>", b"<b/>")
    line.other.fails("POST /messages", Fault.REFUSED)
    refused = attempt(database, line.transport(clock.now), clock)
    assert (refused.state, refused.last_error) == (
        OutboxState.DEAD,
        "the gateway answered 422: nobody has this endpoint",
    )
    assert deliver_next(database, line.transport(clock.now), clock.now)
    assert [one.state for one in items(database)] == [OutboxState.DEAD, OutboxState.SENT]


def test_a_wrong_token_is_the_operators_to_mend_and_costs_no_document(
    database: Database, clock: FixedClock, line: Line
) -> None:
    queue(database, b"<a/>")
    kept = attempt(database, line.transport(clock.now, "wrong"), clock)
    assert (kept.state, kept.last_error) == (
        OutboxState.QUEUED,
        "FetchFailed: the gateway answered 401: unknown token",
    )
    assert attempt(database, line.transport(clock.now), clock).state == OutboxState.SENT


def test_a_private_gateway_is_not_called_unless_an_operator_listed_it(
    database: Database, clock: FixedClock, line: Line
) -> None:
    queue(database, b"<a/>")
    kept = attempt(database, Gateway(line.url, "sesam", Outbound(), clock.now), clock)
    assert kept.state == OutboxState.QUEUED
    assert "PROKURA_ALLOWED_PRIVATE_TARGETS" in (kept.last_error or "")
    assert line.other.handed == []


def test_documents_about_one_thing_reach_their_receiver_in_order(
    database: Database, clock: FixedClock, line: Line
) -> None:
    queue(database, b"<a/>", b"<b/>")
    line.other.fails("POST /messages", Fault.ERROR)
    queue(database, b"<c/>")
    transport = line.transport(clock.now)
    while deliver_next(database, transport, clock.now):
        pass
    first, second, other = items(database)
    assert [one.state for one in (first, second, other)] == [OutboxState.QUEUED, OutboxState.QUEUED, OutboxState.SENT]
    clock.at = first.next_attempt_at
    while deliver_next(database, transport, clock.now):
        pass
    assert list(line.other.taken) == [str(one.id) for one in (other, first, second)]
