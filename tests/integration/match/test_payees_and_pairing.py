"""Where the money goes, and lines that name no order line: what the database knows of both reaches the engine."""

from app.demo import papers
from app.documents.invoice import Invoice, PaymentMeans
from app.documents.order import Order
from tests.bills import every_proof_holds, handle, invoice
from tests.purchases import done
from tests.story import Story, codes


def paying(document: Order, number: str, quantity: str, account: str) -> bytes:
    means = PaymentMeans(code="42", channel_code="DK:BANK", account_id=account, branch_id="3201")
    return papers.written(invoice(document, number, _1=quantity).but(payment_means=(means,)))


def anonymous(billed: Invoice) -> bytes:
    """Bill by name alone."""
    lines = tuple(
        line.but(order_line_references=(), item=line.item.but(sellers_item_id=None, standard_item_id=None))
        for line in billed.lines
        if line.item is not None
    )
    return papers.written(billed.but(lines=lines))


def test_an_account_that_was_never_approved_stops_the_invoice(story: Story) -> None:
    story.approved_catalogue()
    sent = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(sent["id"], _1="10", _2="5")
    document = story.document_of(sent["id"])
    first = story.match(paying(document, "F-1", "2", "0012345678"))
    same = story.match(paying(document, "F-2", "3", "0012345678"))
    other = story.match(paying(document, "F-3", "4", "0099999999"))
    assert (first["outcome"], "PAYEE_FIRST" in codes(first)) == ("AUTO_APPROVED", True)
    assert same["outcome"] == "AUTO_APPROVED"
    assert (other["outcome"], "PAYEE_CHANGED" in codes(other)) == ("DEVIATION", True)
    assert every_proof_holds(story) == 3


def test_an_account_that_a_person_has_approved_is_known_from_then_on(story: Story) -> None:
    story.approved_catalogue()
    sent = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(sent["id"], _1="10", _2="5")
    document = story.document_of(sent["id"])
    story.match(paying(document, "F-1", "2", "0012345678"))
    other = story.match(paying(document, "F-2", "3", "0099999999"))
    assert other["outcome"] == "DEVIATION"

    approved = done(handle(story, "disponent", other, "approve", {"reason": "Kontoen er bekræftet i telefonen"}))

    assert approved["outcome"] == "APPROVED"
    assert story.match(paying(document, "F-3", "4", "0099999999"))["outcome"] == "AUTO_APPROVED"


def test_what_a_person_approves_is_posted_and_withdrawn_with_the_approval(story: Story) -> None:
    story.approved_catalogue()
    sent = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(sent["id"], _1="10", _2="5")
    document = story.document_of(sent["id"])
    first = story.match(paying(document, "F-1", "2", "0012345678"))
    other = story.match(paying(document, "F-2", "3", "0099999999"))
    reader = story["invoice-system"]
    assert len(done(reader.get("/postings"))["data"]) == 1

    approved = done(handle(story, "disponent", other, "approve", {"reason": "Kontoen er bekræftet i telefonen"}))
    assert len(done(reader.get("/postings"))["data"]) == 2

    reversed_ = done(handle(story, "disponent", approved, "reverse", {"reason": "Kontoen var alligevel forkert"}))
    assert reversed_["outcome"] == "REVERSED"
    assert [row["invoice_id"] for row in done(reader.get("/postings"))["data"]] == [first["id"]]


def test_a_line_that_only_has_a_name_is_paired_by_likeness_and_waits_for_a_person(story: Story) -> None:
    story.approved_catalogue()
    sent = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(sent["id"], _1="10", _2="5")
    case = story.match(anonymous(invoice(story.document_of(sent["id"]), _1="10", _2="5")))
    assert case["outcome"] == "DEVIATION"
    assert codes(case) >= {"PAIRED_BY_LIKENESS"}
    assert every_proof_holds(story) == 1
