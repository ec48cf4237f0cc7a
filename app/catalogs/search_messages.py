"""What callers ask the search for, and what they get."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, BaseModel

from app.catalogs.messages import AgreementBrief, LineOut, SupplierBrief
from app.kit.columns import kept
from app.kit.pages import Page
from app.organisations.messages import CurrencyCode, ProductGroup

TEXT = r"^[^\x00]*$"
Words = Annotated[str, Query(max_length=200, pattern=TEXT, description="Words that must all occur, or an item number.")]
Label = Annotated[
    str | None, Query(max_length=100, pattern=TEXT, description="A label that items carry, such as Svanemærket.")
]
Group = Annotated[ProductGroup | None, Query(description="A product group, 2 to 8 digits of UNSPSC.")]
Amount = Annotated[Decimal | None, Query(ge=0), AfterValidator(lambda value: value if value is None else kept(value))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is searched for: words, what narrows the search, and the quantity and day that prices are told for."""

    q: Words = ""
    agreement_id: UUID | None = None
    supplier_id: UUID | None = None
    group: Group = None
    label: Label = None
    price_from: Annotated[Amount, Query(description="The least that one unit costs, for the quantity and day.")] = None
    price_to: Annotated[Amount, Query(description="The most that one unit costs.")] = None
    currency: Annotated[CurrencyCode, Query(description="What price_from and price_to are in.")] = "DKK"
    lead_days: Annotated[int | None, Query(ge=0, le=3650, description="Delivered in so many days at most.")] = None
    available: Annotated[bool, Query(description="Without what its supplier says cannot be had at present.")] = False
    list_id: Annotated[UUID | None, Query(description="Only what is on a shopping list.")] = None
    quantity: Annotated[Decimal, Query(gt=0, description="In orderable units."), AfterValidator(kept)] = Decimal(1)
    on: Annotated[date | None, Query(description="The day that prices are told for, today without.")] = None
    facets: Annotated[bool, Query(description="Count what was found by agreement, supplier, group and label.")] = False


class Degree(StrEnum):
    """How a line was found, the best first: by an identifier, at the beginning of its name, in its name, elsewhere in
    its text, or inside longer words of its name.
    """

    IDENTIFIER = "IDENTIFIER"
    BEGINNING = "BEGINNING"
    NAME = "NAME"
    TEXT = "TEXT"
    INSIDE = "INSIDE"


class FoundLine(LineOut):
    """A line that was found, and how."""

    found_by: Degree


class Correction(BaseModel):
    """A word of the query that stands in no line for this caller, and the one that was searched for instead."""

    word: str
    corrected: str


class AgreementCount(BaseModel):
    """How many of the lines counted are on an agreement."""

    agreement: AgreementBrief
    count: int


class SupplierCount(BaseModel):
    """How many of the lines counted a supplier sells."""

    supplier: SupplierBrief
    count: int


class GroupCount(BaseModel):
    """How many of the lines counted are in a product group of four digits."""

    group: str
    count: int


class LabelCount(BaseModel):
    """How many of the lines counted carry a label."""

    label: str
    count: int


class Facets(BaseModel):
    """What was found, counted over the first `counted` lines; `is_cut` says that there are more. Of each kind those
    with the most lines are told, 50 at most.
    """

    counted: int
    is_cut: bool
    agreements: Sequence[AgreementCount]
    suppliers: Sequence[SupplierCount]
    product_groups: Sequence[GroupCount]
    labels: Sequence[LabelCount]


class LinesFound(Page[FoundLine]):
    """A page of what was found: by how it was found, then by the cascade, then by price.

    `found` is how many lines there are in all, up to 500; above, it is null and `is_cut` true: then lines are put in
    order of their price 500 at a time. Narrow the search to compare all of them.
    """

    found: int | None
    is_cut: bool
    corrections: Sequence[Correction]
    facets: Facets | None = None
