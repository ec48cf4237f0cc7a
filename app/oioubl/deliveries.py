"""Deliveries: where and when, as asked for and as promised."""

from app.documents.order import Delivery
from app.oioubl.parties import read_address, read_party, write_address, write_party
from app.oioubl.reading import Node
from app.oioubl.references import read_period, write_period
from app.oioubl.writing import Page


def read_delivery(node: Node) -> Delivery:
    location = node.part("DeliveryLocation")
    return Delivery(
        latest_delivery_date=node.date("LatestDeliveryDate"),
        location_id=location and location.identifier("ID"),
        address=location and location.read("Address", read_address),
        requested_period=node.read("RequestedDeliveryPeriod", read_period),
        promised_period=node.read("PromisedDeliveryPeriod", read_period),
        estimated_period=node.read("EstimatedDeliveryPeriod", read_period),
        delivery_party=node.read("DeliveryParty", read_party),
    )


def write_delivery(page: Page, delivery: Delivery) -> None:
    """Write cac:Delivery; the address goes into a DeliveryLocation, DeliveryAddress is forbidden (F-ORD208)."""
    page.date("LatestDeliveryDate", delivery.latest_delivery_date)
    location = page.part("DeliveryLocation")
    location.identifier("ID", delivery.location_id)
    location.write("Address", write_address, delivery.address)
    page.write("RequestedDeliveryPeriod", write_period, delivery.requested_period)
    page.write("PromisedDeliveryPeriod", write_period, delivery.promised_period)
    page.write("EstimatedDeliveryPeriod", write_period, delivery.estimated_period)
    page.write("DeliveryParty", write_party, delivery.delivery_party)
