"""What callers ask about a version's changes, and what they get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, BaseModel

from app.catalogs.changes import ChangeKind
from app.catalogs.messages import VersionOut
from app.catalogs.price_changes import PriceStep
from app.kit.columns import kept
from app.kit.money import Exact

KINDS = "Only lines of one of these kinds."
MIN_PERCENT = "Only lines with a price that rises or falls by so many per cent at least."
ORDINAL = "The version whose changes are told; without, the one that waits."
Percent = Annotated[
    Decimal | None, Query(ge=0, le=10**6), AfterValidator(lambda value: value if value is None else kept(value))
]


class ChangeSort(StrEnum):
    """LINE: as the lines were written, those that go first. PRICE: lines whose price changes alone, those that rise
    most first and those that fall most last.
    """

    LINE = "LINE"
    PRICE = "PRICE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which changes are asked for, and in which order."""

    ordinal: Annotated[int | None, Query(ge=1, le=2**31 - 1, description=ORDINAL)] = None
    kind: Annotated[list[ChangeKind] | None, Query(description=KINDS)] = None
    min_percent: Annotated[Percent, Query(description=MIN_PERCENT)] = None
    sort: ChangeSort = ChangeSort.LINE


class PriceExtreme(BaseModel):
    """The price that rises, or falls, most: what one base unit costs more or less. A rise from nothing has no
    percentage, and is above all others.
    """

    line_id: str
    name: str
    amount: Exact
    percent: Exact | None


class ChangeSummary(BaseModel):
    """A version's changes in short. `lines_before` is how many lines there were, `counts` how many lines are of each
    kind. `average_percent` is what the prices that change do together: the sum of those after against the sum of those
    before, where the agreement's currency has them.
    """

    lines_before: int
    counts: Mapping[ChangeKind, int]
    largest_rise: PriceExtreme | None
    largest_fall: PriceExtreme | None
    average_percent: Exact | None


class FieldChange(BaseModel):
    """A field of a line before and after, as JSON has it; those of the item have `item.` in front."""

    field: str
    before: Any
    after: Any


class ChangeOut(BaseModel):
    """What happens to a line. `prices` are those that change, and of an added or removed line the one it has, for the
    least quantity that can be ordered.
    """

    line_id: str
    name: str
    sellers_item_id: str | None
    unspsc: str
    kinds: Sequence[ChangeKind]
    prices: Sequence[PriceStep]
    fields: Sequence[FieldChange]


class ChangesOut(BaseModel):
    """What a version changes: the whole in short (on the first page alone), and one page of lines. `version` is the
    catalogue's, to be named in `If-Match` when deciding.
    """

    catalogue_id: UUID
    version: int
    compared: VersionOut
    summary: ChangeSummary | None
    data: Sequence[ChangeOut]
    next_cursor: str | None
