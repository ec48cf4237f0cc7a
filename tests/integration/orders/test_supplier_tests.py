"""Test orders: what is sent, whose answer counts, and that nothing is ever bought by one."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from app.demo import papers
from app.documents.party import Party
from app.documents.values import Identifier
from app.kit.audit import AuditEvent
from app.kit.outbox import OutboxItem
from app.oioubl.validation import fatal_rules
from app.orders.models import PurchaseOrder
from app.organisations import suppliers
from app.organisations.people_models import Role
from tests.bills import bill
from tests.catalogues import count
from tests.integration.organisations.steps import below
from tests.integration.organisations.steps import person as employee
from tests.purchases import done, draft, person, post_document, refused, response, tasks
from tests.selling import (
    MANAGER,
    STATE_MANAGER,
    blocked,
    change,
    document_of,
    put,
    put_back,
    registered,
    send_test,
    supplier_of,
)
from tests.story import Story, codes

DUNS = {"value": "123456789", "scheme_id": "DUNS"}


@pytest.fixture
def tried(story: Story) -> dict[str, Any]:
    """Send the world's supplier a test order, after its orders got another profile."""
    put_back(story.world)
    return done(send_test(story.world, story.world.supplier_id), 201)


def answer(
    story: Story, test: Mapping[str, Any], *, accepted: bool = True, who: str = "supplier", **fields: Any
) -> Any:
    document = papers.answer(
        document_of(story.world, test), accepted=accepted, reason="" if accepted else "Forkert adresse"
    )
    return post_document(story, document.but(**fields), who)


def status(story: Story) -> str:
    return str(supplier_of(story.world, story.world.supplier_id)["status"])


def listed(story: Story, who: str = STATE_MANAGER) -> list[dict[str, Any]]:
    return list(done(story[who].get(f"/suppliers/{story.world.supplier_id}/test-orders"))["data"])


def test_a_test_order_is_a_valid_order_for_nothing_that_says_so_twice(story: Story, tried: dict[str, Any]) -> None:
    assert tried == {
        "id": tried["id"],
        "number": "TEST-1",
        "supplier_id": str(story.world.supplier_id),
        "organisation_id": str(story.world.institution_id),
        "profile_id": "Procurement-OrdSim-BilSim-1.0",
        "document_id": tried["document_id"],
        "status": "SENT",
        "reasons": [],
        "sent_at": "2026-03-02T11:00:00Z",
        "answered_at": None,
    }
    document = document_of(story.world, tried)
    assert fatal_rules(papers.written(document)) == []
    (line,) = document.lines
    assert (document.number, document.uuid, document.profile_id) == ("TEST-1", tried["id"], tried["profile_id"])
    assert document.anticipated_total is not None
    assert (str(document.anticipated_total.payable_amount), str(line.quantity)) == ("0.00", "1.00 EA")
    for words in (*document.notes, *line.notes, *line.item.descriptions):
        assert "intet skal leveres" in words
        assert "nothing is to be delivered" in words
    (item,) = story.world.database.run(lambda session: session.exec(select(OutboxItem)).all(), write=False)
    assert (item.receiver, str(item.about_id)) == ("DK:CVR:DK30714008", tried["id"])
    story.work()
    assert len(list((story.folder / "out").glob("*.xml"))) == 1


def test_a_yes_makes_the_supplier_active(story: Story, tried: dict[str, Any]) -> None:
    before = supplier_of(story.world, story.world.supplier_id)
    kept = answer(story, tried)

    assert (kept["state"], kept["result"], kept["result_id"]) == ("PROCESSED", "test_order", tried["id"])
    after = supplier_of(story.world, story.world.supplier_id)
    assert (after["status"], after["missing"], after["version"]) == ("ACTIVE", [], before["version"] + 1)
    assert listed(story) == [tried | {"status": "ACCEPTED", "answered_at": "2026-03-02T11:00:00Z"}]
    query = select(AuditEvent.action, AuditEvent.facts).where(
        AuditEvent.entity_id == story.world.supplier_id, AuditEvent.action != "supplier.registered"
    )
    events = story.world.database.run(lambda session: session.exec(query.order_by(col(AuditEvent.id))).all())
    assert [action for action, _ in events][-3:] == [
        "supplier.test_sent",
        "supplier.test_accepted",
        "supplier.activated",
    ]
    assert events[-1][1] == {"test_order_id": tried["id"]}


def test_a_yes_line_by_line_is_a_yes_too(story: Story, tried: dict[str, Any]) -> None:
    kept = post_document(story, response(document_of(story.world, tried)))

    assert (kept["state"], kept["result"], status(story)) == ("PROCESSED", "test_order", "ACTIVE")


