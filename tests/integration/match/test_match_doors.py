"""The doors of matching: who hands in, who sees, and how a decision explains and proves itself."""

import hashlib
import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from app.demo import papers
from app.documents.order import Order
from app.documents.values import DocumentReference
from app.match.engine.codes import CODES
from app.match.engine.proof import FORMAT, holds
from app.match.models import InvoiceCase
from tests.bills import bill, briefly, decisions, every_proof_holds, invoice, matched, seen
from tests.catalogues import count
from tests.purchases import act, done, person, refused, set_policy, sql, submitted
from tests.story import Story, codes

NOBODY = "019cae34-7780-7b23-a756-dd4a135255ec"


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    return story.document_of(sent["id"])


@pytest.fixture
def case(story: Story, sent: dict[str, Any], document: Order) -> dict[str, Any]:
    story.receive(sent["id"], _1="10", _2="5")
    return story.match(bill(document, _1="10", _2="5"))


def test_an_invoice_that_agrees_is_approved_and_tells_why(story: Story, case: dict[str, Any], sent: Any) -> None:
    assert (case["outcome"], case["number"], case["document_type"]) == ("AUTO_APPROVED", "F-1001", "Invoice")
    assert (case["payable_amount"], case["currency"], case["version"]) == ("2500.00", "DKK", 1)
    decision = case["decision"]
    assert (decision["sequence"], decision["trigger"], decision["outcome"]) == (1, "RECEIVED", "AUTO_APPROVED")
    assert [(pair["order_id"], pair["how"]) for pair in decision["pairs"]] == [(sent["id"], "REFERENCE")] * 2
    assert all(finding["message_en"] and finding["message_da"] for finding in decision["findings"])
    assert [(use["value"], use["over"]) for use in decision["orders"]] == [("2000.00", "0")]


def test_the_answer_is_the_case_as_it_is_read_afterwards(story: Story, case: dict[str, Any]) -> None:
    assert matched(story, case) == case
    assert story["invoice-handler"].get(f"/match/{case['id']}").headers["etag"] == '"1"'


def test_findings_that_agree_are_counted_in_the_answer_and_told_to_whoever_reads(
    story: Story, case: dict[str, Any], sent: Any
) -> None:
    assert not [one for one in case["decision"]["findings"] if CODES[one["code"]].agrees]
    told = [one for one in seen(story, case)["decision"]["findings"] if CODES[one["code"]].agrees]
    assert Counter(one["code"] for one in told) == case["decision"]["agreeing"]
    assert (case["decision"]["agreeing"]["ORDER_FOUND"], case["decision"]["agreeing"]["PRICE_AGREES"]) == (1, 2)
    price = next(one for one in told if (one["code"], one["invoice_line_id"]) == ("PRICE_AGREES", "1"))
    assert price == {
        "code": "PRICE_AGREES",
        "outcome": "AUTO_APPROVED",
        "invoice_line_id": "1",
        "order_number": sent["number"],
        "order_line_id": price["order_line_id"],
        "expected": price["actual"],
        "actual": price["actual"],
        "limit": None,
        "limit_source": None,
        "message_en": f"Line 1 has the order's price, {price['actual']} DKK.",
        "message_da": price["message_da"],
        "counterfactual_en": None,
        "counterfactual_da": None,
    }


def test_the_proof_is_what_its_hash_says_and_holds(story: Story, case: dict[str, Any]) -> None:
    answer = story["auditor"].get(f"/match/{case['id']}/proof")
    assert answer.headers["content-type"] == "application/json"
    assert hashlib.sha256(answer.content).hexdigest() == case["decision"]["proof_sha256"]
    stated = json.loads(answer.content)
    assert stated["format"] == FORMAT
    assert holds(stated)
    stated["decision"]["outcome"] = "DEVIATION"
    assert not holds(stated)


def test_json_is_a_second_door_to_the_same_room(story: Story, sent: dict[str, Any], document: Order) -> None:
    story.receive(sent["id"], _1="10", _2="5")
    body = invoice(document, _1="10", _2="5").model_dump_json().encode()
    answer = done(story["invoice-system"].upload("/match", body, "application/json"))
    assert answer["outcome"] == "AUTO_APPROVED"
    assert done(story["invoice-system"].upload("/match", body, "application/json")) == answer


