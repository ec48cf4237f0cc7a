"""Invoices on standing orders in the database: periods are taken once, held while an invoice waits, and given back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.demo import papers
from app.documents.invoice import BillingReference
from app.documents.values import DocumentReference
from app.documents.values import Period as Span
from tests.bills import every_proof_holds, seen
from tests.integration.agreements.sharing import agreement, shared
from tests.purchases import done, sql, tasks
from tests.standing import RENT, bill, billed, do, drafted, new_terms, sent, shown
from tests.story import Story, codes

WHY = {"reason": "fordi"}
MARCH = ("2026-03-01", "2026-03-31")


def used(story: Story, order: dict[str, Any]) -> list[str]:
    return [period["used_amount"] for period in shown(story, order)["periods"]]


def test_two_months_may_each_be_over_by_their_own_tolerance(story: Story) -> None:
    order = sent(story, terms={"expected_amount": "5000", "tolerance_absolute": "100"})
    for number, day in (("F-1", "2026-03-02"), ("F-2", "2026-04-02"), ("F-3", "2026-05-02")):
        assert billed(story, "5100", number, day, order=order["number"])["outcome"] == "AUTO_APPROVED"
    assert used(story, order)[:4] == ["5100.00", "5100.00", "5100.00", "0.00"]
    line = done(story["buyer"].get(f"/orders/{order['id']}"))["lines"][0]
    assert line["invoiced_amount"] == "15000.00"


def test_an_invoice_of_a_quarter_takes_its_months(story: Story) -> None:
    order = sent(story)
    case = billed(story, "15000", "F-1", "2026-05-31", order=order["number"], span=("2026-03-01", "2026-05-31"))
    assert case["outcome"] == "AUTO_APPROVED"
    assert [(use["first_on"], use["amount"]) for use in case["decision"]["periods"]] == [
        ("2026-03-01", "5000.00"),
        ("2026-04-01", "5000.00"),
        ("2026-05-01", "5000.00"),
    ]
    again = billed(story, "5000", "F-2", "2026-06-30", order=order["number"], span=("2026-04-01", "2026-04-30"))
    assert "STANDING_PERIOD_USED" in codes(again)


def test_the_periods_of_lines_are_those_of_the_invoice(story: Story) -> None:
    order = sent(story)
    made = bill("5000", "F-1", "2026-06-02", order=order["number"])
    lines = tuple(line.but(invoice_period=Span(start_date="2026-04-01", end_date="2026-04-30")) for line in made.lines)
    case = story.match(papers.written(made.but(lines=lines)))
    assert [use["first_on"] for use in case["decision"]["periods"]] == ["2026-04-01"]


def test_the_index_allowance_is_taken_once_in_a_calendar_year(story: Story) -> None:
    order = sent(story, valid_to="2027-12-31", terms={"expected_amount": "4000", "index_percent": "3"})
    for number, day, outcome in (
        ("F-1", "2026-03-02", "AUTO_APPROVED"),
        ("F-2", "2026-04-02", "DEVIATION"),
        ("F-3", "2027-01-02", "AUTO_APPROVED"),
    ):
        assert billed(story, "4120", number, day, order=order["number"])["outcome"] == outcome


def test_two_invoices_at_once_do_not_both_take_a_month(story: Story) -> None:
    order = sent(story)
    story["invoice-system"].get("/me")
    bills = [
        papers.written(bill("5000", f"F-{number}", f"2026-03-0{number}", order=order["number"])) for number in (1, 2, 3)
    ]
    with ThreadPoolExecutor(len(bills)) as pool:
        cases = list(pool.map(story.match, bills))
    assert sorted(case["outcome"] for case in cases) == ["AUTO_APPROVED", "DEVIATION", "DEVIATION"]
    assert used(story, order)[0] == "5000.00"


def test_a_waiting_invoice_holds_its_month_until_it_is_received(story: Story) -> None:
    order = sent(story, receipt_mode="PER_PERIOD")
    waiting = billed(story, "5000", "F-1", "2026-03-02", order=order["number"])
    assert waiting["outcome"] == "AWAITING_RECEIPT"
    story.world.clock.advance(timedelta(minutes=1))
    other = billed(story, "5000", "F-2", "2026-03-03", order=order["number"])
    assert "STANDING_PERIOD_USED" in codes(other)
    for amount in ("2000", "3000"):
        body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "amount": amount}]}
        done(story["receiver"].post(f"/orders/{order['id']}/receipts", body), 201)
        story.work()
    assert seen(story, waiting)["outcome"] == "AUTO_APPROVED"
    assert used(story, order)[:2] == ["5000.00", "0.00"]
    assert every_proof_holds(story) == 4


def test_a_sample_is_received_and_the_rest_counts_as_received(story: Story) -> None:
    order = sent(story, receipt_mode="SAMPLE")
    days = [("F-1", "2026-03-02"), ("F-2", "2026-04-02"), ("F-3", "2026-05-02"), ("F-4", "2026-06-02")]
    outcomes = [billed(story, "5000", number, day, order=order["number"])["outcome"] for number, day in days]
    assert outcomes == ["AWAITING_RECEIPT", "AUTO_APPROVED", "AUTO_APPROVED", "AUTO_APPROVED"]
    assert billed(story, "5000", "F-5", "2026-07-02", order=order["number"])["outcome"] == "AWAITING_RECEIPT"


def test_an_order_that_runs_on_is_paid_beyond_its_first_year(story: Story) -> None:
    order = sent(story, recurrence="HALF_YEAR", valid_to=None)
    assert order["total_amount"] == "10000.00"
    for year in (2026, 2027, 2028):
        for month in ("03", "09"):
            case = billed(story, "5000", f"F-{year}-{month}", f"{year}-{month}-02", order=order["number"])
            assert case["outcome"] == "AUTO_APPROVED", case
    line = done(story["buyer"].get(f"/orders/{order['id']}"))["lines"][0]
    assert (line["invoiced_amount"], line["received_amount"]) == ("30000.00", "30000.00")


def test_a_variable_order_stays_within_what_was_approved(story: Story) -> None:
    phone = {"expected_amount": "1000", "min_amount": "500", "max_amount": "2000"}
    order = sent(story, valid_to="2026-05-31", terms=phone)
    assert order["total_amount"] == "3000.00"
    assert billed(story, "1600", "F-1", "2026-03-02", order=order["number"])["outcome"] == "AUTO_APPROVED"
    assert "STANDING_COMMITMENT" in codes(billed(story, "1600", "F-2", "2026-04-02", order=order["number"]))
    assert billed(story, "1400", "F-3", "2026-04-03", order=order["number"])["outcome"] == "AUTO_APPROVED"


def test_a_credit_expected_gives_the_month_back(story: Story) -> None:
    order = sent(story, receipt_mode="PER_PERIOD")
    body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "amount": "10000"}]}
    done(story["receiver"].post(f"/orders/{order['id']}/receipts", body), 201)
    assert billed(story, "5000", "F-1", "2026-03-02", order=order["number"])["outcome"] == "AUTO_APPROVED"
    note = bill(
        "5000",
        "K-1",
        "2026-04-20",
        document_type="CreditNote",
        profile_id="Procurement-BilSim-1.0",
        invoice_type_code=None,
        billing_references=(BillingReference(invoice=DocumentReference(number="F-1")),),
    )
    case = story.match(papers.written(note))
    assert case["outcome"] == "MATCHED_PENDING_APPROVAL"
    assert [(use["first_on"], use["amount"]) for use in case["decision"]["periods"]] == [("2026-03-01", "-5000.00")]
    assert used(story, order)[0] == "5000.00", "nothing is given back before somebody has approved it"

    back = {"returned_on": "2026-03-02", "cause": "DAMAGED", "reason": "ikke leveret", "lines": body["lines"]}
    done(story["receiver"].post(f"/orders/{order['id']}/returns", back), 201)
    expected = story.match(papers.written(note.but(number="K-2", issue_date="2026-04-21")))
    assert (expected["outcome"], used(story, order)[0]) == ("AUTO_APPROVED", "0.00")
    again = billed(story, "5000", "F-2", "2026-04-22", order=order["number"], span=MARCH)
    assert "STANDING_PERIOD" in codes(again)


def test_the_only_standing_order_of_a_supplier_is_suggested(story: Story) -> None:
    order = sent(story)
    case = billed(story, "5000", "F-1", "2026-03-02")
    assert (case["outcome"], "STANDING_SUGGESTED" in codes(case)) == ("NO_ORDER", True)
    finding = next(one for one in case["decision"]["findings"] if one["code"] == "STANDING_SUGGESTED")
    assert finding["order_number"] == order["number"]
    assert "STANDING_SUGGESTED" not in codes(billed(story, "5001", "F-2", "2026-03-03"))
    sent(story, reference="HUSLEJE-78")
    assert "STANDING_SUGGESTED" not in codes(billed(story, "5000", "F-3", "2026-03-04"))
    assert every_proof_holds(story) == 3


def test_a_draft_named_by_its_reference_is_not_paid(story: Story) -> None:
    done(drafted(story), 201)
    case = billed(story, "5000", "F-1", "2026-03-02", contract=RENT)
    assert (case["outcome"], "ORDER_NOT_SENT" in codes(case)) == ("DEVIATION", True)


@pytest.mark.parametrize("how", ["terminate", "suspend", "shorten"])
def test_nothing_approves_itself_when_the_agreement_is_over(story: Story, how: str) -> None:
    place = story.world.institution_id
    agreement_id = agreement(story.world, place, contract_number="K-LEJE", title="Leje")
    shared(story.world, agreement_id, place, "EVERYBODY", place)
    order = sent(story, agreement_id=str(agreement_id), supplier_id=None)
    assert billed(story, "5000", "F-1", "2026-03-02", order=order["number"])["outcome"] == "AUTO_APPROVED"
    _cut_short(story, agreement_id, how)
    case = billed(story, "5000", "F-2", "2026-04-02", order=order["number"])
    assert (case["outcome"], "STANDING_HALTED" in codes(case)) == ("NO_ORDER", True)
    if how != "shorten":
        answer = do(story, "buyer", order, "terms", {"expected_amount": "1", "effective_from": "2026-06-01", **WHY})
        assert answer.json()["code"] == "agreement_over"


def _cut_short(story: Story, agreement_id: UUID, how: str) -> None:
    manager, path = story["state-content-manager"], f"/agreements/{agreement_id}"
    if how == "shorten":
        done(manager.send("PATCH", path, json={"valid_to": "2026-03-31"}, headers={"If-Match": "*"}))
    else:
        done(manager.post(f"{path}/{how}", headers={"If-Match": "*"}))


def test_lower_terms_do_not_fall_below_what_is_invoiced(story: Story) -> None:
    order = sent(story, valid_to="2026-05-31")
    assert billed(story, "5000", "F-1", "2026-03-02", order=order["number"])["outcome"] == "AUTO_APPROVED"
    assert new_terms(story, order, "2026-03-01", "1000")["total_amount"] == "3000.00"
    line = done(story["buyer"].get(f"/orders/{order['id']}"))["lines"][0]
    assert (line["invoiced_amount"], line["received_amount"]) == ("5000.00", "5000.00")
    assert "STANDING_COMMITMENT" in codes(billed(story, "1000", "F-2", "2026-04-02", order=order["number"]))


def test_a_missing_invoice_is_told_once_and_stays_set_aside(story: Story) -> None:
    order = sent(story, notice_days=5)

    def told(day: str) -> list[tuple[str, int]]:
        story.world.clock.at = datetime.fromisoformat(f"{day}T11:00:00").replace(tzinfo=UTC)
        story.work()
        return [(task["state"], len(task["reasons"])) for task in missing()]

    def missing() -> list[dict[str, Any]]:
        found = done(story["buyer"].get("/tasks"))["data"]
        return [task for task in found if task["subject_id"] == order["id"] and task["type"] == "INVOICE_MISSING"]

    assert told("2026-03-05") == []
    assert told("2026-03-06") == [("OPEN", 1)]
    assert told("2026-03-07") == [("OPEN", 1)]
    done(story["buyer"].post(f"/tasks/{missing()[0]['id']}/set-aside"))
    assert billed(story, "5000", "F-1", "2026-04-02", order=order["number"])["outcome"] == "AUTO_APPROVED"
    assert told("2026-04-06") == [("CLOSED", 1)]
    assert told("2026-05-06") == [("CLOSED", 1), ("OPEN", 2)]
    done(do(story, "buyer", order, "suspend", WHY))
    assert told("2026-06-06") == [("CLOSED", 1), ("CLOSED", 2)]


def test_nobody_waits_for_invoices_of_an_order_that_was_closed_otherwise(story: Story) -> None:
    order = sent(story)
    sql(story, "UPDATE purchase_order SET status = 'CLOSED_SHORT' WHERE type = 'STANDING'")
    story.world.clock.at = datetime(2026, 3, 11, 11, tzinfo=UTC)
    story.work()
    assert shown(story, order)["notice_on"] is None
    assert tasks(story, "buyer", order["id"]) == []


def test_what_was_taken_of_a_month_is_final(story: Story) -> None:
    order = sent(story)
    billed(story, "5000", "F-1", "2026-03-02", order=order["number"])
    with pytest.raises(Exception, match="final"):
        sql(story, "UPDATE standing_use SET amount = 0")
