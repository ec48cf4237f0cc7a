"""Reorganisations: who may plan what, what lapses, whose task it becomes, and what is refused with nothing changed."""

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from app.organisations.models import Task, TaskType
from app.organisations.people_models import Role
from app.organisations.tasks import open_task
from tests.databases import row_counts
from tests.integration.organisations.steps import below, every, grant, made, person, told
from tests.purchases import done
from tests.story import Story

TODAY = "2026-03-02"
OTHER_GLN = "5798000000018"


@pytest.fixture
def elsewhere(story: Story) -> UUID:
    """Give a ministry beside that of the institution."""
    return below(story.world, story.world.root_id, "Ministeriet for Nyt")


def plan(story: Story, who: str = "administrator", **fields: Any) -> httpx.Response:
    world = story.world
    body = {"kind": "MOVE", "organisation_id": world.institution_id, "effective_on": TODAY} | fields
    return story[who].post("/reorganisations", {name: str(value) for name, value in body.items() if value is not None})


def carried_out(story: Story, **fields: Any) -> dict[str, Any]:
    planned = made(plan(story, **fields))
    story.work()
    return done(story["administrator"].get(f"/reorganisations/{planned['id']}"))


def test_what_cannot_be_is_refused_when_it_is_planned(story: Story, elsewhere: UUID) -> None:
    world = story.world
    office = below(world, world.institution_id, "Kontoret")
    before = row_counts(world.database)

    refusals = [
        plan(story, organisation_id=world.root_id, target_id=elsewhere),
        plan(story, target_id=office),
        plan(story, target_id=world.institution_id),
        plan(story, target_id=world.ministry_id),
        plan(story, target_id=elsewhere, effective_on="2026-03-01"),
        plan(story, kind="CLOSE", target_id=elsewhere),
        plan(story, kind="MERGE"),
        plan(story, kind="CLOSE", organisation_id=world.root_id),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in refusals] == [
        (422, "nowhere_to_go"),
        (422, "cycle_in_tree"),
        (422, "cycle_in_tree"),
        (422, "nowhere_to_go"),
        (422, "in_the_past"),
        (422, "body_not_valid"),
        (422, "body_not_valid"),
        (422, "nowhere_to_go"),
    ]
    assert row_counts(world.database) == before


def test_it_takes_an_administrator_of_both_ends(story: Story, elsewhere: UUID) -> None:
    world = story.world
    person(world, "own-administrator", world.institution_id, Role.LOCAL_ADMINISTRATOR)
    person(world, "old-administrator", world.ministry_id, Role.LOCAL_ADMINISTRATOR)
    person(world, "new-administrator", elsewhere, Role.LOCAL_ADMINISTRATOR)

    assert told(plan(story, "own-administrator", kind="CLOSE")) == (403, "not_allowed")
    assert told(plan(story, "old-administrator", target_id=elsewhere)) == (404, "organisation_not_found")
    assert told(plan(story, "new-administrator", target_id=elsewhere)) == (404, "organisation_not_found")
    made(plan(story, "old-administrator", kind="CLOSE"))


def test_one_is_reorganised_once_a_day_unless_it_is_withdrawn(story: Story, elsewhere: UUID) -> None:
    first = made(plan(story, target_id=elsewhere, effective_on="2026-04-01"))
    assert told(plan(story, kind="CLOSE", effective_on="2026-04-01")) == (409, "two_on_one_day")

    withdrawn = story["administrator"].post(f"/reorganisations/{first['id']}/withdraw", headers={"If-Match": '"1"'})
    assert done(withdrawn)["status"] == "WITHDRAWN"
    made(plan(story, kind="CLOSE", effective_on="2026-04-01"))
    again = story["administrator"].post(f"/reorganisations/{first['id']}/withdraw", headers={"If-Match": '"2"'})
    assert told(again) == (409, "wrong_state")


def test_another_branch_knows_nothing_of_it(story: Story, elsewhere: UUID) -> None:
    planned = made(plan(story, kind="CLOSE", effective_on="2026-04-01"))
    person(story.world, "stranger", elsewhere, Role.LOCAL_ADMINISTRATOR)

    path = f"/reorganisations/{planned['id']}"
    assert told(story["stranger"].get(path)) == (404, "reorganisation_not_found")
    assert told(story["stranger"].post(f"{path}/withdraw", headers={"If-Match": "*"})) == (
        404,
        "reorganisation_not_found",
    )
    assert every(story["stranger"], "/reorganisations") == []


def test_roles_and_limits_over_the_new_border_lapse_and_no_others(story: Story, elsewhere: UUID) -> None:
    world = story.world
    local = person(world, "local", world.institution_id, Role.BUYER)
    grant(world, local, Role.AUDITOR, world.ministry_id)
    central = person(world, "central", world.ministry_id, Role.BUYER)
    grant(world, central, Role.AUDITOR, world.institution_id)

    outcome = carried_out(story, target_id=elsewhere)["outcome"]

    assert (outcome["roles_lapsed"], outcome["prokura_lapsed"]) == (2, 0)
    roles = {who: [one["role"] for one in done(story[who].get("/me"))["grants"]] for who in ("local", "central")}
    assert roles == {"local": ["BUYER"], "central": ["BUYER"]}
    auditor = done(story["auditor"].get("/me"))
    assert [one["role"] for one in auditor["grants"]] == ["AUDITOR"]


