"""Files beside orders, requisitions and receipts: kept as they came, and the buyer's people's alone."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.purchases import done, refused
from tests.story import Story

PDF = b"%PDF-1.7 seddel"


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10")


def attach(
    story: Story,
    order_id: str,
    name: str = "følgeseddel.pdf",
    content: bytes = PDF,
    media_type: str = "application/pdf",
    who: str = "receiver",
    more: str = "",
) -> Any:
    path = f"/orders/{order_id}/attachments?file_name={quote(name)}{more}"
    return story[who].upload(path, content, media_type)


def test_a_delivery_note_hangs_on_its_receipt_and_comes_back_as_it_was(story: Story, sent: dict[str, Any]) -> None:
    body = {"received_on": "2026-03-02", "everything": True}
    receipt = done(story["receiver"].post(f"/orders/{sent['id']}/receipts", body), 201)
    kept = done(attach(story, sent["id"], more=f"&receipt_id={receipt['id']}"), 201)
    again = done(attach(story, sent["id"], "igen.pdf"), 201)

    assert (kept["file_name"], kept["size"], kept["receipt_id"]) == ("følgeseddel.pdf", len(PDF), receipt["id"])
    answer = story["disponent"].get(f"/attachments/{kept['id']}")
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''f%C3%B8lgeseddel.pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    listed = done(story["buyer"].get(f"/orders/{sent['id']}/attachments"))["data"]
    assert [row["id"] for row in listed] == [kept["id"], again["id"]]


def test_the_supplier_neither_adds_nor_sees_any(story: Story, sent: dict[str, Any]) -> None:
    kept = done(attach(story, sent["id"]), 201)
    assert refused(attach(story, sent["id"], who="supplier")) == (403, "not_allowed")
    assert refused(story["supplier"].get(f"/orders/{sent['id']}/attachments")) == (403, "not_allowed")
    assert refused(story["supplier"].get(f"/attachments/{kept['id']}")) == (404, "attachment_not_found")


@pytest.mark.parametrize("name", ["../hemmelig", "a\\b", "..", "x\r\ny", "a\x00b", 'a"b'])
def test_a_name_that_could_lead_somewhere_is_no_name(story: Story, sent: dict[str, Any], name: str) -> None:
    assert refused(attach(story, sent["id"], name)) == (422, "attachment_not_fit")


def test_what_is_no_file_of_the_order_is_refused(story: Story, sent: dict[str, Any]) -> None:
    other = story.sent_order(kopipapir="1")
    body = {"received_on": "2026-03-02", "everything": True}
    receipt = done(story["receiver"].post(f"/orders/{other['id']}/receipts", body), 201)
    elsewhere = attach(story, sent["id"], more=f"&receipt_id={receipt['id']}")
    assert refused(elsewhere) == (422, "attachment_not_fit")
    assert refused(attach(story, sent["id"], content=b"")) == (422, "attachment_not_fit")
    assert refused(attach(story, sent["id"], media_type="text/html")) == (415, "media_type_not_supported")
    assert done(story["buyer"].get(f"/orders/{sent['id']}/attachments"))["data"] == []


def test_a_file_beside_a_requisition_is_its_own(story: Story) -> None:
    body = {"organisation_id": str(story.world.institution_id), "title": "Stole"}
    need = done(story["requisitioner"].post("/requisitions", body), 201)
    path = f"/requisitions/{need['id']}/attachments?file_name=skitse.png"
    kept = done(story["requisitioner"].upload(path, b"PNG", "image/png"), 201)
    assert story["requisitioner"].get(f"/attachments/{kept['id']}").content == b"PNG"
    assert refused(story["receiver"].get(f"/attachments/{kept['id']}")) == (404, "attachment_not_found")
