"""Changing agreements: what may change in which state, versions, successors, and warnings before the end."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from app.agreements.expiring import warn_next
from app.agreements.models import AgreementVersion
from app.organisations.supplier_models import Supplier
from tests.integration.agreements.sharing import STATE_MANAGER, agreement
from tests.integration.organisations.steps import made, pointers, told
from tests.story import Story
from tests.world import World

MANAGER = "content-manager"
BODY = {
    "kind": "LOCAL",
    "title": "Kaffe",
    "contract_number": "K-KAFFE",
    "valid_from": "2026-01-01",
    "valid_to": "2026-12-31",
}
CHARGES = [{"kind": "FREIGHT", "most_amount": "250.00"}, {"kind": "HANDLING", "most_percent": "2.50"}]


def opened(world: World, **fields: Any) -> dict[str, Any]:
    body = {**BODY, "owner_id": str(world.institution_id), "supplier_id": str(world.supplier_id), **fields}
    return made(world.client(MANAGER).post("/agreements", body))


def change(world: World, agreement_id: object, subject: str = STATE_MANAGER, if_match: str = "*", **body: Any) -> Any:
    return world.client(subject).send("PATCH", f"/agreements/{agreement_id}", headers={"If-Match": if_match}, json=body)


def move(world: World, agreement_id: object, *verbs: str) -> httpx.Response:
    for verb in verbs:
        answer = world.client(STATE_MANAGER).post(f"/agreements/{agreement_id}/{verb}", headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
    return answer


def test_an_agreement_says_how_it_is_bought_on(world: World) -> None:
    terms = {"mandatory_e_order": True, "order_types": ["TEXT"], "charges": CHARGES, "receipt_required": False}

    found = opened(world, **terms)

    assert {name: found[name] for name in terms} == {
        **terms,
        "charges": [
            {"kind": "FREIGHT", "most_amount": "250.00", "most_percent": None},
            {"kind": "HANDLING", "most_amount": None, "most_percent": "2.50"},
        ],
    }
    assert (found["catalogue_approval"], found["replaced_by"], found["in_force"]) == ("MANUAL", None, "DRAFT")
    plain = opened(world, contract_number="K-2")
    assert plain["order_types"] == ["CATALOGUE", "CONFIGURABLE", "TEXT", "STANDING"]
    assert (plain["receipt_required"], plain["mandatory_e_order"], plain["charges"]) == (True, False, [])


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"charges": [{"kind": "FREIGHT"}]}, "/charges/0"),
        ({"charges": [{"kind": "FREIGHT", "most_amount": "1", "most_percent": "1"}]}, "/charges/0"),
        ({"charges": [{"kind": "FREIGHT", "most_amount": "-1"}]}, "/charges/0/most_amount"),
        ({"charges": [{"kind": "FREIGHT", "most_percent": "101"}]}, "/charges/0/most_percent"),
        ({"charges": [CHARGES[0], CHARGES[0]]}, "/charges"),
        ({"order_types": []}, "/order_types"),
        ({"order_types": ["FAX"]}, "/order_types/0"),
        ({"catalogue_approval": "SELDOM"}, "/catalogue_approval"),
    ],
)
def test_terms_that_cannot_be_are_refused_by_their_field(world: World, fields: dict[str, Any], pointer: str) -> None:
    body = {**BODY, "owner_id": str(world.institution_id), "supplier_id": str(world.supplier_id), **fields}

    assert pointers(world.client(MANAGER).post("/agreements", body)) == [pointer]


STAND_FAST = {
    "DRAFT": ([], set()),
    "ACTIVE": (["activate"], {"supplier_id", "contract_number", "currency"}),
    "SUSPENDED": (["activate", "suspend"], {"supplier_id", "contract_number", "currency"}),
}
SENT = {
    "title": "Te",
    "contract_number": "K-TE",
    "currency": "EUR",
    "binding": True,
    "product_groups": ["50"],
    "valid_from": "2026-02-01",
    "valid_to": "2026-06-30",
    "receipt_required": False,
    "order_types": ["TEXT", "STANDING"],
}


@pytest.mark.parametrize("status", STAND_FAST)
@pytest.mark.parametrize("name", [*SENT, "supplier_id"])
def test_what_may_change_depends_on_the_state(world: World, status: str, name: str) -> None:
    verbs, fixed = STAND_FAST[status]
    agreement_id = opened(world)["id"]
    if verbs:
        move(world, agreement_id, *verbs)
    value = SENT.get(name, str(world.supplier_id))

    answer = change(world, agreement_id, **{name: value})

    if name in fixed:
        assert told(answer) == (409, "field_fixed")
        assert [fault["pointer"] for fault in answer.json()["errors"]] == [f"/{name}"]
    else:
        assert answer.status_code == 200, answer.text
        assert answer.json()[name] == value


def test_a_terminated_agreement_may_only_name_its_successor(world: World) -> None:
    agreement_id, next_id = opened(world)["id"], opened(world, contract_number="K-NEXT")["id"]
    move(world, agreement_id, "activate", "terminate")

    assert told(change(world, agreement_id, title="Te")) == (409, "field_fixed")
    assert change(world, agreement_id, replaced_by=next_id).json()["replaced_by"] == next_id
    assert change(world, agreement_id, replaced_by=None).json()["replaced_by"] is None


def test_a_change_raises_the_version_and_names_the_one_it_was_made_from(world: World) -> None:
    agreement_id = opened(world)["id"]

    first = change(world, agreement_id, MANAGER, '"1"', title="Te")
    stale = change(world, agreement_id, MANAGER, '"1"', title="Kakao")
    blind = world.client(MANAGER).send("PATCH", f"/agreements/{agreement_id}", json={"title": "Kakao"})

    assert (first.json()["version"], first.headers["etag"]) == (2, '"2"')
    assert (told(stale), told(blind)) == ((412, "version_mismatch"), (428, "version_missing"))
    query = select(AgreementVersion).where(AgreementVersion.agreement_id == UUID(agreement_id))
    kept = world.database.run(lambda session: session.exec(query.order_by("version")).all())
    assert [(one.version, one.terms["title"], one.followed_at is None) for one in kept] == [
        (1, "Kaffe", False),
        (2, "Te", True),
    ]


def test_a_change_takes_a_content_manager_of_the_owner(world: World) -> None:
    for subject in (MANAGER, "auditor", "buyer", "supplier"):
        assert told(change(world, world.agreement_id, subject, title="Te")) == (403, "not_allowed")


@pytest.mark.parametrize("name", ["title", "valid_to", "binding", "charges", "supplier_id"])
def test_what_an_agreement_must_have_cannot_be_taken_away(world: World, name: str) -> None:
    assert pointers(change(world, world.agreement_id, **{name: None})) == [f"/{name}"]


def test_days_stay_in_order(world: World) -> None:
    assert pointers(change(world, world.agreement_id, valid_to="2020-01-01")) == ["/valid_to"]


def test_no_agreement_follows_itself_by_any_way(world: World) -> None:
    first, second, third = (opened(world, contract_number=f"K-{n}")["id"] for n in range(3))
    change(world, first, replaced_by=second)
    change(world, second, replaced_by=third)

    for last in (first, second, third):
        assert told(change(world, third, replaced_by=last)) == (409, "no_successor")
    unseen = change(world, first, MANAGER, replaced_by=str(UUID(int=5)))
    assert told(unseen) == (404, "agreement_not_found")


def test_mandatory_e_orders_need_a_supplier_that_takes_them(world: World) -> None:
    agreement_id = opened(world)["id"]

    def by_mail(session: Any) -> None:
        session.get(Supplier, world.supplier_id).order_channel = "EMAIL"

    world.database.run(by_mail)

    assert told(change(world, agreement_id, mandatory_e_order=True)) == (409, "e_order_not_possible")
    body = {**BODY, "owner_id": str(world.institution_id), "supplier_id": str(world.supplier_id)}
    answer = world.client(MANAGER).post("/agreements", {**body, "mandatory_e_order": True})
    assert told(answer) == (409, "e_order_not_possible")


def test_what_it_is_today_follows_from_its_days(world: World) -> None:
    agreement_id = opened(world, valid_from="2026-03-10", valid_to="2026-03-20")["id"]

    def today(days: int) -> str:
        world.clock.advance(timedelta(days=days))
        return str(world.client(STATE_MANAGER).get(f"/agreements/{agreement_id}").json()["in_force"])

    assert today(0) == "DRAFT"
    assert move(world, agreement_id, "activate").json()["in_force"] == "NOT_YET"
    assert [today(7), today(1), today(10), today(1)] == ["NOT_YET", "IN_FORCE", "IN_FORCE", "EXPIRED"]


def warnings(world: World, subject: str = MANAGER) -> list[tuple[str, str]]:
    tasks = world.client(subject).get("/tasks", limit=200).json()["data"]
    return [(task["state"], task["reasons"][0]) for task in tasks if task["type"] == "AGREEMENT_ENDS"]


def test_its_managers_are_warned_90_30_and_7_days_before_the_end(world: World, tmp_path: Path) -> None:
    story = Story(world, tmp_path)
    agreement(world, world.institution_id, contract_number="K-X", valid_to="2026-06-30")

    def days(count: int) -> list[tuple[str, str]]:
        world.clock.advance(timedelta(days=count))
        story.work()
        story.work()
        return warnings(world)

    assert days(29) == []
    ninety = "agreement K-X ends on 2026-06-30, in 90 days"
    assert days(1) == days(1) == [("OPEN", ninety)]
    thirty = "agreement K-X ends on 2026-06-30, in 30 days"
    assert days(59) == [("CLOSED", ninety), ("OPEN", thirty)]
    seven = "agreement K-X ends on 2026-06-30, in 7 days"
    assert days(23) == [("CLOSED", ninety), ("CLOSED", thirty), ("OPEN", seven)]
    assert days(7)[-1] == ("OPEN", seven)
    assert days(1) == [("CLOSED", ninety), ("CLOSED", thirty), ("CLOSED", seven)]
    assert not warn_next(world.database, world.clock.now)


def test_a_later_end_takes_the_warning_back(world: World, tmp_path: Path) -> None:
    story = Story(world, tmp_path)
    agreement_id = agreement(world, world.institution_id, contract_number="K-X", valid_to="2026-04-20")
    story.work()
    assert [state for state, _ in warnings(world)] == ["OPEN"]

    change(world, agreement_id, valid_to="2027-04-20")
    story.work()

    assert [state for state, _ in warnings(world)] == ["CLOSED"]
