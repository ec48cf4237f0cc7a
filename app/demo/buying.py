"""What the people of the demo do again and again: find a line, order, approve, receive, and be billed for it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app import dialects
from app.demo import papers
from app.demo.institution import Institution
from app.demo.stage import Stage
from app.documents.order import Order
from app.oioubl import ubl


def found(stage: Stage, words: str) -> list[dict[str, Any]]:
    """Give the lines that the requisitioner finds by some words."""
    lines: list[dict[str, Any]] = stage.get("rekvirent", "/catalogue-lines", q=words).json()["data"]
    return lines


def drafted(stage: Stage, institution: Institution, quantities: Mapping[str, str]) -> dict[str, Any]:
    """Let the buyer make an order of some quantities of catalogue lines."""
    lines = [{"catalogue_line_id": line_id, "quantity": quantity} for line_id, quantity in quantities.items()]
    body = {
        "organisation_id": institution.institution_id,
        "buyer_reference": "7778",
        "accounting_cost": "2240-1010-K7",
        "lines": lines,
    }
    return stage.post("indkoeber", "/orders", body, expect=201)


def sent(stage: Stage, institution: Institution, quantities: Mapping[str, str]) -> dict[str, Any]:
    """Order, submit and approve, so that the order leaves."""
    order = drafted(stage, institution, quantities)
    order = stage.post("indkoeber", f"/orders/{order['id']}/submit", etag=f'"{order["version"]}"')
    order = stage.post("disponent", f"/orders/{order['id']}/approve", etag=f'"{order["version"]}"')
    stage.must(f"order {order['number']} is SENT", holds=order["status"] == "SENT")
    return order


def received(stage: Stage, order_id: str, today: date, **quantities: str) -> None:
    """Let the receiver confirm what came of some lines, such as `_1="4"`."""
    lines = [{"line_id": line.lstrip("_"), "quantity": quantity} for line, quantity in quantities.items()]
    body = {"received_on": str(today), "delivery_note": "FS-88", "lines": lines}
    stage.post("varemodtager", f"/orders/{order_id}/receipts", body, expect=201)


def document_of(stage: Stage, order_id: str) -> Order:
    """Give the order as it was sent."""
    content = stage.get("indkoeber", f"/orders/{order_id}", accept="application/xml").content
    document = dialects.read(ubl.parse(content))
    assert isinstance(document, Order)  # noqa: S101 - what the door gives
    return document


def passes(stage: Stage, order_id: str, number: str, today: date, quantity: str) -> None:
    """Receive an order's only line, and see its invoice approve itself."""
    received(stage, order_id, today, _1=quantity)
    bill = papers.bill(document_of(stage, order_id), {"1": quantity}, number=number)
    case = stage.send("fakturasystem", "/match", papers.written(bill))
    stage.must(f"invoice {number} approved itself", holds=case["outcome"] == "AUTO_APPROVED")


def approved(stage: Stage, order: Mapping[str, Any]) -> dict[str, Any]:
    """Submit and approve an order, so that it leaves."""
    waiting = stage.post("indkoeber", f"/orders/{order['id']}/submit", etag=f'"{order["version"]}"', quiet=True)
    sent = stage.post("disponent", f"/orders/{order['id']}/approve", etag=f'"{waiting["version"]}"', quiet=True)
    kind = f"{sent['type']} order {sent['number']} of {sent['total_amount']} {sent['currency']}"
    stage.must(f"{kind} is SENT", holds=sent["status"] == "SENT")
    return sent


def claimed(stage: Stage, requisition_id: str) -> dict[str, Any]:
    """Hand a requisition in, and let the buyer take it."""
    path = f"/requisitions/{requisition_id}"
    version = stage.peek("rekvirent", path)["version"]
    stage.post("rekvirent", f"{path}/submit", etag=f'"{version}"', quiet=True)
    return stage.post("indkoeber", f"{path}/claim", quiet=True)


def converted(stage: Stage, working: Mapping[str, Any], body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Let the buyer make orders of what was claimed."""
    path = f"/requisitions/{working['id']}/convert"
    made = stage.post("indkoeber", path, body, expect=201, etag=f'"{working["version"]}"')
    orders: list[dict[str, Any]] = made["orders"]
    return orders
