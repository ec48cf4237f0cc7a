"""What callers send and get in the orders chapter."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Discriminator, Field, StringConstraints, Tag, model_validator

from app.documents.item import Item
from app.documents.party import Address
from app.documents.price import Price
from app.kit.columns import kept
from app.kit.money import Exact, Quantity
from app.orders.models import ExternalApproval, OrderStatus, OrderType, Origin, ResponseStatus
from app.orders.posting_messages import Posting, PostingOut, Postings
from app.organisations.messages import Message

Words = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Note = Annotated[str, StringConstraints(max_length=1000)]
Reason = Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)]
Positive = Annotated[Exact, Field(gt=0), AfterValidator(kept)]


class Option(Message):
    """A property of an item that the buyer chooses, such as the colour, and the value that is wanted."""

    name: Words
    value: Words


class OrderLineIn(Message):
    """A line from the catalogue: what, how many in the orderable unit, and where it is posted; `cascade_reason` says
    why, when the same item is to be had on a binding agreement. `options` are chosen on configurable orders.

    An `accounting_cost` of the form `name=value;name=value` names the dimensions of the posting, by which prokura may
    be limited; any other text is the dimension `account`.
    """

    catalogue_line_id: UUID
    quantity: Positive
    options: list[Option] = Field(default_factory=list, max_length=100)
    accounting_cost: Posting | None = None
    postings: Postings = ()
    note: Note | None = None
    cascade_reason: Reason | None = None

    @model_validator(mode="after")
    def _posted_one_way(self) -> "OrderLineIn":
        if self.postings and self.accounting_cost is not None:
            raise ValueError("give an accounting_cost or postings, not both")
        return self


class TextLineIn(Message):
    """A line in words: an `amount`, net, of which any part may be received and billed; or a quantity at a price."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
    unspsc: Annotated[str, StringConstraints(pattern=r"^\d{8}$")] | None = None
    amount: Positive | None = None
    quantity: Positive | None = None
    unit_code: Annotated[str, StringConstraints(min_length=1, max_length=20)] = "EA"
    price_amount: Annotated[Exact, Field(ge=0), AfterValidator(kept)] | None = None
    accounting_cost: Posting | None = None
    postings: Postings = ()
    note: Note | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> "TextLineIn":
        if (self.amount is None) == (self.quantity is None) or (self.quantity is None) != (self.price_amount is None):
            raise ValueError("give either an amount, or a quantity and a price_amount")
        if self.postings and self.accounting_cost is not None:
            raise ValueError("give an accounting_cost or postings, not both")
        return self


class _OrderIn(Message):
    """What orders of each kind say; `buyer_reference` is the person reference that suppliers repeat on the invoice.

    `approver_id` is the disponent who is asked first, `receiver_ids` are who receive it, `delivery_address_id` is one
    of `GET /organisations/{id}/delivery-addresses`.
    """

    organisation_id: UUID
    buyer_reference: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    accounting_cost: Posting | None = None
    requested_delivery_on: date | None = None
    delivery_address_id: UUID | None = None
    approver_id: UUID | None = None
    receiver_ids: list[UUID] = Field(default_factory=list, max_length=20)
    confidential: bool = False


class CatalogueOrderIn(_OrderIn):
    """An order of lines from the catalogue, on one agreement; a CONFIGURABLE one says which options are chosen."""

    type: Literal["CATALOGUE", "CONFIGURABLE"] = "CATALOGUE"
    lines: Annotated[list[OrderLineIn], Field(min_length=1, max_length=5000)]


class TextOrderIn(_OrderIn):
    """An order in words, on an agreement that takes text orders or, without one, from a supplier.

    It is received on and on until `ends_on`; without `requires_receipt` all of it counts as received once it is sent,
    and with `prepayment` it is billed, and paid, before it comes. An agreement that
    demands e-orders takes an `e_order_reason`.
    """

    type: Literal["TEXT"]
    agreement_id: UUID | None = None
    supplier_id: UUID | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    ends_on: date | None = None
    requires_receipt: bool = True
    prepayment: bool = False
    e_order_reason: Reason | None = None
    lines: Annotated[list[TextLineIn], Field(min_length=1, max_length=1000)]

    @model_validator(mode="after")
    def _one_source(self) -> "TextOrderIn":
        if (self.agreement_id is None) == (self.supplier_id is None):
            raise ValueError("give either an agreement_id or a supplier_id")
        if self.prepayment and not self.requires_receipt:
            raise ValueError("what counts as received once it is sent needs no prepayment")
        return self


