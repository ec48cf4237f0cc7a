"""A disponent decides: prokura, two persons, prices and shares as they are then; no order leaves otherwise."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select

from app.kit.audit import AuditEvent
from app.kit.outbox import OutboxItem
from tests.catalogues import line, publish
from tests.purchases import act, done, draft, item, order, person, refused, set_policy, shown, sql, submitted, tasks
from tests.story import Story

REASON = {"reason": "Brug lageret først"}


def leaving(story: Story) -> int:
    query = select(OutboxItem).where(OutboxItem.document_type == "Order")
    return len(story.world.database.run(lambda session: session.exec(query).all()))


def not_sent(story: Story, waiting: dict[str, Any]) -> bool:
    return unflagged(shown(story, waiting)) == unflagged(waiting) and leaving(story) == 0


def unflagged(order: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is told of the lines today: it comes and goes without a change of the order."""
    return order | {"lines": [{**line, "flags": []} for line in order["lines"]]}


@pytest.fixture(autouse=True)
def _catalogue(story: Story) -> None:
    story.approved_catalogue()


def test_an_approved_order_is_sent_at_once_and_the_task_is_closed(story: Story) -> None:
    waiting = submitted(story, kopipapir="10")
    assert tasks(story, "disponent", waiting["id"]) == [("APPROVE_ORDER", "OPEN")]
    assert (waiting["status"], leaving(story)) == ("PENDING_APPROVAL", 0)

    sent = done(act(story, "disponent", waiting, "approve"))

    assert (sent["status"], sent["approved_by"]) == ("SENT", str(story.world.people["disponent"]))
    assert sent["approved_at"] == sent["sent_at"] == "2026-03-02T11:00:00Z"
    assert tasks(story, "disponent", waiting["id"]) == [("APPROVE_ORDER", "CLOSED")]
    assert leaving(story) == 1


@pytest.mark.parametrize("action", ["submit", "approve", "return", "reject"])
def test_every_decision_names_the_version_it_was_made_from(story: Story, action: str) -> None:
    waiting = submitted(story, kopipapir="1")
    who = "buyer" if action == "submit" else "disponent"
    body = REASON if action in ("return", "reject") else None
    without = story[who].post(f"/orders/{waiting['id']}/{action}", body)
    assert refused(without) == (428, "version_missing")
    assert refused(act(story, who, waiting | {"version": 1}, action, body)) == (412, "version_mismatch")
    assert not_sent(story, waiting)


def test_decisions_follow_the_states(story: Story) -> None:
    made = done(draft(story, kopipapir="1"), 201)
    assert refused(act(story, "disponent", made, "approve")) == (409, "wrong_state")
    assert refused(act(story, "disponent", made, "return", REASON))[0] == 409
    assert refused(act(story, "disponent", made, "reject", REASON))[0] == 409
    waiting = done(act(story, "buyer", made, "submit"))
    assert refused(act(story, "buyer", waiting, "submit")) == (409, "wrong_state")
    sent = done(act(story, "disponent", waiting, "approve"))
    for action, body in (("approve", None), ("return", REASON), ("reject", REASON)):
        assert refused(act(story, "disponent", sent, action, body)) == (409, "wrong_state")
    assert leaving(story) == 1


def test_an_order_placed_elsewhere_or_sent_is_not_priced_anew_by_an_approval(story: Story) -> None:
    """The state is looked at before anything else: what the price is today does not matter for it."""
    sent = story.sent_order(kopipapir="1")
    publish(story.world, [line("1001", "500.00", "Update", sellers_number="1001")], "2")
    assert refused(act(story, "disponent", sent, "approve")) == (409, "wrong_state")


@pytest.mark.parametrize("action", ["approve", "return", "reject"])
def test_a_buyer_decides_about_nothing(story: Story, action: str) -> None:
    waiting = submitted(story, kopipapir="1")
    body = None if action == "approve" else REASON
    assert refused(act(story, "buyer", waiting, action, body)) == (403, "not_allowed")
    assert not_sent(story, waiting)


def test_only_a_buyer_submits(story: Story) -> None:
    made = done(draft(story, kopipapir="1"), 201)
    assert refused(act(story, "disponent", made, "submit")) == (403, "not_allowed")


def test_a_returned_order_can_be_submitted_again(story: Story) -> None:
    waiting = submitted(story, kopipapir="1")
    returned = done(act(story, "disponent", waiting, "return", REASON))
    assert (returned["status"], returned["decision_reason"]) == ("DRAFT", REASON["reason"])
    assert tasks(story, "disponent", waiting["id"]) == [("APPROVE_ORDER", "CLOSED")]

    again = done(act(story, "buyer", returned, "submit"))

    assert sorted(tasks(story, "disponent", waiting["id"])) == [("APPROVE_ORDER", "CLOSED"), ("APPROVE_ORDER", "OPEN")]
    assert done(act(story, "disponent", again, "approve"))["status"] == "SENT"


