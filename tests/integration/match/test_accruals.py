"""Accruals: what had come by a day and was not invoiced by it, also when the day is long over."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app.kit.ids import new_id
from app.kit.sheets import CSV, XLSX, read_sheets
from app.match.accrual_sums import Accrual, Agreed, Counted, accrual_of
from app.match.engine.codes import Outcome
from app.match.models import MatchDecision
from tests.bills import bill, credit
from tests.catalogues import line, publish
from tests.integration.orders.test_changes import change
from tests.integration.orders.test_open_orders import PAPER, the_order
from tests.integration.organisations.steps import below, grant, person
from tests.purchases import act, done, item, order, refused, sql
from tests.standing import billed
from tests.standing import sent as rented
from tests.story import Story

MARCH, APRIL = "2026-03-31", "2026-04-30"


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    """Give an order of ten at 10.00 on two accounts, 30 to 70, and of five on the first of them."""
    publish(story.world, [line("1", name="Papir"), line("2", name="Mapper")])
    parts = [{"accounting_cost": cost, "percent": percent} for cost, percent in (("2210", "30"), ("3310", "70"))]
    lines = [
        {"catalogue_line_id": item(story, "papir"), "quantity": "10", "postings": parts},
        {"catalogue_line_id": item(story, "mapper"), "quantity": "5", "accounting_cost": "2210"},
    ]
    made = done(order(story, lines), 201)
    return done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))


def at(story: Story, day: str) -> None:
    """Let it be noon of a day."""
    story.world.clock.at = datetime.fromisoformat(f"{day}T11:00:00+00:00")


def received(story: Story, thing: dict[str, Any], on: str, **quantities: str) -> dict[str, Any]:
    lines = [{"line_id": name[1:], "quantity": quantity} for name, quantity in quantities.items()]
    made = story["receiver"].post(f"/orders/{thing['id']}/receipts", {"received_on": on, "lines": lines})
    story.work()
    return done(made, 201)


def went_back(story: Story, thing: dict[str, Any], on: str, quantity: str) -> None:
    body = {"returned_on": on, "cause": "DAMAGED", "reason": "Knust", "lines": [{"line_id": "1", "quantity": quantity}]}
    done(story["receiver"].post(f"/orders/{thing['id']}/returns", body), 201)
    story.work()


def asked(story: Story, on: str, who: str = "invoice-handler", place: str = "institution", **query: Any) -> Any:
    return story[who].get("/accruals", on=on, organisation_id=str(story.world.organisations[place]), **query)


def accrued(story: Story, on: str, **how: Any) -> list[tuple[str, str, str]]:
    rows = done(asked(story, on, **how))["rows"]
    return [(row["line_id"], row["accounting_cost"], row["accrued"]) for row in rows]


def total(story: Story, on: str) -> str:
    totals = done(asked(story, on))["totals"]
    return str(totals[0]["accrued"]) if totals else "0"


def later(story: Story, outcome: Outcome, day: str) -> None:
    """Let a person have decided otherwise on a day."""

    def decided(session: Session) -> None:
        last = session.exec(select(MatchDecision).order_by(col(MatchDecision.sequence).desc())).first()
        assert last is not None
        now = datetime.fromisoformat(f"{day}T11:00:00+00:00")
        changes = {"id": new_id(now), "sequence": last.sequence + 1, "outcome": outcome, "decided_at": now}
        session.add(MatchDecision(**(last.model_dump() | changes)))

    story.world.database.run(decided)


def test_what_came_in_march_and_is_invoiced_in_april_is_accrued_in_march(story: Story, sent: dict[str, Any]) -> None:
    at(story, "2026-03-30")
    received(story, sent, "2026-03-30", _1="4", _2="5")
    at(story, "2026-04-10")
    assert story.match(bill(story.document_of(sent["id"]), _1="4", _2="3"))["outcome"] == "AUTO_APPROVED"
    at(story, "2026-05-02")

    assert accrued(story, "2026-03-29") == []
    for day in ("2026-03-30", MARCH, "2026-04-09"):
        assert accrued(story, day) == [("1", "2210", "12.00"), ("1", "3310", "28.00"), ("2", "2210", "50.00")], day
    for day in ("2026-04-10", APRIL):
        assert accrued(story, day) == [("2", "2210", "20.00")], day
    (row,) = done(asked(story, APRIL))["rows"]
    assert (row["order_number"], row["currency"], row["received"], row["invoiced"]) == (
        "100001",
        "DKK",
        "50.00",
        "30.00",
    )
    assert row["supplier_name"] == "Papirgrossisten A/S"
    assert done(asked(story, MARCH))["totals"] == [
        {"currency": "DKK", "received": "90.00", "invoiced": "0.00", "accrued": "90.00"}
    ]


def test_a_day_ends_at_danish_midnight(story: Story, sent: dict[str, Any]) -> None:
    at(story, "2026-03-30")
    received(story, sent, "2026-03-30", _1="4")
    story.world.clock.at = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    assert story.match(bill(story.document_of(sent["id"]), _1="4"))["outcome"] == "AUTO_APPROVED"
    at(story, "2026-04-02")
    assert (total(story, MARCH), total(story, "2026-04-01")) == ("40.00", "0")


def test_a_receipt_counts_on_its_day_and_one_that_was_wrong_never(story: Story, sent: dict[str, Any]) -> None:
    at(story, "2026-04-02")
    late = received(story, sent, "2026-03-30", _1="4")
    assert (total(story, MARCH), total(story, "2026-04-02")) == ("40.00", "40.00")
    at(story, "2026-04-05")
    done(story["receiver"].post(f"/receipts/{late['id']}/reverse", {"reason": "Forkert ordre"}), 201)
    assert (total(story, MARCH), total(story, "2026-04-05")) == ("0", "0")


def test_what_went_back_before_it_was_billed_is_not_accrued_any_more(story: Story, sent: dict[str, Any]) -> None:
    at(story, "2026-03-30")
    received(story, sent, "2026-03-30", _1="4")
    at(story, "2026-04-02")
    went_back(story, sent, "2026-04-02", "1")
    assert (total(story, MARCH), total(story, "2026-04-02")) == ("40.00", "30.00")


def test_what_went_back_after_it_was_billed_is_owed_to_us_until_it_is_credited(
    story: Story, sent: dict[str, Any]
) -> None:
    received(story, sent, "2026-03-02", _1="4")
    document = story.document_of(sent["id"])
    assert story.match(bill(document, _1="4"))["outcome"] == "AUTO_APPROVED"
    at(story, "2026-03-20")
    went_back(story, sent, "2026-03-20", "1")
    at(story, "2026-04-02")
    assert story.match(credit(document, "K-1", "F-1001", _1="1"))["outcome"] == "AUTO_APPROVED"
    assert (total(story, "2026-03-02"), total(story, MARCH), total(story, "2026-04-02")) == ("0", "-10.00", "0")


def test_an_invoice_that_waits_for_a_person_is_not_invoiced(story: Story, sent: dict[str, Any]) -> None:
    received(story, sent, "2026-03-02", _1="4")
    sql(story, "UPDATE purchase_order SET approved_by = created_by")
    assert story.match(bill(story.document_of(sent["id"]), _1="4"))["outcome"] == "MATCHED_PENDING_APPROVAL"
    assert total(story, "2026-03-02") == "40.00"


def test_an_approval_counts_while_it_stands(story: Story, sent: dict[str, Any]) -> None:
    """A person approves on the 5th what waited, and takes it back on the 9th."""
    received(story, sent, "2026-03-02", _1="4")
    sql(story, "UPDATE purchase_order SET approved_by = created_by")
    story.match(bill(story.document_of(sent["id"]), _1="4"))
    later(story, Outcome.APPROVED, "2026-03-05")
    later(story, Outcome.REVERSED, "2026-03-09")
    at(story, "2026-03-10")
    days = ("2026-03-04", "2026-03-05", "2026-03-08", "2026-03-09")
    assert [total(story, day) for day in days] == ["40.00", "0", "0", "40.00"]


def test_what_needs_no_receipt_comes_as_it_is_invoiced(story: Story) -> None:
    rent = rented(story)
    at(story, "2026-03-05")
    assert billed(story, "5000.00", "H-1", "2026-03-05", order=rent["number"])["outcome"] == "AUTO_APPROVED"
    assert accrued(story, "2026-03-05") == []


def test_what_was_taken_over_counts_from_then_on(story: Story) -> None:
    taken = the_order(story, PAPER)
    assert accrued(story, "2026-03-01") == []
    assert accrued(story, "2026-03-02") == [("1", "2210", "200.00")]
    received(story, taken, "2026-03-02", _1="1")
    assert total(story, "2026-03-02") == "300.00"


def test_prices_are_those_of_the_day(story: Story, sent: dict[str, Any]) -> None:
    at(story, "2026-03-30")
    received(story, sent, "2026-03-30", _1="4")
    at(story, "2026-04-02")
    done(change(story, sent, {"line_id": "1", "price_amount": "8.00"}), 201)
    assert (total(story, MARCH), total(story, "2026-04-02")) == ("40.00", "32.00")


def test_a_confidential_order_is_told_without_its_number(story: Story, sent: dict[str, Any]) -> None:
    received(story, sent, "2026-03-02", _1="4", _2="5")
    sql(story, "UPDATE purchase_order SET confidential = :yes", yes=True)
    rows = done(asked(story, "2026-03-02"))["rows"]
    hidden = ("order_id", "order_number", "line_id", "supplier_id", "supplier_name")
    assert {row[name] for row in rows for name in hidden} == {None}
    assert [(row["accounting_cost"], row["accrued"]) for row in rows] == [("2210", "62.00"), ("3310", "28.00")]


def test_a_branch_is_told_of_from_above_and_not_from_beside(story: Story, sent: dict[str, Any]) -> None:
    received(story, sent, "2026-03-02", _2="5")
    world = story.world
    elsewhere = below(world, world.root_id, "Ministeriet for Naboer")
    grant(world, person(world, "neighbour", elsewhere), "INVOICE_HANDLER", elsewhere)
    assert refused(asked(story, "2026-03-02", "neighbour")) == (404, "organisation_not_found")
    beside = story["auditor"].get("/accruals", on="2026-03-02", organisation_id=str(elsewhere))
    assert done(beside)["rows"] == []
    assert accrued(story, "2026-03-02", who="auditor", place="root") == [("2", "2210", "50.00")]
    assert refused(asked(story, "2026-03-02", "buyer")) == (403, "not_allowed")


@pytest.mark.parametrize("day", ["2026-03-03", "9999-12-31"])
def test_a_day_to_come_is_refused(story: Story, day: str) -> None:
    assert refused(asked(story, day)) == (422, "day_to_come")
    assert accrued(story, "0001-01-01") == []


@pytest.mark.parametrize(("form", "media_type"), [("csv", CSV), ("xlsx", XLSX)])
def test_the_same_goes_into_a_sheet(story: Story, sent: dict[str, Any], form: str, media_type: str) -> None:
    received(story, sent, "2026-03-02", _1="4", _2="5")
    answer = asked(story, "2026-03-02", format=form)
    assert answer.headers["content-disposition"] == f'attachment; filename="periodisering-2026-03-02.{form}"'
    header, *rows = read_sheets(answer.content, media_type)[0].rows
    assert list(header)[:2] == ["Ordrenummer", "Linje"]
    assert [(row[0], row[3], Decimal(row[7].replace(",", "."))) for row in rows] == [
        ("100001", "2210", Decimal(12)),
        ("100001", "3310", Decimal(28)),
        ("100001", "2210", Decimal(50)),
    ]


def test_a_sample_that_was_received_is_invoiced_before_what_needs_no_receipt() -> None:
    """Of 20 invoiced 10 were received and 10 needed no receipt: in between, when 10 were invoiced, nothing is open."""
    between = Counted(*map(Decimal, (10, 10, 10, 20, 20, 20)))
    assert accrual_of(between, Agreed(Decimal(1), Decimal(20)), by_amount=True) == Accrual(Decimal(10), Decimal(10))
    assert accrual_of(between, Agreed(Decimal(0), Decimal(0)), by_amount=False) == Accrual()
