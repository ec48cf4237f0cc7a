"""Notices when mail does not work: tried again, given up in the end, told twice at worst, never lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from app.assembly import worker_of
from app.kit.config import Settings
from app.kit.mail import Letter, Postman, server_of
from app.organisations.models import TaskType
from app.organisations.notice_models import NoticeMode
from app.organisations.noticing import LEASE, notify_next
from app.organisations.people_models import Role
from tests.integration.organisations.noticed import Office
from tests.integration.organisations.steps import person
from tests.mail import MailServer, receiving, unused_port
from tests.world import World

DISPONENT = "disponent"


@pytest.fixture
def office(world: World) -> Iterator[Office]:
    """Give the world at Monday noon, 2 March 2026, with a mail server and a disponent who wants to hear at once."""
    with receiving() as mail:
        opened = Office(world, mail, mail.url)
        opened.wishes(DISPONENT, "AT_ONCE")
        yield opened


def test_while_the_server_is_away_mails_wait_and_nobody_is_forgotten(world: World) -> None:
    port = unused_port()
    with receiving() as elsewhere:
        office = Office(world, elsewhere, f"smtp://127.0.0.1:{port}")
        office.wishes(DISPONENT, "AT_ONCE")
        office.wishes("receiver", "AT_ONCE")
        office.opens()
        office.opens(TaskType.RECEIVE, Role.RECEIVER)
        office.work()
        for minute in range(1, 40):
            office.work(f"2026-03-02 12:{minute:02}")
        tried = [office.mailing(subject) for subject in (DISPONENT, "receiver")]
        assert 5 <= sum(mailing.attempts for mailing in tried) <= 15
        assert any("ConnectionRefusedError" in (mailing.last_error or "") for mailing in tried)
        assert office.states() == ["QUEUED", "QUEUED"]

    with receiving(port) as mail:
        office.mail = mail
        office.work("2026-03-02 13:00")
        office.work("2026-03-02 13:20")
        assert office.told() == [DISPONENT, "receiver"]
        assert office.states() == ["SENT", "SENT"]
        mailing = office.mailing(DISPONENT)
        assert (mailing.last_error, mailing.attempts, mailing.due_at, mailing.lease_until) == (None, 0, None, None)


def test_a_task_that_opens_while_mails_wait_goes_with_them(office: Office) -> None:
    office.mail.to_content = "451 later"
    office.opens()
    office.work()
    office.work("2026-03-02 12:02")
    office.opens()
    office.work()
    office.mail.to_content = ""

    office.work("2026-03-02 12:30")

    assert [letter["Subject"] for letter in office.mail.letters] == ["Prokura: 2 opgaver venter på dig"]
    assert office.states() == ["SENT", "SENT"]


def test_notices_are_dead_after_two_days(office: Office) -> None:
    office.mail.to_content = "451 later"
    office.opens()
    office.work()
    for hour in (0, 1, 24, 48, 49):
        office.world.clock.at = datetime(2026, 3, 2, 11, 5, tzinfo=UTC) + timedelta(hours=hour)
        office.work()
        assert office.states() == (["QUEUED"] if hour <= 48 else ["DEAD"])

    shown = office.world.client(DISPONENT).get("/me/notices").json()
    assert (shown["next_mail_at"], "451" in shown["last_error"]) == (None, True)
    office.mail.to_content = ""
    office.opens()
    office.work()
    office.work("2026-03-04 15:00")
    assert office.told() == [DISPONENT]
    assert office.states() == ["DEAD", "SENT"]
    assert office.world.client(DISPONENT).get("/me/notices").json()["last_error"] is None


def test_an_address_that_is_refused_for_good_is_not_tried_again(office: Office) -> None:
    office.mail.to_address = "550 no such user"
    office.opens()
    office.work()
    office.work("2026-03-02 12:05")
    assert office.states() == ["DEAD"]
    shown = office.world.client(DISPONENT).get("/me/notices").json()
    assert (shown["next_mail_at"], "550" in shown["last_error"]) == (None, True)


def test_a_digest_is_tried_until_the_day_is_over_and_gives_way_to_the_next(office: Office) -> None:
    office.wishes(DISPONENT, "DAILY")
    office.mail.to_content = "451 later"
    office.opens()
    office.work("2026-03-06 07:30")
    assert office.mailing(DISPONENT).attempts == 1
    office.work("2026-03-06 23:59:58")
    office.mail.to_content = ""

    office.work("2026-03-07 12:00")
    office.work("2026-03-09 07:29")
    assert office.told() == []
    office.work("2026-03-09 07:30")
    assert office.told() == [DISPONENT]


class Dies(Postman):
    """A worker's process ends in the moment after the server took a letter."""

    def send(self, letter: Letter, now: datetime) -> None:
        super().send(letter, now)
        raise KeyboardInterrupt


