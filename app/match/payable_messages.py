"""What an ERP gets of an approved invoice, and what it says when it has it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.documents.invoice import DocumentType
from app.kit.money import Exact

MOST_ACKNOWLEDGED = 1000


class PartKind(StrEnum):
    """What a part of a posting is of: an invoice line, a charge (or allowance, which is less than nothing) beside the
    lines, the rounding of the whole, or what was paid before.
    """

    LINE = "LINE"
    CHARGE = "CHARGE"
    ROUNDING = "ROUNDING"
    PREPAID = "PREPAID"


class PartOut(BaseModel):
    """What is booked in one place. `dimensions` are those of `accounting_cost`, both are empty where nothing says where
    it is booked; `order_line_id` is the line that says it.
    """

    kind: PartKind
    invoice_line_id: str | None = None
    order_number: str | None = None
    order_line_id: str | None = None
    accounting_cost: str | None = None
    dimensions: dict[str, str] = {}
    net_amount: Exact
    tax_amount: Exact
    tax_category: str | None = None
    tax_percent: Exact | None = None


class TaxOut(BaseModel):
    """The tax of a category at a rate; scheme 63 is VAT."""

    scheme_id: str
    category: str
    percent: Exact | None = None
    taxable_amount: Exact
    tax_amount: Exact


class PaymentKind(StrEnum):
    """How to pay, by OIOUBL's code: 93, 31, 42, 50, 97; OTHER is told by the code alone."""

    FIK = "FIK"
    IBAN = "IBAN"
    ACCOUNT = "ACCOUNT"
    GIRO = "GIRO"
    NEMKONTO = "NEMKONTO"
    OTHER = "OTHER"


class PaymentOut(BaseModel):
    """One way to pay. `missing` names the fields that this kind needs and that are not there, or cannot be right."""

    kind: PaymentKind
    code: str
    due_date: date | None = None
    card_type: str | None = None
    payment_id: str | None = None
    creditor: str | None = None
    iban: str | None = None
    bic: str | None = None
    registration_number: str | None = None
    account_number: str | None = None
    cvr: str | None = None
    notes: list[str] = []
    missing: list[str] = []


class PayeeOut(BaseModel):
    """Who is paid; `keys` are the identifiers under which documents name them, such as `DK:CVR:DK30714008`."""

    id: UUID | None = None
    name: str | None = None
    cvr: str | None = None
    keys: list[str]


class PostingContent(BaseModel):
    """An approved invoice or credit note, whose amounts are positive, as an ERP books it. The parts' net and tax
    together are the payable amount, to the øre. `missing` are JSON pointers to what nothing says.
    """

    type: DocumentType
    number: str
    supplier: PayeeOut
    payee: PayeeOut | None = None
    issue_date: date
    due_date: date | None = None
    currency: str
    net_amount: Exact
    tax_amount: Exact
    payable_amount: Exact
    taxes: list[TaxOut]
    parts: list[PartOut]
    payment: list[PaymentOut]
    order_numbers: list[str]
    credited_numbers: list[str] = []
    proof_sha256: str
    missing: list[str] = []


class PostingOut(PostingContent):
    """A posting: of which invoice and decision, and whether an ERP has it or the approval was taken back."""

    id: UUID
    invoice_id: UUID
    decision_id: UUID
    organisation_id: UUID
    released_at: datetime
    acknowledged_at: datetime | None
    withdrawn_at: datetime | None


class AcknowledgementsIn(BaseModel):
    """Postings that an ERP has taken over."""

    model_config = ConfigDict(extra="forbid")

    posting_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_ACKNOWLEDGED)]


class AcknowledgedOut(BaseModel):
    """Since when an ERP has a posting; the first acknowledgement counts."""

    id: UUID
    acknowledged_at: datetime


class AcknowledgementsOut(BaseModel):
    """The postings of a request, each once."""

    postings: list[AcknowledgedOut]
