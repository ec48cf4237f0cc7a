"""A content manager looks at what a version changes, and lets it go live or turns it away."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from app.catalogs.models import CatalogueLine as LineRow
from app.documents.values import Period
from app.kit.archive import ArchivedDocument, Direction
from app.kit.audit import AuditEvent
from app.oioubl import ubl
from app.oioubl.application_response import read_application_response
from app.organisations.people_models import Role
from tests.catalogues import catalogue_xml, decide, line, publish, upload
from tests.integration.organisations.steps import made, person, stands_in, told
from tests.world import ADMINISTRATOR, NOON, World

MANAGER = "state-content-manager"


def shown(world: World) -> dict[str, str | None]:
    """Give what the buyer may order: line ids and prices."""
    rows = world.client("buyer").get("/catalogue-lines").json()["data"]
    return {row["line_id"]: row["price"] and row["price"]["price_amount"] for row in rows}


def test_approval_lets_lines_be_found_and_tells_the_supplier(world: World) -> None:
    catalogue_id = publish(world, [line("1", "12.50")])

    assert shown(world) == {"1": "12.50"}
    catalogue = world.client("supplier").get(f"/catalogues/{catalogue_id}").json()
    assert [(row["status"], row["live_from"]) for row in catalogue["versions"]] == [("APPROVED", "2026-03-02")]
    assert world.client(MANAGER).get("/tasks").json()["data"][0]["state"] == "CLOSED"
    query = select(col(ArchivedDocument.content)).where(ArchivedDocument.direction == Direction.OUT)
    told = read_application_response(ubl.parse(world.database.run(lambda session: session.exec(query).one())))
    assert (told.response_code, told.document.number, told.document.version_id, told.document.document_type_code) == (
        "BusinessAccept",
        "KAT-1",
        "1",
        "Catalogue",
    )
    assert told.profile_id == "Catalogue-CatExt-1.0"
    events = select(AuditEvent.action).where(AuditEvent.entity == "catalogue").order_by(AuditEvent.action)
    assert world.database.run(lambda session: list(session.exec(events))) == [
        "catalogue.approved",
        "catalogue.received",
    ]


def test_the_live_version_stays_until_the_next_is_approved(world: World) -> None:
    publish(world, [line("1", "12.50"), line("2", "3.00"), line("3", "1.00")])
    changed = line("1", "13.00", "Update"), line("2", action="Delete"), line("4", "7.00")
    catalogue_id = upload(world, *changed)
    assert shown(world) == {"1": "12.50", "2": "3.00", "3": "1.00"}

    assert decide(world, catalogue_id, "approve").status_code == 200

    assert shown(world) == {"3": "1.00", "1": "13.00", "4": "7.00"}
    versions = world.client(MANAGER).get(f"/catalogues/{catalogue_id}").json()["versions"]
    assert [(row["ordinal"], row["status"]) for row in versions] == [(2, "APPROVED"), (1, "SUPERSEDED")]


def test_a_version_touches_only_the_lines_that_it_names(world: World) -> None:
    publish(world, [line(str(number)) for number in range(5)])
    catalogue_id = upload(world, line("2", "11.00", "Update"))
    decide(world, catalogue_id, "approve")

    rows = world.database.run(
        lambda session: session.exec(
            select(LineRow.line_id, LineRow.from_version, LineRow.to_version).order_by(
                col(LineRow.line_id), col(LineRow.from_version)
            )
        ).all()
    )

    assert [tuple(row) for row in rows] == [
        ("0", 1, None), ("1", 1, None), ("2", 1, 2), ("2", 2, None), ("3", 1, None), ("4", 1, None),
    ]  # fmt: skip


def test_a_rejected_version_leaves_the_live_one_as_it_was(world: World) -> None:
    publish(world, [line("1", "12.50"), line("2")])
    catalogue_id = upload(world, line("1", "13.00", "Update"), line("2", action="Delete"), line("3"))

    answer = decide(world, catalogue_id, "reject", {"reason": "prisen stiger for meget"})

    assert answer.status_code == 200, answer.text
    assert shown(world) == {"1": "12.50", "2": "10.00"}
    newest = answer.json()["versions"][0]
    assert (newest["status"], newest["decision_reason"]) == ("REJECTED", "prisen stiger for meget")
    decide(world, upload(world, line("1", "12.75", "Update"), version_id="3"), "approve")
    assert shown(world) == {"2": "10.00", "1": "12.75"}


@pytest.mark.parametrize("reason", ["", " ", "a\0b", "x" * 1001, None])
def test_a_rejection_needs_a_reason_that_can_be_told(world: World, reason: str | None) -> None:
    catalogue_id = upload(world, line("1"), version_id="1")

    answer = decide(world, catalogue_id, "reject", {"reason": reason})

    assert (answer.status_code, answer.json()["code"]) == (422, "body_not_valid")


@pytest.mark.parametrize(
    ("subject", "status"),
    [("content-manager", 403), ("auditor", 403), ("supplier", 403), ("buyer", 404), ("invoice-system", 404)],
)
@pytest.mark.parametrize(("verb", "body"), [("approve", None), ("reject", {"reason": "nej"})])
def test_only_a_content_manager_of_the_owner_decides(
    world: World, subject: str, status: int, verb: str, body: object
) -> None:
    catalogue_id = upload(world, line("1"), version_id="1")

    assert decide(world, catalogue_id, verb, body, subject).status_code == status
    assert shown(world) == {}


def test_a_decision_names_the_version_that_was_looked_at(world: World) -> None:
    catalogue_id = upload(world, line("1"), version_id="1")
    manager = world.client(MANAGER)

    assert manager.post(f"/catalogues/{catalogue_id}/approve").status_code == 428
    assert manager.post(f"/catalogues/{catalogue_id}/approve", headers={"If-Match": '"9"'}).status_code == 412
    assert decide(world, catalogue_id, "approve").status_code == 200
    assert decide(world, catalogue_id, "approve").json()["code"] == "nothing_waiting"


def test_a_version_for_a_later_day_leaves_the_present_one_live_until_then(world: World) -> None:
    publish(world, [line("1", "12.50")])
    later = Period(start_date=date(2026, 3, 10), end_date=date(2026, 12, 31))
    catalogue_id = upload(world, line("1", "13.00", "Update"), validity_period=later)
    decide(world, catalogue_id, "approve")

    assert shown(world) == {"1": "12.50"}
    world.clock.at = NOON + timedelta(days=7)
    assert shown(world) == {"1": "12.50"}
    world.clock.advance(timedelta(days=1))
    assert shown(world) == {"1": "13.00"}


def test_a_catalogue_is_seen_while_it_is_valid(world: World) -> None:
    publish(world, [line("1")], validity_period=Period(start_date=date(2026, 3, 1), end_date=date(2026, 3, 3)))

    assert shown(world) == {"1": "10.00"}
    world.clock.advance(timedelta(days=2))
    assert shown(world) == {}


def test_whoever_shares_the_agreement_may_look_at_its_catalogue_and_a_stranger_may_not(world: World) -> None:
    catalogue_id = publish(world, [line("1")])

    assert world.client("content-manager").get(f"/catalogues/{catalogue_id}").status_code == 200
    assert world.client("buyer").get(f"/catalogues/{catalogue_id}").status_code == 404
    assert world.client("buyer").get("/catalogues").json()["data"] == []


def test_a_version_may_do_nothing_but_delete(world: World) -> None:
    publish(world, [line("1"), line("2")])

    decide(world, upload(world, line("1", action="Delete")), "approve")

    assert shown(world) == {"2": "10.00"}


def test_a_deleted_line_can_be_added_again(world: World) -> None:
    publish(world, [line("1"), line("2")])
    decide(world, upload(world, line("1", action="Delete")), "approve")

    decide(world, upload(world, line("1", "11.00"), version_id="3"), "approve")

    assert shown(world) == {"2": "10.00", "1": "11.00"}


def test_a_version_that_was_to_come_gives_way_to_a_later_decision(world: World) -> None:
    publish(world, [line("1", "12.50")])
    later = Period(start_date=date(2026, 3, 10), end_date=date(2026, 12, 31))
    decide(world, upload(world, line("1", "13.00", "Update"), validity_period=later), "approve")

    decide(world, upload(world, line("1", "12.00", "Update"), version_id="3"), "approve")

    assert shown(world) == {"1": "12.00"}
    world.clock.advance(timedelta(days=30))
    assert shown(world) == {"1": "12.00"}


@pytest.mark.parametrize(
    "approver", ["content-chief", "content-chief for supplier", "supplier for state-content-manager"]
)
def test_nobody_approves_what_they_handed_in_for_the_supplier_or_as_one(world: World, approver: str) -> None:
    """A substitute and the principal are one hand; turning away is no gift, and is left to them."""
    person(world, "content-chief", world.root_id, Role.CONTENT_MANAGER)
    for principal, substitute in (("supplier", "content-chief"), (MANAGER, "supplier")):
        made(stands_in(world, principal, substitute, ADMINISTRATOR))
    as_supplier = world.client("content-chief", world.id_of("supplier"))
    uploaded = as_supplier.upload("/catalogues", catalogue_xml([line("1")], "1"))
    assert uploaded.status_code == 201, uploaded.text
    catalogue_id = uploaded.json()["catalogue_id"]
    who, _, principal = approver.partition(" for ")
    client = world.client(who, world.id_of(principal) if principal else None)
    headers = {"If-Match": client.get(f"/catalogues/{catalogue_id}").headers["etag"]}

    answer = client.post(f"/catalogues/{catalogue_id}/approve", headers=headers)

    code = "not_allowed" if approver == "content-chief for supplier" else "own_catalogue"
    assert told(answer) == (403, code)
    assert shown(world) == {}
    assert decide(world, catalogue_id, "approve").status_code == 200
