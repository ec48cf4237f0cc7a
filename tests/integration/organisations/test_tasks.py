"""Tasks: opened once, seen by who is named or holds the role where the task stands, closed with by whom."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.organisations import queries, tasks
from app.organisations.access import Call
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from tests.integration.organisations.steps import below, every, grant, person
from tests.world import ADMINISTRATOR, World

ORDER = UUID(int=7)


def opened(
    world: World,
    place: UUID,
    role: Role = Role.DISPONENT,
    user_id: UUID | None = None,
    task_type: TaskType = TaskType.APPROVE_ORDER,
    about: UUID = ORDER,
) -> None:
    def step(call: Call) -> None:
        tasks.open_task(
            call.session,
            task_type,
            organisation_id=place,
            role=role,
            subject="order",
            subject_id=about,
            now=call.now,
            reasons=["because"],
            user_id=user_id,
        )

    world.clock.advance(timedelta(milliseconds=1))
    world.step(ADMINISTRATOR, step)


def seen(world: World, subject: str) -> list[str]:
    return [row["type"] for row in every(world.client(subject), "/tasks")]


def test_a_task_of_a_role_is_seen_by_who_holds_it_there_or_above(world: World) -> None:
    office = below(world, world.institution_id, "Kontor")
    person(world, "head", office, Role.DISPONENT)
    person(world, "neighbour", below(world, world.ministry_id, "Nabo"), Role.DISPONENT)

    opened(world, world.institution_id)

    assert seen(world, "disponent") == ["APPROVE_ORDER"]
    for subject in ("head", "neighbour", "buyer", "auditor", ADMINISTRATOR, "supplier"):
        assert seen(world, subject) == [], subject
    opened(world, office, about=UUID(int=8))
    assert seen(world, "head") == ["APPROVE_ORDER"]
    assert len(seen(world, "disponent")) == 2


def test_a_task_that_names_somebody_is_theirs_alone(world: World) -> None:
    person(world, "second", world.institution_id, Role.DISPONENT)

    opened(world, world.institution_id, user_id=world.people["disponent"])

    assert seen(world, "disponent") == ["APPROVE_ORDER"]
    assert seen(world, "second") == []


def test_a_named_task_stays_with_the_named_also_without_a_role(world: World) -> None:
    newcomer = person(world, "newcomer", world.institution_id)

    opened(world, world.institution_id, user_id=newcomer)

    assert seen(world, "newcomer") == ["APPROVE_ORDER"]


def test_two_roles_at_two_places_are_not_mixed(world: World) -> None:
    neighbour = below(world, world.ministry_id, "Nabo")
    newcomer = person(world, "newcomer", world.institution_id, Role.DISPONENT)
    grant(world, newcomer, Role.RECEIVER, neighbour)

    opened(world, neighbour, Role.DISPONENT)
    opened(world, world.institution_id, Role.RECEIVER, task_type=TaskType.RECEIVE, about=UUID(int=8))

    assert seen(world, "newcomer") == []
    opened(world, neighbour, Role.RECEIVER, task_type=TaskType.RECEIVE, about=UUID(int=9))
    assert seen(world, "newcomer") == ["RECEIVE"]


def test_the_same_task_is_open_once_and_closed_by_type(world: World) -> None:
    opened(world, world.institution_id)
    opened(world, world.institution_id)
    opened(world, world.institution_id, task_type=TaskType.EXPLAIN_DEVIATION)

    def close(call: Call) -> None:
        tasks.close_tasks(call.session, ORDER, [TaskType.APPROVE_ORDER], now=call.now, by=call.actor.id)

    world.step("disponent", close)

    rows = world.client("disponent").get("/tasks").json()["data"]
    assert [(row["type"], row["state"], row["reasons"]) for row in rows] == [
        ("APPROVE_ORDER", "CLOSED", ["because"]),
        ("EXPLAIN_DEVIATION", "OPEN", ["because"]),
    ]
    assert (rows[0]["closed_at"] is None, rows[1]["closed_at"] is None) == (False, True)
    left = world.database.run(lambda session: queries.open_tasks_about(session, ORDER))
    assert [task.type for task in left] == [TaskType.EXPLAIN_DEVIATION]


def test_what_was_closed_is_opened_anew(world: World) -> None:
    opened(world, world.institution_id)
    world.step(
        "disponent",
        lambda call: tasks.close_tasks(call.session, ORDER, [TaskType.APPROVE_ORDER], now=call.now, by=None),
    )

    opened(world, world.institution_id)

    states = [row["state"] for row in world.client("disponent").get("/tasks").json()["data"]]
    assert states == ["CLOSED", "OPEN"]


@pytest.mark.parametrize("days", [0, 1])
def test_tasks_are_seen_as_long_as_the_role_holds(world: World, days: int) -> None:
    newcomer = person(world, "newcomer", world.institution_id)
    today = world.clock.now().date()
    grant(world, newcomer, Role.DISPONENT, world.institution_id, today, today)
    opened(world, world.institution_id)

    world.clock.advance(timedelta(days=days))

    assert len(seen(world, "newcomer")) == 1 - days


def test_who_wants_only_what_waits_gets_that_alone(world: World) -> None:
    opened(world, world.institution_id, about=UUID(int=8))
    opened(world, world.institution_id)

    def close(call: Call) -> None:
        tasks.close_tasks(call.session, UUID(int=8), [TaskType.APPROVE_ORDER], now=call.now, by=None)

    world.step(ADMINISTRATOR, close)

    disponent = world.client("disponent")
    by_state = {state: disponent.get("/tasks", state=state).json()["data"] for state in ("OPEN", "CLOSED")}
    assert {state: [row["subject_id"] for row in rows] for state, rows in by_state.items()} == {
        "OPEN": [str(ORDER)],
        "CLOSED": [str(UUID(int=8))],
    }
    assert disponent.get("/tasks", state="DONE").status_code == 422
