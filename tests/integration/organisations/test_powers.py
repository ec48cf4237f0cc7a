"""Roles and prokura are read, and ended at once: by an administrator over their scope, or laid down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.kit.audit import AuditEvent
from app.organisations import queries
from app.organisations.people_models import Prokura, ProkuraPart, Role, RoleGrant
from tests.databases import row_counts
from tests.integration.organisations.steps import below, every, grant, made, person, stands_in, told
from tests.world import ADMINISTRATOR, SECOND_ADMINISTRATOR, World

PATHS = {"role": "role-grants", "prokura": "prokura"}
NOBODY = UUID(int=99)


def limits(world: World, subject: str, who: str | None = None) -> list[dict[str, Any]]:
    return every(world.client(who or subject), f"/users/{world.id_of(subject)}/prokura", 1)


def grants(world: World, subject: str, who: str | None = None) -> list[dict[str, Any]]:
    return every(world.client(who or subject), f"/users/{world.id_of(subject)}/role-grants", 1)


def power(world: World, kind: str, subject: str = "disponent") -> str:
    """Give the path of the first role or prokura of somebody."""
    first = (grants if kind == "role" else limits)(world, subject)[0]
    return f"/{PATHS[kind]}/{first['id']}"


def held(world: World, subject: str) -> list[str]:
    return [row["role"] for row in world.client(subject).get("/me").json()["grants"]]


def limits_today(world: World, subject: str, part: ProkuraPart = ProkuraPart.ORDER) -> int:
    user_id = UUID(world.id_of(subject))

    def found(session: Any) -> int:
        return len(queries.order_limits(session, user_id, world.institution_id, "DKK", part, date(2026, 3, 2)))

    return world.database.run(found, write=False)


def events(world: World, action: str) -> list[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.id))
    return list(world.database.run(lambda session: session.exec(query).all(), write=False))


def locals_of(world: World) -> None:
    """Register an administrator of the institution, one of another institution, and somebody there."""
    person(world, "local", world.institution_id, Role.LOCAL_ADMINISTRATOR)
    neighbour = below(world, world.ministry_id, "Nabo")
    person(world, "neighbour", neighbour, Role.LOCAL_ADMINISTRATOR)
    person(world, "stranger", neighbour, Role.BUYER)


def test_a_user_is_told_to_who_sees_them(world: World) -> None:
    locals_of(world)
    path = f"/users/{world.id_of('disponent')}"

    for subject in ("disponent", "local", ADMINISTRATOR, "auditor", "content-manager"):
        assert world.client(subject).get(path).json()["name"] == "disponent", subject
    for subject in ("buyer", "neighbour", "supplier", "invoice-system"):
        assert told(world.client(subject).get(path)) == (404, "user_not_found"), subject
    assert told(world.client(ADMINISTRATOR).get(f"/users/{NOBODY}")) == (404, "user_not_found")


def test_power_is_told_to_its_holder_and_to_who_reads_the_branchs_set_up(world: World) -> None:
    locals_of(world)

    own = grants(world, "disponent"), limits(world, "disponent")

    assert [(row["role"], row["ended_at"]) for row in own[0]] == [("DISPONENT", None)]
    assert [(row["part"], row["max_amount"]) for row in own[1]] == [("ORDER", "100000.00"), ("INVOICE", "100000.00")]
    for subject in ("local", ADMINISTRATOR, "auditor"):
        assert (grants(world, "disponent", subject), limits(world, "disponent", subject)) == own, subject
    for of in ("role-grants", "prokura"):
        path = f"/users/{world.id_of('disponent')}/{of}"
        assert told(world.client("content-manager").get(path)) == (403, "not_allowed")
        for subject in ("buyer", "neighbour", "supplier"):
            assert told(world.client(subject).get(path)) == (404, "user_not_found"), subject


def test_a_substitute_reads_the_principals_power(world: World) -> None:
    made(stands_in(world, "disponent", "receiver"))
    path = f"/users/{world.id_of('disponent')}/prokura"

    assert len(world.client("receiver", world.id_of("disponent")).get(path).json()["data"]) == 2
    assert told(world.client("receiver").get(path)) == (404, "user_not_found")


def test_an_ended_role_holds_no_more_from_that_moment_on(world: World) -> None:
    path = power(world, "role")
    world.clock.advance(timedelta(hours=1))

    ended = world.client(ADMINISTRATOR).delete(path)

    assert (ended.status_code, ended.json()["ended_at"]) == (200, "2026-03-02T12:00:00Z")
    assert held(world, "disponent") == []
    assert told(world.client("disponent").get(f"/organisations/{world.institution_id}"))[0] == 404
    assert [row["ended_at"] for row in grants(world, "disponent")] == ["2026-03-02T12:00:00Z"]
    (event,) = events(world, "role.ended")
    assert event.facts == {"role": "DISPONENT", "grant_id": ended.json()["id"]}
    assert (event.chain, str(event.entity_id)) == (world.root_id, world.id_of("disponent"))


def test_an_ended_prokura_covers_nothing_and_the_other_part_stays(world: World) -> None:
    ended = world.client(ADMINISTRATOR).delete(power(world, "prokura"))

    assert ended.status_code == 200
    assert (limits_today(world, "disponent"), limits_today(world, "disponent", ProkuraPart.INVOICE)) == (0, 1)
    (event,) = events(world, "prokura.ended")
    assert event.facts == {"part": "ORDER", "prokura_id": ended.json()["id"]}


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("local", 200),
        ("disponent", 200),
        ("auditor", 403),
        ("buyer", 404),
        ("content-manager", 404),
        ("neighbour", 404),
        ("supplier", 404),
    ],
)
def test_power_ends_by_who_administers_its_scope_and_by_who_lays_it_down(
    world: World, kind: str, who: str, status: int
) -> None:
    locals_of(world)
    path, before = power(world, kind), row_counts(world.database)

    assert world.client(who).delete(path).status_code == status

    rows = grants(world, "disponent") if kind == "role" else limits(world, "disponent")
    assert (rows[0]["ended_at"] is not None) is (status == 200)
    if status != 200:
        assert row_counts(world.database) == before


@pytest.mark.parametrize("kind", PATHS)
def test_what_is_not_there_cannot_be_ended(world: World, kind: str) -> None:
    answer = world.client(ADMINISTRATOR).delete(f"/{PATHS[kind]}/{NOBODY}")

    assert told(answer) == (404, "role_grant_not_found" if kind == "role" else "prokura_not_found")


@pytest.mark.parametrize("kind", PATHS)
def test_power_ends_once(world: World, kind: str) -> None:
    path = power(world, kind)
    assert world.client(ADMINISTRATOR).delete(path).status_code == 200
    world.clock.advance(timedelta(hours=1))

    again = world.client(ADMINISTRATOR).delete(path)

    assert told(again) == (409, "already_ended")
    assert "2026-03-02T11:00:00" in again.json()["detail"]


def test_two_who_end_it_at_once_end_it_once(world: World) -> None:
    path = power(world, "prokura")
    with ThreadPoolExecutor(2) as threads:
        people = (ADMINISTRATOR, SECOND_ADMINISTRATOR)
        answers = list(threads.map(lambda who: world.client(who).delete(path).status_code, people))

    assert sorted(answers) == [200, 409]
    assert len(events(world, "prokura.ended")) == 1


def test_what_is_over_by_its_last_day_ends_no_more_and_what_begins_later_may(world: World) -> None:
    clerk = person(world, "clerk", world.institution_id)
    grant(world, clerk, Role.BUYER, world.institution_id, date(2026, 1, 1), date(2026, 3, 1))
    grant(world, clerk, Role.RECEIVER, world.institution_id, date(2026, 3, 3))
    client = world.client(ADMINISTRATOR)
    past, later = (f"/role-grants/{row['id']}" for row in sorted(grants(world, "clerk"), key=lambda row: row["role"]))

    assert told(client.delete(past)) == (409, "already_ended")
    assert client.delete(later).status_code == 200
    world.clock.at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert held(world, "clerk") == []


def test_an_administrator_of_the_branch_sees_but_does_not_end_what_stands_above_it(world: World) -> None:
    locals_of(world)
    grant(world, world.people["disponent"], Role.BUYER, world.root_id)
    (above,) = (row for row in grants(world, "disponent", "local") if row["organisation_id"] == str(world.root_id))

    answer = world.client("local").delete(f"/role-grants/{above['id']}")

    assert told(answer) == (403, "not_allowed")
    assert world.client(ADMINISTRATOR).delete(f"/role-grants/{above['id']}").status_code == 200


def test_an_administrator_ends_what_somebody_from_elsewhere_holds_in_the_branch(world: World) -> None:
    locals_of(world)
    grant(world, UUID(world.id_of("stranger")), Role.RECEIVER, world.institution_id)
    (here,) = (row for row in grants(world, "stranger") if row["role"] == "RECEIVER")

    assert world.client("local").delete(f"/role-grants/{here['id']}").status_code == 200
    assert held(world, "stranger") == ["BUYER"]


def test_a_suppliers_role_is_ended_at_the_root(world: World) -> None:
    locals_of(world)
    path = power(world, "role", "supplier")

    assert told(world.client("auditor").delete(path)) == (403, "not_allowed")
    assert told(world.client("local").delete(path)) == (404, "role_grant_not_found")
    assert world.client(ADMINISTRATOR).delete(path).status_code == 200
    assert held(world, "supplier") == []


def test_a_supplier_lays_their_role_down(world: World) -> None:
    assert world.client("supplier").delete(power(world, "role", "supplier")).status_code == 200
    (event,) = events(world, "role.ended")
    assert event.chain == world.root_id


@pytest.mark.parametrize("kind", PATHS)
def test_a_substitute_does_not_lay_down_what_is_the_principals(world: World, kind: str) -> None:
    made(stands_in(world, "disponent", "receiver"))
    path = power(world, kind)

    assert told(world.client("receiver", world.id_of("disponent")).delete(path)) == (403, "not_allowed")


def test_the_last_administrator_of_a_root_stays(world: World) -> None:
    assert world.client(SECOND_ADMINISTRATOR).delete(power(world, "role", SECOND_ADMINISTRATOR)).status_code == 200

    answer = world.client(ADMINISTRATOR).delete(power(world, "role", ADMINISTRATOR))

    assert told(answer) == (409, "last_administrator")
    assert held(world, ADMINISTRATOR) == ["LOCAL_ADMINISTRATOR"]
    locals_of(world)
    assert world.client("local").delete(power(world, "role", "local")).status_code == 200


def test_of_two_administrators_who_leave_at_once_one_stays(world: World) -> None:
    people = (ADMINISTRATOR, SECOND_ADMINISTRATOR)
    paths = {who: power(world, "role", who) for who in people}
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda who: world.client(who).delete(paths[who]).status_code, people))

    assert sorted(answers) == [200, 409]


@pytest.mark.parametrize("model", [RoleGrant, Prokura])
def test_what_was_ended_may_be_given_anew(world: World, model: type[RoleGrant] | type[Prokura]) -> None:
    kind = "role" if model is RoleGrant else "prokura"
    assert world.client(ADMINISTRATOR).delete(power(world, kind)).status_code == 200
    body = {"user_id": world.id_of("disponent"), "organisation_id": str(world.institution_id)}
    more = {"role": "DISPONENT"} if kind == "role" else {"part": "ORDER", "max_amount": "5"}

    made(world.client(ADMINISTRATOR).post(f"/{PATHS[kind]}", body | more | {"valid_from": "2026-03-02"}))

    assert (len(held(world, "disponent")), limits_today(world, "disponent")) == (1, 1)