@pytest.mark.parametrize("who", ["invoice-system", "invoice-handler", "invoice-approver", "auditor"])
def test_whoever_reads_invoices_sees_the_case(story: Story, case: dict[str, Any], who: str) -> None:
    assert matched(story, case, who) == case
    assert [row["id"] for row in done(story[who].get("/match"))["data"]] == [case["id"]]
    assert len(done(story[who].get(f"/match/{case['id']}/decisions"))["data"]) == 1


@pytest.mark.parametrize("who", ["buyer", "disponent"])
def test_whoever_made_or_approved_the_order_sees_its_invoices(story: Story, case: dict[str, Any], who: str) -> None:
    assert matched(story, case, who) == case


@pytest.mark.parametrize("who", ["receiver", "requisitioner", "supplier", "administrator"])
def test_to_everybody_else_it_does_not_exist(story: Story, case: dict[str, Any], who: str) -> None:
    for path in ("", "/decisions", "/proof"):
        assert refused(story[who].get(f"/match/{case['id']}{path}")) == (404, "invoice_not_found")
    assert done(story[who].get("/match"))["data"] == []


def test_a_case_that_is_not_there_is_not_found(story: Story) -> None:
    assert refused(story["auditor"].get(f"/match/{NOBODY}")) == (404, "invoice_not_found")


@pytest.mark.parametrize("who", ["buyer", "supplier", "auditor", "invoice-approver"])
def test_only_invoice_systems_and_handlers_hand_in(story: Story, document: Order, who: str) -> None:
    assert refused(story[who].upload("/match", bill(document, _1="1"))) == (422, "receiver_unknown")
    assert count(story.world, InvoiceCase) == 0
    assert done(story["invoice-handler"].upload("/match", bill(document, _1="1")))["outcome"] == "AWAITING_RECEIPT"


def test_the_bytes_of_a_case_show_it_to_nobody_who_may_not_see_it(
    story: Story, case: dict[str, Any], document: Order
) -> None:
    again = story["supplier"].upload("/match", bill(document, _1="10", _2="5"))
    assert refused(again) == (404, "invoice_not_found")


def test_other_documents_have_other_doors(story: Story, document: Order) -> None:
    answer = story["invoice-system"].upload("/match", papers.written(document))
    assert refused(answer) == (422, "wrong_document")


def test_lists_come_in_pages(story: Story, document: Order) -> None:
    made = []
    for number in range(3):
        made.append(story.match(bill(document, f"F-{number}", _1="1"))["id"])
        story.world.clock.advance(timedelta(seconds=1))
    first = done(story["auditor"].get("/match", limit=2))
    rest = done(story["auditor"].get("/match", limit=2, cursor=first["next_cursor"]))
    assert [row["id"] for row in first["data"] + rest["data"]] == made
    assert rest["next_cursor"] is None


def test_every_decision_is_told_the_first_one_first(story: Story, sent: dict[str, Any], document: Order) -> None:
    waiting = story.match(bill(document, _1="10"))
    story.world.clock.advance(timedelta(minutes=1))
    story.receive(sent["id"], _1="4")
    story.world.clock.advance(timedelta(minutes=1))
    story.receive(sent["id"], _1="6")
    told = done(story["auditor"].get(f"/match/{waiting['id']}/decisions"))["data"]
    assert [(one["sequence"], one["trigger"], one["outcome"]) for one in told] == [
        (1, "RECEIVED", "AWAITING_RECEIPT"),
        (2, "REMATCH", "AWAITING_RECEIPT"),
        (3, "REMATCH", "AUTO_APPROVED"),
    ]
    assert briefly(told[0]) == waiting["decision"]
    assert every_proof_holds(story) == 3


def test_a_new_decision_is_a_new_version_of_the_case(story: Story, sent: dict[str, Any], document: Order) -> None:
    """Whoever kept the first answer by its ETag must not take it for the present one."""
    waiting = story.match(bill(document, _1="10"))
    story.receive(sent["id"], _1="10")
    now = seen(story, waiting)
    assert (now["outcome"], now["version"]) == ("AUTO_APPROVED", 2)


def test_an_invoice_that_breaks_the_format_has_no_figures_and_a_proof_of_its_faults(
    story: Story, document: Order
) -> None:
    broken = bill(document, _1="1").replace(papers.PROFILE.encode(), b"Procurement-Kassekladde-9.9")
    case = story.match(broken)
    assert (case["outcome"], case["payable_amount"], case["supplier_id"]) == (
        "REJECTED_TECHNICAL",
        None,
        str(story.world.supplier_id),
    )
    assert story.match(broken) == case
    assert done(story["invoice-handler"].get("/tasks"))["data"] == []
    proof = story["auditor"].get(f"/match/{case['id']}/proof")
    assert hashlib.sha256(proof.content).hexdigest() == case["decision"]["proof_sha256"]
    assert json.loads(proof.content)["faults"][0]["rule_id"] == "F-LIB004"
    assert len(decisions(story)) == 1


