"""The fixture that nobody has to remember: a document that left and is not valid fails the test it left in."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session

from app.kit import outbox
from app.kit.db import Database
from tests.leaving import all_valid
from tests.samples import sample

pytestmark = pytest.mark.bytes_for_documents


def send(database: Database, content: bytes, document_type: str = "Order") -> None:
    def step(session: Session) -> None:
        outbox.enqueue(
            session,
            content,
            sender="GLN:5798009882882",
            receiver="GLN:5798009882882",
            document_type=document_type,
            number="7",
            profile_id="Procurement-OrdSim-1.0",
            now=datetime(2026, 3, 2, 9, tzinfo=UTC),
        )

    database.run(step)


@pytest.mark.parametrize(
    ("content", "rule_id"),
    [
        (b"<Order>", "SYNTAX"),
        (sample("order", ("<cbc:UBLVersionID>2.1</cbc:UBLVersionID>", "<cbc:Version>2.1</cbc:Version>")), "XSD"),
        (sample("order", ("<cbc:UBLVersionID>2.1", "<cbc:UBLVersionID>3.0")), "F-LIB001"),
    ],
)
def test_a_document_that_is_not_valid_fails_the_test(database: Database, content: bytes, rule_id: str) -> None:
    send(database, sample("order-response"), "OrderResponse")
    with pytest.raises(AssertionError, match=f"Order 7.*{rule_id}"), all_valid(database):
        send(database, content)


def test_valid_documents_and_none_at_all_are_well(database: Database) -> None:
    with all_valid(database):
        pass
    with all_valid(database):
        send(database, sample("order"))
