"""What a transport brings is kept first, acknowledged after, and has one effect however often it comes."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from app.demo import papers
from app.documents.order import Order
from app.exchange.carriers import carriers_of
from app.exchange.models import InboundDocument, PulledMessage
from app.exchange.pulling import BETWEEN_LOOKS, Puller
from app.exchange.transports import Parcel
from app.kit.archive import ArchivedDocument, sha256
from app.kit.config import Settings, TransportName
from app.kit.ids import new_id
from app.match.models import InvoiceCase
from samples.fakegateway.gateway import KEYWORD, Fault
from tests.catalogues import count
from tests.gateways import Line, open_gateway, worked
from tests.purchases import done
from tests.servers import LOOPBACK
from tests.story import Story
from tests.world import INSTITUTION_GLN


@pytest.fixture
def line() -> Iterator[Line]:
    with open_gateway() as line:
        yield line


@pytest.fixture
def document(story: Story) -> Order:
    story.approved_catalogue()
    return story.document_of(story.sent_order(kopipapir="10")["id"])


@pytest.fixture
def puller(story: Story, line: Line) -> Puller:
    return puller_of(story, line)


def puller_of(story: Story, line: Line, subject: str = "invoice-system") -> Puller:
    world = story.world
    return Puller(world.database, line.transport(world.clock.now), UUID(world.id_of(subject)), world.clock.now)


def look(story: Story, puller: Puller) -> None:
    """Let the next look come, and everything follow that follows from it."""
    story.world.clock.advance(BETWEEN_LOOKS)
    while puller.pull_next():
        pass
    story.work()


def messages(story: Story) -> list[PulledMessage]:
    return list(story.world.database.run(lambda session: session.exec(select(PulledMessage)).all()))


def bill(document: Order, number: str) -> bytes:
    return papers.written(papers.bill(document, {"1": "1"}, number=number))


def test_a_message_is_kept_with_its_hash_and_then_acknowledged(
    story: Story, line: Line, puller: Puller, document: Order
) -> None:
    content = b"\xef\xbb\xbf" + papers.written(papers.answer(document)).replace(b"\n", b"\r\n")
    line.other.comes_in("as4-1@ap.example", content)
    look(story, puller)
    (message,) = messages(story)
    assert (message.transport, message.message_id, message.sha256) == ("http", "as4-1@ap.example", sha256(content))
    kept = done(story["invoice-system"].get(f"/documents/{message.inbound_id}"))
    assert (kept["state"], kept["result"]) == ("PROCESSED", "order")
    assert story["invoice-system"].get(f"/documents/{message.inbound_id}/raw").content == content
    assert (line.other.acknowledged, line.other.listed) == (["as4-1@ap.example"], [])


def test_messages_that_come_twice_and_out_of_order_have_one_effect_each(
    story: Story, line: Line, puller: Puller, document: Order
) -> None:
    for name in ("m-3", "m-1", "m-3", "m-2"):
        line.other.comes_in(name, bill(document, f"F-{name}"))
    line.other.comes_in("m-1-again", bill(document, "F-m-1"))
    look(story, puller)
    line.other.comes_in("m-2", bill(document, "F-m-2"))
    look(story, puller)
    assert len(messages(story)) == 4
    assert count(story.world, InvoiceCase) == 3
    assert line.other.listed == []


def test_corrupted_bytes_are_not_kept_and_are_asked_for_again(
    story: Story, line: Line, puller: Puller, document: Order
) -> None:
    content = bill(document, "F-1")
    line.other.comes_in("m-1", content)
    line.other.comes_in("m-2", bill(document, "F-2"))
    line.other.fails("GET /messages/m-1", Fault.CORRUPT)
    assert puller.pull_next()
    assert ([one.message_id for one in messages(story)], line.other.acknowledged) == (["m-2"], ["m-2"])
    look(story, puller)
    assert {one.message_id: one.sha256 for one in messages(story)}["m-1"] == sha256(content)
    assert line.other.fetched == ["m-1", "m-2", "m-1"]
    assert count(story.world, InvoiceCase) == 2


@pytest.mark.parametrize("fault", [Fault.NO_ANSWER, Fault.ERROR_AFTERWARDS, Fault.ERROR])
@pytest.mark.parametrize("door", ["GET /messages", "GET /messages/m-1", "POST /messages/m-1/acknowledge"])
def test_whatever_fails_on_the_way_a_message_has_one_effect_and_is_acknowledged(
    story: Story, line: Line, puller: Puller, document: Order, door: str, fault: Fault
) -> None:
    line.other.comes_in("m-1", bill(document, "F-1"))
    line.other.fails(door, fault)
    look(story, puller)
    look(story, puller)
    assert (len(messages(story)), count(story.world, InvoiceCase), line.other.listed) == (1, 1, [])


def test_nothing_is_acknowledged_that_could_not_be_kept(story: Story, line: Line, document: Order) -> None:
    line.other.comes_in("m-1", bill(document, "F-1"))
    look(story, puller_of(story, line, "requisitioner"))
    assert (messages(story), line.other.acknowledged) == ([], [])
    look(story, puller_of(story, line))
    assert (len(messages(story)), line.other.acknowledged) == (1, ["m-1"])


def test_what_nobody_can_read_is_kept_and_keeps_no_other_from_coming(
    story: Story, line: Line, puller: Puller, document: Order
) -> None:
    for name, content in (("m-1", b"\xff no XML"), ("m-2", b"\xff no XML"), ("m-3", bill(document, "F-1"))):
        line.other.comes_in(name, content)
    look(story, puller)
    kept = {one.message_id: one for one in messages(story)}
    assert sorted(kept) == line.other.acknowledged == ["m-1", "m-2", "m-3"]
    assert kept["m-1"].inbound_id is None
    assert kept["m-1"].detail
    assert kept["m-1"].document_id == kept["m-2"].document_id
    query = select(ArchivedDocument.content).where(ArchivedDocument.id == kept["m-1"].document_id)
    assert story.world.database.run(lambda session: session.exec(query).one()) == b"\xff no XML"
    assert count(story.world, InboundDocument) == 1


def test_a_gateway_is_looked_at_every_half_minute(story: Story, line: Line, puller: Puller, document: Order) -> None:
    assert not puller.pull_next()
    line.other.comes_in("m-1", bill(document, "F-1"))
    story.world.clock.advance(BETWEEN_LOOKS - timedelta(seconds=1))
    assert not puller.pull_next()
    story.world.clock.advance(timedelta(seconds=1))
    assert puller.pull_next()


def test_two_workers_keep_a_message_once(story: Story, line: Line, puller: Puller, document: Order) -> None:
    other = puller_of(story, line)
    line.other.comes_in("m-1", bill(document, "F-1"))
    assert puller.pull_next()
    line.other.comes_in("m-1", bill(document, "F-1"))
    assert not other.pull_next()
    story.work()
    assert (len(messages(story)), count(story.world, InvoiceCase)) == (1, 1)


def settings_of(story: Story, transport: TransportName, url: str = "") -> Settings:
    return Settings(
        data_folder=story.folder,
        transport=transport,
        gateway_url=url,
        gateway_token=KEYWORD,
        inbox_user=UUID(story.world.id_of("invoice-system")),
        allowed_private_targets=LOOPBACK,
    )


def test_an_order_leaves_and_its_answer_comes_through_a_gateway_that_goes_wrong(story: Story, line: Line) -> None:
    settings = settings_of(story, TransportName.HTTP, line.url)
    story.approved_catalogue()
    line.other.fails("POST /messages", Fault.NO_ANSWER, Fault.ERROR_AFTERWARDS, Fault.BUSY)
    order_id = story.sent_order(kopipapir="10")["id"]
    for _ in range(6):
        worked(story, settings)
    (envelope,) = [envelope for envelope, _ in line.other.taken.values() if envelope["document_type"] == "Order"]
    assert envelope["receiver"] == "DK:CVR:DK30714008"
    line.other.comes_in("m-1", papers.written(papers.answer(story.document_of(order_id))))
    line.other.fails("GET /messages/m-1", Fault.CORRUPT)
    line.other.fails("POST /messages/m-1/acknowledge", Fault.ERROR_AFTERWARDS)
    for _ in range(3):
        worked(story, settings)
    assert done(story["buyer"].get(f"/orders/{order_id}"))["response_status"] == "ACCEPTED"
    assert (len(messages(story)), line.other.listed) == (1, [])


def put(folder: Path, name: str, content: bytes, told: str | None = None) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.xml").write_bytes(content)
    (folder / f"{name}.json").write_text(json.dumps({"sha256": told or sha256(content)}))


def test_documents_come_in_by_a_folder_when_their_envelope_is_there(story: Story, document: Order) -> None:
    settings = settings_of(story, TransportName.FOLDER)
    folder = settings.inbox_folder
    put(folder, "m-1", bill(document, "F-1"))
    put(folder, "m-2", bill(document, "F-2"), told=sha256(b"other"))
    (folder / "m-3.xml").write_bytes(bill(document, "F-3"))
    worked(story, settings)
    assert [one.message_id for one in messages(story)] == ["m-1"]
    assert sorted(file.name for file in (folder / "done").iterdir()) == ["m-1.json", "m-1.xml"]
    put(folder, "m-1", bill(document, "F-1"))
    put(folder, "m-2", bill(document, "F-2"))
    worked(story, settings)
    assert (len(messages(story)), count(story.world, InvoiceCase)) == (2, 2)
    assert not list(folder.glob("m-[12].*"))


def test_what_is_for_somebody_here_comes_in_by_the_loopback_and_the_rest_leaves(story: Story, document: Order) -> None:
    settings = settings_of(story, TransportName.LOOPBACK)
    worked(story, settings)
    left = [json.loads(file.read_text()) for file in settings.outbox_folder.glob("*.json")]
    assert [one["receiver"] for one in left if one["document_type"] == "Order"] == ["DK:CVR:DK30714008"]
    assert messages(story) == []
    content = bill(document, "F-1")
    parcel = Parcel(
        message_id=new_id(story.world.clock.now()),
        sender="DK:CVR:DK30714008",
        receiver=f"GLN:{INSTITUTION_GLN}",
        document_type="Invoice",
        profile_id=papers.PROFILE,
        sha256=sha256(content),
        content=content,
    )
    carriers = carriers_of(settings, story.world.database, story.world.clock.now)
    carriers.transport.send(parcel)
    carriers.transport.send(parcel)
    worked(story, settings)
    (message,) = messages(story)
    assert (message.transport, message.message_id) == ("loopback", str(parcel.message_id))
    assert count(story.world, InvoiceCase) == 1