def test_a_no_is_kept_with_its_reason_and_another_test_may_follow(story: Story, tried: dict[str, Any]) -> None:
    assert answer(story, tried, accepted=False)["state"] == "PROCESSED"

    assert status(story) == "REGISTERED"
    (told,) = listed(story)
    assert (told["status"], told["reasons"]) == ("REJECTED", ["Forkert adresse"])
    again = done(send_test(story.world, story.world.supplier_id), 201)
    assert again["number"] == "TEST-2"
    answer(story, again)
    assert status(story) == "ACTIVE"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"status": "Cancelled"}, "line 1: Cancelled"),
        ({"status": "Disputed"}, "line 1: Disputed"),
    ],
)
def test_a_no_to_the_line_is_a_no(story: Story, tried: dict[str, Any], line: dict[str, str], reason: str) -> None:
    kept = post_document(story, response(document_of(story.world, tried), {"1": line}))

    assert (kept["state"], status(story)) == ("PROCESSED", "REGISTERED")
    assert [(told["status"], told["reasons"]) for told in listed(story)] == [("REJECTED", [reason])]


def test_a_test_order_is_answered_once(story: Story, tried: dict[str, Any]) -> None:
    answer(story, tried)
    late = answer(story, tried, accepted=False, number="SVAR-2")

    assert (late["state"], late["problem"]) == ("REFUSED", "wrong_state")
    assert (status(story), listed(story)[0]["status"]) == ("ACTIVE", "ACCEPTED")


def test_a_no_to_a_second_test_leaves_an_active_supplier_active(story: Story, tried: dict[str, Any]) -> None:
    second = done(send_test(story.world, story.world.supplier_id), 201)
    answer(story, tried)
    answer(story, second, accepted=False)

    assert status(story) == "ACTIVE"
    assert [told["status"] for told in listed(story)] == ["ACCEPTED", "REJECTED"]


@pytest.mark.parametrize(
    "fields", [{"endpoint": DUNS}, {"profiles": ["Procurement-OrdAdv-BilSim-1.0"]}, {"order_channel": "EMAIL"}]
)
def test_a_yes_to_a_way_that_orders_do_not_go_any_more_says_nothing(
    story: Story, tried: dict[str, Any], fields: dict[str, Any]
) -> None:
    done(change(story.world, supplier_of(story.world, story.world.supplier_id), **fields))

    kept = answer(story, tried)

    assert (kept["state"], kept["problem"]) == ("REFUSED", "supplier_test_outdated")
    assert (status(story), listed(story)) == ("REGISTERED", [tried])


def test_a_yes_does_not_unblock(story: Story, tried: dict[str, Any]) -> None:
    stopped = blocked(story.world)
    assert answer(story, tried)["state"] == "PROCESSED"

    assert status(story) == "BLOCKED"
    now = supplier_of(story.world, stopped["id"])
    assert done(put(story.world, now, "unblock"))["status"] == "REGISTERED"


def test_only_the_supplier_itself_answers(story: Story, tried: dict[str, Any]) -> None:
    other = registered(story.world, cvr="30714016")
    person(story, "other-supplier", "SUPPLIER", supplier_id=other["id"])

    for who, fields in (
        ("other-supplier", {}),
        ("other-supplier", {"supplier": papers.supplier_party("30714016"), "number": "S-2"}),
        ("supplier", {"buyer": papers.institution_party("5798000433823"), "number": "S-3"}),
    ):
        kept = answer(story, tried, who=who, **fields)
        assert (kept["state"], kept["problem"]) == ("REFUSED", "order_unknown")
    assert (status(story), listed(story)) == ("REGISTERED", [tried])
    assert answer(story, tried, who="invoice-system", number="S-4")["state"] == "PROCESSED"
    assert status(story) == "ACTIVE"


def not_testable(story: Story, supplier_id: object, code: str, words: str) -> None:
    answer = send_test(story.world, supplier_id)
    assert refused(answer) == (409, code), answer.text
    assert words in answer.json()["detail"]
    assert count(story.world, OutboxItem) == 0


def test_a_test_order_is_for_a_registered_supplier_that_takes_oioubl(story: Story) -> None:
    world = story.world
    not_testable(story, world.supplier_id, "supplier_not_testable", "ACTIVE")
    not_testable(story, registered(world, order_channel="EMAIL")["id"], "supplier_not_testable", "EMAIL")
    billing = registered(world, cvr="30714016", profiles=["Procurement-BilSim-1.0"])
    not_testable(story, billing["id"], "supplier_not_testable", "a profile that holds an Order")
    met = Party(identifications=(Identifier(value="5798000416604", scheme_id="GLN"),))
    unverified = world.step("invoice-system", suppliers.supplier_of, met).id
    not_testable(story, unverified, "supplier_not_verified", "/verify")
    not_testable(story, blocked(world)["id"], "supplier_blocked", "blocked")


