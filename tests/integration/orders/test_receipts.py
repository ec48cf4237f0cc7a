"""Goods come: part by part, never more than ordered and what may be over-delivered, never before they are there."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.purchases import act, done, person, pointers, refused, set_policy, shown, submitted
from tests.story import Story


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    return story.sent_order(kopipapir="10", ringbind="5")


def receive(
    story: Story, thing: dict[str, Any], *lines: dict[str, str], who: str = "receiver", on: str = "2026-03-02"
) -> httpx.Response:
    body = {"received_on": on, "delivery_note": "FS-88", "lines": list(lines)}
    return story[who].post(f"/orders/{thing['id']}/receipts", body)


def line(line_id: str, quantity: str) -> dict[str, str]:
    return {"line_id": line_id, "quantity": quantity}


def received(story: Story, thing: dict[str, Any]) -> list[str]:
    return [row["received_quantity"] for row in shown(story, thing)["lines"]]


def test_goods_come_part_by_part(story: Story, sent: dict[str, Any]) -> None:
    first = done(receive(story, sent, line("1", "4")), 201)
    second = done(receive(story, sent, line("1", "5.5"), line("2", "5"), line("1", "0.5")), 201)

    assert received(story, sent) == ["10.00", "5.00"]
    assert first["lines"] == [{"line_id": "1", "quantity": "4.00", "amount": "0.00"}]
    assert (first["received_by"], first["delivery_note"]) == (str(story.world.people["receiver"]), "FS-88")
    listed = done(story["buyer"].get(f"/orders/{sent['id']}/receipts"))["data"]
    assert {row["id"] for row in listed} == {first["id"], second["id"]}


def test_more_than_is_open_is_refused_as_a_whole(story: Story, sent: dict[str, Any]) -> None:
    done(receive(story, sent, line("1", "4")), 201)
    answer = receive(story, sent, line("2", "5"), line("1", "3"), line("1", "3.01"))
    assert refused(answer) == (422, "receipt_does_not_fit")
    assert pointers(answer) == ["/lines/2"]
    assert "3.00" in answer.json()["errors"][0]["message"]
    assert received(story, sent) == ["4.00", "0.00"]


def test_lines_that_are_not_there_or_in_another_measure_are_named(story: Story, sent: dict[str, Any]) -> None:
    answer = receive(story, sent, line("9", "1"), {"line_id": "1", "amount": "100.00"}, line("2", "1"))
    assert pointers(answer) == ["/lines/0", "/lines/1"]
    assert "1, 2" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("measure", [{}, {"quantity": "1", "amount": "1"}, {"quantity": "0"}, {"amount": "-1"}])
def test_a_receipt_line_has_one_measure_above_zero(story: Story, sent: dict[str, Any], measure: dict[str, str]) -> None:
    answer = receive(story, sent, {"line_id": "1", **measure})
    assert pointers(answer)[0].startswith("/lines/0")


def test_nothing_is_received_before_it_is_there(story: Story, sent: dict[str, Any]) -> None:
    answer = receive(story, sent, line("1", "1"), on="2026-03-03")
    assert pointers(answer) == ["/received_on"]
    done(receive(story, sent, line("1", "1"), on="2026-03-01"), 201)


def test_nothing_is_received_on_an_order_that_was_not_sent(story: Story) -> None:
    story.approved_catalogue()
    waiting = submitted(story, kopipapir="1")
    assert refused(receive(story, waiting, line("1", "1"))) == (409, "not_receivable")
    rejected = done(act(story, "disponent", waiting, "reject", {"reason": "Nej tak"}))
    assert refused(receive(story, rejected, line("1", "1"))) == (409, "not_receivable")


def test_only_a_receiver_receives_and_only_on_orders_that_are_seen(story: Story, sent: dict[str, Any]) -> None:
    assert refused(receive(story, sent, line("1", "1"), who="disponent")) == (403, "not_allowed")
    done(
        story["administrator"].post("/organisations", {"parent_id": str(story.world.root_id), "name": "Et andet sted"}),
        201,
    )
    person(story, "stranger", "RECEIVER", place="institution", organisation_id=_other(story))
    assert refused(receive(story, sent, line("1", "1"), who="stranger")) == (404, "order_not_found")
    assert refused(story["stranger"].get(f"/orders/{sent['id']}/receipts")) == (404, "order_not_found")


def _other(story: Story) -> str:
    found = done(story["administrator"].get("/organisations"))["data"]
    return str(next(row["id"] for row in found if row["name"] == "Et andet sted"))


@pytest.mark.parametrize(("percent", "most"), [("10", "11.00"), ("2.5", "10.25")])
def test_what_may_be_over_delivered_is_the_policys(story: Story, percent: str, most: str) -> None:
    set_policy(story, "OVER_DELIVERY", percent=percent)
    story.approved_catalogue()
    sent = story.sent_order(kopipapir="10")
    done(receive(story, sent, line("1", "10")), 201)
    assert pointers(receive(story, sent, line("1", "1.01"))) == ["/lines/0"]
    rest = {"10": "1", "2.5": "0.25"}[percent]
    done(receive(story, sent, line("1", rest)), 201)
    assert received(story, sent) == [most]


def test_a_policy_set_after_the_order_does_not_reach_it(story: Story, sent: dict[str, Any]) -> None:
    set_policy(story, "OVER_DELIVERY", percent="10")
    assert pointers(receive(story, sent, line("1", "10.01"))) == ["/lines/0"]


def test_two_receipts_at_once_never_receive_more_than_was_ordered(story: Story, sent: dict[str, Any]) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: receive(story, sent, line("1", "4")), range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 422, 422]
    assert received(story, sent) == ["8.00", "0.00"]


def test_the_same_receipt_again_counts_once(story: Story, sent: dict[str, Any]) -> None:
    body = {"received_on": "2026-03-02", "lines": [line("1", "4")]}
    path = f"/orders/{sent['id']}/receipts"
    first, again = (story["receiver"].post(path, body, key="once") for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    assert received(story, sent) == ["4.00", "0.00"]
    without = story["receiver"].send("POST", path, json=body)
    assert refused(without) == (400, "idempotency_key_missing")
