"""A decision as OIOUBL, and orders suggested for an invoice that names none."""

from typing import Any

import httpx
import pytest

from app import dialects
from app.demo import papers
from app.documents.application_response import ApplicationResponse
from app.documents.invoice import BillingReference
from app.documents.order import Order
from app.documents.values import DocumentReference
from app.oioubl import ubl
from tests.bills import bill, handle, seen
from tests.golden.follow_ups import REMINDER
from tests.purchases import done, post_document
from tests.story import Story

XML = {"Accept": "application/xml"}


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    return story.document_of(sent["id"])


def response_in(answer: httpx.Response) -> ApplicationResponse:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/xml"
    tried = dialects.receive_any(answer.content, "application/xml")
    assert tried.faults == ()
    response = dialects.read(ubl.parse(answer.content))
    assert isinstance(response, ApplicationResponse)
    return response


def test_an_outcome_is_told_as_an_application_response(story: Story, sent: dict[str, Any], document: Order) -> None:
    waiting = story.match(bill(document, _1="10"))
    path, handler = f"/match/{waiting['id']}", story["invoice-handler"]
    received = response_in(handler.get(path, headers=XML))
    assert (received.response_code, received.profile_id) == ("TechnicalAccept", "Procurement-TecRes-1.0")
    story.receive(sent["id"], _1="10")
    accepted = response_in(handler.get(path, headers=XML))
    assert (accepted.response_code, accepted.profile_id) == ("BusinessAccept", document.profile_id)
    assert accepted.reference_id == "F-1001"
    assert accepted == response_in(handler.get(path, headers=XML))


def test_a_dispute_is_told_with_its_reason(story: Story, document: Order) -> None:
    case = story.match(bill(document, prices={"1": "150.00"}, _1="10"))
    done(handle(story, "invoice-handler", case, "dispute", reason="Prisen er ikke aftalt"))
    told = response_in(story["invoice-handler"].get(f"/match/{case['id']}", headers=XML))
    assert (told.response_code, told.descriptions) == ("BusinessReject", ("Prisen er ikke aftalt",))


def test_whoever_hands_in_may_read_the_answer_as_oioubl(story: Story, sent: dict[str, Any], document: Order) -> None:
    story.receive(sent["id"], _1="10")
    headers = {"Content-Type": "application/xml", **XML}
    answer = story["invoice-system"].send("POST", "/match", content=bill(document, _1="10"), headers=headers)
    assert response_in(answer).response_code == "BusinessAccept"


def test_orders_are_suggested_by_what_speaks_for_them(story: Story, sent: dict[str, Any], document: Order) -> None:
    other = story.sent_order(kopipapir="30")
    case = story.match(bill(document, _1="10", _2="5").replace(b"100001", b"999999"))
    assert case["outcome"] == "NO_ORDER"
    found = done(story["invoice-handler"].get(f"/match/{case['id']}/order-suggestions"))["data"]
    assert [one["order_number"] for one in found] == [sent["number"], other["number"]]
    assert found[0]["score"] > found[1]["score"]
    assert len(found[0]["reasons"]) == 3
    assert seen(story, case)["outcome"] == "NO_ORDER"


def reminder(number: str) -> bytes:
    """Remind of an invoice in the golden reminder's figures."""
    invoice = BillingReference(invoice=DocumentReference(number=number))
    lines = tuple(line.but(billing_reference=invoice) for line in REMINDER.lines)
    parties = {"supplier": papers.supplier_party(), "customer": papers.institution_party(), "payee": None}
    return papers.written(REMINDER.but(**parties, lines=lines))


def test_a_reminder_is_noted_on_its_invoice_and_never_paid(story: Story, document: Order) -> None:
    case = story.match(bill(document, _1="10"))
    kept = post_document(story, reminder("F-1001"))
    assert (kept["state"], kept["result"], kept["result_id"]) == ("PROCESSED", "invoice", case["id"]), kept
    noted = seen(story, case)
    assert [(note["kind"], note["text"]) for note in noted["notes"]] == [("REMINDER", "Reminder 2, RY-1: 212.50 DKK")]
    assert noted["outcome"] == "AWAITING_RECEIPT"


def test_a_reminder_of_what_never_came_is_refused(story: Story, document: Order) -> None:
    kept = post_document(story, reminder("F-9999"))
    assert (kept["state"], kept["problem"]) == ("REFUSED", "reminded_invoice_unknown")
