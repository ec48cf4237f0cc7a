"""Suppliers at their doors: registered, changed, tried with a test order, blocked."""

from collections.abc import Mapping
from typing import Any

import httpx
from sqlmodel import select

from app import dialects
from app.documents.order import Order
from app.kit.archive import ArchivedDocument
from app.oioubl import ubl
from tests.purchases import done, etag
from tests.world import World

MANAGER, STATE_MANAGER = "content-manager", "state-content-manager"
OTHER_CVR = "13585628"
WHY = {"reason": "Aftalt med leverandøren"}


def registered(world: World, **fields: Any) -> dict[str, Any]:
    """Register another supplier than the world's."""
    body = {"name": "Blyantfabrikken ApS", "cvr": OTHER_CVR, **fields}
    return done(world.client(MANAGER).post("/suppliers", body), 201)


def supplier_of(world: World, supplier_id: object, who: str = STATE_MANAGER) -> dict[str, Any]:
    """Give a supplier as somebody sees it now."""
    return done(world.client(who).get(f"/suppliers/{supplier_id}"))


def change(world: World, supplier: Mapping[str, Any], who: str = STATE_MANAGER, **fields: Any) -> httpx.Response:
    """Change a supplier as it was last seen."""
    return world.client(who).send("PATCH", f"/suppliers/{supplier['id']}", headers=etag(supplier), json=fields)


def put(
    world: World, supplier: Mapping[str, Any], action: str, body: Any = None, who: str = STATE_MANAGER
) -> httpx.Response:
    """Verify, activate, block or unblock a supplier as it was last seen."""
    return world.client(who).post(f"/suppliers/{supplier['id']}/{action}", body, headers=etag(supplier))


def blocked(world: World) -> dict[str, Any]:
    """Block the world's supplier."""
    return done(put(world, supplier_of(world, world.supplier_id), "block", {"reason": "Mistanke om svig"}))


def put_back(world: World) -> dict[str, Any]:
    """Let the world's supplier be REGISTERED again, by giving its orders another profile."""
    seen = supplier_of(world, world.supplier_id)
    return done(change(world, seen, profiles=["Procurement-OrdSim-BilSim-1.0"]))


def send_test(
    world: World, supplier_id: object, who: str = STATE_MANAGER, place: str = "institution"
) -> httpx.Response:
    """Send a test order in the name of an organisation."""
    body = {"organisation_id": str(world.organisations[place])}
    return world.client(who).post(f"/suppliers/{supplier_id}/test-orders", body)


def document_of(world: World, test: Mapping[str, Any]) -> Order:
    """Give a test order as it was sent."""
    query = select(ArchivedDocument).where(ArchivedDocument.number == test["number"])
    found = world.database.run(lambda session: session.exec(query).all(), write=False)
    (content,) = [document.content for document in found if str(document.id) == test["document_id"]]
    order = dialects.read(ubl.parse(content))
    assert isinstance(order, Order)
    return order
