"""Approved versions for a day of choice, and approved versions taken out again: before their day, or while live."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from app.catalogs.models import LineChange
from app.documents.values import Period
from app.kit.audit import AuditEvent
from tests.catalogues import answers, count, decide, line, publish, upload
from tests.integration.organisations.steps import told
from tests.world import NOON, World

WHY = "Prisen for linje 1 er forkert"


def approve(world: World, catalogue_id: UUID, live_from: str | None = None) -> httpx.Response:
    return decide(world, catalogue_id, "approve", {"live_from": live_from} if live_from else None)


def withdraw(world: World, catalogue_id: UUID, ordinal: int, subject: str = "state-content-manager") -> httpx.Response:
    return decide(world, catalogue_id, "withdraw", {"ordinal": ordinal, "reason": WHY}, subject)


def price(world: World) -> str | None:
    """Give what line 1 costs today, to a buyer."""
    found = {row["line_id"]: row["price"]["price_amount"] for row in lines(world)}
    return found.get("1")


def lines(world: World) -> list[dict[str, Any]]:
    return list(world.client("buyer").get("/catalogue-lines").json()["data"])


def on(world: World, days: int) -> World:
    world.clock.at = NOON + timedelta(days=days)
    return world


def states(answer: httpx.Response) -> list[tuple[int, str, str | None, str | None]]:
    assert answer.status_code == 200, answer.text
    rows = answer.json()["versions"]
    return [(row["ordinal"], row["status"], row["live_from"], row["live_to"]) for row in rows]


def test_a_version_goes_live_on_the_day_that_is_named_and_the_supplier_reads_when(world: World) -> None:
    catalogue_id = publish(world, [line("1", "10.00")])
    upload(world, line("1", "11.00", "Update"))

    approved = approve(world, catalogue_id, "2026-03-10")

    assert states(approved) == [(2, "APPROVED", "2026-03-10", None), (1, "SUPERSEDED", "2026-03-02", "2026-03-09")]
    assert [price(on(world, days)) for days in (0, 7, 8)] == ["10.00", "10.00", "11.00"]
    assert answers(world)[-1].descriptions == ("live from 2026-03-10",)


@pytest.mark.parametrize(
    ("live_from", "said"),
    [
        ("2026-03-01", "today is 2026-03-02"),
        ("2027-01-01", "the document is valid until 2026-12-31"),
    ],
)
def test_a_day_that_has_passed_or_that_the_document_does_not_reach_is_refused(
    world: World, live_from: str, said: str
) -> None:
    catalogue_id = upload(world, line("1"), version_id="1")

    refused = approve(world, catalogue_id, live_from)

    assert told(refused) == (422, "day_not_possible")
    assert said in refused.json()["detail"]
    assert refused.json()["errors"][0]["pointer"] == "/live_from"
    assert lines(world) == []


def test_no_day_before_the_document_becomes_valid_will_do(world: World) -> None:
    later = Period(start_date=date(2026, 4, 1), end_date=date(2026, 12, 31))
    catalogue_id = upload(world, line("1"), version_id="1", validity_period=later)

    assert "the document is valid from 2026-04-01" in approve(world, catalogue_id, "2026-03-31").json()["detail"]
    assert states(approve(world, catalogue_id, "2026-04-01"))[0][2] == "2026-04-01"


def test_a_version_that_is_over_cannot_go_live(world: World) -> None:
    short = Period(start_date=date(2026, 1, 1), end_date=date(2026, 3, 3))
    catalogue_id = upload(world, line("1"), version_id="1", validity_period=short)

    assert told(approve(on(world, 2), catalogue_id)) == (409, "version_over")
    assert decide(world, catalogue_id, "reject", {"reason": "udløbet"}).status_code == 200


def test_a_live_version_is_taken_out_at_once_and_nothing_takes_its_place(world: World) -> None:
    catalogue_id = publish(world, [line("1", "10.00")])
    upload(world, line("1", "11.00", "Update"))
    approve(world, catalogue_id)

    gone = withdraw(on(world, 3), catalogue_id, 2)

    assert states(gone) == [
        (2, "WITHDRAWN", "2026-03-02", "2026-03-04"),
        (1, "SUPERSEDED", "2026-03-02", "2026-03-01"),
    ]
    newest = gone.json()["versions"][0]
    assert (newest["withdrawal_reason"], newest["decision_reason"]) == (WHY, None)
    assert lines(world) == []
    told_last = answers(world)[-1]
    assert (told_last.response_code, told_last.document.version_id) == ("BusinessReject", "2")
    assert told_last.descriptions == (f"withdrawn: {WHY}",)


def test_after_a_withdrawal_the_next_version_stands_on_what_was_withdrawn(world: World) -> None:
    catalogue_id = publish(world, [line("1", "10.00"), line("2", "5.00")])
    upload(world, line("1", "11.00", "Update"))
    approve(world, catalogue_id)
    withdraw(world, catalogue_id, 2)

    upload(world, line("1", "10.50", "Update"), version_id="3")
    changed = world.client("state-content-manager").get(f"/catalogues/{catalogue_id}/changes").json()["data"]
    approve(world, catalogue_id)

    assert [row["prices"][0]["before"]["price_amount"] for row in changed] == ["11.00"]
    assert {row["line_id"]: row["price"]["price_amount"] for row in lines(world)} == {"1": "10.50", "2": "5.00"}


def test_a_version_that_is_not_live_yet_is_as_if_it_had_never_been(world: World) -> None:
    catalogue_id = publish(world, [line("1", "10.00"), line("2")])
    upload(world, line("1", "11.00", "Update"), line("2", action="Delete"), line("3"))
    approve(world, catalogue_id, "2026-03-10")

    gone = withdraw(on(world, 1), catalogue_id, 2)

    assert states(gone) == [(2, "WITHDRAWN", "2026-03-10", "2026-03-09"), (1, "APPROVED", "2026-03-02", None)]
    assert price(on(world, 30)) == "10.00"
    assert {row["line_id"] for row in lines(world)} == {"1", "2"}
    assert count(world, LineChange) == 2
    upload(world, line("2", "9.00", "Update"), version_id="3")
    approve(world, catalogue_id)
    assert {row["line_id"]: row["price"]["price_amount"] for row in lines(world)} == {"1": "10.00", "2": "9.00"}


def test_the_live_version_can_be_taken_out_while_another_is_to_come(world: World) -> None:
    catalogue_id = publish(world, [line("1", "10.00")])
    upload(world, line("1", "11.00", "Update"))
    approve(world, catalogue_id, "2026-03-10")

    gone = withdraw(on(world, 3), catalogue_id, 1)

    assert states(gone) == [(2, "APPROVED", "2026-03-10", None), (1, "WITHDRAWN", "2026-03-02", "2026-03-04")]
    assert [price(on(world, days)) for days in (4, 7, 8)] == [None, None, "11.00"]


def test_versions_to_come_are_withdrawn_the_newest_first(world: World) -> None:
    catalogue_id = publish(world, [line("1", "10.00")])
    for version_id, amount, live_from in (("2", "11.00", "2026-03-10"), ("3", "12.00", "2026-03-20")):
        upload(world, line("1", amount, "Update"), version_id=version_id)
        approve(world, catalogue_id, live_from)

    assert told(withdraw(world, catalogue_id, 2)) == (409, "version_below")
    assert withdraw(world, catalogue_id, 3).status_code == 200
    assert states(withdraw(world, catalogue_id, 2))[-1] == (1, "APPROVED", "2026-03-02", None)
    assert price(on(world, 40)) == "10.00"


def test_while_another_version_waits_the_one_it_was_made_from_stays(world: World) -> None:
    catalogue_id = publish(world, [line("1", "10.00")])
    upload(world, line("1", "11.00", "Update"))
    approve(world, catalogue_id, "2026-03-10")
    upload(world, line("1", "12.00", "Update"), version_id="3")

    assert told(withdraw(world, catalogue_id, 2)) == (409, "version_below")
    assert decide(world, catalogue_id, "reject", {"reason": "nej"}).status_code == 200
    assert withdraw(world, catalogue_id, 2).status_code == 200
    assert price(on(world, 30)) == "10.00"


@pytest.mark.parametrize(("ordinal", "status", "code"), [(1, 409, "wrong_state"), (9, 404, "version_not_found")])
def test_what_is_over_or_never_was_cannot_be_withdrawn(world: World, ordinal: int, status: int, code: str) -> None:
    catalogue_id = publish(world, [line("1", "10.00")])
    upload(world, line("1", "11.00", "Update"))
    approve(world, catalogue_id)

    assert told(withdraw(world, catalogue_id, ordinal)) == (status, code)
    assert price(world) == "11.00"


def test_nobody_withdraws_twice_nor_what_waits(world: World) -> None:
    catalogue_id = publish(world, [line("1")])
    withdraw(world, catalogue_id, 1)
    upload(world, line("1", "11.00", "Update"))

    assert told(withdraw(world, catalogue_id, 1)) == (409, "wrong_state")
    assert told(withdraw(world, catalogue_id, 2)) == (409, "wrong_state")


@pytest.mark.parametrize(
    ("subject", "status"), [("content-manager", 403), ("auditor", 403), ("supplier", 403), ("buyer", 404)]
)
def test_only_a_content_manager_of_the_owner_withdraws(world: World, subject: str, status: int) -> None:
    catalogue_id = publish(world, [line("1")])

    assert withdraw(world, catalogue_id, 1, subject).status_code == status
    assert len(lines(world)) == 1


@pytest.mark.parametrize("body", [{"ordinal": 1}, {"ordinal": 0, "reason": "x"}, {"ordinal": 1, "reason": " "}, {}])
def test_a_withdrawal_names_a_version_and_says_why(world: World, body: dict[str, object]) -> None:
    catalogue_id = publish(world, [line("1")])

    assert told(decide(world, catalogue_id, "withdraw", body)) == (422, "body_not_valid")


def test_a_withdrawal_is_in_the_audit_trail(world: World) -> None:
    catalogue_id = publish(world, [line("1")])
    withdraw(world, catalogue_id, 1)

    query = select(AuditEvent).where(AuditEvent.action == "catalogue.withdrawn")
    event = world.database.run(lambda session: session.exec(query).one())
    assert (event.entity_id, event.facts["ordinal"]) == (catalogue_id, 1)
    assert event.actor_id == world.people["state-content-manager"]


def test_reasons_line_by_line_go_to_the_supplier(world: World) -> None:
    publish(world, [line("1", "10.00"), line("2")])
    catalogue_id = upload(world, line("1", "13.00", "Update"), line("2", action="Delete"), line("3"))
    reasons = [
        {"line_id": "1", "reason": "30 % er for meget"},
        {"line_id": "2", "reason": "den skal blive"},
    ]

    rejected = decide(world, catalogue_id, "reject", {"reason": "Se linjerne", "lines": reasons})

    assert rejected.status_code == 200, rejected.text
    answer = answers(world)[-1]
    assert (answer.response_code, answer.descriptions) == ("BusinessReject", ("Se linjerne",))
    assert [(one.line_id, one.response_code, one.descriptions) for one in answer.line_responses] == [
        ("1", "BusinessReject", ("30 % er for meget",)),
        ("2", "BusinessReject", ("den skal blive",)),
    ]
    faults = rejected.json()["versions"][0]["faults"]
    assert [fault["message"] for fault in faults] == ["line 1: 30 % er for meget", "line 2: den skal blive"]


def test_a_reason_for_a_line_that_does_not_change_is_refused(world: World) -> None:
    publish(world, [line("1", "10.00"), line("2")])
    catalogue_id = upload(world, line("1", "13.00", "Update"))
    reasons = [{"line_id": "1", "reason": "dyr"}, {"line_id": "2", "reason": "dyr"}]

    refused = decide(world, catalogue_id, "reject", {"reason": "Se linjerne", "lines": reasons})

    assert told(refused) == (422, "lines_not_changed")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/lines/1/line_id"]
    versions = world.client("state-content-manager").get(f"/catalogues/{catalogue_id}").json()["versions"]
    assert versions[0]["status"] == "PENDING_APPROVAL"
