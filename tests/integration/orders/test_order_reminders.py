"""An order that nobody answers and goods that do not come: somebody is asked, once, when the day has come."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.demo import papers
from app.kit.clock import business_day
from app.orders import order_reminders
from app.orders.models import PurchaseOrder
from app.organisations.models import Task, TaskType
from tests.purchases import done
from tests.story import Story

ASKED = (TaskType.RESPONSE_MISSING, TaskType.RECEIVE_GOODS)


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10")


def days(story: Story, thing: dict[str, Any]) -> tuple[date | None, date | None]:
    """Give the days on which the answer and the goods are asked for."""
    order = story.world.database.run(lambda session: session.get_one(PurchaseOrder, UUID(thing["id"])))
    return order.remind_response_on, order.remind_receipt_on


def asked(story: Story) -> list[tuple[str, str, UUID | None]]:
    """Let the worker work; gives what was asked for: type, state and of whom."""
    story.work()
    query = select(Task).where(col(Task.type).in_(ASKED)).order_by(col(Task.type))
    found = story.world.database.run(lambda session: list(session.exec(query).all()))
    return [(task.type, task.state, task.user_id) for task in found]


def wait_until(story: Story, day: date) -> None:
    story.world.clock.advance(day - business_day(story.world.clock.now()))


def test_the_maker_is_asked_for_the_answer_and_receivers_for_the_goods_once(story: Story, sent: dict[str, Any]) -> None:
    answer_on, goods_on = days(story, sent)
    assert answer_on is not None
    assert goods_on is not None
    wait_until(story, min(answer_on, goods_on) - timedelta(days=1))
    assert asked(story) == []

    wait_until(story, max(answer_on, goods_on))
    maker = story.world.people["buyer"]
    told = [("RECEIVE_GOODS", "OPEN", None), ("RESPONSE_MISSING", "OPEN", maker)]
    assert asked(story) == told
    assert days(story, sent) == (None, None)
    assert asked(story) == told


def test_an_answer_ends_the_waiting_for_it(story: Story, sent: dict[str, Any]) -> None:
    wait_until(story, max(day for day in days(story, sent) if day is not None))
    assert [state for _, state, _ in asked(story)] == ["OPEN", "OPEN"]
    answer = papers.answer(story.document_of(sent["id"]))
    done(story["supplier"].upload("/documents", papers.written(answer)), 202)
    assert [(kind, state) for kind, state, _ in asked(story)] == [
        ("RECEIVE_GOODS", "OPEN"),
        ("RESPONSE_MISSING", "CLOSED"),
    ]


def test_an_order_answered_and_received_in_time_asks_nobody(story: Story, sent: dict[str, Any]) -> None:
    last = max(day for day in days(story, sent) if day is not None)
    answer = papers.answer(story.document_of(sent["id"]))
    done(story["supplier"].upload("/documents", papers.written(answer)), 202)
    story.work()
    body = {"received_on": "2026-03-02", "everything": True}
    done(story["receiver"].post(f"/orders/{sent['id']}/receipts", body), 201)
    assert days(story, sent) == (None, None)
    wait_until(story, last)
    assert asked(story) == []


def test_what_is_stopped_is_asked_for_no_more(story: Story, sent: dict[str, Any]) -> None:
    wait_until(story, max(day for day in days(story, sent) if day is not None))
    assert len(asked(story)) == 2
    now = story.world.clock.now()
    story.world.database.run(
        lambda session: order_reminders.stop(session, session.get_one(PurchaseOrder, UUID(sent["id"])), now, None)
    )
    assert {state for _, state, _ in asked(story)} == {"CLOSED"}
