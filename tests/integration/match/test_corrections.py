"""Corrections of invoices: kept, fed to the engine, and decided anew; the document itself stays as it came."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from app.demo import papers
from app.documents.item import Item
from app.documents.order import Order
from app.documents.values import Identifier
from app.match.handling_models import CaseCorrection
from tests.bills import bill, counters, every_proof_holds, handle, invoice, seen
from tests.catalogues import count
from tests.purchases import done, pointers, refused, sql
from tests.story import Story, codes

WHY = {"reason": "Talt med leverandøren"}


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(order["id"], _1="10", _2="5")
    return order


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    return story.document_of(sent["id"])


def unknown(story: Story, document: Order, **lines: str) -> dict[str, Any]:
    """Bill quantities under an order number that nobody knows."""
    return story.match(bill(document, **lines).replace(b"100001", b"999999"))


def nameless(document: Order, number: str = "F-1001", /, **lines: str) -> bytes:
    """Bill lines that say neither which order line they are for nor which item is meant."""
    plain = invoice(document, number, **lines)
    item = Item(name="Diverse varer", sellers_item_id=Identifier(value="ukendt"), tax_category=papers.VAT)
    return papers.written(plain.but(lines=tuple(line.but(order_line_references=(), item=item) for line in plain.lines)))


def test_with_its_order_number_an_invoice_approves_itself(story: Story, sent: dict[str, Any], document: Order) -> None:
    case = unknown(story, document, _1="10")
    assert case["outcome"] == "NO_ORDER"

    mended = done(handle(story, "invoice-handler", case, "order-numbers", order_numbers=[sent["number"]], **WHY))

    assert (mended["outcome"], mended["decision"]["trigger"]) == ("AUTO_APPROVED", "CORRECTED")
    assert [one["value"] for one in mended["corrections"]] == [{"order_numbers": ["100001"]}]
    assert counters(story, sent["id"], "invoiced_quantity") == [("10.00",), ("0.00",)]
    assert mended["document_id"] == case["document_id"]
    assert mended["tasks"] == []
    assert every_proof_holds(story) == 2


def test_a_mapped_line_bills_what_it_was_mapped_to(story: Story, sent: dict[str, Any], document: Order) -> None:
    case = story.match(nameless(document, _1="10"))
    assert "LINE_UNKNOWN" in codes(case)
    lines = [{"invoice_line_id": "1", "parts": [{"order_id": sent["id"], "line_id": "1"}]}]
    mended = done(handle(story, "invoice-handler", case, "line-mappings", lines=lines, **WHY))
    assert mended["outcome"] == "AUTO_APPROVED"
    assert counters(story, sent["id"], "invoiced_quantity") == [("10.00",), ("0.00",)]


def test_a_split_line_bills_each_part(story: Story, document: Order) -> None:
    other = story.sent_order(kopipapir="4")
    story.receive(other["id"], _1="4")
    first = done(story["buyer"].get("/orders"))["data"][0]
    case = story.match(nameless(document, _1="6"))
    parts = [
        {"order_id": first["id"], "line_id": "1", "quantity": "2"},
        {"order_id": other["id"], "line_id": "1", "quantity": "4"},
    ]
    short = [{"invoice_line_id": "1", "parts": [parts[0], parts[1] | {"quantity": "3"}]}]
    assert pointers(handle(story, "invoice-handler", case, "line-mappings", lines=short, **WHY)) == ["/lines/0/parts"]
    split = [{"invoice_line_id": "1", "parts": parts}]
    mended = done(handle(story, "invoice-handler", case, "line-mappings", lines=split, **WHY))
    assert mended["outcome"] == "AUTO_APPROVED"
    taken = {(one["invoice_line_id"], one["quantity"]) for one in mended["decision"]["allocations"]}
    assert {line_id for line_id, _ in taken} == {"1/1", "1/2"}
    assert counters(story, other["id"], "invoiced_quantity") == [("4.00",)]


def test_an_accepted_charge_counts_against_the_cap(story: Story, sent: dict[str, Any], document: Order) -> None:
    case = story.match(nameless(document, _2="1"))
    assert "LINE_UNKNOWN" in codes(case)
    body = {"invoice_line_ids": ["2"], "kind": "FREIGHT", **WHY}
    mended = done(handle(story, "invoice-handler", case, "charges", body))
    assert mended["outcome"] == "DEVIATION"
    assert "CHARGE_WITHIN_CAP" in codes(mended)
    assert "LINE_UNKNOWN" not in codes(mended)
    assert counters(story, sent["id"], "invoiced_quantity") == [("0.00",), ("0.00",)]
    interest = handle(story, "invoice-handler", case, "charges", body | {"kind": "INTEREST"})
    assert interest.status_code == 422


def test_a_cleared_duplicate_is_decided_without_what_it_looks_like(story: Story, document: Order) -> None:
    assert story.match(bill(document, "F-1", _1="2"))["outcome"] == "AUTO_APPROVED"
    story.world.clock.advance(timedelta(minutes=1))
    case = story.match(bill(document, "F-2", _2="1"))
    assert "POSSIBLE_DUPLICATE" in codes(case)
    mended = done(handle(story, "invoice-handler", case, "clear-duplicate", WHY))
    assert mended["outcome"] == "AUTO_APPROVED"
    assert every_proof_holds(story) == 3


def test_a_later_invoice_makes_no_duplicate_of_the_one_that_waits(story: Story, document: Order) -> None:
    order = story.sent_order(kopipapir="3")
    waiting = story.match(bill(story.document_of(order["id"]), "F-1", _1="2"))
    assert waiting["outcome"] == "AWAITING_RECEIPT"
    story.world.clock.advance(timedelta(minutes=1))
    assert story.match(bill(document, "F-1", _1="1"))["outcome"] == "DUPLICATE"
    story.receive(order["id"], _1="3")
    assert seen(story, waiting)["outcome"] == "AUTO_APPROVED"


@pytest.mark.parametrize("who", ["buyer", "disponent", "receiver", "auditor", "invoice-approver"])
def test_only_a_handler_corrects(story: Story, sent: dict[str, Any], document: Order, who: str) -> None:
    case = unknown(story, document, _1="10")
    answer = handle(story, who, case, "order-numbers", order_numbers=[sent["number"]], **WHY)
    assert answer.status_code in (403, 404)
    assert count(story.world, CaseCorrection) == 0


def test_what_does_not_fit_is_refused_and_nothing_is_kept(story: Story, sent: dict[str, Any], document: Order) -> None:
    case = unknown(story, document, _1="10")
    answer = handle(story, "invoice-handler", case, "order-numbers", order_numbers=["777"], **WHY)
    assert pointers(answer) == ["/order_numbers/0"]
    for part, at in (
        ({"order_id": sent["id"], "line_id": "7"}, "/lines/0/parts/0/line_id"),
        ({"order_id": case["id"], "line_id": "1"}, "/lines/0/parts/0/order_id"),
    ):
        lines = [{"invoice_line_id": "1", "parts": [part]}]
        assert pointers(handle(story, "invoice-handler", case, "line-mappings", lines=lines, **WHY)) == [at]
    lines = [{"invoice_line_id": "8", "parts": [{"order_id": sent["id"], "line_id": "1"}]}]
    answer = handle(story, "invoice-handler", case, "line-mappings", lines=lines, **WHY)
    assert pointers(answer) == ["/lines/0/invoice_line_id"]
    assert seen(story, case)["corrections"] == []


def test_an_order_of_another_supplier_is_refused(story: Story, sent: dict[str, Any], document: Order) -> None:
    foreign = story.match(bill(document, _1="10").replace(b"30714008", b"16356719"))
    answer = handle(story, "invoice-handler", foreign, "order-numbers", order_numbers=[sent["number"]], **WHY)
    assert "another supplier" in answer.json()["errors"][0]["message"]


def test_an_old_version_corrects_nothing(story: Story, sent: dict[str, Any], document: Order) -> None:
    case = unknown(story, document, _1="10")
    done(handle(story, "invoice-handler", case, "ask-buyer", text="Hvilken ordre?"))
    answer = handle(story, "invoice-handler", case, "order-numbers", order_numbers=[sent["number"]], **WHY)
    assert refused(answer) == (412, "version_mismatch")


def test_an_approved_invoice_is_not_corrected(story: Story, sent: dict[str, Any], document: Order) -> None:
    case = story.match(bill(document, _1="10"))
    answer = handle(story, "invoice-handler", case, "order-numbers", order_numbers=[sent["number"]], **WHY)
    assert refused(answer) == (409, "action_not_possible")
    assert "REVERSE" in answer.json()["detail"]


@pytest.mark.parametrize("table", ["case_correction", "case_note"])
def test_corrections_and_notes_are_final(story: Story, document: Order, table: str) -> None:
    case = unknown(story, document, _1="10")
    done(handle(story, "invoice-handler", case, "ask-buyer", text="Hvilken ordre?"))
    again = seen(story, case)
    done(handle(story, "invoice-handler", again, "order-numbers", order_numbers=["100001"], **WHY))
    with pytest.raises(DBAPIError, match="are final"):
        sql(story, f"DELETE FROM {table}")
