"""A batch is as many invoices as it has, each for itself: in order, each with what its own door would have said."""

import io
import threading
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from app.demo import papers
from app.documents.order import Order
from app.kit.config import Settings
from app.match import batches
from app.match.batch_reading import MOST_DOCUMENTS
from tests.bills import bill, invoice
from tests.everything import everything
from tests.purchases import done, refused
from tests.story import Story

ZIP = "application/zip"
BAD = b"<Invoice"


@pytest.fixture
def ordered(story: Story) -> Order:
    story.approved_catalogue()
    order = story.sent_order(kopipapir="40", ringbind="20")
    story.receive(order["id"], _1="40", _2="20")
    return story.document_of(order["id"])


def zipped(*documents: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as package:
        for name, content in documents:
            # A zip made now would give its test another name in every process.
            package.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 11, 0, 0)), content, method)
    return file.getvalue()


def form(*documents: tuple[str, bytes], boundary: str = "grænse".encode().hex()) -> tuple[bytes, str]:
    """Give a form with files, and its media type."""
    body = b""
    for name, content in documents:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="documents"; filename="{name}"\r\n'
        body += head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def handed_in(story: Story, content: bytes, media_type: str = ZIP, who: str = "invoice-system") -> dict[str, Any]:
    return done(story[who].upload("/match/batch", content, media_type))


