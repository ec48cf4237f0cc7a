"""The supplier's side of its invoices: how far each has come, in its words; and what blocking does to them."""

from typing import Any

import pytest

from app.demo import papers
from app.documents.order import Order
from app.match.engine.codes import Outcome
from app.match.supplier_invoices import STATUSES
from tests.bills import bill, credit, every_proof_holds, invoice, seen
from tests.purchases import done, person, refused, tasks
from tests.selling import blocked, put, registered
from tests.story import Story, codes


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    return story.document_of(sent["id"])


def path(story: Story) -> str:
    return f"/suppliers/{story.world.supplier_id}/invoices"


def listed(story: Story, **wanted: Any) -> list[dict[str, Any]]:
    return list(done(story["supplier"].get(path(story), **wanted))["data"])


def broken(document: Order, number: str) -> bytes:
    return bill(document, number, _1="1").replace(papers.PROFILE.encode(), b"Procurement-Kassekladde-9.9")


def without_an_order(document: Order, number: str) -> bytes:
    made = invoice(document, number, _2="1")
    lines = tuple(line.but(order_line_references=()) for line in made.lines)
    return papers.written(made.but(profile_id="Procurement-BilSim-1.0", order_reference=None, lines=lines))


def test_a_supplier_follows_its_invoices(story: Story, sent: dict[str, Any], document: Order) -> None:
    story.receive(sent["id"], _1="4")
    story.match(bill(document, "F-1", _1="4"))
    story.match(bill(document, "F-2", _1="6"))
    story.match(bill(document, "F-3", prices={"2": "290.00"}, _2="1"))
    story.match(without_an_order(document, "F-4"))
    story.match(papers.written(invoice(document, "F-1", _2="1").but(notes=("Igen",))))
    story.match(broken(document, "F-6"))

    told = listed(story)

    assert [(row["number"], row["status"]) for row in told] == [
        ("F-1", "APPROVED"),
        ("F-2", "RECEIVED"),
        ("F-3", "IN_PROGRESS"),
        ("F-4", "IN_PROGRESS"),
        ("F-1", "DUPLICATE"),
        ("F-6", "REJECTED"),
    ]
    assert told[0] == {
        "id": told[0]["id"],
        "number": "F-1",
        "document_type": "Invoice",
        "issue_date": "2026-03-02",
        "payable_amount": "500.00",
        "currency": "DKK",
        "received_at": "2026-03-02T11:00:00Z",
        "order_numbers": [document.number],
        "status": "APPROVED",
        "reason": None,
    }
    assert [row["order_numbers"] for row in told[1:]] == [*[[document.number]] * 2, [], [document.number], []]
    assert [row["reason"] is None for row in told] == [True] * 5 + [False]
    assert "F-LIB004" in told[-1]["reason"]
    story.receive(sent["id"], _1="6")
    assert [row["status"] for row in listed(story)][:2] == ["APPROVED", "APPROVED"]


def test_credit_notes_are_there_too_and_every_order_named(story: Story, sent: dict[str, Any], document: Order) -> None:
    story.receive(sent["id"], _1="10")
    story.match(bill(document, "F-1", _1="10"))
    story.match(credit(document, "K-1", "F-1", _1="2"))

    (_, note) = listed(story)

    assert (note["document_type"], note["number"], note["status"]) == ("CreditNote", "K-1", "IN_PROGRESS")


def test_the_list_goes_on_from_page_to_page(story: Story, sent: dict[str, Any], document: Order) -> None:
    for number in ("F-1", "F-2", "F-3"):
        story.match(broken(document, number))

    first = done(story["supplier"].get(path(story), limit=2))
    rest = done(story["supplier"].get(path(story), limit=2, cursor=first["next_cursor"]))

    assert [row["number"] for row in (*first["data"], *rest["data"])] == ["F-1", "F-2", "F-3"]
    assert all("F-LIB004" in row["reason"] for row in (*first["data"], *rest["data"]))
    assert rest["next_cursor"] is None


def test_nobody_but_the_supplier_reads_it(story: Story, document: Order) -> None:
    story.match(bill(document, _1="10"))
    for who in ("buyer", "invoice-handler", "auditor", "administrator", "state-content-manager"):
        assert refused(story[who].get(path(story))) == (403, "not_allowed")
    other = registered(story.world, cvr="30714016")
    person(story, "other-supplier", "SUPPLIER", supplier_id=other["id"])
    for who in ("other-supplier", "invoice-system"):
        assert refused(story[who].get(path(story))) == (404, "supplier_not_found")
    assert done(story["other-supplier"].get(f"/suppliers/{other['id']}/invoices"))["data"] == []


def test_a_supplier_has_no_other_way_to_its_invoices(story: Story, document: Order) -> None:
    case = story.match(bill(document, _1="10"))

    assert done(story["supplier"].get("/match"))["data"] == []
    for door in ("", "/decisions", "/proof"):
        assert refused(story["supplier"].get(f"/match/{case['id']}{door}")) == (404, "invoice_not_found")
    assert done(story["supplier"].get("/tasks"))["data"] == []


def test_every_outcome_has_a_word_for_the_supplier() -> None:
    assert set(STATUSES) == set(Outcome)


def test_no_invoice_of_a_blocked_supplier_approves_itself(story: Story, sent: dict[str, Any], document: Order) -> None:
    story.receive(sent["id"], _1="10", _2="5")
    stopped = blocked(story.world)

    case = story.match(bill(document, _1="10", _2="5"))

    assert case["outcome"] == "MATCHED_PENDING_APPROVAL"
    (finding,) = [one for one in case["decision"]["findings"] if one["code"] == "SUPPLIER_BLOCKED"]
    assert finding["counterfactual_en"] == "passes once the supplier is unblocked"
    assert tasks(story, "invoice-approver", case["id"]) == [("APPROVE_INVOICE", "OPEN")]
    assert [row["status"] for row in listed(story)] == ["IN_PROGRESS"]
    done(put(story.world, stopped, "unblock"))
    assert seen(story, case)["outcome"] == "MATCHED_PENDING_APPROVAL"
    assert every_proof_holds(story) == 1


def test_an_invoice_that_waits_does_not_approve_itself_once_its_supplier_is_blocked(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    case = story.match(bill(document, _1="10"))
    blocked(story.world)

    story.receive(sent["id"], _1="10")

    assert (seen(story, case)["outcome"], "SUPPLIER_BLOCKED" in codes(seen(story, case))) == (
        "MATCHED_PENDING_APPROVAL",
        True,
    )
    assert every_proof_holds(story) == 2


def test_what_is_wrong_with_a_blocked_suppliers_invoice_still_counts_first(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    blocked(story.world)

    assert story.match(bill(document, "F-1", _1="10"))["outcome"] == "AWAITING_RECEIPT"
    dear = story.match(bill(document, "F-2", prices={"2": "290.00"}, _2="5"))

    assert (dear["outcome"], codes(dear) >= {"PRICE_OVER", "SUPPLIER_BLOCKED"}) == ("DEVIATION", True)
