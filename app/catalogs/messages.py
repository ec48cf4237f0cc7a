"""What callers send and get in the catalogs chapter; the catalogue itself comes as a document."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from app.agreements.cascade import CascadeRank
from app.agreements.models import AgreementKind
from app.catalogs.links import Link
from app.catalogs.models import VersionState
from app.documents.amounts import TaxCategory
from app.documents.catalogue import CatalogueLine
from app.documents.price import Price
from app.documents.values import Carried, Number, Prose
from app.kit.money import Exact, Quantity
from app.kit.problems import ProblemFault
from app.organisations.answers import MOST_LINES
from app.organisations.messages import Message

Reason = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True), Carried]


class ApprovalIn(Message):
    """From when a version is to be live; without, from today, or from when its document becomes valid."""

    live_from: date | None = None


class LineReasonIn(Message):
    """What is wrong with a line."""

    line_id: Number
    reason: Reason


class RejectionIn(Message):
    """Why a version is turned away, maybe line by line too; the supplier reads it."""

    reason: Reason
    lines: Annotated[list[LineReasonIn], Field(max_length=MOST_LINES)] = Field(default_factory=list)


class WithdrawalIn(Message):
    """Which version is taken out, and why; the supplier reads it."""

    ordinal: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reason: Reason


class AttachIn(Message):
    """Which agreement a catalogue belongs to that named none."""

    agreement_id: UUID


class VersionFault(ProblemFault):
    """What is wrong with the document, or with the line that `line_id` names."""

    line_id: str | None = None


class VersionOut(BaseModel):
    """One version of a catalogue; `faults` are why it was turned away on arrival, or what was wrong with its lines.

    `change_summary` counts lines by what changes in them (see the kinds of changes), as compared on `compared_on` with
    the version before. `document_type` is what came, such as CataloguePricingUpdate; with `is_partial` lines at fault
    were left out. `faults` are the first hundred, `fault_counts` tell how often each rule was broken. With
    `approved_by_limits` it went live by the agreement's limits, and nobody looked at it.
    """

    id: UUID
    catalogue_id: UUID
    ordinal: int
    version_id: str | None
    status: VersionState
    valid_from: date | None
    valid_to: date | None
    live_from: date | None
    live_to: date | None
    compared_on: date
    change_summary: Mapping[str, int]
    document_type: str
    is_partial: bool
    faults: Sequence[VersionFault]
    fault_counts: Mapping[str, int] | None
    received_at: datetime
    approved_by_limits: bool
    decided_at: datetime | None
    decision_reason: str | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None


class CatalogueOut(BaseModel):
    """A supplier's catalogue."""

    id: UUID
    supplier_id: UUID
    number: str
    name: str | None
    organisation_id: UUID | None
    agreement_id: UUID | None
    version: int


class CatalogueWithVersions(CatalogueOut):
    """A catalogue with all its versions, newest first."""

    versions: Sequence[VersionOut]


class AgreementBrief(BaseModel):
    """The agreement a line is bought under."""

    id: UUID
    title: str
    kind: AgreementKind
    binding: bool
    contract_number: str


class SupplierBrief(BaseModel):
    """Who sells a line."""

    id: UUID
    name: str


class BetterLine(BaseModel):
    """A line that sells the same item and comes first in the cascade."""

    id: UUID
    name: str
    agreement_id: UUID
    agreement_title: str
    cascade_rank: CascadeRank
    price: Price | None


class LineOut(BaseModel):
    """A line that the caller may order from; without a `price` in force today it cannot be ordered. `lead_time` is how
    long delivery takes at that price, `available` is false for what its supplier says cannot be had at present.

    `better` are lines of the same item that come before it in the purchasing cascade: binding SI and SKI agreements,
    voluntary ones, an organisation's own, then the price.
    """

    id: UUID
    line_id: str
    name: str
    descriptions: Sequence[Prose]
    sellers_item_id: str | None
    manufacturers_item_id: str | None
    gtin: str | None
    unspsc: str
    orderable_unit: str | None
    content_unit_quantity: Quantity | None
    minimum_order_quantity: Exact | None
    maximum_order_quantity: Exact | None
    order_quantity_increment: Exact | None
    lead_time: Quantity | None
    available: bool
    labels: Sequence[str]
    price: Price | None
    agreement: AgreementBrief
    supplier: SupplierBrief
    cascade_rank: CascadeRank
    cascade_reason: str
    better: Sequence[BetterLine]


class RelatedLine(BaseModel):
    """A line that another one names: a Component, Accessory, Replacement, what is Required or Complementary. `id`, name
    and today's price are there when the caller may order it.
    """

    relation: str
    line_id: str
    quantity: Quantity | None
    descriptions: Sequence[Prose]
    id: UUID | None
    name: str | None
    price: Price | None


class LineDetail(LineOut):
    """The same with the whole line as the supplier sent it: its prices for other quantities, properties and dimensions
    that can be chosen, labels with who gives them, and what else there is.

    `links` are the pictures and data sheets that are safe to follow, `tax_categories` the taxes of the price. A line
    that is discontinued says so in `life_cycle_status_code`, and names what replaces it in `related`.
    """

    catalogue_id: UUID
    life_cycle_status_code: str | None
    valid_from: date | None
    valid_to: date | None
    tax_categories: Sequence[TaxCategory]
    links: Sequence[Link]
    related: Sequence[RelatedLine]
    line: CatalogueLine
