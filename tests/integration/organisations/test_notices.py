"""Notices: whom a task waits for is told by mail, at once or in the morning of a working day, and nobody else."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, delete, select, update

from app.organisations.access import actor_by_id
from app.organisations.models import Task, TaskType
from app.organisations.notice_models import NoticePreference
from app.organisations.noticing import waiting_for
from app.organisations.people_models import Role, RoleGrant
from tests.integration.organisations.noticed import PUBLIC, Office
from tests.integration.organisations.steps import below, grant, made, person, stands_in
from tests.mail import receiving
from tests.story import Story
from tests.world import ADMINISTRATOR, World

DISPONENT = "disponent"


@pytest.fixture
def office(world: World) -> Iterator[Office]:
    """Give the world at Monday noon, 2 March 2026, with a mail server."""
    with receiving() as mail:
        yield Office(world, mail, mail.url)


def test_a_task_is_told_at_once_and_once(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    about = office.opens()

    office.work("2026-03-02 12:00:30")
    assert office.told() == []
    office.work("2026-03-02 12:01:30")

    (letter,) = office.mail.letters
    assert letter["To"] == "disponent@example.dk"
    assert letter["Subject"] == "Prokura: En ordre venter på godkendelse"
    assert f"- Prøveinstitutionen, ny: {PUBLIC}/orders/{about}" in letter.get_content()
    assert "kr." not in letter.as_string()
    assert "Anna" not in letter.as_string()
    office.told()
    office.work("2026-03-04 12:00")
    assert (office.told(), office.states()) == ([], ["SENT"])


def test_tasks_of_one_minute_go_in_one_mail_in_the_language_that_was_asked_for(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE", language="en")
    office.opens()
    office.work("2026-03-02 12:00:30")
    office.opens()
    office.work("2026-03-02 12:01:30")
    office.opens()
    office.work("2026-03-02 12:03")
    office.work("2026-03-02 12:05")

    assert [letter["Subject"] for letter in office.mail.letters] == [
        "Prokura: 2 tasks wait for you",
        "Prokura: An order waits for approval",
    ]
    assert {letter["Content-Language"] for letter in office.mail.letters} == {"en"}


def test_a_digest_lists_what_is_open_on_working_days_at_half_past_seven(office: Office) -> None:
    office.wishes(DISPONENT, "DAILY")
    first = office.opens()
    office.work("2026-03-03 07:29")
    assert office.told() == []

    office.work("2026-03-03 07:30")
    (letter,) = office.mail.emptied()
    assert f"1 arbejdsdag gammel: {PUBLIC}/orders/{first}" in letter.get_content()

    second = office.opens()
    office.work("2026-03-03 20:00")
    assert office.told() == []
    office.work("2026-03-06 07:31")
    (letter,) = office.mail.emptied()
    lines = letter.get_content().splitlines()
    assert letter["Subject"] == "Prokura: 2 opgaver venter på dig"
    assert f"- Prøveinstitutionen, 4 arbejdsdage gammel: {PUBLIC}/orders/{first}" in lines
    assert f"- Prøveinstitutionen, 3 arbejdsdage gammel: {PUBLIC}/orders/{second}" in lines
    assert lines.index("En ordre venter på godkendelse (2)") + 1 == lines.index(
        f"- Prøveinstitutionen, 4 arbejdsdage gammel: {PUBLIC}/orders/{first}"
    )


@pytest.mark.parametrize(
    ("last", "closed", "following"),
    [
        pytest.param("2026-03-06", "2026-03-07", "2026-03-09", id="weekend"),
        pytest.param("2026-04-01", "2026-04-02", "2026-04-07", id="Easter"),
        pytest.param("2026-12-23", "2026-12-24", "2026-12-28", id="Christmas"),
    ],
)
def test_there_is_no_digest_on_a_day_that_is_none_for_work(
    office: Office, last: str, closed: str, following: str
) -> None:
    office.world.clock.at += timedelta(days=(date.fromisoformat(last) - date(2026, 3, 2)).days)
    office.opens()
    office.wishes(DISPONENT, "DAILY")

    office.work(f"{closed} 07:30")
    office.work(f"{closed} 12:00")
    assert office.told() == []
    office.work(f"{following} 07:29")
    assert office.told() == []
    office.work(f"{following} 07:30")
    assert office.told() == [DISPONENT]


def test_a_digest_that_nobody_sent_in_time_leaves_late_but_on_no_day_off(office: Office) -> None:
    office.wishes(DISPONENT, "DAILY")
    office.opens()

    office.work("2026-03-06 06:00")
    assert office.told() == []
    office.world.clock.at += timedelta(hours=7)
    office.work()
    assert office.told() == [DISPONENT]
    office.work("2026-03-07 10:00")
    assert office.told() == []
    office.work("2026-03-09 07:30")
    assert office.told() == [DISPONENT]


def test_whoever_wants_no_mail_gets_none_and_nothing_is_queued(office: Office) -> None:
    office.wishes(DISPONENT, "NONE")
    office.opens()

    office.work("2026-03-02 12:05")
    office.work("2026-03-03 08:00")

    assert (office.told(), office.states()) == ([], [])


def test_what_was_closed_in_time_is_not_told(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    office.wishes("receiver", "DAILY")
    done = [office.opens(), office.opens(TaskType.RECEIVE, Role.RECEIVER)]
    office.work()
    for about in done:
        office.closes(about)

    office.work("2026-03-02 12:05")
    office.work("2026-03-03 07:30")

    assert (office.told(), office.states()) == ([], ["DROPPED"])


def test_a_role_reaches_down_and_not_sideways(office: Office) -> None:
    world = office.world
    neighbour = below(world, world.ministry_id, "Nabostyrelsen")
    for subject, place in (("above", world.ministry_id), ("beside", neighbour)):
        person(world, subject, place, Role.DISPONENT)
        office.wishes(subject, "AT_ONCE")
    office.wishes(DISPONENT, "DAILY")
    office.wishes("buyer", "AT_ONCE")
    office.opens()

    office.work()
    office.work("2026-03-02 12:05")
    assert office.told() == ["above"]
    office.work("2026-03-03 07:30")
    assert office.told() == [DISPONENT]


def test_a_task_that_names_somebody_is_told_to_them_alone(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    office.wishes("buyer", "AT_ONCE")
    office.wishes("requisitioner", "DAILY")
    office.opens(TaskType.ORDER_RESPONSE, Role.DISPONENT, user_id=office.world.people["buyer"])
    office.opens(TaskType.ORDER_RESPONSE, Role.DISPONENT, user_id=office.world.people["requisitioner"])

    office.work()
    office.work("2026-03-02 12:05")
    assert office.told() == ["buyer"]
    office.work("2026-03-03 07:30")
    assert office.told() == ["requisitioner"]


@pytest.mark.parametrize("mode", ["AT_ONCE", "DAILY"])
def test_a_role_that_has_ended_brings_no_mail(office: Office, mode: str) -> None:
    world = office.world
    user_id = person(world, "former", world.institution_id)
    grant(world, user_id, Role.DISPONENT, world.institution_id, ends=date(2026, 3, 1))
    office.wishes("former", mode)
    office.opens()

    office.work()
    office.work("2026-03-02 12:05")
    office.work("2026-03-03 07:30")

    assert (office.told(), office.states()) == ([], [])


def test_a_role_that_ends_before_the_mail_leaves_brings_none(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    office.opens()
    office.work()
    assert office.states() == ["QUEUED"]
    ended = update(RoleGrant).where(RoleGrant.role == Role.DISPONENT).values(valid_to=date(2026, 3, 1))
    office.world.database.run(lambda session: session.connection().execute(ended) and None)

    office.work("2026-03-02 12:05")

    assert (office.told(), office.states()) == ([], ["DROPPED"])


def test_erasing_the_one_row_ends_the_mails(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    office.wishes("receiver", "DAILY")
    office.opens()
    office.opens(TaskType.RECEIVE, Role.RECEIVER)
    office.work()
    office.world.database.run(lambda session: session.connection().execute(delete(NoticePreference)) and None)

    office.work("2026-03-02 12:05")
    office.work("2026-03-03 08:00")

    assert (office.told(), office.states()) == ([], ["DROPPED"])


def test_another_mode_ends_the_mails_of_the_old_one(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    office.opens()
    office.work()
    office.wishes(DISPONENT, "DAILY")

    office.work("2026-03-02 12:05")
    assert (office.told(), office.states()) == ([], ["DROPPED"])
    office.work("2026-03-03 07:30")
    assert office.told() == [DISPONENT]
    office.wishes(DISPONENT, "NONE")
    office.work("2026-03-04 07:30")
    assert office.told() == []


def test_a_new_address_in_the_same_mode_leaves_the_time_of_the_next_mail(office: Office) -> None:
    office.wishes(DISPONENT, "DAILY")
    office.opens()
    office.world.clock.at += timedelta(hours=19)
    office.wishes(DISPONENT, "DAILY", address="other@example.dk")

    office.work("2026-03-03 07:31")

    assert office.told() == ["other"]


def test_without_a_mail_server_nothing_is_queued_and_nothing_old_leaves_when_there_is_one(office: Office) -> None:
    without = Office(office.world, office.mail, "")
    office.wishes(DISPONENT, "AT_ONCE")
    office.wishes("receiver", "DAILY")
    office.opens()
    office.opens(TaskType.RECEIVE, Role.RECEIVER)

    without.work("2026-03-04 12:00")
    unannounced = select(Task).where(Task.announced_at.is_(None))
    assert office.world.database.run(lambda session: session.exec(unannounced).all()) == []
    assert office.states() == []

    office.work("2026-03-04 12:05")
    assert office.told() == ["receiver"]
    office.work("2026-03-04 13:00")
    assert office.told() == []


@pytest.mark.parametrize("subject", ["buyer", "content-manager", "receiver", "state-content-manager", "supplier"])
def test_a_digest_is_about_the_open_tasks_of_the_persons_own_list(office: Office, subject: str) -> None:
    world = office.world
    for place in ("root", "ministry", "institution"):
        for role in (Role.BUYER, Role.CONTENT_MANAGER, Role.RECEIVER):
            office.opens(TaskType.EXPLAIN_DEVIATION, role, place)
            office.closes(office.opens(TaskType.RECEIVE, role, place))
    office.opens(TaskType.ORDER_RESPONSE, Role.BUYER, user_id=world.people["receiver"])

    def mailed(session: Session) -> list[UUID]:
        actor = actor_by_id(session, world.people[subject], date(2026, 3, 2))
        return sorted(session.connection().execute(waiting_for(actor)).scalars())

    listed = world.client(subject).get("/tasks").json()["data"]
    still_open = sorted(UUID(task["id"]) for task in listed if task["state"] == "OPEN")

    assert world.database.run(mailed, write=False) == still_open
    expected = {"buyer": 1, "content-manager": 1, "receiver": 2, "state-content-manager": 3, "supplier": 0}
    assert len(still_open) == expected[subject]


def test_an_order_that_is_submitted_is_told_to_its_disponent_without_its_price(office: Office, story: Story) -> None:
    office.wishes("state-content-manager", "AT_ONCE")
    story.approved_catalogue()
    office.work()
    office.work("2026-03-02 12:05")
    assert (office.told(), office.states()) == ([], [])  # approved before anybody had to be told

    office.wishes(DISPONENT, "AT_ONCE")
    lines = [{"catalogue_line_id": story.found("kopipapir")["id"], "quantity": "3"}]
    body = {"organisation_id": str(office.world.institution_id), "buyer_reference": "7778", "lines": lines}
    made = story["buyer"].post("/orders", body)
    order_id = made.json()["id"]
    story["buyer"].post(f"/orders/{order_id}/submit", headers={"If-Match": made.headers["etag"]})
    office.work()
    office.work("2026-03-02 12:10")

    (letter,) = office.mail.letters
    assert letter["To"] == "disponent@example.dk"
    assert f"{PUBLIC}/orders/{order_id}" in letter.get_content()
    assert "300" not in letter.get_content().replace(order_id, "")
    assert "buyer" not in letter.get_content()


def test_whose_role_was_ended_is_told_no_more(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    administrator = office.world.client(ADMINISTRATOR)
    (row,) = administrator.get(f"/users/{office.world.people[DISPONENT]}/role-grants").json()["data"]
    office.opens()
    assert administrator.delete(f"/role-grants/{row['id']}").status_code == 200

    office.work("2026-03-02 12:05")

    assert office.told() == []


def test_a_substitute_says_how_they_are_told_themselves_whomever_they_act_for(office: Office) -> None:
    made(stands_in(office.world, DISPONENT, "receiver"))
    office.wishes(DISPONENT, "DAILY")
    client = office.world.client("receiver", office.world.people[DISPONENT])
    assert client.get("/me/notices").json()["address"] is None

    body = {"mode": "AT_ONCE", "address": "receiver@example.dk"}
    changed = client.send("PUT", "/me/notices", json=body, headers={"If-Match": '"0"'})

    assert changed.status_code == 200, changed.text
    addresses = [office.world.client(who).get("/me/notices").json()["address"] for who in (DISPONENT, "receiver")]
    assert addresses == ["disponent@example.dk", "receiver@example.dk"]