def test_a_number_that_was_rejected_for_its_format_may_come_again(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    story.receive(sent["id"], _1="10", _2="5")
    content = bill(document, _1="10")
    story.match(content.replace(papers.PROFILE.encode(), b"Procurement-Kassekladde-9.9"))
    assert story.match(content)["outcome"] == "AUTO_APPROVED"


def test_an_unknown_supplier_who_breaks_the_format_is_not_taken_in(story: Story, document: Order) -> None:
    content = bill(document, _1="1").replace(b"30714008", b"16356719")
    case = story.match(content.replace(papers.PROFILE.encode(), b"Procurement-Kassekladde-9.9"))
    assert (case["outcome"], case["supplier_id"]) == ("REJECTED_TECHNICAL", None)


def test_a_payable_amount_that_no_column_holds_is_refused(story: Story, document: Order) -> None:
    huge = invoice(document, _1="1", prices={"1": "99999999999999.00"})
    assert refused(story["invoice-system"].upload("/match", papers.written(huge))) == (422, "number_not_kept")
    assert count(story.world, InvoiceCase) == 0


def test_an_invoice_without_an_order_waits_for_a_handler(story: Story, document: Order) -> None:
    lost = invoice(document, _1="1").but(order_reference=None, profile_id="Procurement-BilSim-1.0")
    unnamed = lost.but(lines=tuple(line.but(order_line_references=()) for line in lost.lines))
    case = story.match(papers.written(unnamed))
    assert (case["outcome"], case["decision"]["orders"]) == ("NO_ORDER", []), codes(case)
    other = invoice(document, "F-2", _1="2").but(order_reference=DocumentReference(number="999999"))
    unknown = story.match(papers.written(other))
    assert (unknown["outcome"], "ORDER_UNKNOWN" in codes(unknown)) == ("NO_ORDER", True)
    assert every_proof_holds(story) == 2


def test_an_order_that_was_not_sent_is_not_paid(story: Story, document: Order) -> None:
    sql(story, "UPDATE purchase_order SET status = 'APPROVED'")
    case = story.match(bill(document, _1="1"))
    assert (case["outcome"], "ORDER_NOT_SENT" in codes(case)) == ("DEVIATION", True)


def test_anothers_order_number_does_not_pay_this_suppliers_invoice(story: Story, document: Order) -> None:
    content = bill(document, _1="1").replace(b"30714008", b"16356719")
    case = story.match(content)
    assert (case["outcome"], "SUPPLIER_MISMATCH" in codes(case)) == ("DEVIATION", True)
    neighbour = done(
        story["administrator"].post("/organisations", {"parent_id": str(story.world.root_id), "name": "Nabo"}), 201
    )
    person(story, "neighbours-handler", "INVOICE_HANDLER", organisation_id=neighbour["id"])
    assert refused(story["neighbours-handler"].get(f"/match/{case['id']}")) == (404, "invoice_not_found")


@pytest.mark.parametrize(
    ("rule", "receivers", "outcome"),
    [
        ("ORDER_OR_RECEIPT", "receiver", "AUTO_APPROVED"),
        ("ORDER_OR_RECEIPT", "head", "MATCHED_PENDING_APPROVAL"),
        ("NONE", "head", "AUTO_APPROVED"),
    ],
)
def test_one_hand_alone_leaves_the_approval_to_another(story: Story, rule: str, receivers: str, outcome: str) -> None:
    story.approved_catalogue()
    set_policy(story, "TWO_PERSON_RULE", rule=rule)
    person(story, "head", "BUYER", "DISPONENT", "RECEIVER", prokura="50000.00")
    sent = done(act(story, "head", submitted(story, "head", kopipapir="1"), "approve"))
    body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "quantity": "1"}]}
    done(story[receivers].post(f"/orders/{sent['id']}/receipts", body), 201)
    case = story.match(bill(story.document_of(sent["id"]), _1="1"))
    assert case["outcome"] == outcome, codes(case)
    assert every_proof_holds(story) == 1
