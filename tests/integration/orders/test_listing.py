"""A list holds what its reader finds one by one, whichever way leads there: each once, and in order."""

import pytest

from tests.integration.organisations.steps import every
from tests.purchases import act, done, draft, item, order, person, shown, submitted
from tests.story import Story

PEOPLE = ("buyer", "second", "disponent", "requisitioner", "receiver", "auditor", "invoice-handler")
EVERYBODY = (*PEOPLE, "supplier")


@pytest.fixture(autouse=True)
def _orders(story: Story) -> None:
    story.approved_catalogue()
    person(story, "second", "BUYER", "DISPONENT", prokura="100000")
    names = {name: str(story.world.id_of(name)) for name in ("second", "requisitioner")}
    lines = [{"catalogue_line_id": item(story, "kopipapir"), "quantity": "10"}]
    done(draft(story, kopipapir="1"), 201)
    submitted(story, "second", kopipapir="2")
    done(act(story, "disponent", submitted(story, kopipapir="3"), "approve"))
    secret = order(story, lines, confidential=True, approver_id=names["second"], receiver_ids=[names["requisitioner"]])
    done(act(story, "second", done(act(story, "buyer", done(secret, 201), "submit")), "approve"))


def test_orders_are_listed_to_whoever_finds_them_and_to_nobody_else(story: Story) -> None:
    made = sorted({row["id"] for who in EVERYBODY for row in every(story[who], "/orders")})
    for who in EVERYBODY:
        found = [one for one in made if story[who].get(f"/orders/{one}").status_code == 200]
        assert [row["id"] for row in every(story[who], "/orders")] == found, who


def test_pages_of_orders_and_of_tasks_follow_each_other(story: Story) -> None:
    for who in EVERYBODY:
        for path in ("/orders", "/tasks"):
            whole = [row["id"] for row in done(story[who].get(path))["data"]]
            assert whole == sorted(set(whole))
            assert [row["id"] for row in every(story[who], path, limit=1)] == whole


def test_a_confidential_order_is_listed_to_its_parties_alone(story: Story) -> None:
    parties = ("buyer", "second", "requisitioner")
    seen = {who: [shown(story, row, who)["confidential"] for row in every(story[who], "/orders")] for who in PEOPLE}
    assert {who for who, found in seen.items() if any(found)} == set(parties)