def test_a_rejected_order_is_over(story: Story) -> None:
    waiting = submitted(story, kopipapir="1")
    rejected = done(act(story, "disponent", waiting, "reject", REASON))
    assert (rejected["status"], leaving(story)) == ("REJECTED", 0)
    assert refused(act(story, "buyer", rejected, "submit")) == (409, "wrong_state")
    assert story["supplier"].get(f"/orders/{rejected['id']}").status_code == 404


def test_a_reason_is_asked_for(story: Story) -> None:
    waiting = submitted(story, kopipapir="1")
    for action in ("return", "reject"):
        answer = act(story, "disponent", waiting, action, {"reason": "  "})
        assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/reason"]


@pytest.mark.parametrize(("prokura", "status"), [("999.99", 403), ("1000.00", 200), (None, 403)])
def test_prokura_must_cover_the_whole_order(story: Story, prokura: str | None, status: int) -> None:
    person(story, "small-disponent", "DISPONENT", prokura=prokura)
    waiting = submitted(story, kopipapir="5", ringbind="1", blyanter="6")
    assert waiting["total_amount"] == "1000.00"
    answer = act(story, "small-disponent", waiting, "approve")
    assert answer.status_code == status, answer.text
    if status == 403:
        assert answer.json()["code"] == "prokura_too_small"
        assert not_sent(story, waiting)


def test_prokura_counts_on_the_day_of_the_approval(story: Story) -> None:
    waiting = submitted(story, kopipapir="1")
    sql(story, "UPDATE prokura SET valid_to = '2026-03-01'")
    assert refused(act(story, "disponent", waiting, "approve")) == (403, "prokura_too_small")
    assert not_sent(story, waiting)


@pytest.mark.parametrize(
    ("rule", "up_to", "quantity", "status"),
    [
        ("ORDER", None, "1", 403),
        ("ORDER_OR_RECEIPT", None, "1", 200),
        ("SINGLE_UP_TO", "200.00", "2", 200),
        ("SINGLE_UP_TO", "199.99", "2", 403),
        ("SINGLE_UP_TO", None, "2", 403),
        ("NONE", None, "1", 200),
    ],
)
def test_the_two_person_rule_says_whether_the_maker_may_approve(
    story: Story, rule: str, up_to: str | None, quantity: str, status: int
) -> None:
    set_policy(story, "TWO_PERSON_RULE", rule=rule, **({"up_to": up_to} if up_to else {}))
    person(story, "head", "BUYER", "DISPONENT", prokura="5000.00")
    waiting = submitted(story, "head", kopipapir=quantity)
    answer = act(story, "head", waiting, "approve")
    assert answer.status_code == status, answer.text
    if status == 403:
        assert answer.json()["code"] == "second_person_needed"
        assert rule in answer.json()["detail"]
        assert "Prøveinstitutionen" in answer.json()["detail"]
        assert not_sent(story, waiting)
        assert done(act(story, "disponent", waiting, "approve"))["status"] == "SENT"


def test_without_a_policy_two_persons_are_needed(story: Story) -> None:
    person(story, "head", "BUYER", "DISPONENT", prokura="5000.00")
    waiting = submitted(story, "head", kopipapir="1")
    assert refused(act(story, "head", waiting, "approve")) == (403, "second_person_needed")


def test_a_price_that_fell_is_taken(story: Story) -> None:
    waiting = submitted(story, kopipapir="10", ringbind="1")
    publish(story.world, [line("1001", "90.00", "Update", sellers_number="1001")], "2")
    sent = done(act(story, "disponent", waiting, "approve"))
    assert (sent["total_amount"], [row["amount"] for row in sent["lines"]]) == ("1100.00", ["900.00", "200.00"])
    document = story.document_of(sent["id"])
    assert document.anticipated_total is not None
    assert str(document.anticipated_total.line_extension_amount) == "1100.00"
    assert sent["lines"][0]["accepted_price"]["price_amount"] == "90.00"


def test_a_price_that_rose_stops_the_approval_and_names_the_line(story: Story) -> None:
    waiting = submitted(story, kopipapir="10", ringbind="1")
    publish(story.world, [line("2002", "200.01", "Update", sellers_number="2002")], "2")
    answer = act(story, "disponent", waiting, "approve")
    assert refused(answer) == (409, "price_has_risen")
    assert "line 2 now costs 200.01 instead of 200.00 DKK" in answer.json()["detail"]
    assert not_sent(story, waiting)


def test_a_line_that_left_the_catalogue_stops_the_approval(story: Story) -> None:
    waiting = submitted(story, kopipapir="1")
    publish(story.world, [line("1001", action="Delete")], "2")
    assert refused(act(story, "disponent", waiting, "approve")) == (409, "agreement_not_visible")


