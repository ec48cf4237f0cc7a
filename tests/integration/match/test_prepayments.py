"""Text orders that are paid before they come: from the draft to the last receipt, on both databases."""

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from app.demo import papers
from app.documents.invoice import BillingReference
from app.documents.values import DocumentReference
from tests.bills import counters, every_proof_holds, handle, invoice
from tests.purchases import act, done, order, pointers, shown, sql
from tests.story import Story, codes

LICENCE = {"text": "Licens, et år forud", "unspsc": "80101500", "amount": "5000.00"}
HOURS = {"text": "Timer", "unspsc": "80101500", "quantity": "5", "unit_code": "HUR", "price_amount": "1000.00"}


def made(story: Story, line: dict[str, Any] = LICENCE, **fields: Any) -> Any:
    body = {"type": "TEXT", "supplier_id": str(story.world.supplier_id), "prepayment": True}
    return order(story, [line], **body | fields)


def sent(story: Story, line: dict[str, Any] = LICENCE, **fields: Any) -> dict[str, Any]:
    waiting = done(act(story, "buyer", done(made(story, line, **fields), 201), "submit"))
    return done(act(story, "disponent", waiting, "approve"))


def billed(story: Story, running: dict[str, Any], number: str = "F-1001", quantity: str = "1") -> dict[str, Any]:
    price = {"1": "5000.00" if quantity == "1" else "1000.00"}
    return story.match(papers.written(invoice(story.document_of(running["id"]), number, prices=price, _1=quantity)))


def receive(story: Story, running: dict[str, Any], amount: str) -> dict[str, Any]:
    body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "amount": amount}]}
    return done(story["receiver"].post(f"/orders/{running['id']}/receipts", body), 201)


def test_whoever_approves_is_told_that_it_is_paid_before_it_comes(story: Story) -> None:
    running = sent(story)
    assert (running["prepayment"], running["requires_receipt"]) == (True, True)
    steps = done(story["disponent"].get(f"/orders/{running['id']}/approvals"))["data"]
    assert [any("prepayment" in warning for warning in step["warnings"]) for step in steps] == [True, True]


def test_what_counts_as_received_needs_no_prepayment(story: Story) -> None:
    assert made(story, requires_receipt=False).status_code == 422
    catalogue = {"type": "CATALOGUE", "prepayment": True}
    assert pointers(order(story, [{"catalogue_line_id": running_id(story), "quantity": "1"}], **catalogue)) == [
        "/prepayment"
    ]


def running_id(story: Story) -> str:
    story.approved_catalogue()
    return str(story.found("kopipapir")["id"])


@pytest.mark.parametrize(("line", "quantity"), [(LICENCE, "1"), (HOURS, "5")])
@pytest.mark.parametrize(
    ("prepayment", "outcome", "code"),
    [(True, "AUTO_APPROVED", "PREPAID"), (False, "AWAITING_RECEIPT", "RECEIPT_MISSING")],
)
def test_a_bill_before_anything_has_come_is_paid_where_the_order_says_so(
    story: Story, line: dict[str, Any], quantity: str, prepayment: bool, outcome: str, code: str
) -> None:
    case = billed(story, sent(story, line, prepayment=prepayment), quantity=quantity)
    assert (case["outcome"], code in codes(case)) == (outcome, True), codes(case)
    assert every_proof_holds(story) == 1


def test_a_prepaid_order_stays_open_until_its_goods_have_come(story: Story) -> None:
    running = sent(story)
    billed(story, running)
    names = ("received_amount", "invoiced_amount")
    assert counters(story, running["id"], *names) == [("0.00", "5000.00")]
    assert shown(story, running)["status"] == "SENT"
    reserved = done(story["buyer"].get(f"/orders/{running['id']}/commitment"))
    told = [reserved[name] for name in ("committed", "received_not_invoiced", "invoiced")]
    assert told == ["0.00", "0.00", "5000.00"]
    wrong = receive(story, running, "2000.00")
    done(story["receiver"].post(f"/receipts/{wrong['id']}/reverse", {"reason": "Talt forkert"}), 201)
    receive(story, running, "5000.00")
    assert counters(story, running["id"], *names) == [("5000.00", "5000.00")]
    assert shown(story, running)["status"] == "CLOSED"


def test_no_more_than_the_order_is_paid_before_it_comes(story: Story) -> None:
    running = sent(story)
    billed(story, running)
    again = billed(story, running, "F-1002")
    assert (again["outcome"], "AMOUNT_OVER_ORDER" in codes(again)) == ("DEVIATION", True)
    with pytest.raises(DBAPIError, match="invoiced_amount_received"):
        sql(story, "UPDATE purchase_order_line SET invoiced_amount = most_amount + 1 WHERE position = 1")


def test_a_prepayment_that_is_credited_may_be_billed_again(story: Story) -> None:
    running = sent(story, HOURS)
    billed(story, running, quantity="5")
    billed_before = BillingReference(invoice=DocumentReference(number="F-1001"))
    paper = invoice(story.document_of(running["id"]), "K-1", _1="5").but(
        document_type="CreditNote",
        profile_id="Procurement-BilSim-1.0",
        invoice_type_code=None,
        billing_references=(billed_before,),
    )
    note = story.match(papers.written(paper))
    assert note["outcome"] == "MATCHED_PENDING_APPROVAL", codes(note)
    approved = handle(story, "disponent", note, "approve", {"reason": "Aflyst"})
    assert done(approved)["outcome"] == "APPROVED"
    assert counters(story, running["id"], "invoiced_quantity") == [("0.00",)]
    assert billed(story, running, "F-1002", "4")["outcome"] == "AUTO_APPROVED"


def test_only_an_order_in_words_is_prepaid(story: Story) -> None:
    story.approved_catalogue()
    story.sent_order(kopipapir="1")
    with pytest.raises(DBAPIError, match="prepayment_in_words"):
        sql(story, "UPDATE purchase_order SET prepayment = true")
