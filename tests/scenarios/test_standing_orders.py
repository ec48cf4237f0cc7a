"""Rent: approved once, paid month by month without a hand, and stopped whenever something is not as agreed."""

from datetime import UTC, datetime

from tests.bills import every_proof_holds
from tests.purchases import done, tasks
from tests.standing import RENT, billed, do, new_terms, sent, shown
from tests.story import Story, codes

WHY = {"reason": "lejemålet tømmes"}


def on(story: Story, day: str) -> None:
    """Let it be noon of a day, and the worker work."""
    story.world.clock.at = datetime.fromisoformat(f"{day}T11:00:00").replace(tzinfo=UTC)
    story.work()


def test_rent_is_approved_once_and_passes_month_by_month(story: Story) -> None:
    order = sent(story, terms={"expected_amount": "5000.00", "tolerance_percent": "2", "min_days_between": 20})
    number = order["number"]
    on(story, "2026-03-02")
    march = billed(story, "5000", "F-1", "2026-03-02", contract=RENT)
    on(story, "2026-04-01")
    april = billed(story, "5050", "F-2", "2026-04-01", order=RENT.lower())
    on(story, "2026-05-04")
    may = billed(story, "4990", "F-3", "2026-05-04", order=number, span=("2026-05-01", "2026-05-31"))
    assert {case["outcome"] for case in (march, april, may)} == {"AUTO_APPROVED"}

    again = billed(story, "5000", "F-4", "2026-05-29", order=number, span=("2026-05-01", "2026-05-31"))
    assert (again["outcome"], "STANDING_PERIOD_USED" in codes(again)) == ("DEVIATION", True)
    assert tasks(story, "invoice-handler", again["id"]) == [("MANUAL_MATCH", "OPEN")]

    on(story, "2026-06-01")
    dearer = billed(story, "5150", "F-5", "2026-06-01", order=number)
    assert (dearer["outcome"], "STANDING_AMOUNT_OVER" in codes(dearer)) == ("DEVIATION", True)
    new_terms(story, order, "2026-06-01", "5150")
    regulated = billed(story, "5150", "F-6", "2026-06-02", order=number)
    assert regulated["outcome"] == "AUTO_APPROVED"

    done(do(story, "buyer", order, "suspend", WHY))
    stopped = billed(story, "5150", "F-7", "2026-07-01", order=number)
    assert (stopped["outcome"], codes(stopped) & {"STANDING_HALTED"}) == ("NO_ORDER", {"STANDING_HALTED"})
    done(do(story, "buyer", order, "resume", WHY))

    on(story, "2026-07-11")
    assert ("INVOICE_MISSING", "OPEN") in tasks(story, "buyer", order["id"])
    late = billed(story, "5150", "F-8", "2026-07-13", order=number)
    assert late["outcome"] == "AUTO_APPROVED"
    assert ("INVOICE_MISSING", "CLOSED") in tasks(story, "buyer", order["id"])

    told = shown(story, order)
    assert [(one["used_amount"], one["open_amount"]) for one in told["periods"][:6]] == [
        ("5000.00", "0.00"),
        ("5050.00", "0.00"),
        ("4990.00", "10.00"),
        ("5150.00", "0.00"),
        ("5150.00", "0.00"),
        ("0.00", "5150.00"),
    ]
    assert (told["next_invoice_on"], told["notice_on"]) == ("2026-08-01", "2026-08-11")
    assert done(do(story, "buyer", order, "end", WHY))["status"] == "CLOSED_SHORT"
    over = billed(story, "5150", "F-9", "2026-08-03", order=number)
    assert (over["outcome"], "ORDER_STATE" in codes(over)) == ("DEVIATION", True)
    assert every_proof_holds(story) == 9
