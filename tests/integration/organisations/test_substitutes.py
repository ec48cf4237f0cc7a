"""Substitutes: who may name whom, from when to when, what they may then do, and what they may not give."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.kit.audit import AuditEvent
from app.kit.clock import midnight_after
from app.kit.demo_issuer import NAME as ISSUER
from app.organisations.people_models import Role, User
from app.organisations.substitute_models import Substitution
from tests.catalogues import count
from tests.client import Client
from tests.integration.organisations.steps import below, every, grant, made, person, pointers, stands_in, told
from tests.world import ADMINISTRATOR, SECOND_ADMINISTRATOR, World

NOBODY = UUID(int=99)


def acting(world: World, substitute: str, principal: str) -> Client:
    return world.client(substitute, world.id_of(principal))


def may_act_for(world: World, subject: str) -> list[str]:
    return [row["name"] for row in world.client(subject).get("/me").json()["may_act_for"]]


def events(world: World, action: str) -> list[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.id))
    return list(world.database.run(lambda session: session.exec(query).all(), write=False))


def limit_body(user_id: str, place: UUID) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "part": "ORDER",
        "max_amount": "10",
        "organisation_id": str(place),
        "valid_from": "2026-03-02",
    }


def role_body(user_id: str, place: UUID) -> dict[str, Any]:
    return {"user_id": user_id, "role": "DISPONENT", "organisation_id": str(place), "valid_from": "2026-03-02"}


def test_a_principal_names_a_substitute_who_then_has_the_principals_roles_alone(world: World) -> None:
    named = made(stands_in(world, "disponent", "receiver"))

    assert named == {
        "id": named["id"],
        "principal_id": world.id_of("disponent"),
        "substitute_id": world.id_of("receiver"),
        "valid_from": "2026-03-02",
        "valid_to": "2026-03-31",
        "set_by": world.id_of("disponent"),
        "set_at": "2026-03-02T11:00:00Z",
        "ended_at": None,
    }
    me = world.client("receiver").get("/me").json()
    assert [row["role"] for row in me["grants"]] == ["RECEIVER"]
    assert me["may_act_for"] == [
        {
            "user_id": world.id_of("disponent"),
            "name": "disponent",
            "organisation_id": str(world.institution_id),
            "substitution_id": named["id"],
            "valid_to": "2026-03-31",
        }
    ]
    behalf = acting(world, "receiver", "disponent").get("/me").json()
    assert (behalf["id"], behalf["on_behalf_of"]) == (world.id_of("receiver"), world.id_of("disponent"))
    assert [row["role"] for row in behalf["grants"]] == ["DISPONENT"]
    (event,) = events(world, "substitution.set")
    assert event.facts == {
        "principal_id": world.id_of("disponent"),
        "substitute_id": world.id_of("receiver"),
        "valid_from": "2026-03-02",
        "valid_to": "2026-03-31",
    }


@pytest.mark.parametrize("whom", ["auditor", "receiver", "nobody"])
def test_who_is_no_substitute_is_told_nothing_of_whom_they_name(world: World, whom: str) -> None:
    """There is such a user or there is not, it is oneself: the answer is the same but for the id that was sent."""
    named = NOBODY if whom == "nobody" else UUID(world.id_of(whom))

    answer = world.client("receiver", named).get("/me")

    assert told(answer) == (403, "not_substitute")
    assert answer.json()["detail"].replace(str(named), "X") == (
        "you are not the substitute of a user X today; `GET /me` lists for whom you may act"
    )


def test_whose_substitute_one_is_must_be_an_id(world: World) -> None:
    assert pointers(world.client("receiver", "disponent").get("/me")) == ["/On-Behalf-Of"]


def test_a_substitute_acts_from_the_first_day_to_the_last(world: World) -> None:
    principal, start = world.id_of("disponent"), world.clock.at
    made(stands_in(world, "disponent", "receiver", begins="2026-03-03", valid_to="2026-03-04"))
    first = midnight_after(start.date())
    last = midnight_after(start.date() + timedelta(days=2)) - timedelta(seconds=1)

    def acts_at(moment: datetime) -> bool:
        world.clock.at = moment
        status = world.client("receiver", principal).get("/organisations").status_code
        assert (status == 200) is (may_act_for(world, "receiver") == ["disponent"])
        return status == 200

    second = timedelta(seconds=1)
    assert [acts_at(moment) for moment in (first - second, first, last, last + second)] == [False, True, True, False]


def test_several_substitutes_act_at_once_and_one_for_several(world: World) -> None:
    made(stands_in(world, "disponent", "receiver"))
    made(stands_in(world, "disponent", "buyer"))
    made(stands_in(world, "buyer", "receiver"))

    assert may_act_for(world, "receiver") == ["disponent", "buyer"]
    assert may_act_for(world, "buyer") == ["disponent"]


def test_a_substitutes_substitute_gets_nothing_of_the_principal(world: World) -> None:
    made(stands_in(world, "disponent", "buyer"))
    made(stands_in(world, "buyer", "receiver"))

    assert told(acting(world, "receiver", "disponent").get("/me")) == (403, "not_substitute")
    assert [row["role"] for row in acting(world, "receiver", "buyer").get("/me").json()["grants"]] == ["BUYER"]


def test_a_substitute_names_no_other_for_the_principal(world: World) -> None:
    made(stands_in(world, "disponent", "receiver"))
    client = acting(world, "receiver", "disponent")
    body = {"substitute_id": world.id_of("buyer"), "valid_from": "2026-03-02", "valid_to": "2026-03-31"}

    for principal in ({}, {"principal_id": world.id_of("disponent")}, {"principal_id": world.id_of("receiver")}):
        answer = client.post("/substitutions", body | principal)
        assert answer.status_code in (403, 404), answer.text
    assert count(world, Substitution) == 1


def test_an_ended_substitution_is_over_at_once_and_ends_once(world: World) -> None:
    named = made(stands_in(world, "disponent", "receiver"))
    world.clock.advance(timedelta(hours=1))

    ended = world.client("disponent").delete(f"/substitutions/{named['id']}")

    assert ended.json() == {**named, "ended_at": "2026-03-02T12:00:00Z"}
    assert told(acting(world, "receiver", "disponent").get("/me")) == (403, "not_substitute")
    again = world.client("disponent").delete(f"/substitutions/{named['id']}")
    assert told(again) == (409, "already_ended")
    assert "2026-03-02T12:00:00" in again.json()["detail"]
    assert len(events(world, "substitution.ended")) == 1
    made(stands_in(world, "disponent", "receiver"))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("disponent", 200),
        ("receiver", 200),
        (ADMINISTRATOR, 200),
        ("auditor", 403),
        ("buyer", 404),
        ("state-content-manager", 404),
    ],
)
def test_principal_substitute_and_administrator_end_it(world: World, who: str, status: int) -> None:
    named = made(stands_in(world, "disponent", "receiver"))

    assert world.client(who).delete(f"/substitutions/{named['id']}").status_code == status
    assert bool(may_act_for(world, "receiver")) is (status != 200)


def test_one_that_is_over_by_its_last_day_ends_no_more(world: World) -> None:
    named = made(stands_in(world, "disponent", "receiver"))
    world.clock.at = datetime(2026, 4, 1, 12, tzinfo=UTC)

    answer = world.client("disponent").delete(f"/substitutions/{named['id']}")

    assert told(answer) == (409, "already_ended")
    assert "2026-03-31" in answer.json()["detail"]


def test_two_who_end_it_at_once_end_it_once(world: World) -> None:
    path = f"/substitutions/{made(stands_in(world, 'disponent', 'receiver'))['id']}"
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda who: world.client(who).delete(path).status_code, ("disponent", "receiver")))

    assert sorted(answers) == [200, 409]
    assert len(events(world, "substitution.ended")) == 1


def test_substitutions_are_listed_both_ways_and_to_those_who_read_the_branchs_set_up(world: World) -> None:
    person(world, "local", world.institution_id, Role.LOCAL_ADMINISTRATOR)
    person(world, "neighbour", below(world, world.ministry_id, "Nabo"), Role.LOCAL_ADMINISTRATOR)
    mine, theirs = made(stands_in(world, "disponent", "receiver")), made(stands_in(world, "buyer", "disponent"))
    ids = [mine["id"], theirs["id"]]

    def listed(client: Client) -> list[str]:
        return [row["id"] for row in every(client, "/substitutions", 1)]

    assert listed(world.client("disponent")) == ids
    assert listed(world.client("receiver")) == [mine["id"]]
    assert listed(acting(world, "receiver", "disponent")) == ids
    for subject in ("local", "auditor", ADMINISTRATOR):
        assert listed(world.client(subject)) == ids, subject
    for subject in ("neighbour", "state-content-manager", "supplier"):
        assert listed(world.client(subject)) == [], subject


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"begins": "2026-03-01"}, "/valid_from"),
        ({"valid_to": "2026-03-01"}, ""),
        ({"valid_to": ""}, "/valid_to"),
        ({"substitute_id": "receiver"}, "/substitute_id"),
    ],
)
def test_days_must_be_there_in_order_and_not_be_over(world: World, fields: dict[str, str], pointer: str) -> None:
    assert pointers(stands_in(world, "disponent", "receiver", **fields)) == [pointer]
    assert count(world, Substitution) == 0


def test_a_substitution_has_a_last_day(world: World) -> None:
    body = {"substitute_id": world.id_of("receiver"), "valid_from": "2026-03-02"}

    assert pointers(world.client("disponent").post("/substitutions", body)) == ["/valid_to"]


def test_the_same_two_on_the_same_days_are_one_substitution(world: World) -> None:
    first = made(stands_in(world, "disponent", "receiver", valid_to="2026-03-10"))

    answer = stands_in(world, "disponent", "receiver", begins="2026-03-10")

    assert told(answer) == (409, "already_substitute")
    assert first["id"] in answer.json()["detail"]
    made(stands_in(world, "disponent", "receiver", begins="2026-03-11"))


def test_two_requests_at_once_make_one_substitution(world: World) -> None:
    world.id_of("disponent")
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: stands_in(world, "disponent", "receiver").status_code, range(4)))

    assert sorted(answers) == [201, 409, 409, 409]
    assert count(world, Substitution) == 1


@pytest.mark.parametrize(
    ("principal", "substitute", "pointer"),
    [
        ("disponent", "invoice-system", "/substitute_id"),
        ("invoice-system", "buyer", "/principal_id"),
        ("disponent", "disponent", "/substitute_id"),
    ],
)
def test_systems_and_oneself_stand_in_for_nobody(world: World, principal: str, substitute: str, pointer: str) -> None:
    for who in (None, ADMINISTRATOR):
        answer = stands_in(world, principal, substitute, who)
        assert (pointers(answer), answer.json()["code"]) == ([pointer], "only_persons")


def test_a_substitute_is_of_where_one_has_a_role_or_is_registered(world: World) -> None:
    neighbour = below(world, world.ministry_id, "Nabo")
    person(world, "clerk", below(world, world.institution_id, "Kontor"))
    person(world, "stranger", neighbour)
    person(world, "office-head", world.institution_id)

    made(stands_in(world, "disponent", "clerk"))
    made(stands_in(world, "office-head", "disponent"))
    for substitute in ("stranger", "auditor"):
        assert told(stands_in(world, "disponent", substitute)) == (404, "user_not_found"), substitute
    unknown = stands_in(world, "disponent", "receiver", substitute_id=str(NOBODY))
    assert told(unknown) == (404, "user_not_found")
    made(stands_in(world, "disponent", "stranger", ADMINISTRATOR))


def test_an_administrator_names_one_for_an_absent_person_of_the_branch(world: World) -> None:
    person(world, "local", world.institution_id, Role.LOCAL_ADMINISTRATOR)
    person(world, "stranger", below(world, world.ministry_id, "Nabo"), Role.BUYER)

    named = made(stands_in(world, "disponent", "receiver", "local"))

    assert (named["set_by"], named["principal_id"]) == (world.id_of("local"), world.id_of("disponent"))
    assert told(stands_in(world, "stranger", "receiver", "local")) == (404, "user_not_found")
    assert told(stands_in(world, "disponent", "buyer", "content-manager")) == (403, "not_allowed")
    assert told(stands_in(world, "disponent", "receiver", "buyer")) == (404, "user_not_found")
    assert count(world, Substitution) == 1


def test_an_administrator_becomes_nobodys_substitute_by_their_own_hand(world: World) -> None:
    assert told(stands_in(world, "disponent", ADMINISTRATOR, ADMINISTRATOR)) == (403, "own_hand")

    made(stands_in(world, "disponent", ADMINISTRATOR, SECOND_ADMINISTRATOR))


def test_an_administrators_substitute_makes_neither_of_them_anybodys_substitute(world: World) -> None:
    made(stands_in(world, SECOND_ADMINISTRATOR, "auditor"))
    client = acting(world, "auditor", SECOND_ADMINISTRATOR)
    body = {"principal_id": world.id_of("disponent"), "valid_from": "2026-03-02", "valid_to": "2026-03-31"}

    for own in ("auditor", SECOND_ADMINISTRATOR):
        assert told(client.post("/substitutions", body | {"substitute_id": world.id_of(own)})) == (403, "own_hand")
    made(client.post("/substitutions", body | {"substitute_id": world.id_of("receiver")}))
    (_, event) = events(world, "substitution.set")
    assert (str(event.actor_id), str(event.on_behalf_of)) == (world.id_of("auditor"), world.id_of(SECOND_ADMINISTRATOR))


def test_no_administrator_hands_on_power_from_above_or_beside_the_branch(world: World) -> None:
    """Who has no power to give it as a role has none to give it through a substitute."""
    person(world, "local", world.institution_id, Role.LOCAL_ADMINISTRATOR)
    chief = person(world, "chief", world.institution_id, Role.DISPONENT)
    grant(world, chief, Role.LOCAL_ADMINISTRATOR, world.ministry_id)

    refused = stands_in(world, "chief", "receiver", "local")

    assert told(refused) == (403, "not_allowed")
    assert "no administrator" in refused.json()["detail"]
    made(stands_in(world, "chief", "receiver", ADMINISTRATOR))
    made(stands_in(world, "chief", "buyer"))


def test_a_suppliers_role_is_handed_on_by_an_administrator_of_the_root(world: World) -> None:
    local = person(world, "local", world.ministry_id)
    grant(world, local, Role.LOCAL_ADMINISTRATOR, world.ministry_id)
    world.database.run(
        lambda session: setattr(session.get_one(User, world.people["supplier"]), "organisation_id", world.ministry_id)
    )

    assert told(stands_in(world, "supplier", "buyer", "local")) == (403, "not_allowed")
    made(stands_in(world, "supplier", "buyer", ADMINISTRATOR))
    assert [row["role"] for row in acting(world, "buyer", "supplier").get("/me").json()["grants"]] == ["SUPPLIER"]


@pytest.mark.parametrize("recipient", ["auditor", SECOND_ADMINISTRATOR])
def test_an_administrators_substitute_gives_nothing_to_either_of_the_two(world: World, recipient: str) -> None:
    made(stands_in(world, SECOND_ADMINISTRATOR, "auditor"))
    client, user_id = acting(world, "auditor", SECOND_ADMINISTRATOR), world.id_of(recipient)

    assert told(client.post("/role-grants", role_body(user_id, world.root_id))) == (403, "own_hand")
    assert told(client.post("/prokura", limit_body(user_id, world.root_id))) == (403, "own_hand")
    made(client.post("/prokura", limit_body(world.id_of("buyer"), world.institution_id)))


def test_an_administrator_gives_nothing_to_whom_they_act_for(world: World) -> None:
    """It would be theirs to use, today or from the first day on."""
    made(stands_in(world, "disponent", ADMINISTRATOR, SECOND_ADMINISTRATOR, begins="2026-03-20"))
    client, user_id = world.client(ADMINISTRATOR), world.id_of("disponent")

    assert told(client.post("/role-grants", role_body(user_id, world.root_id))) == (403, "own_hand")
    assert told(client.post("/prokura", limit_body(user_id, world.root_id))) == (403, "own_hand")
    world.clock.at = datetime(2026, 4, 1, 12, tzinfo=UTC)
    made(client.post("/prokura", limit_body(user_id, world.root_id)))


def test_what_a_substitute_did_is_recorded_with_both(world: World) -> None:
    made(stands_in(world, SECOND_ADMINISTRATOR, "auditor"))
    body = {"issuer": ISSUER, "subject": "new", "name": "Ny", "organisation_id": str(world.institution_id)}

    user = made(acting(world, "auditor", SECOND_ADMINISTRATOR).post("/users", body))

    event = next(one for one in events(world, "user.created") if str(one.entity_id) == user["id"])
    assert (str(event.actor_id), str(event.on_behalf_of)) == (world.id_of("auditor"), world.id_of(SECOND_ADMINISTRATOR))


def test_a_key_used_on_anothers_behalf_is_not_answered_again_on_ones_own(world: World) -> None:
    made(stands_in(world, SECOND_ADMINISTRATOR, "auditor"))
    client, principal = world.client("auditor"), {"On-Behalf-Of": world.id_of(SECOND_ADMINISTRATOR)}
    body = limit_body(world.id_of("buyer"), world.institution_id)
    first = client.post("/prokura", body, key="k", headers=principal)

    assert told(client.post("/prokura", body, key="k")) == (422, "idempotency_key_reused")
    again = client.post("/prokura", body, key="k", headers=principal)
    assert (made(first), again.json(), again.headers["Idempotent-Replayed"]) == (again.json(), first.json(), "true")
