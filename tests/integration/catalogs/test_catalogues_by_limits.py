"""Versions within the limits of their agreement go live by themselves; any other waits, and its task says why."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from app.documents.catalogue import CatalogueLine
from app.documents.values import Period
from app.kit.audit import AuditEvent
from app.organisations import people
from app.organisations.people_messages import RoleGrantIn
from app.organisations.people_models import Role
from tests.catalogues import PENS, answers, bracket, catalogue_xml, decide, line, publish
from tests.integration.catalogs.test_version_changes import in_euro
from tests.integration.organisations.steps import told
from tests.selling import WHY, blocked, put, supplier_of
from tests.world import ADMINISTRATOR, World

MANAGER = "state-content-manager"
LIMITS = {"most_rise_percent": "5", "most_removed_percent": "10", "text_changes": False}


def change_agreement(world: World, **fields: Any) -> httpx.Response:
    client = world.client(MANAGER)
    etag = client.get(f"/agreements/{world.agreement_id}").headers["etag"]
    return client.send("PATCH", f"/agreements/{world.agreement_id}", json=fields, headers={"If-Match": etag})


def let_by(world: World, **limits: Any) -> None:
    """Set the agreement's limits."""
    fields = {"catalogue_approval": "AUTO", "catalogue_limits": LIMITS | limits}
    answer = change_agreement(world, **fields)
    assert answer.status_code == 200, answer.text


def stock(world: World) -> None:
    """Publish a version of twenty lines, each of 100.00, and set limits."""
    publish(world, [line(str(number), "100.00") for number in range(1, 21)])
    let_by(world)


def sent(world: World, *lines: CatalogueLine, version_id: str = "2", **fields: Any) -> dict[str, Any]:
    answer = world.client("supplier").upload("/catalogues", catalogue_xml(lines, version_id, **fields))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def price(world: World, line_id: str = "1") -> str | None:
    rows = world.client("buyer").get("/catalogue-lines", limit=100).json()["data"]
    return next((row["price"]["price_amount"] for row in rows if row["line_id"] == line_id), None)


def reasons(world: World) -> list[str]:
    """Give what the open task says, one line each."""
    tasks = world.client(MANAGER).get("/tasks").json()["data"]
    (task,) = [task for task in tasks if task["type"] == "APPROVE_CATALOGUE" and task["state"] == "OPEN"]
    return list(task["reasons"])


def test_within_the_limits_it_is_live_at_once(world: World) -> None:
    stock(world)

    version = sent(world, line("1", "105.00", "Update"), line("2", "1.00", "Update"), line("99", "7.00"))

    assert (version["status"], version["approved_by_limits"]) == ("APPROVED", True)
    assert (price(world), price(world, "99")) == ("105.00", "7.00")
    assert [task["state"] for task in world.client(MANAGER).get("/tasks").json()["data"]] == ["CLOSED"]
    last = answers(world)[-1]
    assert (last.response_code, last.document.version_id) == ("BusinessAccept", "2")


def test_the_audit_trail_says_that_limits_decided_and_who_set_them(world: World) -> None:
    stock(world)
    change_agreement(world, title="Kontorvarer og papir")
    sent(world, line("1", "105.00", "Update"))

    query = select(AuditEvent).where(col(AuditEvent.action) == "catalogue.approved_by_limits")
    event = world.database.run(lambda session: session.exec(query).one())
    assert event.actor_id is None
    facts: Mapping[str, Any] = event.facts
    assert facts["limits_set_by"] == str(world.people[MANAGER])
    assert facts["limits"] == LIMITS
    assert (facts["ordinal"], facts["agreement_version"]) == (2, 4)


def test_the_first_version_is_always_looked_at(world: World) -> None:
    let_by(world)

    version = sent(world, line("1"), version_id="1")

    assert (version["status"], version["approved_by_limits"]) == ("PENDING_APPROVAL", False)
    assert reasons(world) == ["it is the first version of this catalogue"]
    decide(world, UUID(version["catalogue_id"]), "reject", {"reason": "nej"})
    assert sent(world, line("1"), version_id="2")["status"] == "PENDING_APPROVAL"