@pytest.mark.parametrize("mode", [NoticeMode.AT_ONCE, NoticeMode.DAILY])
def test_a_worker_that_dies_between_sending_and_marking_repeats_one_mail(office: Office, mode: NoticeMode) -> None:
    office.wishes(DISPONENT, mode)
    office.opens()
    office.work()
    clock = office.world.clock
    clock.at = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    dying = Dies(server_of(office.mail.url), "prokura@example.dk")
    with pytest.raises(KeyboardInterrupt):
        notify_next(office.world.database, dying, "", clock.now)
    assert office.told() == [DISPONENT]

    office.work()
    assert office.told() == []
    clock.advance(LEASE)
    office.work()
    assert office.told() == [DISPONENT]
    clock.advance(LEASE * 2)
    office.work()
    assert office.told() == []


class SlowDispatch(Postman):
    """While the letter is on its way, something else happens."""

    def __init__(self, mail: MailServer, meanwhile: Callable[[], None]) -> None:
        super().__init__(server_of(mail.url), "prokura@example.dk")
        self._meanwhile = meanwhile

    def send(self, letter: Letter, now: datetime) -> None:
        super().send(letter, now)
        self._meanwhile()


def test_a_task_that_opens_while_the_mail_is_on_its_way_gets_the_next_one(office: Office) -> None:
    office.opens()
    office.work()
    clock = office.world.clock
    clock.at += timedelta(minutes=2)

    def meanwhile() -> None:
        office.opens()
        office.work()
        assert office.states() == ["QUEUED", "QUEUED"]

    slow = SlowDispatch(office.mail, meanwhile)
    notify_next(office.world.database, slow, "", clock.now)
    assert office.told() == [DISPONENT]

    office.work()
    office.work("2026-03-02 12:05")
    assert office.told() == [DISPONENT]
    assert office.states() == ["SENT", "SENT"]


def test_a_change_of_mode_while_the_mail_is_on_its_way_stands(office: Office) -> None:
    office.opens()
    office.work()
    office.world.clock.at += timedelta(minutes=2)
    slow = SlowDispatch(office.mail, partial(office.wishes, DISPONENT, "DAILY"))
    notify_next(office.world.database, slow, "", office.world.clock.now)

    assert office.mailing(DISPONENT).due_at == datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
    assert office.told() == [DISPONENT]
    office.work("2026-03-03 07:30")
    assert office.told() == [DISPONENT]


def test_two_workers_tell_everybody_once(office: Office) -> None:
    world = office.world
    for number in range(10):
        person(world, f"d{number}", world.institution_id, Role.DISPONENT)
        office.wishes(f"d{number}", "AT_ONCE")
    for _ in range(5):
        office.opens()
    settings = Settings(smtp_url=office.mail.url, mail_from="prokura@example.dk")

    def works() -> None:
        worker_of(settings, world.database, world.clock).work_until_idle()

    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            for done in [pool.submit(works) for _ in range(2)]:
                done.result()
            world.clock.at += timedelta(minutes=2)

    assert office.told() == sorted([DISPONENT, *(f"d{number}" for number in range(10))])
    assert set(office.states()) == {"SENT"}
    assert len(office.states()) == 55
