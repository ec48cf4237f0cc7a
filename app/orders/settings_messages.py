"""What callers send and get about an organisation's order settings and delivery addresses."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.documents.party import Address
from app.orders.messages import Words
from app.organisations.messages import Message

RequiredField = Literal[
    "accounting_cost", "buyer_reference", "delivery_address", "reason", "requested_delivery_on", "approver", "receivers"
]
Checklist = Annotated[list[Words], Field(max_length=20)]


class OrderSettingsIn(Message):
    """What an organisation settles about its orders; what is null is as it is above.

    The default disponent is asked before others, the default receiver where an order names none. `anti_split_days` is
    how many days back a buyer's orders to one supplier are added up (0 adds nothing up).
    """

    default_disponent_id: UUID | None = None
    default_receiver_id: UUID | None = None
    anti_split_days: Annotated[int, Field(strict=True, ge=0, le=366)] | None = None
    required_fields: list[RequiredField] | None = None
    approval_checklist: Checklist | None = None
    receipt_checklist: Checklist | None = None


class SettingOut(BaseModel):
    """A setting that holds, and the organisation that made it; None is the service's own default."""

    value: UUID | int | list[str] | None
    organisation_id: UUID | None


class OrderSettingsOut(BaseModel):
    """An organisation's own order settings, and what holds there with where each comes from."""

    organisation_id: UUID
    own: OrderSettingsIn
    effective: dict[str, SettingOut]
    version: int


class DeliveryAddressIn(Message):
    """A place that goods are brought to; the default one is taken where an order names none."""

    name: Words
    address: Address
    is_default: bool = False


class DeliveryAddressOut(BaseModel):
    """A place that goods are brought to, of the organisation or one above it."""

    id: UUID
    organisation_id: UUID
    name: str
    address: Address
    is_default: bool
    version: int
