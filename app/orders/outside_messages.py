"""What suppliers get of orders."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from app.documents.item import Item
from app.documents.party import Address
from app.documents.price import Price
from app.kit.money import Exact, Quantity
from app.orders.models import OrderStatus, OrderType, ResponseStatus


class SupplierOrderLineOut(BaseModel):
    """A line as its supplier sees it: what was ordered, and what was agreed on. Where that is a substitute,
    `ordered_item` is what it stands for.
    """

    line_id: str
    item: Item
    ordered_item: Item | None
    unit_code: str
    by_amount: bool
    quantity: Quantity
    price: Price | None
    amount: Exact
    accepted_quantity: Exact
    accepted_price: Price | None
    accounting_cost: str | None


class SupplierOrderOut(BaseModel):
    """An order as its supplier sees it: what the document says, and what has become of it."""

    id: UUID
    number: str
    organisation_id: UUID
    supplier_id: UUID
    agreement_id: UUID | None
    type: OrderType
    status: OrderStatus
    response_status: ResponseStatus
    currency: str
    total_amount: Exact
    buyer_reference: str
    accounting_cost: str | None
    requested_delivery_on: date | None
    delivery_address: Address | None
    ends_on: date | None
    sent_at: datetime
    lines: list[SupplierOrderLineOut]
