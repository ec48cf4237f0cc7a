"""A world whose worker has a mail server, and what the tests of notices do over and over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import select

from app.assembly import worker_of
from app.kit.clock import COPENHAGEN
from app.kit.config import Settings
from app.kit.ids import new_id
from app.organisations.models import TaskType
from app.organisations.notice_models import Mailing, Notice, NoticePreference
from app.organisations.people_models import Role
from app.organisations.tasks import close_tasks, open_task
from tests.mail import MailServer
from tests.world import World

PUBLIC = "https://prokura.example.dk"


class Office:
    """A world, its mail server, and one worker that goes on from call to call."""

    def __init__(self, world: World, mail: MailServer, url: str) -> None:
        self.world = world
        self.mail = mail
        settings = Settings(smtp_url=url, mail_from="prokura@example.dk" if url else "", public_url=PUBLIC)
        self._worker = worker_of(settings, world.database, world.clock)

    def work(self, at: str = "") -> None:
        """Do what waits, maybe at another moment of the Danish clock, such as `2026-03-03 07:30`."""
        if at:
            self.world.clock.at = datetime.fromisoformat(at).replace(tzinfo=COPENHAGEN)
        self._worker.work_until_idle()

    def wishes(self, subject: str, mode: str, **fields: Any) -> None:
        """Let somebody say at the door how they want to be told."""
        client = self.world.client(subject)
        body = {"mode": mode, "address": f"{subject}@example.dk", **fields}
        changed = client.send(
            "PUT", "/me/notices", json=body, headers={"If-Match": client.get("/me/notices").headers["etag"]}
        )
        assert changed.status_code == 200, changed.text

    def opens(
        self,
        task_type: TaskType = TaskType.APPROVE_ORDER,
        role: Role = Role.DISPONENT,
        place: str = "institution",
        user_id: UUID | None = None,
    ) -> UUID:
        """Open a task and give the thing it is about."""
        now = self.world.clock.now()
        about = new_id(now)
        self.world.database.run(
            lambda session: open_task(
                session,
                task_type,
                organisation_id=self.world.organisations[place],
                role=role,
                subject="invoice" if "INVOICE" in task_type else "order",
                subject_id=about,
                user_id=user_id,
                reasons=["12.345,00 kr. fra Anna"],
                now=now,
            )
        )
        return about

    def closes(self, about: UUID) -> None:
        now = self.world.clock.now()
        self.world.database.run(lambda session: close_tasks(session, about, list(TaskType), now=now, by=None))

    def told(self) -> list[str]:
        """Take the letters that came, and give who got one."""
        receivers = self.mail.receivers
        self.mail.emptied()
        return [receiver.removesuffix("@example.dk") for receiver in receivers]

    def states(self) -> list[str]:
        """Give how far each notice has come."""
        query = select(Notice.state).order_by(Notice.queued_at, Notice.task_id)
        return list(self.world.database.run(lambda session: session.exec(query).all(), write=False))

    def mailing(self, subject: str) -> Mailing | None:
        user_id = self.world.people[subject]
        return self.world.database.run(lambda session: session.get(Mailing, user_id), write=False)

    def preference(self, subject: str) -> NoticePreference | None:
        user_id = self.world.people[subject]
        return self.world.database.run(lambda session: session.get(NoticePreference, user_id), write=False)