def test_after_a_withdrawal_somebody_looks_again(world: World) -> None:
    stock(world)
    version = sent(world, line("1", "101.00", "Update"))
    decide(world, UUID(version["catalogue_id"]), "withdraw", {"ordinal": 2, "reason": "forkert"})

    assert sent(world, line("1", "100.00", "Update"), version_id="3")["status"] == "PENDING_APPROVAL"
    assert reasons(world) == ["the version before it was withdrawn"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            [line("1", "105.01", "Update")],
            ["1 line with a price that rises by more than 5 %", "line 1: 100.00 DKK for 1.00 EA → 105.01 DKK for "
             "1.00 EA, +5.01 %"],
        ),
        (
            [line("1", action="Delete"), line("2", action="Delete"), line("3", "100.00", "Update", orderable=False)],
            ["3 lines of 20, more than 10 %, removed or no longer orderable", "line 3: Vare 3",
             "line 2: Vare 2", "line 1: Vare 1", "1 line in which more than prices changes", "line 3: orderable"],
        ),
        (
            [line("1", "100.00", "Update", name="Noget andet")],
            ["1 line in which more than prices changes", "line 1: item.name"],
        ),
        (
            [line("99", unspsc=PENS)],
            ["1 line outside of the agreement's product groups", f"line 99: Vare 99 ({PENS})"],
        ),
        (
            [line("1", action="Update", brackets=(in_euro("13.00"),))],
            ["1 line priced in another currency than the agreement's or the one before",
             "line 1: 100.00 DKK for 1.00 EA → 13.00 EUR for 1.00 EA",
             "1 line with prices that cannot be compared with those before",
             "line 1: 100.00 DKK for 1.00 EA → 13.00 EUR for 1.00 EA"],
        ),
        (
            [line("99", brackets=(in_euro("13.00"),))],
            ["1 line priced in another currency than the agreement's or the one before", "line 99: Vare 99 (EUR)"],
        ),
        (
            [line("1", "100.00", "Update", orderable_unit="BX")],
            ["1 line for another unit, pack or base quantity than before", "line 1: orderable_unit",
             "1 line with prices that cannot be compared with those before",
             "line 1: 100.00 DKK for 1.00 EA → 100.00 DKK for 1.00 EA"],
        ),
        (
            [line("1", action="Delete"), line("1b", "300.00", sellers_number="NR-1")],
            ["1 line added that the catalogue had before, under this or another id", "line 1b: Vare 1b"],
        ),
    ],
)  # fmt: skip
def test_beyond_a_limit_it_waits_and_the_task_says_which_lines(
    world: World, lines: list[CatalogueLine], said: list[str]
) -> None:
    stock(world)
    change_agreement(world, product_groups=["14"])

    version = sent(world, *lines)

    assert (version["status"], version["approved_by_limits"]) == ("PENDING_APPROVAL", False)
    assert reasons(world) == said
    assert price(world) == "100.00"
    assert decide(world, UUID(version["catalogue_id"]), "approve").status_code == 200


def test_the_worst_twenty_are_named_and_the_rest_counted(world: World) -> None:
    publish(world, [line(str(number), "100.00") for number in range(1, 31)])
    let_by(world)

    sent(world, *(line(str(number), f"{110 + number}.00", "Update") for number in range(1, 31)))

    said = reasons(world)
    assert (len(said), said[0], said[-1]) == (
        22, "30 lines with a price that rises by more than 5 %", "… and 10 more",
    )  # fmt: skip
    assert said[1] == "line 30: 100.00 DKK for 1.00 EA → 140.00 DKK for 1.00 EA, +40.00 %"


def test_a_rise_from_nothing_is_above_every_limit(world: World) -> None:
    publish(world, [line("1", "0.00")])
    let_by(world, most_rise_percent="1000")

    assert sent(world, line("1", "0.01", "Update"))["status"] == "PENDING_APPROVAL"
    assert reasons(world)[1] == "line 1: 0.00 DKK for 1.00 EA → 0.01 DKK for 1.00 EA"


def test_a_price_for_next_year_counts_like_todays(world: World) -> None:
    stock(world)
    today, later = bracket("100.00"), bracket("150.00")
    assert today.price is not None
    assert later.price is not None
    june, july = Period(end_date="2026-06-30"), Period(start_date="2026-07-01")
    brackets = (
        today.but(price=today.price.but(validity_period=june)),
        later.but(price=later.price.but(validity_period=july)),
    )

    assert sent(world, line("1", action="Update", brackets=brackets))["status"] == "PENDING_APPROVAL"
    assert reasons(world)[0] == "1 line with a price that rises by more than 5 %"


def test_texts_pass_where_the_agreement_lets_them(world: World) -> None:
    stock(world)
    let_by(world, text_changes=True)

    assert sent(world, line("1", "100.00", "Update", name="Noget andet"))["status"] == "APPROVED"


def test_a_removed_line_does_not_come_back_dearer_unseen(world: World) -> None:
    stock(world)
    assert sent(world, line("1", action="Delete"))["status"] == "APPROVED"

    assert sent(world, line("1", "900.00"), version_id="3")["status"] == "PENDING_APPROVAL"
    assert reasons(world)[0] == "1 line added that the catalogue had before, under this or another id"


