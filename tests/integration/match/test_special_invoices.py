"""Invoices out of the ordinary, from the document to the decision: summaries, two lines for one article, slips."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, update

from app.agreements.models import Agreement
from app.demo import papers
from app.documents.invoice import Invoice, PaymentMeans
from app.documents.item import Item
from app.documents.order import Order
from app.documents.values import DocumentReference, Identifier
from app.kit.money import Quantity
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from tests.bills import bill, counters, every_proof_holds, handle, invoice, seen
from tests.everything import everything
from tests.purchases import pointers
from tests.story import Story, codes
from tests.world import CONTRACT

WHY = {"reason": "Talt med leverandøren"}


@pytest.fixture(autouse=True)
def catalogue(story: Story) -> None:
    story.approved_catalogue()


def test_a_payment_id_with_a_wrong_check_digit_stops_the_invoice_and_is_told_where_it_is_paid(story: Story) -> None:
    sent = story.sent_order(kopipapir="10")
    story.receive(sent["id"], _1="10")
    slip = PaymentMeans(
        code="93",
        channel_code="DK:FIK",
        payment_id="71",
        instruction_id="004040400000668",
        credit_account_id="81234567",
    )
    case = story.match(papers.written(invoice(story.document_of(sent["id"]), _1="10").but(payment_means=(slip,))))
    assert (case["outcome"], "PAYMENT_ID_WRONG" in codes(case)) == ("DEVIATION", True)
    approved = handle(story, "disponent", case, "approve", {"reason": "Betales til kontoen efter aftale"}).json()
    assert approved["outcome"] == "APPROVED", approved
    assert every_proof_holds(story) == 2


def demand_e_orders(story: Story) -> None:
    demanded = update(Agreement).where(col(Agreement.contract_number) == CONTRACT).values(mandatory_e_order=True)
    story.world.database.run(lambda session: session.connection().execute(demanded))


def test_what_is_bought_past_an_agreement_that_demands_e_orders_is_told(story: Story) -> None:
    sent = story.sent_order(kopipapir="10")
    document = story.document_of(sent["id"])
    paper = bill(document, _1="10").replace(sent["number"].encode(), b"999999")
    assert "MANDATORY_AGREEMENT" not in codes(story.match(paper))
    demand_e_orders(story)
    again = bill(document, "F-1002", _1="9").replace(sent["number"].encode(), b"999999")
    case = story.match(again)
    assert (case["outcome"], "MANDATORY_AGREEMENT" in codes(case)) == ("NO_ORDER", True)
    assert "MANDATORY_AGREEMENT" not in codes(story.match(bill(document, "F-1003", _1="8")))
    assert every_proof_holds(story) == 3


def without_references(billed: Invoice, order_number: str) -> Invoice:
    lines = tuple(line.but(order_line_references=()) for line in billed.lines)
    return billed.but(lines=lines, order_reference=DocumentReference(number=order_number))


def test_lines_without_references_find_the_orders_that_the_header_names(story: Story) -> None:
    one, two = story.sent_order(kopipapir="10"), story.sent_order(ringbind="5")
    story.receive(one["id"], _1="10")
    story.receive(two["id"], _1="5")
    first, second = (invoice(story.document_of(order["id"]), _1=most) for order, most in ((one, "10"), (two, "5")))
    moved = tuple(line.but(line_id="2") for line in second.lines)
    both = summed(first.but(lines=(*first.lines, *moved)))
    case = story.match(papers.written(without_references(both, f"{one['number']}, {two['number']}")))
    assert case["outcome"] == "AUTO_APPROVED", codes(case)
    assert [counters(story, order["id"], "invoiced_quantity") for order in (one, two)] == [[("10.00",)], [("5.00",)]]
    assert every_proof_holds(story) == 1


def summed(billed: Invoice) -> Invoice:
    """Give an invoice whose totals follow from its lines."""
    net = sum((line.line_extension_amount for line in billed.lines), start=billed.total.line_extension_amount * 0)
    moms = net / 4
    (taxed,) = billed.tax_totals
    subtotal = taxed.subtotals[0].but(taxable_amount=net, tax_amount=moms)
    total = billed.total.but(
        line_extension_amount=net,
        tax_exclusive_amount=moms,
        tax_inclusive_amount=net + moms,
        payable_amount=net + moms,
    )
    return billed.but(tax_totals=(taxed.but(tax_amount=moms, subtotals=(subtotal,)),), total=total)


def test_one_sum_for_all_that_was_received_approves_itself(story: Story) -> None:
    sent = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(sent["id"], _1="10", _2="2")
    billed = invoice(story.document_of(sent["id"]), _1="10", _2="2")
    net = billed.total.line_extension_amount
    line = billed.lines[0]
    assert line.item is not None
    assert line.price is not None
    plain = Item(name="Samlefaktura februar", sellers_item_id=Identifier(value="n/a"), tax_category=papers.VAT)
    one = line.but(
        quantity=Quantity(net / net, "EA"),
        line_extension_amount=net,
        item=plain,
        price=line.price.but(price_amount=net, base_quantity=None, orderable_unit_factor_rate=None),
        tax_totals=billed.tax_totals,
        order_line_references=(),
    )
    case = story.match(papers.written(billed.but(lines=(one,))))
    assert case["outcome"] == "AUTO_APPROVED", codes(case)
    assert "MATCHED_BY_HEAD" in codes(case)
    assert counters(story, sent["id"], "invoiced_quantity") == [("10.00",), ("2.00",)]
    assert every_proof_holds(story) == 1


def twice(story: Story) -> dict[str, Any]:
    """Order one article on two lines, four and six."""
    article = story.found("kopipapir")["id"]
    body = {
        "organisation_id": str(story.world.institution_id),
        "buyer_reference": "7778",
        "accounting_cost": "5250124502",
        "lines": [{"catalogue_line_id": article, "quantity": quantity} for quantity in ("4", "6")],
    }
    made = story["buyer"].post("/orders", body)
    assert made.status_code == 201, made.text
    for who, step in (("buyer", "submit"), ("disponent", "approve")):
        made = story[who].post(f"/orders/{made.json()['id']}/{step}", headers={"If-Match": made.headers["etag"]})
        assert made.status_code == 200, made.text
    return dict(made.json())


def together(document: Order, quantity: str) -> Invoice:
    """Bill a quantity of the article on one line that names no order line."""
    billed = invoice(document, _1=quantity)
    return billed.but(lines=tuple(line.but(order_line_references=()) for line in billed.lines))


def test_one_invoice_line_bills_both_order_lines_of_its_article(story: Story) -> None:
    sent = twice(story)
    story.receive(sent["id"], _1="4", _2="6")
    case = story.match(papers.written(together(story.document_of(sent["id"]), "10")))
    assert case["outcome"] == "AUTO_APPROVED", codes(case)
    assert counters(story, sent["id"], "invoiced_quantity") == [("4.00",), ("6.00",)]
    assert every_proof_holds(story) == 1


def test_one_line_for_two_order_lines_waits_for_what_is_missing_of_both(story: Story) -> None:
    sent = twice(story)
    story.receive(sent["id"], _1="4")
    case = story.match(papers.written(together(story.document_of(sent["id"]), "10")))
    assert case["outcome"] == "AWAITING_RECEIPT", codes(case)
    story.receive(sent["id"], _2="6")
    assert seen(story, case)["outcome"] == "AUTO_APPROVED"


def test_two_invoice_lines_share_the_one_order_line_of_their_article(story: Story) -> None:
    sent = story.sent_order(kopipapir="10")
    story.receive(sent["id"], _1="10")
    document = story.document_of(sent["id"])
    first, second = (together(document, quantity) for quantity in ("4", "6"))
    both = summed(first.but(lines=(*first.lines, *(line.but(line_id="2") for line in second.lines))))
    case = story.match(papers.written(both))
    assert case["outcome"] == "AUTO_APPROVED", codes(case)
    assert counters(story, sent["id"], "invoiced_quantity") == [("10.00",)]
    assert story.match(papers.written(both.but(number="F-1002")))["outcome"] == "DEVIATION"


def test_a_line_is_mapped_to_no_order_of_another_branch(story: Story) -> None:
    sent, elsewhere = story.sent_order(kopipapir="10"), story.sent_order(kopipapir="10")
    story.receive(sent["id"], _1="10")
    nameless = invoice(story.document_of(sent["id"]), _1="10")
    plain = Item(name="Diverse", tax_category=papers.VAT, sellers_item_id=Identifier(value="n/a"))
    lines = tuple(line.but(order_line_references=(), item=plain) for line in nameless.lines)
    moved = (
        update(PurchaseOrder)
        .where(col(PurchaseOrder.id) == UUID(elsewhere["id"]))
        .values(organisation_id=story.world.root_id)
    )
    story.world.database.run(lambda session: session.connection().execute(moved))
    case = story.match(papers.written(nameless.but(lines=lines)))
    before, rows = seen(story, case), everything(story)
    for order_id in (elsewhere["id"], str(uuid4())):
        parts = [{"invoice_line_id": "1", "parts": [{"order_id": order_id, "line_id": "1"}]}]
        answer = handle(story, "invoice-handler", before, "line-mappings", lines=parts, **WHY)
        assert pointers(answer) == ["/lines/0/parts/0/order_id"]
        assert answer.json()["errors"][0]["message"] == f"you see no order {order_id}"
    assert seen(story, case) == before
    assert everything(story) == rows


def test_a_price_that_was_accepted_above_the_agreement_is_told_when_it_is_billed(story: Story) -> None:
    sent = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(sent["id"], _1="10", _2="5")
    document = story.document_of(sent["id"])
    asked = document.lines[0].price
    assert asked is not None
    dearer = asked.but(price_amount=asked.price_amount + 10).model_dump(mode="json", exclude_none=True)
    accepted = (
        update(PurchaseOrderLine)
        .where(col(PurchaseOrderLine.order_id) == UUID(sent["id"]), col(PurchaseOrderLine.position) == 1)
        .values(accepted_price=dearer)
    )
    story.world.database.run(lambda session: session.connection().execute(accepted))
    case = story.match(bill(document, prices={"1": str(asked.price_amount + 10)}, _1="10", _2="5"))
    told = [one for one in case["decision"]["findings"] if one["code"] == "ORDERED_ABOVE_AGREEMENT"]
    assert (case["outcome"], [one["order_line_id"] for one in told]) == ("AUTO_APPROVED", ["1"]), codes(case)
    assert every_proof_holds(story) == 1
