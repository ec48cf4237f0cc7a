"""What callers send and get about standing orders."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from app.documents.values import Carried
from app.kit.money import Exact, rounded
from app.orders.messages import Reason
from app.orders.models import OrderStatus
from app.orders.posting_messages import Posting
from app.orders.standing_models import ReceiptMode, Recurrence, TermsStatus
from app.organisations.messages import CurrencyCode, Message, Name, ProductGroup

MOST: Final = 500_000_000
TENTH: Final = Decimal("0.1")


def _whole_oere(value: Decimal) -> Decimal:
    if value != rounded(value):
        raise ValueError("an amount of money has at most two decimals")
    return rounded(value)


Money = Annotated[Exact, Field(gt=0, le=MOST), AfterValidator(_whole_oere)]
MoneyOrNothing = Annotated[Exact, Field(ge=0, le=MOST), AfterValidator(_whole_oere)]
TenPercent = Annotated[Exact, Field(gt=0, le=10), AfterValidator(_whole_oere)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
Reference = Annotated[str, StringConstraints(min_length=2, max_length=60, strip_whitespace=True), Carried]
PersonReference = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), Carried]


class TermsIn(Message):
    """What a period is expected to cost, net, and what bounds it.

    With `min_amount` and `max_amount` it is variable: what is between them passes. A tolerance is at most a tenth of
    what is expected, for what varies more is a variable order; of two limits the smaller binds. `index_percent` is
    what one invoice a year may cost more, as agreed before. A cap is never exceeded, whatever the tolerance.
    """

    expected_amount: Money
    min_amount: MoneyOrNothing | None = None
    max_amount: Money | None = None
    tolerance_absolute: MoneyOrNothing | None = None
    tolerance_percent: TenPercent | None = None
    max_per_invoice: Money | None = None
    max_per_period: Money | None = None
    max_total: Annotated[Exact, Field(gt=0, le=MOST * 1000), AfterValidator(_whole_oere)] | None = None
    min_days_between: Annotated[int, Field(ge=0, le=366)] = 0
    index_percent: TenPercent | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.min_amount is None) != (self.max_amount is None):
            raise ValueError("give both min_amount and max_amount, or neither")
        least, most = self.min_amount or self.expected_amount, self.max_amount or self.expected_amount
        if not least <= self.expected_amount <= most:
            raise ValueError(f"expected_amount {self.expected_amount} is not between min_amount and max_amount")
        if (self.tolerance_absolute or 0) > self.expected_amount * TENTH:
            raise ValueError("tolerance_absolute is at most a tenth of expected_amount")
        return self


class NewTermsIn(TermsIn):
    """New terms from a day on, such as an index regulation: they hold for the periods that begin on it or later."""

    effective_from: Day
    reason: Reason


class StandingOrderIn(Message):
    """Something that repeats itself, on an agreement or from a supplier alone; `reference` is the agreement,
    subscription or customer number that the supplier prints on every invoice.

    The first period begins on `anchor_on`, which is `valid_from` unless given. Without `valid_to` it runs on, or as
    long as its agreement. An invoice may come `advance_days` before its period; one that has not come `notice_days`
    after the first day of its period is told of.
    """

    organisation_id: UUID
    agreement_id: UUID | None = None
    supplier_id: UUID | None = None
    currency: CurrencyCode | None = None
    reference: Reference
    recurrence: Recurrence
    valid_from: Day
    valid_to: Day | None = None
    anchor_on: Day | None = None
    receipt_mode: ReceiptMode = ReceiptMode.NONE
    advance_days: Annotated[int, Field(ge=0, le=366)] = 0
    notice_days: Annotated[int, Field(ge=0, le=366)] = 10
    item_name: Name
    unspsc: ProductGroup
    buyer_reference: PersonReference
    accounting_cost: Posting | None = None
    terms: TermsIn

    @property
    def first_day(self) -> date:
        return self.anchor_on or self.valid_from

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.agreement_id is None) == (self.supplier_id is None):
            raise ValueError("give either agreement_id or supplier_id")
        if self.first_day < self.valid_from:
            raise ValueError(f"anchor_on {self.anchor_on} is before valid_from {self.valid_from}")
        if self.valid_to is not None and self.valid_to < self.first_day:
            raise ValueError(f"valid_to {self.valid_to} is before the first period begins on {self.first_day}")
        return self


class TermsOut(BaseModel):
    """Terms as they were proposed, and who has decided on them."""

    ordinal: int
    status: TermsStatus
    effective_from: date
    expected_amount: Exact
    min_amount: Exact | None
    max_amount: Exact | None
    tolerance_absolute: Exact | None
    tolerance_percent: Exact | None
    max_per_invoice: Exact | None
    max_per_period: Exact | None
    max_total: Exact | None
    min_days_between: int
    index_percent: Exact | None
    commitment: Exact
    reason: str | None
    proposed_by: UUID
    proposed_for: UUID | None
    proposed_at: datetime
    decided_by: UUID | None
    decided_for: UUID | None
    decided_at: datetime | None


class PeriodOut(BaseModel):
    """A period: what it is expected to cost, what its invoices have taken of it, and what is left; `invoices` are
    their ids.
    """

    first_on: date
    last_on: date | None
    expected_amount: Exact
    used_amount: Exact
    open_amount: Exact
    invoices: list[UUID]


class StandingOrderOut(BaseModel):
    """A standing order with its terms and its periods, those of the next twelve months included; `total_amount` is its
    commitment, `next_invoice_on` the first day of the first period without an invoice. It is closed by itself on
    `close_on`; one that was, on `expired_on`, still takes the invoices of its periods.
    """

    id: UUID
    number: str
    organisation_id: UUID
    supplier_id: UUID
    agreement_id: UUID | None
    status: OrderStatus
    currency: str
    total_amount: Exact
    reference: str
    recurrence: Recurrence
    valid_from: date
    valid_to: date | None
    anchor_on: date
    receipt_mode: ReceiptMode
    advance_days: int
    notice_days: int
    notice_on: date | None
    close_on: date | None
    expired_on: date | None
    suspended_on: date | None
    suspended_reason: str | None
    decision_reason: str | None
    next_invoice_on: date | None
    terms: list[TermsOut]
    periods: list[PeriodOut]
    version: int


class StandingOrderRow(BaseModel):
    """A standing order in a list."""

    id: UUID
    number: str
    organisation_id: UUID
    supplier_id: UUID
    status: OrderStatus
    currency: str
    total_amount: Exact
    reference: str
    recurrence: Recurrence
    valid_from: date
    valid_to: date | None
    suspended_on: date | None