def test_a_version_for_a_later_day_goes_live_by_itself_on_that_day(world: World) -> None:
    stock(world)
    later = Period(start_date="2026-03-10", end_date="2026-12-31")

    version = sent(world, line("1", "101.00", "Update"), validity_period=later)

    assert (version["status"], version["live_from"]) == ("APPROVED", "2026-03-10")
    assert price(world) == "100.00"


def test_a_version_that_is_over_is_looked_at(world: World) -> None:
    stock(world)
    over = Period(start_date="2026-01-01", end_date="2026-03-01")

    assert sent(world, line("1", "101.00", "Update"), validity_period=over)["status"] == "PENDING_APPROVAL"
    assert reasons(world) == ["it ended on 2026-03-01 by its own document"]


def test_a_supplier_that_is_not_active_is_looked_at(world: World) -> None:
    stock(world)
    done = put(world, blocked(world), "unblock", WHY)
    assert done.status_code == 200, done.text
    seen = supplier_of(world, world.supplier_id)
    body = {"profiles": ["Procurement-OrdSim-BilSim-1.0"]}
    etag = {"If-Match": f'"{seen["version"]}"'}
    assert world.client(MANAGER).send("PATCH", f"/suppliers/{world.supplier_id}", json=body, headers=etag).is_success

    assert sent(world, line("1", "101.00", "Update"))["status"] == "PENDING_APPROVAL"
    assert reasons(world) == ["its supplier is REGISTERED"]


def test_a_suspended_agreement_lets_nothing_by(world: World) -> None:
    stock(world)
    client = world.client(MANAGER)
    etag = client.get(f"/agreements/{world.agreement_id}").headers["etag"]
    client.post(f"/agreements/{world.agreement_id}/suspend", headers={"If-Match": etag})

    assert sent(world, line("1", "101.00", "Update"))["status"] == "PENDING_APPROVAL"
    assert reasons(world) == ["the agreement is SUSPENDED"]


def test_whoever_set_the_limits_does_not_approve_by_them_what_they_hand_in(world: World) -> None:
    stock(world)
    body = RoleGrantIn(
        user_id=world.people[MANAGER], role=Role.SUPPLIER, supplier_id=world.supplier_id, valid_from="2026-01-01"
    )
    world.step(ADMINISTRATOR, people.grant_role, body)

    answer = world.client(MANAGER).upload("/catalogues", catalogue_xml([line("1", "101.00", "Update")], "2"))

    assert answer.json()["status"] == "PENDING_APPROVAL"
    assert reasons(world) == ["it was handed in by whoever set the agreement's limits"]


def test_without_limits_every_version_waits(world: World) -> None:
    stock(world)
    assert change_agreement(world, catalogue_approval="MANUAL").json()["catalogue_limits"] is None

    assert sent(world, line("1", "100.01", "Update"))["status"] == "PENDING_APPROVAL"
    assert reasons(world) == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"catalogue_approval": "AUTO"}, "limits_not_fitting"),
        ({"catalogue_limits": LIMITS}, "limits_not_fitting"),
        ({"catalogue_approval": "MANUAL", "catalogue_limits": LIMITS}, "limits_not_fitting"),
        ({"catalogue_approval": "AUTO", "catalogue_limits": LIMITS | {"most_rise_percent": "-1"}}, "body_not_valid"),
        (
            {"catalogue_approval": "AUTO", "catalogue_limits": LIMITS | {"most_removed_percent": "101"}},
            "body_not_valid",
        ),
        ({"catalogue_approval": "AUTO", "catalogue_limits": None}, "body_not_valid"),
        ({"catalogue_approval": "AUTO", "catalogue_limits": {"most_rise_percent": "5"}}, "body_not_valid"),
    ],
)
def test_limits_that_say_nothing_are_refused(world: World, fields: dict[str, Any], code: str) -> None:
    assert told(change_agreement(world, **fields)) == (422, code)


def test_limits_may_be_set_when_the_agreement_is_opened(world: World) -> None:
    body = {
        "owner_id": str(world.root_id),
        "supplier_id": str(world.supplier_id),
        "kind": "SKI",
        "title": "Møbler",
        "contract_number": "K-MØBLER",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "catalogue_approval": "AUTO",
    }
    client = world.client(MANAGER)

    assert told(client.post("/agreements", body)) == (422, "body_not_valid")
    opened = client.post("/agreements", body | {"catalogue_limits": LIMITS})
    assert (opened.status_code, opened.json()["catalogue_limits"]) == (201, LIMITS)


def test_a_supplier_does_not_read_how_far_it_may_go_unseen(world: World) -> None:
    let_by(world)

    for subject, seen in ((MANAGER, True), ("buyer", True), ("supplier", False)):
        one = world.client(subject).get(f"/agreements/{world.agreement_id}").json()
        (row,) = world.client(subject).get("/agreements").json()["data"]
        assert [shown["catalogue_limits"] is not None for shown in (one, row)] == [seen, seen]
