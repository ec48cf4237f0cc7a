"""Invoices of a confidential order: seen by its parties, by whoever is asked by name, and by the systems that book."""

import importlib
import pkgutil
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from app.migrations import versions as migrations
from tests.bills import bill, handle, seen
from tests.purchases import act, done, item, order, person, refused, sql, tasks
from tests.story import Story

HIDDEN = (404, "invoice_not_found")
OUTSIDERS = ("invoice-handler", "invoice-approver", "auditor")
PATHS = ("", "/decisions", "/proof", "/order-suggestions", "/case-file")


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    """Give a confidential order of ten for 1,000.00 with a receiver who also reads invoices; all ten are received."""
    story.approved_catalogue()
    person(story, "trusted", "RECEIVER", "INVOICE_HANDLER")
    lines = [{"catalogue_line_id": item(story, "kopipapir"), "quantity": "10"}]
    receivers = [str(story.world.id_of(who)) for who in ("receiver", "trusted")]
    made = done(order(story, lines, confidential=True, receiver_ids=receivers), 201)
    approved = done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))
    story.receive(approved["id"], _1="10")
    return approved


def deviating(story: Story, sent: dict[str, Any], number: str = "F-1", price: str = "900.00") -> dict[str, Any]:
    case = story.match(bill(story.document_of(sent["id"]), number, prices={"1": price}, _1="1"))
    assert case["outcome"] == "DEVIATION"
    return case


def numbers(story: Story, who: str, **query: str) -> list[str]:
    return [row["number"] for row in done(story[who].get("/match", **query))["data"]]


def test_nobody_but_a_party_sees_or_finds_them(story: Story, sent: dict[str, Any]) -> None:
    case = deviating(story, sent)
    for who in OUTSIDERS:
        assert numbers(story, who) == numbers(story, who, order=sent["number"]) == [], who
        for path in PATHS:
            assert refused(story[who].get(f"/match/{case['id']}{path}")) == HIDDEN, (who, path)
        assert tasks(story, who, case["id"]) == []
    for who in ("trusted", "buyer", "disponent", "invoice-system"):
        assert numbers(story, who) == ["F-1"], who
        assert seen(story, case, who)["number"] == "F-1"
    assert story["trusted"].get(f"/match/{case['id']}/case-file").status_code == 200


def test_what_an_outsider_does_changes_nothing(story: Story, sent: dict[str, Any]) -> None:
    case = deviating(story, sent)
    before = seen(story, case, "trusted")
    for who in ("invoice-handler", "invoice-approver"):
        assert refused(handle(story, who, case, "approve", reason="Det er i orden")) == HIDDEN
        assert refused(handle(story, who, case, "dispute", reason="For dyrt", lines=[])) == HIDDEN
    assert seen(story, case, "trusted") == before


def test_others_invoices_are_seen_as_ever(story: Story, sent: dict[str, Any]) -> None:
    deviating(story, sent)
    plain = story.sent_order(ringbind="5")
    deviating(story, plain, "F-2", "5000.00")
    assert numbers(story, "invoice-handler") == ["F-2"]
    assert numbers(story, "trusted") == ["F-1", "F-2"]


def test_a_party_is_asked_by_name_where_a_role_would_be(story: Story, sent: dict[str, Any]) -> None:
    document = story.document_of(sent["id"])
    doubtful = story.match(bill(document, "F-3", _1="11"))
    (task,) = seen(story, doubtful, "trusted")["tasks"]
    assert task["user_id"] is not None
    named = next(who for who in ("buyer", "disponent") if str(story.world.id_of(who)) == task["user_id"])
    assert tasks(story, named, doubtful["id"]) == [(task["type"], "OPEN")]
    assert tasks(story, "invoice-handler", doubtful["id"]) == []


def test_a_reversed_invoice_waits_for_a_party(story: Story, sent: dict[str, Any]) -> None:
    passed = story.match(bill(story.document_of(sent["id"]), "F-4", _1="1"))
    assert passed["outcome"] == "AUTO_APPROVED"
    reversed_ = done(handle(story, "disponent", passed, "reverse", reason="Forkert"))
    assert [task["user_id"] for task in reversed_["tasks"]] == [str(story.world.id_of("disponent"))]


