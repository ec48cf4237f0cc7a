"""Standing orders that have run out: closed by themselves, and good for the last invoices all the same."""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from tests.bills import every_proof_holds
from tests.purchases import done, refused, sql, tasks
from tests.standing import billed, do, sent, shown
from tests.story import Story, codes

TWO_MONTHS = {"valid_to": "2026-04-30"}
APRIL = ("2026-04-01", "2026-04-30")
PASSED = "AUTO_APPROVED"


def on(story: Story, day: str) -> None:
    """Let it be noon of a day, and the worker work."""
    story.world.clock.at = datetime.fromisoformat(f"{day}T11:00:00").replace(tzinfo=UTC)
    story.work()


def state(story: Story, order: dict[str, Any]) -> tuple[str, str | None]:
    now = shown(story, order)
    return now["status"], now["expired_on"]


def test_it_is_closed_once_the_last_invoice_has_had_its_time(story: Story) -> None:
    order = sent(story, **TWO_MONTHS)
    assert order["close_on"] == "2026-05-11"
    on(story, "2026-05-10")
    assert state(story, order) == ("SENT", None)
    on(story, "2026-05-11")
    assert state(story, order) == ("CLOSED_SHORT", "2026-05-11")
    assert (shown(story, order)["close_on"], shown(story, order)["notice_on"]) == (None, None)
    commitment = done(story["buyer"].get(f"/orders/{order['id']}/commitment"))
    assert commitment["committed"] == "0.00"
    assert shown(story, order)["version"] == order["version"] + 1


def test_one_of_which_all_is_billed_is_closed_whole(story: Story) -> None:
    order = sent(story, **TWO_MONTHS)
    on(story, "2026-03-02")
    assert billed(story, "5000", "F-1", "2026-03-02", order=order["number"])["outcome"] == PASSED
    on(story, "2026-04-01")
    assert billed(story, "5000", "F-2", "2026-04-01", order=order["number"])["outcome"] == PASSED
    on(story, "2026-06-01")
    assert state(story, order) == ("CLOSED", "2026-06-01")


def test_the_invoice_of_a_period_passes_after_it_and_one_of_no_period_does_not(story: Story) -> None:
    order = sent(story, **TWO_MONTHS)
    on(story, "2026-06-01")
    late = billed(story, "5000", "F-1", "2026-06-01", order=order["number"], span=APRIL)
    assert late["outcome"] == PASSED, codes(late)
    again = billed(story, "5000", "F-2", "2026-06-02", order=order["number"], span=APRIL)
    assert (again["outcome"], "STANDING_PERIOD_USED" in codes(again)) == ("DEVIATION", True)
    after = billed(story, "5000", "F-3", "2026-06-02", order=order["number"], span=("2026-05-01", "2026-05-31"))
    assert (after["outcome"] != PASSED, "STANDING_NO_PERIOD" in codes(after)) == (True, True)
    assert every_proof_holds(story) == 3


def test_an_order_that_its_buyer_ended_takes_no_more(story: Story) -> None:
    order = sent(story, **TWO_MONTHS)
    done(do(story, "buyer", order, "end", {"reason": "Lejemålet er opsagt"}))
    on(story, "2026-06-01")
    assert state(story, order) == ("CLOSED_SHORT", None)
    late = billed(story, "5000", "F-1", "2026-06-01", order=order["number"], span=APRIL)
    assert "ORDER_STATE" in codes(late)


def test_what_runs_on_is_not_closed(story: Story) -> None:
    order = sent(story, valid_to=None)
    assert order["close_on"] is None
    on(story, "2028-06-01")
    assert state(story, order) == ("SENT", None)


def test_terms_that_wait_are_rejected_with_it(story: Story) -> None:
    order = sent(story, **TWO_MONTHS)
    body = {"expected_amount": "5500.00", "effective_from": "2026-04-01", "reason": "regulering"}
    done(do(story, "buyer", order, "terms", body), 201)
    assert ("APPROVE_TERMS", "OPEN") in tasks(story, "disponent", order["id"])
    on(story, "2026-06-01")
    assert [terms["status"] for terms in shown(story, order)["terms"]] == ["APPROVED", "REJECTED"]
    assert ("APPROVE_TERMS", "OPEN") not in tasks(story, "disponent", order["id"])
    assert refused(do(story, "disponent", order, "terms/2/approve"))[1] == "not_running"


def test_what_did_not_reach_its_supplier_is_not_closed_but_looked_at_again(story: Story) -> None:
    order = sent(story, **TWO_MONTHS)
    sql(story, "UPDATE purchase_order SET status = 'SEND_FAILED'")
    on(story, "2026-05-11")
    assert (shown(story, order)["status"], shown(story, order)["close_on"]) == ("SEND_FAILED", "2026-05-12")


def test_the_last_period_is_received_after_it_when_that_is_asked_for(story: Story) -> None:
    order = sent(story, **TWO_MONTHS, receipt_mode="PER_PERIOD")
    on(story, "2026-06-01")
    waiting = billed(story, "5000", "F-1", "2026-06-01", order=order["number"], span=APRIL)
    assert waiting["outcome"] == "AWAITING_RECEIPT"
    lines = [{"line_id": "1", "amount": "5000.00"}]
    body = {"received_on": "2026-06-01", "lines": lines, "reason": "April er leveret"}
    done(story["receiver"].post(f"/orders/{order['id']}/receipts", body), 201)
    story.work()
    assert done(story["invoice-handler"].get(f"/match/{waiting['id']}"))["outcome"] == PASSED


def test_orders_that_ran_before_are_planned_like_those_sent_since(story: Story) -> None:
    order = sent(story, **TWO_MONTHS)
    sql(story, "UPDATE standing_order SET close_on = NULL")
    step = import_module("app.migrations.versions.0013_answers")
    story.world.database.run(lambda session: step.plan_closing(session.connection()))
    assert shown(story, order)["close_on"] == order["close_on"]
