"""The official order scenarios run through: an order, its answers, its changes, and its cancellation."""

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app import dialects
from app.documents.order import Order, OrderTerms
from app.kit.db import Database
from app.oioubl import ubl
from tests.story import Story
from tests.world import build_world

CORPUS = Path(os.environ.get("OIOUBL_CORPUS", Path(__file__).parents[2] / ".." / "shared" / "corpus")) / "scenarios"
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def document(name: str) -> Any:
    return dialects.read(ubl.parse((CORPUS / f"{name}_v2p2.xml").read_bytes()))


def order_behind(terms: OrderTerms, number: str) -> Order:
    """Give the order that a change is about, where its scenario does not hold it: with the lines of the change."""
    said = {name: getattr(terms, name) for name in OrderTerms.model_fields}
    lines = tuple(line.but(line_status_code=None) for line in terms.lines)
    return Order.model_validate(said | {"number": number, "uuid": None, "lines": lines})


def handed_in(story: Story, document: Any) -> dict[str, Any]:
    answer = story["invoice-system"].upload("/documents", dialects.write(document))
    assert answer.status_code == 202, answer.text
    story.work()
    kept: dict[str, Any] = story["invoice-system"].get(f"/documents/{answer.json()['id']}").json()
    return kept


def told(database: Database, issuer_folder: Path, folder: Path, order: Order) -> Story:
    assert order.buyer.endpoint_id is not None
    return Story(build_world(database, issuer_folder, NOON, order.buyer.endpoint_id.value), folder)


def shown(story: Story, kept: dict[str, Any]) -> dict[str, Any]:
    assert kept["state"] == "PROCESSED", kept
    found: dict[str, Any] = story["receiver"].get(f"/orders/{kept['result_id']}").json()
    return found


pytestmark = [pytest.mark.corpus, pytest.mark.skipif(not CORPUS.exists(), reason="the official documents are not here")]


def test_an_order_that_is_cancelled(database: Database, issuer_folder: Path, tmp_path: Path) -> None:
    order = document("ADVORD_05_04_01_Order")
    story = told(database, issuer_folder, tmp_path, order)
    assert shown(story, handed_in(story, order))["status"] == "SENT"
    assert shown(story, handed_in(story, document("ADVORD_05_04_01_OrderCancellation")))["status"] == "CANCELLED"


def test_an_order_with_a_simple_answer(database: Database, issuer_folder: Path, tmp_path: Path) -> None:
    order, answer = document("BASPRO_02_01_02_Order"), document("BASPRO_02_01_02_OrderResponseSimple")
    story = told(database, issuer_folder, tmp_path, order)
    handed_in(story, order)
    answered = shown(story, handed_in(story, answer))
    assert answered["response_status"] == ("ACCEPTED" if answer.accepted else "REJECTED")
    assert answered["status"] == ("SENT" if answer.accepted else "CANCELLED")


@pytest.mark.parametrize("scenario", ["ADVORD_01_01_00", "ADVORD_04_04_00"])
def test_an_order_that_is_answered_and_changed(
    database: Database, issuer_folder: Path, tmp_path: Path, scenario: str
) -> None:
    answer, change = document(f"{scenario}_OrderResponse"), document(f"{scenario}_OrderChange")
    order = order_behind(change, change.order_reference.number)
    story = told(database, issuer_folder, tmp_path, order)
    handed_in(story, order)
    if answer.order_reference.number == order.number:
        answered = shown(story, handed_in(story, answer))
        assert answered["response_status"] in ("ACCEPTED", "CHANGED")
    changed = shown(story, handed_in(story, change))
    assert changed["status"] == "SENT"
    wanted = {line.line_id: line.quantity.value for line in change.lines if line.line_status_code != "Cancelled"}
    assert {line["line_id"]: Decimal(line["accepted_quantity"]) for line in changed["lines"]} == wanted
