"""An access point tells later what became of a document, and the buyer learns of what was rejected."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.demo import papers
from app.documents.application_response import ApplicationResponse
from app.documents.order import Order
from app.documents.values import DocumentReference
from app.kit.config import Settings, TransportName
from samples.fakegateway.gateway import KEYWORD, Fault
from tests.gateways import Line, open_gateway, worked
from tests.purchases import done, person, post_document
from tests.servers import LOOPBACK
from tests.story import Story


@pytest.fixture
def line() -> Iterator[Line]:
    with open_gateway() as line:
        yield line


@pytest.fixture
def settings(story: Story, line: Line) -> Settings:
    return Settings(
        data_folder=story.folder,
        transport=TransportName.HTTP,
        gateway_url=line.url,
        gateway_token=KEYWORD,
        allowed_private_targets=LOOPBACK,
    )


@pytest.fixture
def order_id(story: Story) -> str:
    story.approved_catalogue()
    return str(story.sent_order(kopipapir="10")["id"])


def leaving(story: Story, order_id: str) -> dict[str, Any]:
    (row,) = done(story["buyer"].get("/outbox", about_id=order_id))["data"]
    return dict(row)


def verdict(document: Order, code: str, reason: str = "F-ORD999") -> bytes:
    """Give what a receiver's access point answers when it finds a fault, or none, after it took the document."""
    return papers.written(
        ApplicationResponse(
            profile_id="NONE" if code == "TechnicalReject" else "Procurement-TecRes-1.0",
            number=f"AR-{code}",
            issue_date=document.issue_date,
            sender=papers.supplier_party(),
            receiver=papers.institution_party(),
            reference_id=document.number,
            response_code=code,
            descriptions=(reason,),
            document=DocumentReference(number=document.number, document_type_code="Order"),
        )
    )


def test_an_application_response_tells_what_the_receiver_found(
    story: Story, line: Line, settings: Settings, order_id: str
) -> None:
    worked(story, settings)
    document = story.document_of(order_id)
    assert post_document(story, verdict(document, "TechnicalAccept"))["state"] == "PROCESSED"
    assert leaving(story, order_id)["state"] == "DELIVERED"
    assert post_document(story, verdict(document, "TechnicalReject"))["state"] == "PROCESSED"
    rejected = leaving(story, order_id)
    assert (rejected["state"], rejected["last_error"]) == ("REJECTED", "rejected by the receiver: F-ORD999")
    assert done(story["buyer"].get(f"/orders/{order_id}"))["status"] == "SEND_FAILED"


def test_nobody_else_rejects_an_order_in_a_suppliers_name(
    story: Story, line: Line, settings: Settings, order_id: str
) -> None:
    worked(story, settings)
    other = done(story["state-content-manager"].post("/suppliers", {"name": "En anden", "cvr": "30714016"}), 201)
    person(story, "other-supplier", "SUPPLIER", supplier_id=other["id"])
    post_document(story, verdict(story.document_of(order_id), "TechnicalReject"), "other-supplier")
    assert leaving(story, order_id)["state"] == "SENT"


def test_a_document_is_sent_delivered_and_answered(story: Story, line: Line, settings: Settings, order_id: str) -> None:
    worked(story, settings)
    sent = leaving(story, order_id)
    assert sent["state"] == "SENT"
    line.other.tells("r-1", sent["id"], "delivered")
    line.other.fails("POST /receipts/r-1/acknowledge", Fault.NO_ANSWER)
    worked(story, settings)
    worked(story, settings)
    assert (leaving(story, order_id)["state"], line.other.receipts) == ("DELIVERED", {})
    post_document(story, papers.written(papers.answer(story.document_of(order_id))))
    assert leaving(story, order_id)["state"] == "ANSWERED"
    line.other.tells("r-2", sent["id"], "rejected")
    worked(story, settings)
    assert (leaving(story, order_id)["state"], line.other.receipts) == ("ANSWERED", {})


def test_what_is_rejected_is_told_to_the_buyer_and_sent_again_as_another_message(
    story: Story, line: Line, settings: Settings, order_id: str
) -> None:
    worked(story, settings)
    first = leaving(story, order_id)
    line.other.tells("r-1", first["id"], "rejected", "F-ORD999")
    worked(story, settings)
    rejected = leaving(story, order_id)
    assert (rejected["state"], rejected["last_error"]) == (
        "REJECTED",
        "rejected by the receiver's access point: F-ORD999",
    )
    seen = story["buyer"].get(f"/orders/{order_id}")
    assert seen.json()["status"] == "SEND_FAILED"
    done(story["buyer"].post(f"/orders/{order_id}/send-again", headers={"If-Match": seen.headers["etag"]}))
    worked(story, settings)
    again = leaving(story, order_id)
    assert (again["state"], again["id"] != first["id"], again["document_id"]) == ("SENT", True, first["document_id"])
    assert {first["id"], again["id"]} <= set(line.other.taken)


def test_a_receipt_for_a_document_whose_answer_was_lost_ends_its_trying(
    story: Story, line: Line, settings: Settings, order_id: str
) -> None:
    line.other.fails("POST /messages", *[Fault.NO_ANSWER] * 2)
    worked(story, settings)
    queued = leaving(story, order_id)
    assert queued["state"] == "QUEUED"
    line.other.tells("r-1", queued["id"], "delivered")
    line.other.tells("r-2", "019cae34-7780-723c-a7d8-44a9f0a408da", "rejected")
    line.other.fails("POST /messages", *[Fault.ERROR] * 2)
    worked(story, settings)
    assert (leaving(story, order_id)["state"], line.other.receipts) == ("DELIVERED", {})


def test_a_receipt_that_nobody_understands_changes_nothing_and_keeps_no_other_from_coming(
    story: Story, line: Line, settings: Settings, order_id: str
) -> None:
    worked(story, settings)
    message_id = leaving(story, order_id)["id"]
    line.other.tells("r-1", message_id, "eaten")
    line.other.tells("../r-2", message_id, "delivered")
    line.other.tells("r-3", "no id", "delivered")
    worked(story, settings)
    assert (leaving(story, order_id)["state"], len(line.other.receipts)) == ("SENT", 3)
    line.other.tells("r-4", message_id, "rejected", "F-\0\ud800")
    worked(story, settings)
    assert leaving(story, order_id)["last_error"] == "rejected by the receiver's access point: F-?"
    assert "r-4" not in line.other.receipts
