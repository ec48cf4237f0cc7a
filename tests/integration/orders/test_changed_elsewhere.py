"""What the system that placed an order elsewhere makes of it later: changes in their order, and its end."""

from decimal import Decimal
from typing import Any

import pytest

from app.demo import papers
from app.documents.order import OrderLine
from app.documents.order_change import OrderCancellation, OrderChange
from app.documents.values import DocumentReference
from app.kit.money import Quantity
from app.oioubl.validation import fatal_rules
from tests import bills
from tests.integration.orders.test_placed_elsewhere import line, order, taken
from tests.purchases import done, post_document, shown, tasks
from tests.story import Story


def change(story: Story, sequence: str, *lines: OrderLine, **fields: Any) -> OrderChange:
    basis = dict(order(story))
    wanted = {name: basis[name] for name in ("profile_id", "issue_date", "document_currency_code", "buyer", "supplier")}
    values: dict[str, Any] = {
        "number": f"EX-4711-{sequence}",
        "sequence_number_id": sequence,
        "order_reference": DocumentReference(number="EX-4711"),
        "lines": lines,
    }
    return OrderChange.model_validate(wanted | values | fields)


def revised(line_id: str, quantity: str = "10", price: str = "100.00", status: str = "Revised") -> OrderLine:
    told: OrderLine = line(line_id, quantity, price).but(line_status_code=status)
    return told


def hand_in(story: Story, document: Any, who: str = "invoice-system") -> dict[str, Any]:
    content = papers.written(document)
    assert fatal_rules(content) == []
    return post_document(story, content, who)


def cancellation(story: Story) -> OrderCancellation:
    basis = order(story)
    return OrderCancellation(
        profile_id=basis.profile_id,
        number="EX-4711-X",
        issue_date=basis.issue_date,
        cancellation_notes=("Behovet er væk",),
        order_reference=DocumentReference(number="EX-4711"),
        buyer=basis.buyer,
        supplier=basis.supplier,
    )


def quantities(story: Story, made: dict[str, Any]) -> dict[str, str]:
    return {row["line_id"]: row["accepted_quantity"] for row in shown(story, made, "receiver")["lines"]}


def test_each_line_of_a_change_is_its_new_picture(story: Story) -> None:
    made = taken(story, order(story, line("1"), line("2", "3", "9.99")))
    lines = (revised("1", "8", "90.00"), revised("2", "3", "9.99", "Cancelled"), revised("3", "2", "5.00", "Added"))
    kept = hand_in(story, change(story, "1", *lines))

    assert (kept["state"], kept["result"], kept["result_id"]) == ("PROCESSED", "order", made["id"])
    now = shown(story, made, "receiver")
    assert quantities(story, made) == {"1": "8.00", "2": "0.00", "3": "2.00"}
    assert Decimal(now["total_amount"]) == Decimal(730)
    versions = done(story["receiver"].get(f"/orders/{made['id']}/versions"))["data"]
    assert [row["cause"] for row in versions] == ["CHANGE"]


def test_an_invoice_is_decided_by_what_the_change_made_of_the_order(story: Story) -> None:
    document = order(story, line("1"))
    made = taken(story, document)
    hand_in(story, change(story, "1", revised("1", "10", "130.00")))
    story.receive(made["id"], _1="10")
    billed = story.match(bills.bill(document, _1="10", prices={"1": "130.00"}))
    assert billed["outcome"] == "MATCHED_PENDING_APPROVAL"


@pytest.mark.parametrize("sequence", ["2", "1", "0", "to"])
def test_a_change_that_comes_after_a_later_one_changes_nothing(story: Story, sequence: str) -> None:
    made = taken(story, order(story, line("1")))
    hand_in(story, change(story, "2", revised("1", "8")))
    kept = hand_in(story, change(story, sequence, revised("1", "5"), number="EX-SENERE"))
    assert (kept["state"], kept["problem"]) == ("REFUSED", "out_of_sequence")
    assert kept["faults"][0]["xpath"] == "/OrderChange/cbc:SequenceNumberID"
    assert quantities(story, made) == {"1": "8.00"}


def test_what_does_not_fit_is_named_and_nothing_is_changed(story: Story) -> None:
    made = taken(story, order(story, line("1"), line("2")))
    story.receive(made["id"], _1="6")
    other_unit = revised("2").but(quantity=Quantity(Decimal(10), "KGM"))
    kept = hand_in(story, change(story, "1", revised("1", "5"), other_unit, revised("9")))
    assert (kept["state"], kept["problem"]) == ("REFUSED", "change_not_possible")
    assert [fault["xpath"] for fault in kept["faults"]] == [
        f"/OrderChange/cac:OrderLine[{position}]/cac:LineItem" for position in (1, 2, 3)
    ]
    assert quantities(story, made) == {"1": "10.00", "2": "10.00"}


def test_it_ends_while_nothing_has_come(story: Story) -> None:
    made = taken(story, order(story, line("1")))
    assert hand_in(story, cancellation(story))["state"] == "PROCESSED"
    ended = shown(story, made, "receiver")
    assert (ended["status"], ended["decision_reason"]) == ("CANCELLED", "Behovet er væk")
    assert tasks(story, "receiver", made["id"]) == []
    kept = hand_in(story, change(story, "1", revised("1", "5")))
    assert (kept["state"], kept["problem"]) == ("REFUSED", "not_open")


def test_its_end_is_refused_once_a_part_has_come(story: Story) -> None:
    made = taken(story, order(story, line("1")))
    story.receive(made["id"], _1="1")
    kept = hand_in(story, cancellation(story))
    assert (kept["state"], kept["problem"]) == ("REFUSED", "too_late_to_cancel")
    assert shown(story, made, "receiver")["status"] == "SENT"


def test_an_order_of_ours_is_changed_by_us_alone(story: Story) -> None:
    story.approved_catalogue()
    sent = story.sent_order(kopipapir="10")
    ours = change(story, "1", revised("1", "5"), order_reference=DocumentReference(number=sent["number"]))
    for who in ("invoice-system", "supplier"):
        kept = hand_in(story, ours.but(number=f"EX-{who}"), who)
        assert (kept["state"], kept["problem"]) == ("REFUSED", "no_such_order"), who
    assert shown(story, sent)["lines"] == sent["lines"]
