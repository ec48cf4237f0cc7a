"""What callers send and get about requisitions: the need, its lines, and what became of them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from app.documents.item import Item
from app.documents.party import Address
from app.documents.price import Price
from app.documents.values import Carried
from app.kit.columns import kept
from app.kit.money import Exact, Quantity
from app.orders.messages import LineFlag, Option, OrderLineIn, OrderOut, Positive, Reason
from app.orders.posting_messages import Posting, PostingOut, Postings
from app.orders.requisition_models import CartStanding, LineSource, RequisitionStatus
from app.organisations.messages import CurrencyCode, Message, Name

MOST_LINES = 1000

Words = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True), Carried]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), Carried]
Note = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True), Carried]
Commodity = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
PriceAmount = Annotated[Exact, Field(ge=0), AfterValidator(kept)]


class CatalogueNeed(OrderLineIn):
    """A line of the catalogue, as an order has it."""

    source: Literal["CATALOGUE"] = "CATALOGUE"


class TextNeed(Message):
    """A line in words: what it may cost, or a quantity at a price; and from whom, as far as that is known: an agreement
    or a supplier. Its currency is the agreement's, or else kroner.
    """

    source: Literal["TEXT"]
    text: Words
    amount: Positive | None = None
    quantity: Positive | None = None
    unit_code: Annotated[str, StringConstraints(min_length=1, max_length=20)] = "EA"
    price_amount: PriceAmount | None = None
    unspsc: Commodity | None = None
    supplier_id: UUID | None = None
    agreement_id: UUID | None = None
    currency: CurrencyCode | None = None
    accounting_cost: Posting | None = None
    postings: Postings = ()
    note: Note | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> "TextNeed":
        if (self.amount is None) == (self.quantity is None) or (self.quantity is None) != (self.price_amount is None):
            raise ValueError("give either an amount, or a quantity and a price_amount")
        if self.supplier_id is not None and self.agreement_id is not None:
            raise ValueError("give a supplier_id or an agreement_id; an agreement is with one supplier")
        if self.postings and self.accounting_cost is not None:
            raise ValueError("give an accounting_cost or postings, not both")
        return self


Need = Annotated[CatalogueNeed | TextNeed, Field(discriminator="source")]


class NeedChange(Message):
    """What is to be different about a line; what is left out stays. What comes from a catalogue has no words, and of a
    shop's cart only the posting, `note` and `cascade_reason` change.
    """

    quantity: Positive | None = None
    options: Annotated[tuple[Option, ...], Field(max_length=100)] | None = None
    text: Words | None = None
    amount: Positive | None = None
    unit_code: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    price_amount: PriceAmount | None = None
    unspsc: Commodity | None = None
    supplier_id: UUID | None = None
    agreement_id: UUID | None = None
    currency: CurrencyCode | None = None
    accounting_cost: Posting | None = None
    postings: Postings | None = None
    note: Note | None = None
    cascade_reason: Reason | None = None


class RequisitionIn(Message):
    """What somebody needs. Without a `buyer_reference`, orders name whoever needs it."""

    organisation_id: UUID
    title: Name
    buyer_reference: Reference | None = None
    accounting_cost: Posting | None = None
    requested_delivery_on: date | None = None
    delivery_address: Address | None = None
    reason: Reason | None = None
    lines: Annotated[tuple[Need, ...], Field(max_length=MOST_LINES)] = ()


class RequisitionChange(Message):
    """What is to be different; what is left out stays, and all but the title may be set to null."""

    title: Name | None = None
    buyer_reference: Reference | None = None
    accounting_cost: Posting | None = None
    requested_delivery_on: date | None = None
    delivery_address: Address | None = None
    reason: Reason | None = None

    @model_validator(mode="after")
    def _titled(self) -> "RequisitionChange":
        if self.title is None and "title" in self.model_fields_set:
            raise ValueError("a requisition has a title; leave it out, and it stays as it is")
        return self


class LineChoice(Message):
    """From whom the buyer orders a line in words, and why a line is bought past a binding agreement."""

    line_id: UUID
    supplier_id: UUID | None = None
    agreement_id: UUID | None = None
    cascade_reason: Reason | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "LineChoice":
        if self.supplier_id is not None and self.agreement_id is not None:
            raise ValueError("give a supplier_id or an agreement_id; an agreement is with one supplier")
        return self


class ConversionIn(Message):
    """What the buyer settles while making orders: choices for single lines, and until when text orders run."""

    lines: Annotated[tuple[LineChoice, ...], Field(max_length=MOST_LINES)] = ()
    ends_on: date | None = None
    e_order_reason: Reason | None = None

    @model_validator(mode="after")
    def _once(self) -> "ConversionIn":
        if len({choice.line_id for choice in self.lines}) < len(self.lines):
            raise ValueError("a line is chosen for once")
        return self


class RequisitionLineOut(BaseModel):
    """A line with what it is thought to cost, and the order that came of it; `flags` tell what keeps it from being
    ordered. `standing` is what the agreement says to a line of a shop's cart, which is good until `expires_at`.
    """

    id: UUID
    source: LineSource
    catalogue_line_id: UUID | None
    agreement_id: UUID | None
    supplier_id: UUID | None
    item: Item
    unspsc: str
    quantity: Quantity
    price: Price | None
    by_amount: bool
    amount: Exact
    currency: str
    note: str | None
    accounting_cost: str | None
    postings: list[PostingOut]
    cascade_reason: str | None
    configuration: dict[str, Any] | None
    standing: CartStanding | None
    expires_at: datetime | None
    flags: list[LineFlag]
    order_id: UUID | None
    order_number: str | None


class TotalOut(BaseModel):
    """What the lines in one currency are thought to cost together."""

    currency: str
    amount: Exact


class RequisitionOut(BaseModel):
    """A requisition; `made_for` says for whom a substitute made it, and `claimed_by` is the buyer who works on it."""

    id: UUID
    organisation_id: UUID
    title: str
    status: RequisitionStatus
    buyer_reference: str | None
    accounting_cost: str | None
    requested_delivery_on: date | None
    delivery_address: Address | None
    reason: str | None
    made_by: UUID
    made_for: UUID | None
    made_at: datetime
    submitted_at: datetime | None
    claimed_by: UUID | None
    decision_reason: str | None
    totals: list[TotalOut]
    lines: list[RequisitionLineOut]
    version: int


class RequisitionRow(BaseModel):
    """A requisition in a list."""

    id: UUID
    organisation_id: UUID
    title: str
    status: RequisitionStatus
    made_by: UUID
    made_for: UUID | None
    made_at: datetime
    submitted_at: datetime | None
    claimed_by: UUID | None


class ConversionOut(BaseModel):
    """The orders that a requisition became, all in DRAFT, and the requisition with its lines' orders."""

    requisition: RequisitionOut
    orders: list[OrderOut]
