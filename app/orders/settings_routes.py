"""Doors of an organisation's order settings and delivery addresses."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.orders import delivery_addresses, order_settings
from app.orders.settings_messages import DeliveryAddressIn, DeliveryAddressOut, OrderSettingsIn, OrderSettingsOut
from app.organisations.access import Db

router = APIRouter(tags=["order settings"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.get("/organisations/{organisation_id}/order-settings", response_model=OrderSettingsOut)
def get_settings(organisation_id: UUID, db: Db) -> Response:
    """What an organisation has settled about its orders, and what holds there with where it comes from."""
    return db.run(order_settings.get_settings, organisation_id)


@router.put("/organisations/{organisation_id}/order-settings", response_model=OrderSettingsOut)
def put_settings(organisation_id: UUID, body: OrderSettingsIn, db: Db, if_match: IfMatch = None) -> Response:
    """Settle who is asked first, who receives, what is demanded, and the checklists; null leaves it to those above."""
    return db.run(order_settings.put_settings, organisation_id, body, if_match)


@router.post("/organisations/{organisation_id}/delivery-addresses", status_code=201, response_model=DeliveryAddressOut)
def add_address(organisation_id: UUID, body: DeliveryAddressIn, db: Db) -> Response:
    """Add a place that goods are brought to."""
    return db.run(delivery_addresses.add_address, organisation_id, body)


@router.get("/organisations/{organisation_id}/delivery-addresses", response_model=Page[DeliveryAddressOut])
def list_addresses(organisation_id: UUID, wanted: Wanted, db: Db) -> Response:
    """The places that an organisation's orders may name: its own and those of the organisations above it."""
    return db.run(delivery_addresses.list_addresses, organisation_id, wanted)


@router.delete("/delivery-addresses/{address_id}", status_code=204)
def end_address(address_id: UUID, db: Db) -> Response:
    """Let no more goods be brought to a place."""
    return db.run(delivery_addresses.end_address, address_id)