def named_task(story: Story, user_id: UUID) -> UUID:
    """Let something wait at the institution for somebody of the ministry by name."""
    world, subject_id = story.world, UUID(int=7)

    def step(session: Any) -> None:
        open_task(
            session,
            TaskType.APPROVE_INVOICE,
            organisation_id=world.institution_id,
            role=Role.INVOICE_APPROVER,
            subject="invoice",
            subject_id=subject_id,
            now=world.clock.now(),
            user_id=user_id,
        )

    world.database.run(step)
    return subject_id


@pytest.mark.parametrize("stays", [True, False])
def test_a_task_finds_new_hands_when_its_holder_loses_the_role(story: Story, elsewhere: UUID, stays: bool) -> None:
    world = story.world
    home = world.institution_id if stays else world.ministry_id
    holder = person(world, "holder", home)
    grant(world, holder, Role.INVOICE_APPROVER, world.institution_id)
    subject_id = named_task(story, holder)

    outcome = carried_out(story, target_id=elsewhere)["outcome"]

    task = world.database.run(lambda session: session.exec(select(Task).where(Task.subject_id == subject_id)).one())
    assert task.user_id == (holder if stays else None)
    assert outcome["tasks_routed_anew"] == (0 if stays else 1)


def test_what_became_impossible_fails_and_says_why(story: Story, elsewhere: UUID) -> None:
    world = story.world
    first = made(plan(story, target_id=elsewhere, effective_on="2026-04-01"))
    second = made(plan(story, organisation_id=elsewhere, target_id=world.institution_id, effective_on="2026-04-01"))
    world.clock.advance(timedelta(days=31))

    story.work()

    states = [done(story["administrator"].get(f"/reorganisations/{one['id']}")) for one in (first, second)]
    assert [one["status"] for one in states] == ["DONE", "FAILED"]
    assert "cycle" in states[1]["failure"]
    told_ = [task for task in every(story["administrator"], "/tasks") if task["subject_id"] == second["id"]]
    assert [task["type"] for task in told_] == ["REORGANISED"]
    done(story["administrator"].post(f"/tasks/{told_[0]['id']}/set-aside"))
    assert done(story["administrator"].get("/tasks"))["data"][-1]["state"] == "CLOSED"


def test_a_share_made_while_a_branch_moves_does_not_outlive_the_move(story: Story, elsewhere: UUID) -> None:
    """Whichever comes first: a share made before lapses, one asked for after is refused."""
    world = story.world
    made(plan(story, target_id=elsewhere))
    together = Barrier(2)
    answers: list[httpx.Response] = []

    def share() -> None:
        body = {
            "from_organisation_id": str(world.ministry_id),
            "target": "EVERYBODY",
            "organisation_id": str(world.institution_id),
            "valid_from": "2026-01-01",
        }
        together.wait()
        answers.append(story["state-content-manager"].post(f"/agreements/{world.agreement_id}/shares", body))

    def move() -> None:
        together.wait()
        story.work()

    threads = [Thread(target=share), Thread(target=move)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers[0].status_code in (201, 409), answers[0].text
    assert done(story["buyer"].get("/agreements"))["data"] == []


def numbers(story: Story, place: UUID) -> list[dict[str, Any]]:
    return every(story["administrator"], f"/organisations/{place}/location-numbers")


def register(story: Story, place: UUID, **fields: str) -> httpx.Response:
    body = {"gln": OTHER_GLN, "valid_from": TODAY} | fields
    return story["administrator"].post(f"/organisations/{place}/location-numbers", body)


def test_a_gln_routes_to_one_organisation_at_a_time(story: Story, elsewhere: UUID) -> None:
    world = story.world
    first = made(register(story, world.institution_id, valid_to="2026-06-30"))
    for days in ({"valid_from": "2026-06-30"}, {"valid_from": "2026-01-01"}, {"valid_to": TODAY}):
        assert told(register(story, elsewhere, **days)) == (409, "gln_taken")
    assert told(register(story, elsewhere, valid_from="2026-05-01", valid_to="2026-04-01")) == (422, "body_not_valid")
    assert told(register(story, elsewhere, gln="5798000000017")) == (422, "body_not_valid")

    made(register(story, elsewhere, valid_from="2026-07-01"))

    assert first["gln"] in {row["gln"] for row in numbers(story, world.institution_id)}


def test_a_gln_that_has_ended_is_sent_under_no_more(story: Story) -> None:
    place = story.world.institution_id
    (number,) = numbers(story, place)
    path = f"/location-numbers/{number['id']}/end"
    assert told(story["administrator"].post(path, {"valid_to": "2026-03-01"})) == (422, "ends_before_it_begins")
    ended = done(story["administrator"].post(path, {"valid_to": TODAY}))
    assert ended["routable_to"] == str(date(2026, 3, 2) + timedelta(days=180))

    story.world.clock.advance(timedelta(days=1))

    assert done(story["administrator"].get(f"/organisations/{place}"))["glns"] == []
    assert told(story["administrator"].post(path, {"valid_to": "2026-03-03"})) == (409, "already_ended")
    stranger = story["supplier"].post(path, {"valid_to": "2026-03-03"})
    assert told(stranger) == (404, "organisation_not_found")