@pytest.mark.parametrize(
    ("who", "place", "expected"),
    [
        (MANAGER, "institution", (201, "")),
        (MANAGER, "root", (404, "organisation_not_found")),
        (STATE_MANAGER, "ministry", (409, "no_location_number")),
        ("buyer", "institution", (403, "not_allowed")),
        ("auditor", "institution", (403, "not_allowed")),
        ("administrator", "institution", (403, "not_allowed")),
        ("supplier", "institution", (404, "organisation_not_found")),
        ("invoice-system", "institution", (404, "supplier_not_found")),
    ],
)
def test_a_content_manager_sends_it_for_an_organisation_with_a_gln(
    story: Story, who: str, place: str, expected: tuple[int, str]
) -> None:
    put_back(story.world)

    sent = send_test(story.world, story.world.supplier_id, who, place)

    assert (sent.status_code, sent.json().get("code", "")) == expected


def test_unknown_suppliers_and_organisations_are_not_found(story: Story) -> None:
    assert refused(send_test(story.world, UUID(int=7))) == (404, "supplier_not_found")
    path = f"/suppliers/{story.world.supplier_id}/test-orders"
    body = {"organisation_id": str(UUID(int=7))}
    assert refused(story[STATE_MANAGER].post(path, body)) == (404, "organisation_not_found")
    assert refused(story[STATE_MANAGER].get(f"/suppliers/{UUID(int=7)}/test-orders")) == (404, "supplier_not_found")


def test_the_same_request_again_sends_nothing_more(story: Story) -> None:
    put_back(story.world)
    path = f"/suppliers/{story.world.supplier_id}/test-orders"
    body = {"organisation_id": str(story.world.institution_id)}

    first, again = (story[STATE_MANAGER].post(path, body, key="once") for _ in range(2))

    assert first.json() == again.json()
    assert count(story.world, OutboxItem) == 1


def test_two_at_once_have_two_numbers(story: Story) -> None:
    put_back(story.world)

    def send(_: int) -> httpx.Response:
        return send_test(story.world, story.world.supplier_id)

    with ThreadPoolExecutor(2) as threads:
        sent = [done(answer, 201)["number"] for answer in threads.map(send, range(2))]

    assert sorted(sent) == ["TEST-1", "TEST-2"]


def test_the_series_of_orders_and_of_test_orders_do_not_touch(story: Story) -> None:
    story.approved_catalogue()
    put_back(story.world)
    assert done(draft(story, kopipapir="1"), 201)["number"] == "100001"
    assert done(send_test(story.world, story.world.supplier_id), 201)["number"] == "TEST-1"
    assert done(draft(story, kopipapir="1"), 201)["number"] == "100002"


def test_an_order_placed_elsewhere_and_a_test_order_never_share_a_number(story: Story, tried: dict[str, Any]) -> None:
    document = document_of(story.world, tried)

    same = post_document(story, document, "invoice-system")
    next_one = post_document(story, document.but(number="TEST-2"), "invoice-system")

    assert (same["state"], same["problem"]) == ("REFUSED", "order_number_taken")
    assert next_one["state"] == "PROCESSED"
    assert done(send_test(story.world, story.world.supplier_id), 201)["number"] == "TEST-3"


def test_a_test_order_is_no_order_and_nothing_is_matched_with_it(story: Story, tried: dict[str, Any]) -> None:
    answer(story, tried)

    case = story.match(bill(document_of(story.world, tried), _1="1"))

    assert case["outcome"] == "NO_ORDER"
    assert "ORDER_UNKNOWN" in codes(case)
    assert count(story.world, PurchaseOrder) == 0
    assert done(story["buyer"].get("/orders"))["data"] == done(story["supplier"].get("/orders"))["data"] == []
    assert tasks(story, "buyer", tried["id"]) == []


def test_test_orders_are_seen_in_the_branch_that_sent_them_and_by_the_supplier(
    story: Story, tried: dict[str, Any]
) -> None:
    person(story, "ministry-manager", "CONTENT_MANAGER", place="ministry")
    for who in (STATE_MANAGER, MANAGER, "ministry-manager", "buyer", "supplier"):
        assert listed(story, who) == [tried]
    other = registered(story.world, cvr="30714016")
    person(story, "other-supplier", "SUPPLIER", supplier_id=other["id"])
    path = f"/suppliers/{story.world.supplier_id}/test-orders"
    assert refused(story["other-supplier"].get(path)) == (404, "supplier_not_found")
    elsewhere = below(story.world, story.world.root_id, "Et andet ministerium")
    employee(story.world, "stranger", elsewhere, Role.CONTENT_MANAGER)
    assert listed(story, "stranger") == []
