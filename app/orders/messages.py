"""What callers send and get in the orders chapter."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from app.documents.item import Item
from app.documents.price import Price
from app.kit.columns import kept
from app.kit.money import Exact, Quantity
from app.orders.models import ExternalApproval, OrderStatus, OrderType, Origin, ResponseStatus
from app.orders.posting_messages import Posting, PostingOut, Postings
from app.orders.test_order_models import SupplierTestStatus
from app.organisations.messages import Message

Reason = Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)]
Positive = Annotated[Exact, Field(gt=0), AfterValidator(kept)]


class OrderLineIn(Message):
    """A line from the catalogue: what, how many in the orderable unit, and where it is posted; `cascade_reason` says
    why, when the same item is to be had on a binding agreement.

    An `accounting_cost` of the form `name=value;name=value` names the dimensions of the posting, by which prokura may
    be limited; any other text is the dimension `account`.
    """

    catalogue_line_id: UUID
    quantity: Positive
    accounting_cost: Posting | None = None
    postings: Postings = ()
    note: Annotated[str, StringConstraints(max_length=1000)] | None = None
    cascade_reason: Reason | None = None

    @model_validator(mode="after")
    def _posted_one_way(self) -> "OrderLineIn":
        if self.postings and self.accounting_cost is not None:
            raise ValueError("give an accounting_cost or postings, not both")
        return self


class OrderIn(Message):
    """A catalogue order of one organisation on one agreement; `buyer_reference` is the person reference that
    suppliers repeat on the invoice.
    """

    type: Literal["CATALOGUE"] = "CATALOGUE"
    organisation_id: UUID
    buyer_reference: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    accounting_cost: Posting | None = None
    requested_delivery_on: date | None = None
    lines: Annotated[list[OrderLineIn], Field(min_length=1, max_length=1000)]


class ReasonIn(Message):
    """Why."""

    reason: Reason


class ReceiptLineIn(Message):
    """How much of a line came: `quantity` in the line's unit, or `amount` on a line received by amount."""

    line_id: str
    quantity: Positive | None = None
    amount: Positive | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> "ReceiptLineIn":
        if (self.quantity is None) == (self.amount is None):
            raise ValueError("give either a quantity or an amount")
        return self


class ReceiptIn(Message):
    """What came on a day."""

    received_on: date
    delivery_note: Annotated[str, StringConstraints(max_length=100)] | None = None
    lines: Annotated[list[ReceiptLineIn], Field(min_length=1, max_length=5000)]


class LineFlag(StrEnum):
    """What keeps a line of an order that is not sent yet from being sent."""

    AGREEMENT_NOT_VISIBLE = "AGREEMENT_NOT_VISIBLE"


class OrderLineOut(BaseModel):
    """A line with what was ordered, accepted, received and invoiced; `flags` tell what keeps it from being sent."""

    id: UUID
    line_id: str
    item: Item
    by_amount: bool
    quantity: Quantity
    price: Price | None
    amount: Exact
    accepted_quantity: Exact
    accepted_price: Price | None
    accounting_cost: str | None
    postings: list[PostingOut] = []
    cascade_reason: str | None
    flags: list[LineFlag]
    received_quantity: Exact
    received_amount: Exact
    invoiced_quantity: Exact
    invoiced_amount: Exact


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


class SupplierOrderLineOut(BaseModel):
    """A line as its supplier sees it: what was ordered, and what was agreed on."""

    line_id: str
    item: Item
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
    sent_at: datetime
    lines: list[SupplierOrderLineOut]


class SupplierTestIn(Message):
    """In whose name a test order is sent."""

    organisation_id: UUID


class SupplierTestOut(BaseModel):
    """A test order and what the supplier answered, with its reasons for a no."""

    id: UUID
    number: str
    supplier_id: UUID
    organisation_id: UUID
    profile_id: str
    document_id: UUID
    status: SupplierTestStatus
    reasons: list[str]
    sent_at: datetime
    answered_at: datetime | None


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


class OrderRow(BaseModel):
    """An order in a list."""

    id: UUID
    number: str
    organisation_id: UUID
    supplier_id: UUID
    status: OrderStatus
    response_status: ResponseStatus
    currency: str
    total_amount: Exact
    created_at: datetime


class ReceiptLineOut(BaseModel):
    """What came of a line."""

    line_id: str
    quantity: Exact
    amount: Exact


class ReceiptOut(BaseModel):
    """A receipt as it was posted, by a substitute for `received_for`."""

    id: UUID
    order_id: UUID
    received_on: date
    received_by: UUID
    received_for: UUID | None
    delivery_note: str | None
    lines: list[ReceiptLineOut]
