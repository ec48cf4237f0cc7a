"""What callers send and get about what shops answer in the background: hits, and prices looked at again."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from app.documents.item import Item
from app.documents.price import Price
from app.documents.values import Carried
from app.kit.money import Exact, Quantity
from app.orders.messages import Positive
from app.orders.requisition_messages import RequisitionOut
from app.orders.requisition_models import CartStanding
from app.organisations.messages import Message

MOST_HITS: Final = 50
MOST_CHECKED: Final = 50
LONGEST_HIT: Final = 20_000

Words = Annotated[str, StringConstraints(min_length=2, max_length=100, strip_whitespace=True), Carried]


class HitOut(BaseModel):
    """Something that a shop sells, as it is offered at this moment, with what the agreement says to it. `hit` is put on
    a requisition as it is, until it expires; nothing of it is kept before.
    """

    hit: str
    product_id: str
    item: Item
    unspsc: str
    quantity: Quantity
    price: Price
    amount: Exact
    currency: str
    standing: CartStanding
    note: str | None


class HitsOut(BaseModel):
    """What a shop has by some words, in its own order; `found` counts what it answered, of which 50 are told, and none
    with texts too long to be sent back.
    """

    agreement_id: UUID
    found: int
    expires_at: datetime
    data: list[HitOut]


class HitIn(Message):
    """A hit that is put on a requisition, and how much of it."""

    agreement_id: UUID
    hit: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_HIT, pattern=r"^[A-Za-z0-9_=-]+$")]
    quantity: Positive


class CheckResult(StrEnum):
    """What the shop says of a line now: the same, something else, or that there is no such product any more; or why
    nobody knows: the shop cannot be asked, or did not answer.
    """

    SAME = "SAME"
    DIFFERS = "DIFFERS"
    GONE = "GONE"
    NOT_ASKED = "NOT_ASKED"
    NO_ANSWER = "NO_ANSWER"


class PriceCheckIn(Message):
    """Which lines of carts are looked at again, all of them unless it is said; with `take` what differs is taken."""

    line_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_CHECKED)] | None = None
    take: bool = False


class DifferenceOut(BaseModel):
    """What of a line the shop says otherwise now."""

    name: str
    was: str
    now: str


class CheckedLineOut(BaseModel):
    """A line, what the shop says of it now, and each difference; `is_taken` when the line is now as the shop says."""

    line_id: UUID
    result: CheckResult
    reason: str | None
    differences: list[DifferenceOut]
    is_taken: bool


class PriceCheckOut(BaseModel):
    """The requisition as it is now, and its lines that were looked at."""

    requisition: RequisitionOut
    lines: list[CheckedLineOut]
