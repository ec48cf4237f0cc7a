"""A case exported whole: everything about it, each file with its hash, and the same bytes again."""

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest

from app.demo import papers
from app.match.engine.proof import holds
from app.reports import case_files
from tests.bills import bill
from tests.integration.organisations.steps import below, grant, person
from tests.purchases import done, post_document, refused, sql
from tests.story import Story


@pytest.fixture
def case(story: Story) -> dict[str, Any]:
    """Let an invoice wait for goods, and be approved when they come; the order was answered, and talked about."""
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10")
    story.work()
    document = story.document_of(order["id"])
    post_document(story, papers.answer(document))
    done(story["buyer"].post(f"/orders/{order['id']}/comments", {"text": "Leveres i kælderen"}), 201)
    path = f"/orders/{order['id']}/attachments?file_name=seddel.txt"
    done(story["buyer"].upload(path, b"10 kasser", "text/plain"), 201)
    case = story.match(bill(document, _1="10"))
    story.receive(order["id"], _1="10")
    return case


def opened(story: Story, case: dict[str, Any], who: str = "invoice-handler") -> dict[str, bytes]:
    answer = story[who].get(f"/match/{case['id']}/case-file")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="case-{case["id"]}.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def test_everything_about_a_case_is_in_it_with_its_hash(story: Story, case: dict[str, Any]) -> None:
    files = opened(story, case)
    index = json.loads(files["index.json"])
    stated = {one["name"]: (one["size"], one["sha256"]) for one in index["files"]}
    assert stated == {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name, content in files.items()
        if name != "index.json"
    }
    assert list(stated) == sorted(stated)
    assert (index["invoice_id"], index["outcome"], index["withheld_orders"]) == (case["id"], "AUTO_APPROVED", [])
    assert [name for name in files if not name.startswith("documents/")] == [
        "audit.json",
        "case.json",
        "decisions/0001.json",
        "decisions/0001.proof.json",
        "decisions/0002.json",
        "decisions/0002.proof.json",
        "orders/0001/attachments.json",
        "orders/0001/comments.json",
        "orders/0001/order.json",
        "orders/0001/receipts.json",
        "postings/0001.json",
        "index.json",
    ]
    kinds = [name.split("-", 1)[1] for name in files if name.startswith("documents/")]
    assert kinds[:2] == ["out-Order.xml", "in-OrderResponseSimple.xml"]
    assert "in-Invoice.xml" in kinds
    invoice = next(content for name, content in files.items() if name.endswith("in-Invoice.xml"))
    assert b"<cbc:ID>F-1001</cbc:ID>" in invoice


def test_what_is_in_it_is_what_the_doors_tell(story: Story, case: dict[str, Any]) -> None:
    files = {name: content for name, content in opened(story, case).items() if name.endswith(".json")}
    told = {name: json.loads(content) for name, content in files.items()}
    assert told["case.json"] == done(story["invoice-handler"].get(f"/match/{case['id']}"))
    for name in ("decisions/0001", "decisions/0002"):
        assert told[f"{name}.json"]["proof_sha256"] == hashlib.sha256(files[f"{name}.proof.json"]).hexdigest()
        assert holds(told[f"{name}.proof.json"])
    assert told["postings/0001.json"] == done(story["invoice-system"].get("/postings"))["data"][0]
    assert [row["lines"][0]["quantity"] for row in told["orders/0001/receipts.json"]] == ["10.00"]
    assert [row["text"] for row in told["orders/0001/comments.json"]] == ["Leveres i kælderen"]
    (attached,) = told["orders/0001/attachments.json"]
    assert (attached["file_name"], attached["sha256"]) == ("seddel.txt", hashlib.sha256(b"10 kasser").hexdigest())
    actions = [event["action"] for event in told["audit.json"]]
    assert {"invoice.decided", "order.approved", "receipt.posted", "posting.released"} <= set(actions)


def test_the_same_case_is_the_same_bytes(story: Story, case: dict[str, Any]) -> None:
    first, second = (story["auditor"].get(f"/match/{case['id']}/case-file").content for _ in range(2))
    assert first == second


def test_of_an_order_that_is_not_seen_only_the_number_is_told(story: Story, case: dict[str, Any]) -> None:
    sql(story, "UPDATE purchase_order SET confidential = :yes", yes=True)
    files = opened(story, case, "invoice-system")
    assert json.loads(files["index.json"])["withheld_orders"] == ["100001"]
    assert not [name for name in files if name.startswith("orders/") or "Order" in name]
    assert any(name.endswith("in-Invoice.xml") for name in files)


def test_a_rejected_invoice_has_a_case_file_with_its_answer(story: Story, case: dict[str, Any]) -> None:
    broken = bill(story.document_of(case["decision"]["orders"][0]["order_id"]), "F-2", _1="1")
    rejected = story.match(
        broken.replace(b"<cbc:IssueDate>", b"<cbc:IssueDato>").replace(b"</cbc:IssueDate>", b"</cbc:IssueDato>")
    )
    assert rejected["outcome"] == "REJECTED_TECHNICAL"
    names = [name.split("-", 1)[-1] for name in opened(story, rejected) if name.startswith("documents/")]
    assert names == ["in-Invoice.xml", "out-ApplicationResponse.xml"]


def test_a_case_file_is_for_who_reads_invoices_there(story: Story, case: dict[str, Any]) -> None:
    world = story.world
    elsewhere = below(world, world.root_id, "Ministeriet for Naboer")
    grant(world, person(world, "neighbour", elsewhere), "INVOICE_HANDLER", elsewhere)
    path = f"/match/{case['id']}/case-file"
    assert refused(story["neighbour"].get(path)) == (404, "invoice_not_found")
    assert refused(story["supplier"].get(path)) == (404, "invoice_not_found")
    assert refused(story["buyer"].get(path)) == (403, "not_allowed")


def test_too_much_goes_into_no_file(story: Story, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_files, "MOST_BYTES", 1000)
    assert refused(story["invoice-handler"].get(f"/match/{case['id']}/case-file")) == (409, "case_file_too_large")
