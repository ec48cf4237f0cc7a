"""Approvals, disputes, reversals and invoices without order: what persons decide, and what keeps them from it."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from app.documents.order import Order
from app.kit.outbox import OutboxItem
from tests.bills import bill, counters, credit, decisions, every_proof_holds, handle, seen
from tests.purchases import done, person, refused, set_policy, sql, tasks
from tests.story import Story

WHY = {"reason": "Aftalt med leverandøren"}


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    story.receive(sent["id"], _1="10", _2="5")
    return story.document_of(sent["id"])


def dear(story: Story, document: Order, number: str = "F-1001") -> dict[str, Any]:
    """Bill ten at a price above what was agreed."""
    case = story.match(bill(document, number, prices={"1": "150.00"}, _1="10"))
    assert case["outcome"] == "DEVIATION"
    return case


def approver(story: Story, subject: str, prokura: str | None, *roles: str) -> None:
    """Register an approver of invoices with invoice prokura."""
    person(story, subject, "INVOICE_APPROVER", *roles)
    if prokura is not None:
        limit = {"part": "INVOICE", "max_amount": prokura, "organisation_id": str(story.world.institution_id)}
        body = limit | {"user_id": story.world.id_of(subject), "valid_from": "2026-01-01"}
        done(story["administrator"].post("/prokura", body), 201)


def test_a_disponent_approves_a_price_that_was_agreed(story: Story, sent: dict[str, Any], document: Order) -> None:
    case = dear(story, document)
    assert counters(story, sent["id"], "invoiced_quantity") == [("0.00",), ("0.00",)]

    approved = done(handle(story, "disponent", case, "approve", WHY))

    assert (approved["outcome"], approved["decision"]["sequence"]) == ("APPROVED", 2)
    who = approved["decision"]["person"]
    assert (who["id"], who["reason"]) == (story.world.id_of("disponent"), WHY["reason"])
    assert (who["prokura"]["limit"], who["overrides"]) == ("100000.00", case["decision"]["proof_sha256"])
    assert counters(story, sent["id"], "invoiced_quantity") == [("10.00",), ("0.00",)]
    assert tasks(story, "buyer", case["id"]) == [("EXPLAIN_DEVIATION", "CLOSED")]
    proof = json.loads(decisions(story)[-1].proof)
    assert proof["overrides"]["proof_sha256"] == case["decision"]["proof_sha256"]
    assert (proof["person"]["reason"], proof["person"]["prokura"]["limit"]) == (WHY["reason"], "100000.00")
    assert every_proof_holds(story) == 2


def test_an_approval_takes_prokura_of_its_gross_amount(story: Story, document: Order) -> None:
    case = dear(story, document)
    approver(story, "small", "1874.99")
    approver(story, "enough", "1875.00")
    assert refused(handle(story, "small", case, "approve", WHY)) == (403, "invoice_prokura_too_small")
    assert refused(handle(story, "invoice-approver", case, "approve", WHY)) == (403, "invoice_prokura_too_small")
    assert refused(handle(story, "invoice-handler", case, "approve", WHY)) == (403, "not_allowed")
    assert done(handle(story, "enough", case, "approve", WHY))["outcome"] == "APPROVED"


def test_prokura_that_was_taken_away_approves_nothing(story: Story, document: Order) -> None:
    case = dear(story, document)
    rows = done(story["administrator"].get(f"/users/{story.world.id_of('disponent')}/prokura"))["data"]
    for row in rows:
        done(story["administrator"].send("DELETE", f"/prokura/{row['id']}"))
    assert refused(handle(story, "disponent", case, "approve", WHY)) == (403, "invoice_prokura_too_small")
    assert seen(story, case)["outcome"] == "DEVIATION"


def test_nobody_approves_what_is_not_there(story: Story, sent: dict[str, Any]) -> None:
    document = story.document_of(sent["id"])
    story.receive(sent["id"], _1="4")
    missing = story.match(bill(document, prices={"1": "150.00"}, _1="10"))
    answer = handle(story, "disponent", missing, "approve", WHY)
    assert refused(answer) == (409, "not_acceptable")
    assert "RECEIPT_MISSING: let the goods be received" in answer.json()["detail"]


def test_more_than_was_ordered_takes_a_change_of_the_order(story: Story, document: Order) -> None:
    case = story.match(bill(document, _1="11"))
    answer = handle(story, "disponent", case, "approve", WHY)
    assert "QTY_OVER_ORDER: change the order" in answer.json()["detail"]
    assert "APPROVE" not in seen(story, case, "disponent")["allowed_actions"]


def test_whoever_made_the_order_does_not_approve_its_invoice(story: Story, document: Order) -> None:
    case = dear(story, document)
    administrator, place = story["administrator"], str(story.world.institution_id)
    buyer = {"user_id": story.world.id_of("buyer"), "valid_from": "2026-01-01", "organisation_id": place}
    done(administrator.post("/role-grants", buyer | {"role": "INVOICE_APPROVER"}), 201)
    done(administrator.post("/prokura", buyer | {"part": "INVOICE", "max_amount": "99999"}), 201)
    assert refused(handle(story, "buyer", case, "approve", WHY)) == (403, "second_person_needed")
    set_policy(story, "TWO_PERSON_RULE", rule="NONE")
    assert done(handle(story, "buyer", case, "approve", WHY))["outcome"] == "APPROVED"


def test_whoever_explains_does_not_approve_and_a_disponent_is_asked(story: Story, document: Order) -> None:
    case = dear(story, document)
    approver(story, "both", "99999", "BUYER")
    explained = done(handle(story, "both", case, "explain", cause="PRICE_AGREED", text="Ny pris fra marts"))
    assert [note["kind"] for note in explained["notes"]] == ["EXPLANATION"]
    assert [task["type"] for task in explained["tasks"]] == ["APPROVE_DEVIATION"]
    assert tasks(story, "disponent", case["id"]) == [("APPROVE_DEVIATION", "OPEN")]
    assert refused(handle(story, "both", explained, "approve", WHY)) == (403, "second_person_needed")
    assert "APPROVE" in seen(story, case, "disponent")["allowed_actions"]
    assert done(handle(story, "disponent", explained, "approve", WHY))["outcome"] == "APPROVED"


def test_a_price_that_was_not_agreed_goes_to_a_handler(story: Story, document: Order) -> None:
    case = dear(story, document)
    explained = done(handle(story, "buyer", case, "explain", cause="NOT_AGREED", text="Det har vi ikke aftalt"))
    assert [(task["type"], task["role"]) for task in explained["tasks"]] == [("MANUAL_MATCH", "INVOICE_HANDLER")]


def test_two_approvers_at_once_approve_once(story: Story, sent: dict[str, Any], document: Order) -> None:
    case = dear(story, document)
    approver(story, "enough", "99999")
    start = threading.Barrier(2, timeout=30)

    def decide(who: str) -> int:
        start.wait()
        return handle(story, who, case, "approve", WHY).status_code

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(decide, ("enough", "disponent")))
    assert answers[0] == 200
    assert answers[1] in (409, 412)
    assert counters(story, sent["id"], "invoiced_quantity") == [("10.00",), ("0.00",)]
    assert len(decisions(story)) == 2


def test_an_approval_and_a_rematch_at_once_end_approved(story: Story, sent: dict[str, Any], document: Order) -> None:
    case = dear(story, document)
    body = {"received_on": "2026-03-02", "cause": "SURPLUS"}
    returned = body | {"returned_on": body.pop("received_on"), "reason": "for meget", "lines": []}
    returned.pop("received_on", None)
    returned["lines"] = [{"line_id": "2", "quantity": "1"}]
    done(story["receiver"].post(f"/orders/{sent['id']}/returns", returned), 201)
    with ThreadPoolExecutor(2) as threads:
        working = threads.submit(story.work)
        answer = threads.submit(handle, story, "disponent", case, "approve", WHY).result(timeout=60)
        working.result(timeout=60)
    story.work()
    assert answer.status_code in (200, 412)
    assert seen(story, case)["outcome"] == ("APPROVED" if answer.status_code == 200 else "DEVIATION")


def test_an_approved_credit_gives_its_quantity_back(story: Story, sent: dict[str, Any], document: Order) -> None:
    assert story.match(bill(document, _1="10"))["outcome"] == "AUTO_APPROVED"
    story.world.clock.advance(timedelta(minutes=1))
    note = story.match(credit(document, "K-1", "F-1001", _1="2"))
    assert done(handle(story, "disponent", note, "approve", WHY))["outcome"] == "APPROVED"
    assert counters(story, sent["id"], "invoiced_quantity") == [("8.00",), ("0.00",)]
    assert story.match(bill(document, "F-2", _1="2"))["outcome"] == "AUTO_APPROVED"
    approved = seen(story, note)
    assert refused(handle(story, "disponent", approved, "reverse", WHY)) == (409, "billed_meanwhile")


def test_a_reversal_gives_back_what_was_taken_and_a_handler_goes_on(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    set_policy(story, "TOLERANCE", level="ORDER", absolute="250", percent="10")
    case = story.match(bill(document, prices={"1": "102.00"}, _1="10"))
    assert case["outcome"] == "AUTO_APPROVED"
    approver(story, "enough", "99999")

    back = done(handle(story, "enough", case, "reverse", WHY))

    assert (back["outcome"], [task["type"] for task in back["tasks"]]) == ("REVERSED", ["MANUAL_MATCH"])
    assert counters(story, sent["id"], "invoiced_quantity") == [("0.00",), ("0.00",)]
    again = done(handle(story, "invoice-handler", back, "order-numbers", order_numbers=["100001"], **WHY))
    assert (again["outcome"], again["decision"]["orders"][0]["used_before"]) == ("AUTO_APPROVED", "0.00")
    assert every_proof_holds(story) == 3


def test_what_was_taken_over_by_the_erp_is_not_reversed(story: Story, document: Order) -> None:
    case = story.match(bill(document, _1="10"))
    approver(story, "enough", "99999")
    sql(story, "UPDATE invoice_case SET exported_at = received_at")
    assert refused(handle(story, "enough", case, "reverse", WHY)) == (409, "action_not_possible")
    assert "REVERSE" not in seen(story, case, "enough")["allowed_actions"]


def test_a_dispute_tells_the_supplier_why(story: Story, sent: dict[str, Any], document: Order) -> None:
    case = dear(story, document)
    lines = [{"invoice_line_id": "1", "reason": "Prisen er 100,00"}]
    disputed = done(handle(story, "invoice-handler", case, "dispute", reason="Prisen er ikke aftalt", lines=lines))
    assert (disputed["outcome"], disputed["allowed_actions"], disputed["tasks"]) == ("DISPUTED", [], [])
    query = select(OutboxItem).where(OutboxItem.about_id == UUID(case["id"]))
    (item,) = story.world.database.run(lambda session: session.exec(query).all(), write=False)
    assert item.document_type == "ApplicationResponse"
    found = done(story["supplier"].get(f"/suppliers/{story.world.supplier_id}/invoices"))["data"]
    assert (found[0]["status"], found[0]["reason"]) == ("REJECTED", "Prisen er ikke aftalt")


def test_a_dispute_of_a_line_that_is_not_there_tells_nobody(story: Story, document: Order) -> None:
    case = dear(story, document)
    lines = [{"invoice_line_id": "9", "reason": "Hvad er det?"}]
    answer = handle(story, "invoice-handler", case, "dispute", reason="Forkert", lines=lines)
    assert refused(answer) == (422, "correction_not_fitting")
    assert seen(story, case)["version"] == case["version"]


def test_a_waiting_invoice_that_is_disputed_frees_what_it_held(story: Story, sent: dict[str, Any]) -> None:
    document = story.document_of(sent["id"])
    case = story.match(bill(document, _1="10"))
    assert case["outcome"] == "AWAITING_RECEIPT"
    done(handle(story, "invoice-handler", case, "dispute", WHY))
    story.world.clock.advance(timedelta(minutes=1))
    assert story.match(bill(document, "F-2", _1="9"))["outcome"] == "AWAITING_RECEIPT"


def test_an_invoice_without_order_is_posted_by_one_and_approved_by_another(story: Story, document: Order) -> None:
    case = story.match(bill(document, _1="10").replace(b"100001", b"999999"))
    assert case["outcome"] == "NO_ORDER"
    approver(story, "enough", "99999", "INVOICE_HANDLER")
    approver(story, "other", "99999")
    body = {"reason": "Abonnement uden ordre", "postings": [{"accounting_cost": "2210"}]}
    assignee = {"assignee_id": story.world.id_of("other")}

    posted = done(handle(story, "enough", case, "non-order", body | assignee))

    assert posted["outcome"] == "NON_ORDER"
    assert posted["decision"]["person"]["postings"][0]["amount"] == "1250.00"
    assert tasks(story, "other", case["id"]) == [("APPROVE_INVOICE", "OPEN")]
    assert refused(handle(story, "enough", posted, "approve", WHY)) == (403, "second_person_needed")
    approved = done(handle(story, "other", posted, "approve", WHY))
    assert (approved["outcome"], approved["decision"]["person"]["postings"]) == (
        "APPROVED",
        posted["decision"]["person"]["postings"],
    )


def test_postings_keep_to_the_scheme_and_leave_no_line_out(story: Story, document: Order) -> None:
    case = story.match(bill(document, _1="10", _2="5").replace(b"100001", b"999999"))
    bare = {"reason": "Uden ordre", "postings": [{"invoice_line_id": "1", "accounting_cost": "2210"}]}
    answer = handle(story, "invoice-handler", case, "non-order", bare)
    assert refused(answer) == (422, "posting_not_allowed")
    stranger = bare | {"postings": [{"accounting_cost": "2210"}], "assignee_id": story.world.id_of("receiver")}
    assert refused(handle(story, "invoice-handler", case, "non-order", stranger)) == (422, "person_not_fit")


@pytest.mark.parametrize("action", ["approve", "reverse", "clear-duplicate"])
def test_what_the_outcome_does_not_allow_names_what_can_be_done(story: Story, document: Order, action: str) -> None:
    case = story.match(bill(document, _1="10").replace(b"100001", b"999999"))
    approver(story, "all", "99999", "INVOICE_HANDLER")
    answer = handle(story, "all", case, action, WHY)
    assert refused(answer) == (409, "action_not_possible")
    assert "DISPUTE" in answer.json()["detail"]


def test_a_deviation_that_the_orders_approver_cannot_pay_for_goes_to_the_next_who_can(
    story: Story, document: Order
) -> None:
    case = dear(story, document)
    disponent = story.world.id_of("disponent")
    rows = done(story["administrator"].get(f"/users/{disponent}/prokura"))["data"]
    for row in (one for one in rows if one["part"] == "INVOICE"):
        done(story["administrator"].send("DELETE", f"/prokura/{row['id']}"))
    approver(story, "chief", "99999", "DISPONENT")
    explained = done(handle(story, "buyer", case, "explain", cause="PRICE_AGREED", text="Ny pris fra marts"))
    assert [(task["type"], task["user_id"]) for task in explained["tasks"]] == [
        ("APPROVE_DEVIATION", str(story.world.id_of("chief")))
    ]
    assert refused(handle(story, "disponent", explained, "approve", WHY)) == (403, "invoice_prokura_too_small")
    assert done(handle(story, "chief", explained, "approve", WHY))["outcome"] == "APPROVED"
