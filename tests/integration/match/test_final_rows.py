"""What is decided stays, and the database itself refuses more than was received, whoever asks it."""

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from tests.bills import bill, decisions
from tests.purchases import sql
from tests.story import Story


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10", ringbind="5")
    story.receive(order["id"], _1="10")
    document = story.document_of(order["id"])
    assert story.match(bill(document, _1="6"))["outcome"] == "AUTO_APPROVED"
    return order


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE match_decision SET outcome = 'AUTO_APPROVED'",
        "UPDATE match_decision SET proof = '{}'",
        "DELETE FROM match_decision",
        "UPDATE allocation SET quantity = 0",
        "DELETE FROM allocation",
        "UPDATE archived_document SET sender = 'nobody'",
        "DELETE FROM archived_document",
    ],
)
def test_decisions_allocations_and_documents_are_final(story: Story, sent: Any, statement: str) -> None:
    before = [(one.id, one.proof_sha256) for one in decisions(story)]
    with pytest.raises(DBAPIError, match="are final"):
        sql(story, statement)
    assert [(one.id, one.proof_sha256) for one in decisions(story)] == before


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("invoiced_quantity = received_quantity + 1", "invoiced_received"),
        ("invoiced_quantity = -1", "invoiced_received|credit_for_invoiced"),
        ("invoiced_amount = received_amount + 1", "invoiced_amount_received"),
        ("received_quantity = most_quantity + 1", "received_in_order"),
        ("received_amount = most_amount + 1", "received_amount_in_order"),
        ("received_quantity = invoiced_quantity - 1", "invoiced_received"),
        ("held_quantity = -1", "held_not_negative"),
    ],
)
def test_no_line_gives_more_than_it_has(story: Story, sent: Any, change: str, constraint: str) -> None:
    with pytest.raises(DBAPIError, match=constraint):
        sql(story, f"UPDATE purchase_order_line SET {change} WHERE position = 1")


@pytest.mark.parametrize("change", ["tolerance_used = tolerance_limit + 1", "tolerance_used = -1"])
def test_no_order_uses_more_than_its_tolerance(story: Story, sent: Any, change: str) -> None:
    with pytest.raises(DBAPIError, match="tolerance_is_bounded"):
        sql(story, f"UPDATE purchase_order SET {change}")


def test_an_invoice_has_one_decision_of_each_sequence(story: Story, sent: Any) -> None:
    copied = (
        "INSERT INTO match_decision (id, invoice_id, sequence, trigger, outcome, answer, proof, proof_sha256, "
        "decided_at) SELECT invoice_id, invoice_id, sequence, trigger, outcome, answer, proof, proof_sha256, "
        "decided_at FROM match_decision"
    )
    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        sql(story, copied)


def test_a_document_is_archived_once(story: Story, sent: Any) -> None:
    copied = (
        "INSERT INTO archived_document (id, direction, sender, sha256, media_type, document_type, number, content, "
        "archived_at) SELECT about_id, direction, sender, sha256, media_type, a.document_type, number, content, "
        "archived_at FROM archived_document a JOIN outbox_item o ON o.document_id = a.id AND about_id IS NOT NULL"
    )
    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        sql(story, copied)
