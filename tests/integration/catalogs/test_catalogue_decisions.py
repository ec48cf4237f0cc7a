"""A content manager looks at what a version changes, and lets it go live or turns it away."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from app.catalogs.models import CatalogueLine as LineRow
from app.documents.catalogue import CatalogueLine
from app.documents.values import Period
from app.kit.archive import ArchivedDocument, Direction
from app.kit.audit import AuditEvent
from app.oioubl import ubl
from app.oioubl.application_response import read_application_response
from tests.catalogues import PENS, catalogue_xml, line, publish
from tests.world import NOON, World

MANAGER = "state-content-manager"


def upload(world: World, *lines: CatalogueLine, version_id: str = "2", **fields: Any) -> UUID:
    answer = world.client("supplier").upload("/catalogues", catalogue_xml(lines, version_id, **fields))
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["catalogue_id"])


def decide(world: World, catalogue_id: UUID, verb: str, body: object = None, subject: str = MANAGER) -> httpx.Response:
    client = world.client(subject)
    etag = client.get(f"/catalogues/{catalogue_id}").headers.get("etag", '"0"')
    return client.post(f"/catalogues/{catalogue_id}/{verb}", body, headers={"If-Match": etag})


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


def test_changes_show_what_an_approver_asks_about(world: World) -> None:
    publish(world, [line("up", "100.00"), line("down", "100.00"), line("text"), line("gone"), line("same")])
    catalogue_id = upload(
        world,
        line("up", "105.00", "Update"),
        line("down", "90.00", "Update"),
        line("text", action="Update", name="Et andet navn"),
        line("gone", action="Delete"),
        line("new", "7.00", unspsc=PENS),
    )

    answer = world.client(MANAGER).get(f"/catalogues/{catalogue_id}/changes")

    assert answer.status_code == 200, answer.text
    changes = answer.json()
    assert changes["waiting"]["change_summary"] == {
        "added": 1,
        "removed": 1,
        "updated": 3,
        "price_up": 1,
        "price_down": 1,
        "price_gone": 0,
        "text_changed": 1,
    }
    rows = {row["line_id"]: row for row in changes["data"]}
    assert {name: row["kind"] for name, row in rows.items()} == {
        "up": "UPDATED",
        "down": "UPDATED",
        "text": "UPDATED",
        "gone": "REMOVED",
        "new": "ADDED",
    }
    assert (rows["up"]["price_difference"], rows["up"]["price_percent"]) == ("5.0000", "5.00")
    assert (rows["down"]["price_difference"], rows["down"]["price_percent"]) == ("-10.0000", "-10.00")
    assert rows["text"]["changed_fields"] == ["item.name"]
    assert (rows["text"]["before"]["item"]["name"], rows["text"]["after"]["item"]["name"]) == (
        "Vare text",
        "Et andet navn",
    )
    assert (rows["gone"]["after"], rows["new"]["before"]) == (None, None)
    assert changes["outside_product_groups"] == 0


def test_changes_come_in_pages(world: World) -> None:
    publish(world, [line(str(number)) for number in range(3)])
    catalogue_id = upload(
        world,
        line("0", "11.00", "Update"),
        line("1", action="Delete"),
        line("8"),
        line("9"),
        line("2", action="Delete"),
    )
    manager, found, cursor = world.client(MANAGER), [], None
    for _ in range(3):
        page = manager.get(f"/catalogues/{catalogue_id}/changes", limit=2, **({"cursor": cursor} if cursor else {}))
        found += [row["line_id"] for row in page.json()["data"]]
        cursor = page.json()["next_cursor"]

    assert cursor is None
    assert sorted(found) == ["0", "1", "2", "8", "9"]


def test_lines_outside_the_agreements_product_groups_are_counted(world: World) -> None:
    agreement = narrow_agreement(world)
    catalogue_id = upload(
        world, line("in"), line("out", unspsc=PENS), version_id="1", contract_id="K-PAPIR", number="KAT-2"
    )

    changes = world.client(MANAGER).get(f"/catalogues/{catalogue_id}/changes").json()

    assert changes["outside_product_groups"] == 1
    assert {row["line_id"]: row["outside_product_groups"] for row in changes["data"]} == {"in": False, "out": True}
    assert agreement


def narrow_agreement(world: World) -> str:
    body = {
        "owner_id": str(world.root_id),
        "supplier_id": str(world.supplier_id),
        "kind": "SKI",
        "title": "Papir alene",
        "contract_number": "K-PAPIR",
        "product_groups": ["14"],
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }
    return str(world.client(MANAGER).post("/agreements", body).json()["id"])


def test_without_a_waiting_version_there_are_no_changes_to_see(world: World) -> None:
    catalogue_id = publish(world, [line("1")])

    answer = world.client(MANAGER).get(f"/catalogues/{catalogue_id}/changes")

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_waiting")


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