def test_a_share_taken_back_between_submit_and_approval_stops_the_order(story: Story) -> None:
    """Invariant 4: an unbroken chain of shares on the day, also when somebody else approves."""
    line_id = item(story, "kopipapir")
    waiting = submitted(story, kopipapir="1")
    shares = done(story["state-content-manager"].get(f"/agreements/{story.world.agreement_id}/shares"))["data"]
    middle = next(share for share in shares if share["organisation_id"] == str(story.world.ministry_id))
    done(story["state-content-manager"].delete(f"/shares/{middle['id']}"))

    assert refused(act(story, "disponent", waiting, "approve")) == (409, "agreement_not_visible")
    assert not_sent(story, waiting)
    assert done(story["buyer"].get("/catalogue-lines", q="kopipapir"))["data"] == []
    assert order(story, [{"catalogue_line_id": line_id, "quantity": "1"}]).status_code == 422


def test_a_blocked_supplier_gets_no_orders(story: Story) -> None:
    waiting = submitted(story, kopipapir="1")
    sql(story, "UPDATE supplier SET status = 'BLOCKED'")
    assert refused(act(story, "disponent", waiting, "approve")) == (409, "supplier_blocked")
    assert not_sent(story, waiting)


def test_of_two_who_decide_at_once_one_counts(story: Story) -> None:
    waiting = submitted(story, kopipapir="1")
    both = threading.Barrier(2, timeout=20)

    def decide(action: str) -> int:
        both.wait()
        return act(story, "disponent", waiting, action, None if action == "approve" else REASON).status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(decide, ["approve", "reject"])) == [200, 412]
    assert leaving(story) == (1 if shown(story, waiting)["status"] == "SENT" else 0)


def test_what_was_decided_stands_in_the_audit_trail(story: Story) -> None:
    sent = story.sent_order(kopipapir="1")
    events = story.world.database.run(
        lambda session: session.exec(select(AuditEvent).where(AuditEvent.entity == "order")).all()
    )
    assert sorted(event.action for event in events if str(event.entity_id) == sent["id"]) == [
        "order.approved",
        "order.created",
        "order.sent",
        "order.submitted",
    ]


ACCOUNTS = {"dimension": "account", "dimension_from": "5250100000", "dimension_to": "5250199999"}


@pytest.mark.parametrize(
    ("posting", "status"),
    [
        ("5250124502", 200),
        ("account=5250124502;cost centre=4711", 200),
        ("5250200000", 403),
        ("525012450", 403),
        ("cost centre=5250124502", 403),
        (None, 403),
    ],
)
def test_prokura_may_hold_for_a_range_of_a_dimension_of_the_posting(
    story: Story, posting: str | None, status: int
) -> None:
    person(story, "account-holder", "DISPONENT")
    limit_of(story, "account-holder", "1000", **ACCOUNTS)
    lines = [{"catalogue_line_id": item(story, "kopipapir"), "quantity": "1", "accounting_cost": posting}]
    waiting = done(act(story, "buyer", done(order(story, lines), 201), "submit"))

    answer = act(story, "account-holder", waiting, "approve")

    assert answer.status_code == status, answer.text
    if status == 403:
        assert answer.json()["code"] == "prokura_too_small"
        assert not_sent(story, waiting)


def test_a_low_limit_for_an_account_binds_beside_a_high_one_for_the_organisation(story: Story) -> None:
    person(story, "account-holder", "DISPONENT", prokura="50000")
    limit_of(story, "account-holder", "50", **ACCOUNTS)
    lines = [{"catalogue_line_id": item(story, "kopipapir"), "quantity": "1"}]
    posted = done(act(story, "buyer", done(order(story, lines, accounting_cost="5250124502"), 201), "submit"))
    unposted = done(act(story, "buyer", done(order(story, lines), 201), "submit"))

    assert refused(act(story, "account-holder", posted, "approve")) == (403, "prokura_too_small")
    assert done(act(story, "account-holder", unposted, "approve"))["status"] == "SENT"


@pytest.mark.parametrize("of", ["role-grants", "prokura"])
def test_what_was_ended_approves_nothing(story: Story, of: str) -> None:
    waiting = submitted(story, kopipapir="1")
    mine = done(story["disponent"].get(f"/users/{story.world.people['disponent']}/{of}"))["data"][0]
    done(story["administrator"].delete(f"/{of}/{mine['id']}"))

    code = "prokura_too_small" if of == "prokura" else "order_not_found"
    assert refused(act(story, "disponent", waiting, "approve"))[1] == code
    assert not_sent(story, waiting)


def limit_of(story: Story, subject: str, amount: str, **scope: str) -> None:
    body = {"user_id": story.world.id_of(subject), "part": "ORDER", "max_amount": amount, "valid_from": "2026-03-02"}
    place = {"organisation_id": str(story.world.institution_id)}
    done(story["administrator"].post("/prokura", body | place | scope), 201)
