"""The same invoice twice, one after the other and at once: one case, one payment."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from app.documents.order import Order
from app.match.models import InvoiceCase
from tests.bills import bill, counters, every_proof_holds, seen
from tests.catalogues import count
from tests.purchases import done
from tests.story import Story


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(order["id"], _1="10", _2="5")
    return order


@pytest.fixture
def document(story: Story, sent: dict[str, Any]) -> Order:
    return story.document_of(sent["id"])


def at_once(story: Story, contents: Sequence[bytes]) -> list[dict[str, Any]]:
    start = threading.Barrier(len(contents), timeout=30)

    def hand_in(content: bytes) -> dict[str, Any]:
        start.wait()
        return done(story["invoice-system"].upload("/match", content))

    with ThreadPoolExecutor(len(contents)) as threads:
        return list(threads.map(hand_in, contents))


def test_the_same_bytes_at_once_are_one_case_and_everybody_gets_it(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    first, *others = at_once(story, [bill(document, _1="10")] * 4)
    assert others == [first] * 3
    assert first["outcome"] == "AUTO_APPROVED"
    assert count(story.world, InvoiceCase) == 1
    assert counters(story, sent["id"], "invoiced_quantity") == [("10.00",), ("0.00",)]


def test_one_number_with_other_bytes_at_once_is_approved_once(
    story: Story, sent: dict[str, Any], document: Order
) -> None:
    contents = [bill(document, _1=str(quantity)) for quantity in range(1, 5)]
    cases = at_once(story, contents)
    outcomes = sorted(case["outcome"] for case in cases)
    assert outcomes == ["AUTO_APPROVED", "DUPLICATE", "DUPLICATE", "DUPLICATE"]
    assert every_proof_holds(story) == 4


def test_an_unknown_suppliers_number_at_once_is_a_duplicate_too(story: Story, document: Order) -> None:
    contents = [bill(document, _1=str(quantity)).replace(b"30714008", b"16356719") for quantity in range(1, 4)]
    cases = at_once(story, contents)
    assert len({case["supplier_id"] for case in cases}) == 1
    assert sorted(case["outcome"] for case in cases) == ["DEVIATION", "DUPLICATE", "DUPLICATE"]


def test_a_number_written_otherwise_is_the_same_number(story: Story, document: Order) -> None:
    first = story.match(bill(document, "00F-1001", _1="1"))
    second = story.match(bill(document, " f-1001", _1="2"))
    assert (first["outcome"], second["outcome"]) == ("AUTO_APPROVED", "DUPLICATE")
    assert seen(story, first)["outcome"] == "AUTO_APPROVED"


def test_the_same_amount_on_the_same_day_is_looked_at_by_a_person(story: Story, document: Order) -> None:
    story.match(bill(document, "F-1", _1="2"))
    second = story.match(bill(document, "F-2", _2="1"))
    assert second["outcome"] == "DEVIATION"
    assert "POSSIBLE_DUPLICATE" in {finding["code"] for finding in second["decision"]["findings"]}


def test_handed_in_at_both_doors_at_once_it_is_one_case(story: Story, document: Order) -> None:
    content = bill(document, _1="10")
    kept = done(story["invoice-system"].upload("/documents", content), 202)
    start = threading.Barrier(2, timeout=30)

    def work() -> None:
        start.wait()
        story.work()

    def hand_in() -> dict[str, Any]:
        start.wait()
        return story.match(content)

    with ThreadPoolExecutor(2) as threads:
        working, matching = threads.submit(work), threads.submit(hand_in)
        working.result(timeout=60)
        case = matching.result(timeout=60)
    story.work()
    assert done(story["invoice-system"].get(f"/documents/{kept['id']}"))["result_id"] == case["id"]
    assert count(story.world, InvoiceCase) == 1


@pytest.mark.parametrize("quantities", [("6", "5"), ("10", "1"), ("7", "6", "3")])
def test_invoices_at_once_never_take_more_than_was_received(story: Story, quantities: tuple[str, ...]) -> None:
    """Invariant 1, bounded: eight rounds each on an order of ten received pieces."""
    story.approved_catalogue()
    for turn in range(8):
        story.world.clock.advance(timedelta(days=1))
        order = story.sent_order(kopipapir="10")
        story.receive(order["id"], _1="10")
        document = story.document_of(order["id"])
        contents = [bill(document, f"F-{turn}-{position}", _1=quantity) for position, quantity in enumerate(quantities)]
        cases = at_once(story, contents)
        approved = [
            int(quantity)
            for quantity, case in zip(quantities, cases, strict=True)
            if case["outcome"] == "AUTO_APPROVED"
        ]
        assert approved, [case["outcome"] for case in cases]
        ((invoiced, received),) = counters(story, order["id"], "invoiced_quantity", "received_quantity")
        assert (float(invoiced), float(received)) == (sum(approved), 10)
        assert sum(approved) <= 10
    assert every_proof_holds(story) == 8 * len(quantities)


def test_invoices_and_receipts_at_once_end_the_same_as_in_turn(story: Story) -> None:
    """Whichever comes first: at the end everything received is invoiced, and nothing twice."""
    story.approved_catalogue()
    for turn in range(5):
        story.world.clock.advance(timedelta(days=1))
        order = story.sent_order(kopipapir="10")
        document = story.document_of(order["id"])
        start = threading.Barrier(3, timeout=30)

        def receive(quantity: str, order_id: str = order["id"], start: threading.Barrier = start) -> None:
            body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "quantity": quantity}]}
            start.wait()
            done(story["receiver"].post(f"/orders/{order_id}/receipts", body), 201)

        def hand_in(content: bytes, start: threading.Barrier = start) -> None:
            start.wait()
            story.match(content)

        with ThreadPoolExecutor(3) as threads:
            running = [threads.submit(receive, "4"), threads.submit(receive, "6")]
            running.append(threads.submit(hand_in, bill(document, f"F-{turn}", _1="10")))
            for one in running:
                one.result(timeout=60)
        story.work()
        assert counters(story, order["id"], "invoiced_quantity") == [("10.00",)]
