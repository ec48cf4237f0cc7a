"""Invoices and credit notes: what the supplier wants to be paid, or gives back."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from app.documents.amounts import AllowanceCharge, ExchangeRate, MonetaryTotal, TaxTotal
from app.documents.item import Item
from app.documents.party import Party
from app.documents.price import Price
from app.documents.values import (
    Currency,
    DocumentReference,
    Header,
    Number,
    Period,
    Prose,
    Text,
    Value,
)
from app.kit.money import Exact, Quantity

DocumentType = Literal["Invoice", "CreditNote"]


class OrderLineReference(Value):
    """Which order line a line bills; `order_number` where it is not the header's order."""

    line_id: Number
    order_number: Number | None = None


class BillingReference(Value):
    """Which invoice, and which line of it, is credited; a reminder may also name a credit note or a reminder."""

    invoice: DocumentReference | None = None
    credit_note: DocumentReference | None = None
    reminder: DocumentReference | None = None
    line_id: Number | None = None


class Discrepancy(Value):
    """Why something is credited: a code (Billing1, Delivery2, Quality1, …) or words, never both (F-CRN188)."""

    reference_id: Number
    response_code: str | None = None
    descriptions: tuple[Prose, ...] = ()


class PaymentMeans(Value):
    """How and when to pay: `code` is OIOUBL's PaymentMeansCode (42 bank, 93 FIK, 31 IBAN, 97 NemKonto, …).

    `payment_notes` are what the payee wants to read on the account statement.
    """

    code: str
    due_date: date | None = None
    channel_code: str | None = None
    payment_id: str | None = None
    instruction_id: str | None = None
    account_id: Text | None = None
    payment_notes: tuple[Text, ...] = ()
    branch_id: Text | None = None
    institution_id: Text | None = None
    credit_account_id: Text | None = None


class InvoiceLine(Value):
    """One billed (or credited) line. `line_extension_amount` is price x quantity before the line's own
    allowances and charges. A credit line that names the invoice line may leave price and item out. The day of
    delivery stands here only where the header has none (F-INV330).
    """

    line_id: Number
    notes: tuple[Prose, ...] = ()
    quantity: Quantity
    line_extension_amount: Exact
    accounting_cost: Text | None = None
    free_of_charge: bool = False
    invoice_period: Period | None = None
    order_line_references: tuple[OrderLineReference, ...] = ()
    billing_references: tuple[BillingReference, ...] = ()
    actual_delivery_on: date | None = None
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    tax_totals: tuple[TaxTotal, ...] = ()
    item: Item | None = None
    price: Price | None = None


class Invoice(Header):
    """An invoice, or a credit note when `document_type` says so; amounts of a credit note are positive."""

    document_type: DocumentType = "Invoice"
    invoice_type_code: str | None = None
    due_date: date | None = None
    tax_point_date: date | None = None
    document_currency_code: Currency
    pricing_currency_code: Currency | None = None
    accounting_cost: Text | None = None
    invoice_period: Period | None = None
    discrepancies: tuple[Discrepancy, ...] = ()
    order_reference: DocumentReference | None = None
    sales_order_id: Text | None = None
    billing_references: tuple[BillingReference, ...] = ()
    contract_references: tuple[DocumentReference, ...] = ()
    supplier: Party
    customer: Party
    payee: Party | None = None
    actual_delivery_on: date | None = None
    payment_means: tuple[PaymentMeans, ...] = ()
    payment_terms_note: Prose | None = None
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    pricing_exchange_rate: ExchangeRate | None = None
    tax_totals: tuple[TaxTotal, ...] = ()
    total: MonetaryTotal
    lines: tuple[InvoiceLine, ...]

    @property
    def is_credit(self) -> bool:
        return self.document_type == "CreditNote"

    @property
    def order_numbers(self) -> Iterator[str]:
        """Give every order number the invoice names: the header's first, then the lines'."""
        if self.order_reference is not None:
            yield self.order_reference.number
        for line in self.lines:
            for reference in line.order_line_references:
                if reference.order_number is not None:
                    yield reference.order_number