def _kind(body: object) -> str:
    """Tell which kind of order a body is; without a `type` it is from the catalogue."""
    kind = body.get("type", "CATALOGUE") if isinstance(body, dict) else getattr(body, "type", "CATALOGUE")
    return "TEXT" if kind == "TEXT" else "CATALOGUE"


OrderIn = Annotated[
    Annotated[CatalogueOrderIn, Tag("CATALOGUE")] | Annotated[TextOrderIn, Tag("TEXT")], Discriminator(_kind)
]


class ReasonIn(Message):
    """Why."""

    reason: Reason


class LineFlag(StrEnum):
    """What keeps a line of an order that is not sent yet from being sent."""

    AGREEMENT_NOT_VISIBLE = "AGREEMENT_NOT_VISIBLE"


class OrderLineOut(BaseModel):
    """A line with what was ordered, accepted, received and invoiced; `flags` tell what keeps it from being sent.

    `received_share` is the part of a line by amount that has been received: 0.5 of 50,000 is 25,000. `item` and
    `unit_code` are what is agreed on, `ordered_item` what was ordered where a substitute was taken;
    `back_ordered_quantity` is the part of what is accepted that comes later.
    """

    id: UUID
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
    back_ordered_quantity: Exact
    promised_on: date | None
    accounting_cost: str | None
    postings: list[PostingOut] = []
    cascade_reason: str | None
    requisition_line_id: UUID | None
    configuration: dict[str, Any] | None
    quote: dict[str, Any] | None
    accepted_amount: Exact
    flags: list[LineFlag]
    received_quantity: Exact
    received_amount: Exact
    received_share: Exact | None
    invoiced_quantity: Exact
    invoiced_amount: Exact
    credit_expected_quantity: Exact
    credit_expected_amount: Exact


class OrderOut(BaseModel):
    """An order; `created_for` and `approved_for` say for whom a substitute acted."""

    id: UUID
    number: str
    organisation_id: UUID
    supplier_id: UUID
    agreement_id: UUID | None
    type: OrderType
    origin: Origin
    status: OrderStatus
    response_status: ResponseStatus
    external_approval: ExternalApproval | None
    currency: str
    total_amount: Exact
    buyer_reference: str
    accounting_cost: str | None
    requested_delivery_on: date | None
    delivery_address: Address | None
    ends_on: date | None
    requires_receipt: bool
    prepayment: bool
    confidential: bool
    e_order_reason: str | None
    approver_id: UUID | None
    receiver_ids: list[UUID]
    created_by: UUID
    created_for: UUID | None
    created_at: datetime
    approved_by: UUID | None
    approved_for: UUID | None
    approved_at: datetime | None
    decision_reason: str | None
    sent_at: datetime | None
    lines: list[OrderLineOut]
    version: int


class CascadeException(BaseModel):
    """A line that was ordered past a binding agreement: who, what, and why."""

    id: UUID
    order_id: UUID
    order_number: str
    organisation_id: UUID
    ordered_by: UUID
    ordered_for: UUID | None
    approved_by: UUID | None
    approved_for: UUID | None
    sent_at: datetime | None
    line_id: str
    item_name: str | None
    amount: Exact
    currency: str
    agreement_id: UUID | None
    passed_agreement_id: UUID
    passed_line_id: UUID
    cascade_reason: str


class EOrderException(BaseModel):
    """A text order on an agreement that demands e-orders: who, what, and why."""

    id: UUID
    order_id: UUID
    order_number: str
    organisation_id: UUID
    supplier_id: UUID
    agreement_id: UUID | None
    ordered_by: UUID
    ordered_for: UUID | None
    total_amount: Exact
    currency: str
    sent_at: datetime | None
    e_order_reason: str | None


class OrderRow(BaseModel):
    """An order in a list."""

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
    created_at: datetime
