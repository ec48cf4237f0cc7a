"""What callers send and get in the catalogs chapter; the catalogue itself comes as a document."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from app.agreements.cascade import CascadeRank
from app.agreements.models import AgreementKind
from app.catalogs.changes import ChangeKind
from app.catalogs.models import VersionState
from app.documents.catalogue import CatalogueLine
from app.documents.price import Price
from app.documents.values import Prose
from app.kit.money import Exact, Quantity
from app.kit.problems import ProblemFault
from app.organisations.messages import Message


class RejectionIn(Message):
    """Why a version is turned away; the supplier reads it."""

    reason: Annotated[
        str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True, pattern=r"^[^\x00]*$")
    ]


class AttachIn(Message):
    """Which agreement a catalogue belongs to that named none."""

    agreement_id: UUID


class VersionOut(BaseModel):
    """One version of a catalogue; `faults` are why it was turned away on arrival.

    `change_summary` counts added, removed and updated lines, and of these price_up, price_down, price_gone and
    text_changed, as compared on `compared_on` with the version before.
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
    faults: Sequence[ProblemFault]
    received_at: datetime
    decided_at: datetime | None
    decision_reason: str | None


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


class ChangeOut(BaseModel):
    """A line as it is and as it would become; prices are those for the least quantity that can be ordered."""

    kind: ChangeKind
    line_id: str
    name: str
    price_before: Price | None
    price_after: Price | None
    price_difference: Exact | None
    price_percent: Exact | None
    changed_fields: Sequence[str]
    outside_product_groups: bool
    before: CatalogueLine | None
    after: CatalogueLine | None


class ChangesOut(BaseModel):
    """What the waiting version would change: counts of the whole, and one page of lines. `version` is the catalogue's,
    to be named in `If-Match` when deciding.
    """

    catalogue_id: UUID
    version: int
    waiting: VersionOut
    outside_product_groups: int
    data: Sequence[ChangeOut]
    next_cursor: str | None


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
    """A line that the caller may order from; without a `price` in force today it cannot be ordered.

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
    price: Price | None
    agreement: AgreementBrief
    supplier: SupplierBrief
    cascade_rank: CascadeRank
    better: Sequence[BetterLine]


class LineDetail(LineOut):
    """The same with the whole line as the supplier sent it."""

    line: CatalogueLine
