"""What holds at an organisation on a day, told at its door: every value with who set it and since when."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.organisations.people_models import Role
from tests.integration.organisations.steps import below, made, person, pointers, told
from tests.policies import propose, publish_policy
from tests.world import World

TODAY = date(2026, 3, 2)
DEFAULT = {"organisation_id": None, "organisation_name": "default", "policy_id": None, "valid_from": None}


def held(world: World, place: UUID | None = None, who: str = "disponent", **asked: str) -> dict[str, Any]:
    place = place or world.institution_id
    answer = world.client(who).get(f"/organisations/{place}/policies/effective", **asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def source(policy: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        "organisation_id": policy["organisation_id"],
        "organisation_name": name,
        "policy_id": policy["id"],
        "valid_from": policy["valid_from"],
    }


def test_without_any_policy_the_defaults_hold_and_are_called_so(world: World) -> None:
    found = held(world)

    assert (found["organisation_id"], found["on"]) == (str(world.institution_id), "2026-03-02")
    assert found["two_person"] == {
        "rule": {"kind": "TWO_PERSON_RULE", "rule": "ORDER", "up_to": None},
        "source": DEFAULT,
    }
    assert found["external_approval"]["rule"]["external_approval"] == "NONE"
    assert found["over_delivery"] == {"rule": {"kind": "OVER_DELIVERY", "percent": "0"}, "source": DEFAULT}
    assert found["reminders"] == {
        "task_days": {"days": 3, "source": DEFAULT},
        "response_days": {"days": 5, "source": DEFAULT},
        "receipt_days": {"days": 10, "source": DEFAULT},
    }
    (row,) = found["tolerances"]
    assert (row["binds_on"], row["source"]) == (["ORDER", "LINE", "FREIGHT"], DEFAULT)
    assert [(one["level"], one["from_value"], one["absolute"], one["percent"]) for one in found["limits"]] == [
        ("ORDER", "0.00", None, "10"),
        ("ORDER", "2500.00", "250", None),
        ("LINE", "0.00", None, "10"),
        ("LINE", "2500.00", "250", None),
    ]
    assert found["freight_cap"] == {"amount": "250", "source": DEFAULT}


def test_every_row_of_tolerance_is_told_and_which_one_binds(world: World) -> None:
    root = publish_policy(world, world.root_id, {"kind": "TOLERANCE", "absolute": "300", "freight_cap": "75"})
    ministry = publish_policy(world, world.ministry_id, {"kind": "TOLERANCE", "percent": "4"})
    wide = publish_policy(world, world.institution_id, {"kind": "TOLERANCE", "percent": "4", "combine": "ALL"})
    line = publish_policy(world, world.institution_id, {"kind": "TOLERANCE", "level": "LINE", "absolute": "20"})

    found = held(world)

    assert {row["source"]["policy_id"]: row["binds_on"] for row in found["tolerances"]} == {
        root["id"]: ["ORDER", "FREIGHT"],
        ministry["id"]: [],
        wide["id"]: ["ORDER"],
        line["id"]: ["LINE"],
    }
    assert found["limits"] == [
        {
            "level": "ORDER",
            "from_value": "0.00",
            "absolute": None,
            "percent": "4",
            "source": source(wide, "Prøveinstitutionen"),
        },
        {
            "level": "ORDER",
            "from_value": "7500.00",
            "absolute": "300",
            "percent": None,
            "source": source(root, "Staten"),
        },
        {
            "level": "LINE",
            "from_value": "0.00",
            "absolute": "20",
            "percent": None,
            "source": source(line, "Prøveinstitutionen"),
        },
    ]
    assert found["freight_cap"] == {"amount": "75", "source": source(root, "Staten")}


def test_without_any_limit_nothing_may_deviate(world: World) -> None:
    publish_policy(world, world.institution_id, {"kind": "TOLERANCE", "level": "LINE", "absolute": "20"})

    found = held(world)

    assert found["limits"][0] == {
        "level": "ORDER",
        "from_value": "0",
        "absolute": "0",
        "percent": None,
        "source": None,
    }
    assert found["freight_cap"] == {"amount": "0", "source": None}


def test_of_reminders_the_shortest_of_each_holds_with_its_own_source(world: World) -> None:
    root = publish_policy(world, world.root_id, {"kind": "REMINDERS", "task_days": 8, "receipt_days": 4})
    mine = publish_policy(world, world.institution_id, {"kind": "REMINDERS", "task_days": 2, "response_days": 9})

    assert held(world)["reminders"] == {
        "task_days": {"days": 2, "source": source(mine, "Prøveinstitutionen")},
        "response_days": {"days": 9, "source": source(mine, "Prøveinstitutionen")},
        "receipt_days": {"days": 4, "source": source(root, "Staten")},
    }
    wider = propose(world, world.institution_id, {"kind": "REMINDERS", "receipt_days": 5})
    assert told(wider) == (409, "widens_policy")


def test_a_day_that_is_no_number_of_days_is_refused(world: World) -> None:
    for wrong in (0, 251, -1, 1.5, "2", True):
        answer = propose(world, world.institution_id, {"kind": "REMINDERS", "task_days": wrong})
        assert pointers(answer) == ["/rule/task_days"], wrong


def test_another_day_may_be_asked_for(world: World) -> None:
    later = TODAY + timedelta(days=10)
    publish_policy(world, world.institution_id, {"kind": "OVER_DELIVERY", "percent": "5"}, later)
    made(propose(world, world.institution_id, {"kind": "OVER_DELIVERY", "percent": "7"}))

    days = (str(TODAY - timedelta(days=400)), str(TODAY), str(later), "9999-12-31")

    assert [held(world, on=day)["over_delivery"]["rule"]["percent"] for day in days] == ["0", "0", "5", "5"]
    path = f"/organisations/{world.institution_id}/policies/effective"
    assert pointers(world.client("disponent").get(path, on="soon")) == ["/on"]


def test_it_is_told_to_whoever_reads_policies_there_and_to_nobody_else(world: World) -> None:
    person(world, "neighbour", below(world, world.ministry_id, "Nabo"), Role.LOCAL_ADMINISTRATOR)
    path = f"/organisations/{world.institution_id}/policies/effective"

    for reader in ("administrator", "auditor", "buyer", "invoice-handler", "invoice-approver", "content-manager"):
        assert held(world, who=reader)["over_delivery"]["source"] == DEFAULT
    assert told(world.client("receiver").get(path)) == (403, "not_allowed")
    for stranger in ("neighbour", "supplier"):
        assert told(world.client(stranger).get(path)) == (404, "organisation_not_found")
    above = f"/organisations/{world.ministry_id}/policies/effective"
    assert told(world.client("buyer").get(above)) == (404, "organisation_not_found")