def test_what_a_role_was_asked_before_is_asked_of_a_party_after_the_migration(
    story: Story, sent: dict[str, Any]
) -> None:
    case, plain = deviating(story, sent), deviating(story, story.sent_order(ringbind="5"), "F-2", "5000.00")
    sql(story, "UPDATE task SET user_id = NULL WHERE subject = 'invoice'")
    versions = (name for _, name, _ in pkgutil.iter_modules(migrations.__path__) if name.endswith("shop_functions"))
    migration = importlib.import_module(f"{migrations.__name__}.{next(versions)}")
    sql(story, migration.NAME_SOMEBODY)
    assert [task["user_id"] for task in seen(story, case, "trusted")["tasks"]] == [str(story.world.id_of("disponent"))]
    assert [task["user_id"] for task in seen(story, plain, "trusted")["tasks"]] == [None]


def test_whoever_is_asked_by_name_sees_it_as_long_as_they_are(story: Story, sent: dict[str, Any]) -> None:
    case = deviating(story, sent)
    for state, answer in (("OPEN", 200), ("CLOSED", 404)):
        sql(
            story,
            "UPDATE task SET user_id = :who, state = :state WHERE subject_id = :case",
            who=key(story, story.world.id_of("invoice-handler")),
            state=state,
            case=key(story, case["id"]),
        )
        assert story["invoice-handler"].get(f"/match/{case['id']}").status_code == answer


def key(story: Story, of: Any) -> str:
    return str(of).replace("-", "") if story.world.database.is_sqlite else str(of)


def test_an_erp_takes_every_posting_over_and_people_read_their_own(story: Story, sent: dict[str, Any]) -> None:
    passed = story.match(bill(story.document_of(sent["id"]), "F-5", _1="1"))
    (posting,) = done(story["invoice-system"].get("/postings"))["data"]
    assert posting["invoice_id"] == passed["id"]
    for who in OUTSIDERS:
        assert done(story[who].get("/postings"))["data"] == []
        assert refused(story[who].get(f"/postings/{posting['id']}")) == (404, "posting_not_found")
    assert done(story["trusted"].get(f"/postings/{posting['id']}"))["id"] == posting["id"]
    taken = story["invoice-system"].post("/postings/acknowledgements", {"posting_ids": [posting["id"]]})
    assert done(taken)["postings"][0]["id"] == posting["id"]


def test_whoever_hands_one_in_gets_its_answer_again(story: Story, sent: dict[str, Any]) -> None:
    content = bill(story.document_of(sent["id"]), "F-6", _1="1")
    first = done(story["invoice-handler"].upload("/match", content))
    assert done(story["invoice-handler"].upload("/match", content)) == first
    assert refused(story["trusted"].upload("/match", b"<x/>"))[0] == 422
    assert numbers(story, "invoice-handler") == ["F-6"]
    person(story, "colleague", "INVOICE_HANDLER")
    assert refused(story["colleague"].upload("/match", content)) == HIDDEN


def test_a_simulation_tells_nothing_of_anothers_confidential_order(story: Story, sent: dict[str, Any]) -> None:
    content = bill(story.document_of(sent["id"]), "F-7", prices={"1": "1.00"}, _1="1")

    def outcome(who: str) -> str:
        answer: httpx.Response = story[who].upload("/match/simulate", content)
        return str(done(answer)["outcome"])

    assert [outcome(who) for who in ("invoice-handler", "trusted", "invoice-system")] == ["NO_ORDER", *TRIED]


TRIED = ("AUTO_APPROVED", "AUTO_APPROVED")


def test_handing_one_in_asks_the_database_as_often_as_any(story: Story, sent: dict[str, Any]) -> None:
    plain = story.sent_order(kopipapir="10")
    story.receive(plain["id"], _1="10")
    asked: list[int] = []
    for number, about in (("A-0", plain), ("A-1", plain), ("A-2", sent)):
        content = bill(story.document_of(about["id"]), number, prices={"1": "900.00"}, _1="1")
        asked.append(statements(story, content))
    assert asked[1] == asked[2]


def statements(story: Story, content: bytes) -> int:
    """Count what the database is asked while an invoice is handed in."""
    engine, counted = story.world.database.engine, list[str]()

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        counted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        story.match(content)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(counted)
