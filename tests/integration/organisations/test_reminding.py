"""Reminders: whom an open task waits for is told anew after the policy's working days, each interval once."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from app.organisations.models import Task, TaskType
from app.organisations.people_models import Role
from app.organisations.reminding import plan, remind
from tests.integration.organisations.noticed import PUBLIC, Office
from tests.integration.organisations.steps import below, person
from tests.mail import receiving
from tests.policies import publish_policy
from tests.world import World

DISPONENT = "disponent"


@pytest.fixture
def office(world: World) -> Iterator[Office]:
    """Give the world at Monday noon, 2 March 2026, with a mail server."""
    with receiving() as mail:
        yield Office(world, mail, mail.url)


def told_on(office: Office, day: str) -> list[str]:
    """Let the worker work on a day, at seven and from half past on, and give who got a mail."""
    office.work(f"{day} 07:00")
    office.work(f"{day} 07:30")
    office.work(f"{day} 07:31:30")
    office.work(f"{day} 16:00")
    return office.told()


def opened_and_told(office: Office) -> None:
    office.opens()
    office.work()
    office.work("2026-03-02 12:01:30")
    assert office.told() == [DISPONENT]


def test_an_open_task_is_reminded_of_after_three_working_days_and_after_three_more(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    opened_and_told(office)

    told = {
        day: told_on(office, f"2026-03-{day}")
        for day in ("03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13")
    }

    assert {day: who for day, who in told.items() if who} == {"05": [DISPONENT], "10": [DISPONENT], "13": [DISPONENT]}


def test_a_reminder_says_so_in_the_language_that_was_asked_for(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    office.opens()
    about = office.opens()
    office.work("2026-03-05 07:31")
    office.work("2026-03-05 07:33")
    letter = office.mail.letters[-1]
    assert letter["Subject"] == "Prokura: Påmindelse: 2 opgaver venter på dig"
    assert f"- Prøveinstitutionen, 3 arbejdsdage gammel, påmindelse: {PUBLIC}/orders/{about}" in letter.get_content()

    office.closes(about)
    office.wishes(DISPONENT, "AT_ONCE", language="en")
    office.work("2026-03-10 07:31")
    office.work("2026-03-10 07:33")
    letter = office.mail.letters[-1]
    assert letter["Subject"] == "Prokura: Reminder: An order waits for approval"
    assert "6 working days old, reminder" in letter.get_content()


def test_the_policy_of_the_place_says_after_how_many_days(office: Office) -> None:
    world = office.world
    publish_policy(world, world.ministry_id, {"kind": "REMINDERS", "task_days": 1})
    neighbour = below(world, world.root_id, "Andet ministerium")
    person(world, "beside", neighbour, Role.DISPONENT)
    world.organisations["beside"] = neighbour  # type: ignore[index]
    for subject in (DISPONENT, "beside"):
        office.wishes(subject, "AT_ONCE")
    office.opens()
    office.opens(place="beside")
    office.work("2026-03-02 13:00")
    office.work("2026-03-02 13:02")
    office.told()

    told = [sorted(told_on(office, f"2026-03-{day}")) for day in ("03", "04", "05")]

    assert told == [[DISPONENT], [DISPONENT], ["beside", DISPONENT]]


def test_an_interval_runs_as_it_began_and_the_next_one_by_the_new_policy(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    opened_and_told(office)
    assert told_on(office, "2026-03-03") == []
    publish_policy(office.world, office.world.institution_id, {"kind": "REMINDERS", "task_days": 1})

    assert [told_on(office, f"2026-03-{day}") for day in ("04", "05", "06")] == [[], [DISPONENT], [DISPONENT]]


def test_nobody_is_reminded_before_half_past_seven_or_on_a_day_off(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    office.work("2026-03-31 12:00")
    office.opens()
    office.work()
    office.work("2026-03-31 12:02")
    office.told()

    told = {day: told_on(office, f"2026-04-{day}") for day in ("01", "02", "03", "04", "05", "06", "07", "08", "09")}

    assert [day for day, who in told.items() if who] == ["08"]


def test_what_is_done_in_time_is_not_reminded_of(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    about = office.opens()
    office.work("2026-03-04 12:00")
    office.work("2026-03-04 12:02")
    office.told()
    office.closes(about)

    assert told_on(office, "2026-03-05") == []


def test_whoever_wants_a_digest_finds_the_task_there_as_ever_and_whoever_wants_no_mail_gets_none(
    office: Office,
) -> None:
    office.wishes(DISPONENT, "DAILY")
    office.opens()
    office.opens(TaskType.RECEIVE, Role.RECEIVER)
    office.wishes("receiver", "NONE")
    for day in ("03", "04", "05"):
        assert told_on(office, f"2026-03-{day}") == [DISPONENT]
    office.work("2026-03-06 07:30")

    (letter,) = office.mail.letters
    assert "4 arbejdsdage gammel:" in letter.get_content()
    assert letter["Subject"] == "Prokura: En ordre venter på godkendelse"


def test_whoever_asked_to_be_told_since_is_reminded_too(office: Office) -> None:
    office.opens()
    office.work("2026-03-03 12:00")
    office.wishes(DISPONENT, "AT_ONCE")

    assert [told_on(office, f"2026-03-{day}") for day in ("04", "05")] == [[], [DISPONENT]]


def test_what_could_not_be_mailed_is_told_by_the_reminder(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    office.mail.to_address = "550 no such user"
    office.opens()
    office.work()
    office.work("2026-03-02 12:05")
    assert office.states() == ["DEAD"]
    office.mail.to_address = ""

    assert told_on(office, "2026-03-05") == [DISPONENT]
    assert office.states() == ["SENT"]


def test_a_worker_that_comes_back_late_reminds_once(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    opened_and_told(office)

    assert told_on(office, "2026-03-20") == [DISPONENT]
    assert told_on(office, "2026-03-23") == []


def test_two_workers_remind_once(office: Office) -> None:
    office.wishes(DISPONENT, "AT_ONCE")
    opened_and_told(office)
    world = office.world

    def reminded(session: Session) -> tuple[int, int]:
        now = world.clock.now()
        return plan(session, now), remind(session, now, has_mail=True)

    office.world.clock.at = world.clock.at.replace(day=5)
    assert [world.database.run(reminded) for _ in range(2)] == [(1, 1), (0, 0)]
    assert office.states() == ["QUEUED"]


def test_without_a_mail_server_nothing_is_queued_and_the_next_day_is_set(world: World) -> None:
    office = Office(world, None, "")  # type: ignore[arg-type]
    office.wishes(DISPONENT, "AT_ONCE")
    office.opens()
    office.work("2026-03-05 08:00")

    assert office.states() == []
    (task,) = world.database.run(lambda session: session.exec(select(Task)).all(), write=False)
    assert (str(task.remind_on), task.reminded_at) == ("2026-03-10", world.clock.now())


def test_an_agreement_that_ends_keeps_to_the_days_of_its_own(office: Office) -> None:
    office.wishes("content-manager", "AT_ONCE")
    office.opens(TaskType.AGREEMENT_ENDS, Role.CONTENT_MANAGER)
    office.work()
    office.work("2026-03-02 12:02")
    assert office.told() == ["content-manager"]

    assert [told_on(office, f"2026-03-{day}") for day in ("05", "06")] == [[], []]
