"""What somebody may approve of an order, and why not more, told line by line."""

from typing import Any

import httpx

from tests.integration.organisations.steps import person as registered
from tests.purchases import done, person, refused, submitted
from tests.story import Story


def asked(story: Story, whom: str, order: dict[str, Any], who: str = "administrator") -> httpx.Response:
    users = {row["subject"]: row["id"] for row in done(story["administrator"].get("/users", limit=100))["data"]}
    return story[who].get(f"/users/{users[whom]}/authority", order=order["id"])


def told(story: Story, whom: str, order: dict[str, Any], who: str = "auditor") -> dict[str, Any]:
    return done(asked(story, whom, order, who))


def failed(answer: dict[str, Any]) -> list[str]:
    return [found["code"] for found in answer["findings"] if not found["passed"]]


def test_a_disponent_within_prokura_may_and_is_told_which_row_applies(story: Story) -> None:
    story.approved_catalogue()
    order = submitted(story, kopipapir="10")

    answer = told(story, "disponent", order)

    assert answer["may_approve"], answer
    (line,) = (found for found in answer["findings"] if found["code"] == "LINE")
    assert "100000.00 at Prøveinstitutionen" in line["message"] or "100000 at Prøveinstitutionen" in line["message"]
    assert line["prokura_id"]


def test_each_reason_against_is_told(story: Story) -> None:
    story.approved_catalogue()
    order = submitted(story, kopipapir="10")
    person(story, "small", "DISPONENT", prokura="1")
    person(story, "without", "DISPONENT")

    assert failed(told(story, "small", order)) == ["LIMIT", "TOTAL"]
    assert failed(told(story, "without", order)) == ["LINE", "TOTAL"]
    assert failed(told(story, "buyer", order)) == ["ROLE", "LINE", "TOTAL", "SECOND_PERSON"]


def test_what_is_told_is_what_approving_does(story: Story) -> None:
    story.approved_catalogue()
    order = submitted(story, kopipapir="10")
    for whom in ("buyer", "disponent", "receiver"):
        may = told(story, whom, order)["may_approve"]
        tried = story[whom].post(f"/orders/{order['id']}/approve", headers={"If-Match": f'"{order["version"]}"'})
        assert (tried.status_code == 200) == may, (whom, tried.text)
    assert failed(told(story, "disponent", order)) == ["ORDER_STATE"]


def test_a_stranger_learns_neither_of_user_nor_order(story: Story) -> None:
    story.approved_catalogue()
    order = submitted(story, kopipapir="10")
    registered(story.world, "stranger", story.world.root_id)

    assert refused(asked(story, "disponent", order, "stranger")) == (404, "user_not_found")
    assert refused(asked(story, "disponent", order, "supplier")) == (404, "user_not_found")
