"""The reminder: what the supplier says is overdue, invoice by invoice, and what the delay costs."""

from typing import Literal

from app.documents.amounts import AllowanceCharge, MonetaryTotal, TaxTotal
from app.documents.invoice import BillingReference, PaymentMeans
from app.documents.party import Party
from app.documents.values import Currency, Header, Number, Period, Prose, Text, Value
from app.kit.money import Exact

ReminderType = Literal["Reminder", "Advis"]


class ReminderLine(Value):
    """One thing that is overdue: a debit is what the customer owes, a credit what counts against it.

    Both are above zero (F-LIB013) and may hold the tax, so that the lines need not make the sum.
    """

    line_id: Number
    notes: tuple[Prose, ...] = ()
    balance_brought_forward: bool | None = None
    debit_line_amount: Exact | None = None
    credit_line_amount: Exact | None = None
    accounting_cost: Text | None = None
    penalty_surcharge_percent: Exact | None = None
    reminder_period: Period | None = None
    billing_reference: BillingReference | None = None


class Reminder(Header):
    """A reminder, or an Advis, which merely tells that a payment is due. The first has `reminder_sequence` 1.

    Its sign is the customer's: a positive `payable_amount` is what the customer owes.
    """

    reminder_type_code: ReminderType
    reminder_sequence: Exact
    document_currency_code: Currency
    accounting_cost: Text | None = None
    reminder_period: Period | None = None
    supplier: Party
    customer: Party
    payee: Party | None = None
    payment_means: tuple[PaymentMeans, ...] = ()
    payment_terms_note: Prose | None = None
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    tax_totals: tuple[TaxTotal, ...] = ()
    total: MonetaryTotal
    lines: tuple[ReminderLine, ...]
