"""Suppliers' answers to orders with substitutes and back-orders, and what buyers make of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import httpx

from app.demo import papers
from app.documents.item import Item
from app.documents.order import Order
from app.documents.order_response import AnsweredLine
from app.documents.values import Identifier
from app.kit.money import Quantity
from app.oioubl.validation import fatal_rules
from tests.purchases import act, post_document, response, shown
from tests.story import Story

RECYCLED = Item(name="Kopipapir A4, genbrug", sellers_item_id=Identifier(value="1009"))


def substitute(
    document: Order, price: str = "100.00", quantity: str = "10", item: Item = RECYCLED, line_id: str = "1.1"
) -> AnsweredLine:
    """Offer another item for the first line of an order."""
    ordered = document.lines[0]
    assert ordered.price is not None
    return AnsweredLine(
        line_id=line_id,
        line_status_code="Added",
        quantity=Quantity(Decimal(quantity), ordered.quantity.unit_code),
        line_extension_amount=Decimal(price) * Decimal(quantity),
        price=ordered.price.but(price_amount=Decimal(price), allowance_charges=()),
        item=item.but(tax_category=ordered.item.tax_category),
    )


def instead(*offered: AnsweredLine) -> dict[str, dict[str, Any]]:
    """Say of the first line that others would come in its place."""
    return {"1": {"status": "Cancelled", "substitution": "Substitution", "substitutes": offered}}


def answered(story: Story, document: Order, changes: Mapping[str, Mapping[str, Any]], **fields: Any) -> None:
    """Let the supplier answer; its document keeps every rule of OIOUBL."""
    content = papers.written(response(document, changes, **fields))
    assert fatal_rules(content) == []
    kept = post_document(story, content)
    assert kept["state"] == "PROCESSED", kept


def accept(story: Story, order: Mapping[str, Any], *lines: Mapping[str, Any], who: str = "buyer") -> httpx.Response:
    """Accept the answer as it was last seen, line by line where lines are named."""
    body = {"lines": list(lines), "reason": "Vi skal bruge resten nu"} if lines else None
    return act(story, who, shown(story, order), "accept-changes", body)