def fates(answer: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """Give each document's name and status, with its outcome or what was wrong."""
    return [
        (one["file_name"], one["status"], one["invoice"]["outcome"] if one["invoice"] else one["problem"]["code"])
        for one in answer["data"]
    ]


def some(document: Order, count: int, first: int = 1) -> Iterable[tuple[str, bytes]]:
    for number in range(first, first + count):
        yield f"{number}.xml", bill(document, f"F-{number}", _1="1", prices={"1": f"100.{number:02}"})


def test_each_document_gets_its_own_result_in_its_place(story: Story, ordered: Order) -> None:
    elsewhere = invoice(ordered, "F-3", _1="1").but(customer=papers.institution_party("5798000433823"))
    schema_fault = bill(ordered, "F-4", _1="1").replace(b"cbc:DocumentCurrencyCode>", b"cbc:DocumentCurrency>")
    good = bill(ordered, "F-1", _1="10")
    batch = [
        ("a.xml", good),
        ("nonsense.xml", BAD),
        ("other.xml", papers.written(elsewhere)),
        ("fault.xml", schema_fault),
        ("again.xml", good),
        ("number.xml", bill(ordered, "F-1", _1="2")),
        ("inner.zip", zipped(("a.xml", good))),
        ("b.json", invoice(ordered, "F-2", _2="4").model_dump_json().encode()),
    ]
    expected = [
        ("a.xml", 200, "AUTO_APPROVED"),
        ("nonsense.xml", 422, "not_xml"),
        ("other.xml", 422, "receiver_unknown"),
        ("fault.xml", 200, "REJECTED_TECHNICAL"),
        ("again.xml", 200, "AUTO_APPROVED"),
        ("number.xml", 200, "DUPLICATE"),
        ("inner.zip", 415, "media_type_not_supported"),
        ("b.json", 200, "AUTO_APPROVED"),
    ]
    answer = handed_in(story, zipped(*batch))
    assert fates(answer) == expected
    assert (answer["taken"], answer["refused"]) == (5, 3)
    assert [one["position"] for one in answer["data"]] == list(range(1, 9))
    assert answer["data"][0]["invoice"]["id"] == answer["data"][4]["invoice"]["id"]
    assert answer["data"][2]["problem"]["errors"][0]["xpath"].startswith("/*/cac:AccountingCustomerParty")

    before = everything(story)
    assert handed_in(story, zipped(*batch)) == answer
    assert everything(story) == before
    by_form = handed_in(story, *form(*batch))
    assert by_form == answer
    assert everything(story) == before


def test_a_batch_and_the_door_for_one_know_the_same_invoices(story: Story, ordered: Order) -> None:
    content = bill(ordered, "F-1", _1="10")
    one = story.match(content)
    answer = handed_in(story, zipped(("a.xml", content)))
    assert answer["data"][0]["invoice"] == {name: one[name] for name in answer["data"][0]["invoice"]}


def test_more_documents_than_are_decided_together_keep_their_order(story: Story, ordered: Order) -> None:
    documents = [*some(ordered, 25), *((f"bad-{number}.xml", BAD) for number in range(batches.MOST_TOGETHER))]
    answer = handed_in(story, zipped(*documents))
    assert [one["file_name"] for one in answer["data"]] == [name for name, _ in documents]
    assert (answer["taken"], answer["refused"]) == (25, batches.MOST_TOGETHER)


def test_names_lead_nowhere_and_are_told_in_one_line(story: Story, ordered: Order) -> None:
    names = ["../../etc/passwd.xml", "/root.xml", "C:\\a.xml", "a\nb.xml", "x" * 400 + ".xml"]
    answer = handed_in(story, zipped(*((name, bill(ordered, f"F-{i}", _1="1")) for i, name in enumerate(names))))
    told = [one["file_name"] for one in answer["data"]]
    assert told == ["../../etc/passwd.xml", "/root.xml", "C:\\a.xml", "a?b.xml", "x" * 255]
    assert {one["status"] for one in answer["data"]} == {200}


@pytest.mark.parametrize(
    ("content", "media_type", "expected"),
    [
        (b"", ZIP, (422, "batch_unreadable")),
        (b"PK\x03\x04 broken", ZIP, (422, "batch_unreadable")),
        (zipped(), ZIP, (422, "batch_unreadable")),
        (zipped(("folder/", b"")), ZIP, (422, "batch_unreadable")),
        (zipped(("a.xml", BAD))[:-30], ZIP, (422, "batch_unreadable")),
        (zipped(*((f"{n}.xml", BAD) for n in range(MOST_DOCUMENTS + 1))), ZIP, (413, "batch_too_large")),
        (zipped(("bomb.xml", b" " * 40_000_000)), ZIP, (413, "batch_too_large")),
        (b"{}", "application/json", (415, "media_type_not_supported")),
        (b"--x\r\n", "multipart/form-data", (422, "batch_unreadable")),
        (b"nothing", "multipart/form-data; boundary=x", (422, "batch_unreadable")),
        (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x", (422, "batch_unreadable")),
        (b"--x\r\nno headers\r\n--x--\r\n", "multipart/form-data; boundary=x", (422, "batch_unreadable")),
        (b"--x--\r\n", "multipart/form-data; boundary=x", (422, "batch_unreadable")),
        (form(*[("a.xml", BAD)] * (MOST_DOCUMENTS + 1), boundary="x")[0], "multipart/form-data; boundary=x",
         (413, "batch_too_large")),
    ],
    ids=[
        *("nothing", "broken zip", "empty zip", "folder alone", "cut zip", "too many in a zip", "bomb"),
        *("json", "form without boundary", "no form", "head alone", "no headers", "empty form", "too many in a form"),
    ],
)  # fmt: skip
def test_a_batch_that_is_none_is_refused_whole(
    story: Story, content: bytes, media_type: str, expected: tuple[int, str]
) -> None:
    before = everything(story)
    assert refused(story["invoice-system"].upload("/match/batch", content, media_type)) == expected
    assert everything(story) == before


def test_one_document_too_large_or_damaged_takes_no_other_with_it(story: Story, ordered: Order) -> None:
    world = story.world
    world.app.state.settings = world.app.state.settings.model_copy(update={"document_limit": 20_000})
    large = bill(ordered, "F-2", _1="1") + b" " * 20_000
    damaged = bytearray(zipped(("a.xml", bill(ordered, "F-1", _1="1")), ("b.xml", large), ("c.xml", BAD * 99)))
    place = damaged.rindex(b"c.xml", 0, damaged.index(b"PK\x01\x02")) + len(b"c.xml")
    damaged[place : place + 4] = b"\xff\xff\xff\xff"
    assert fates(handed_in(story, bytes(damaged))) == [
        ("a.xml", 200, "AUTO_APPROVED"),
        ("b.xml", 413, "document_too_large"),
        ("c.xml", 422, "document_packed"),
    ]


def test_a_package_with_a_password_is_told_so_document_by_document(story: Story, ordered: Order) -> None:
    locked = bytearray(zipped(("a.xml", bill(ordered, "F-1", _1="1"))))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    assert fates(handed_in(story, bytes(locked))) == [("a.xml", 422, "document_packed")]


def test_a_batch_is_for_those_who_hand_invoices_in(story: Story, ordered: Order) -> None:
    content = zipped(("a.xml", bill(ordered, "F-1", _1="1")))
    before = everything(story)
    for who in ("auditor", "buyer", "supplier", "administrator"):
        assert refused(story[who].upload("/match/batch", content, ZIP)) == (403, "not_allowed")
    assert everything(story) == before


def test_a_failure_of_ours_on_one_document_keeps_nothing_of_it(
    story: Story, ordered: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails is made to fail where a bug would: in the middle of a document, when half of it is written."""
    whole = batches.service.decide

    def failing(session: Any, case: Any, *rest: Any) -> Any:
        row = whole(session, case, *rest)
        if case.number == "F-2":
            raise RuntimeError("a bug")
        return row

    monkeypatch.setattr(batches.service, "decide", failing)
    documents = list(some(ordered, 3))
    assert [status for _, status, _ in fates(handed_in(story, zipped(*documents)))] == [200, 500, 200]
    monkeypatch.undo()
    numbers = {row["number"] for row in done(story["invoice-handler"].get("/match"))["data"]}
    assert numbers == {"F-1", "F-3"}
    assert [status for _, status, _ in fates(handed_in(story, zipped(*documents)))] == [200, 200, 200]


def test_two_batches_at_once_over_the_same_documents_make_each_invoice_once(story: Story, ordered: Order) -> None:
    cvrs = ("30714008", "13612870", "31000005")
    bills = [invoice(ordered, f"F-{number}", _1="1") for number in range(20)]
    suppliers = [papers.supplier_party(cvrs[number % len(cvrs)]) for number in range(20)]
    documents = [
        (f"{number}.xml", papers.written(one.but(supplier=supplier)))
        for number, (one, supplier) in enumerate(zip(bills, suppliers, strict=True))
    ]
    turned = documents[::-1]
    answers: dict[str, dict[str, Any]] = {}

    def hand_in(name: str, batch: list[tuple[str, bytes]]) -> None:
        answers[name] = handed_in(story, zipped(*batch))

    threads = [threading.Thread(target=hand_in, args=pair) for pair in (("one", documents), ("other", turned))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [{one["file_name"]: one["invoice"]["id"] for one in answers[name]["data"]} for name in ("one", "other")]
    assert ids[0] == ids[1]
    assert len(set(ids[0].values())) == 20
    assert [answers[name]["taken"] for name in ("one", "other")] == [20, 20]


def test_a_batch_has_a_limit_of_its_own() -> None:
    assert Settings().batch_limit > Settings().document_limit
