"""Rules on the document and who sent it: is it new, payable, and does it add up?"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from app.documents.amounts import TaxSubtotal
from app.documents.invoice import Invoice, InvoiceLine
from app.documents.numbers import normalised_invoice_number
from app.kit.money import rounded
from app.match.engine.decision import Finding
from app.match.engine.facts import ZERO, Case, EarlierInvoice
from app.match.engine.payees import payee
from app.match.engine.slips import payment_id
from app.match.engine.tolerance import LINE_ROUNDING, NO_ROWS, Rows

DAYS_OF_A_YEAR = 365
PAYABLE_TYPES = (None, "380")
"""InvoiceTypeCode: nothing or a commercial invoice. 325 is proforma, 393 factoring."""

PREPAYMENT_TYPE = "386"
"""UNCL 1001: an invoice on account, for what is to come."""

TAX_RATES = (Decimal(0), Decimal(25))
REVERSE_CHARGE = "ReverseCharge"
HIGHEST_TAX_RATE = Decimal("0.25")
TAX_ROUNDING = Decimal("1.00")
"""What tax may be off by (OIOUBL allows this for each base)."""


def _is_duplicate(case: Case, earlier: EarlierInvoice) -> bool:
    near = abs((case.invoice.issue_date - earlier.issue_date).days) <= DAYS_OF_A_YEAR
    return near and not set(earlier.buyer_keys).isdisjoint(case.invoice.customer.keys)


def _replaces(invoice: Invoice, earlier: EarlierInvoice) -> bool:
    """Tell whether the earlier invoice was credited and this one says that it comes instead."""
    named = (reference.invoice for reference in invoice.billing_references)
    number = normalised_invoice_number(earlier.number)
    return earlier.credited and any(normalised_invoice_number(one.number) == number for one in named if one is not None)


def duplicate(case: Case) -> Finding:
    """Find the same number within a year, then whatever looks like the same bill."""
    invoice = case.invoice
    alike = [earlier for earlier in case.earlier if earlier.document_type == invoice.document_type]
    number = normalised_invoice_number(invoice.number)
    same_number = [earlier for earlier in alike if normalised_invoice_number(earlier.number) == number]
    for earlier in same_number:
        if earlier.same_bytes or _is_duplicate(case, earlier):
            return Finding("DUPLICATE", expected=earlier.issue_date.isoformat(), actual=earlier.number)
    for earlier in same_number:
        return Finding("POSSIBLE_DUPLICATE", expected=earlier.number, actual="SAME_NUMBER_ELSEWHERE")
    for earlier in alike:
        same = (earlier.payable_amount, earlier.issue_date) == (invoice.total.payable_amount, invoice.issue_date)
        if same and not _replaces(invoice, earlier):
            return Finding("POSSIBLE_DUPLICATE", expected=earlier.number, actual="SAME_AMOUNT_AND_DATE")
    return Finding("INVOICE_IS_NEW")


def blocked(case: Case) -> Finding:
    """What a blocked supplier bills may be right, but no money goes to it without a person."""
    return (
        Finding("SUPPLIER_BLOCKED", passes_at="NOT_BLOCKED")
        if case.supplier_blocked
        else Finding("SUPPLIER_NOT_BLOCKED")
    )


def document_type(case: Case) -> Finding:
    """A proforma invoice is no demand, a factoring invoice is not the supplier's, and one on account is for an order
    that says so.
    """
    code = case.invoice.invoice_type_code
    if code == PREPAYMENT_TYPE and not case.invoice.is_credit:
        return _on_account(case, code)
    if case.invoice.is_credit or code in PAYABLE_TYPES:
        return Finding("TYPE_ACCEPTED", actual=code)
    return Finding("INVOICE_TYPE", actual=code)


def _on_account(case: Case, code: str) -> Finding:
    unsaid = [order.number for order in case.orders if not order.prepayment]
    if case.orders and not unsaid:
        return Finding("TYPE_ACCEPTED", actual=code)
    return Finding("PREPAYMENT_NOT_AGREED", expected=", ".join(unsaid) or None, actual=code, passes_at="PREPAYMENT")


def header_charge_sum(invoice: Invoice) -> Decimal:
    return sum((one.amount if one.charge_indicator else -one.amount for one in invoice.allowance_charges), ZERO)


def tax_sum(invoice: Invoice) -> Decimal:
    """Give the total tax; OIOUBL calls it TaxExclusiveAmount."""
    if invoice.total.tax_exclusive_amount is not None:
        return invoice.total.tax_exclusive_amount
    return sum((total.tax_amount for total in invoice.tax_totals), ZERO)


def totals(case: Case) -> Finding:
    """The payable amount is made of what can be judged: lines, header allowances and charges, tax and rounding."""
    invoice = case.invoice
    total = invoice.total
    lines = sum((line.line_extension_amount for line in invoice.lines if not line.free_of_charge), ZERO)
    prepaid = max(ZERO, total.prepaid_amount or ZERO)
    made = lines + header_charge_sum(invoice) + tax_sum(invoice) + (total.payable_rounding_amount or ZERO) - prepaid
    unit = invoice.document_currency_code
    if abs(total.payable_amount - made) <= LINE_ROUNDING * len(invoice.lines):
        return Finding("TOTALS_AGREE", actual=total.payable_amount, expected=made, unit=unit)
    return Finding("TOTALS_DISAGREE", actual=total.payable_amount, expected=made, passes_at=made, unit=unit)


def rounding(case: Case, rows: Iterable[Rows]) -> Finding:
    """Rounding the payable amount is ignored up to the smallest limit that applies."""
    limit = min((NO_ROWS.rounding(), *(row.rounding() for row in rows)), key=lambda one: one.amount)
    amount = case.invoice.total.payable_rounding_amount or ZERO
    passes = abs(amount) <= limit.amount
    return Finding(
        "ROUNDING_IGNORED" if passes else "ROUNDING_TOO_LARGE",
        actual=amount,
        limit=limit.amount,
        limit_source=limit.source,
        passes_at=None if passes else limit.amount,
        unit=case.invoice.document_currency_code,
    )


def _subtotal_fault(part: TaxSubtotal) -> tuple[str, str] | None:
    percent = part.category.percent
    if percent is None or part.category.id == REVERSE_CHARGE:
        return None
    if percent not in TAX_RATES:
        return f"{percent} %", "25 % / 0 %"
    made = rounded(part.taxable_amount * percent / 100)
    return (str(part.tax_amount), str(made)) if abs(part.tax_amount - made) > TAX_ROUNDING else None


def _tax_fault(invoice: Invoice) -> tuple[str, str] | None:
    parts = (_subtotal_fault(part) for total in invoice.tax_totals for part in total.subtotals)
    fault = next((fault for fault in parts if fault is not None), None)
    if fault is not None:
        return fault
    net = sum((line.line_extension_amount for line in invoice.lines), header_charge_sum(invoice))
    amount, most = tax_sum(invoice), rounded(net * HIGHEST_TAX_RATE)
    return (str(amount), f"0 – {most}") if amount < 0 or amount > most + TAX_ROUNDING else None


def _line_tax(line: InvoiceLine) -> Decimal:
    """Give the tax that a line's own rate makes; reverse charge leaves it to the buyer."""
    category = line.item.tax_category if line.item is not None else None
    if category is None or category.percent is None or category.id == REVERSE_CHARGE or line.free_of_charge:
        return ZERO
    return line.line_extension_amount * category.percent / 100


def tax(case: Case) -> Finding:
    """Danish VAT is 25 percent or none; tax is never part of a tolerance, so it must follow from its base. It is
    computed and not read where lines state a rate and nothing states an amount.
    """
    fault, stated = _tax_fault(case.invoice), tax_sum(case.invoice)
    if fault is not None:
        return Finding("TAX_IMPLAUSIBLE", actual=fault[0], expected=fault[1])
    made = rounded(sum((_line_tax(line) for line in case.invoice.lines), ZERO))
    if not stated and made > TAX_ROUNDING:
        unit = case.invoice.document_currency_code
        return Finding("TAX_LEFT_OUT", actual=stated, expected=made, passes_at=made, unit=unit)
    return Finding("TAX_PLAUSIBLE")


DOCUMENT_RULES: tuple[Callable[[Case], Finding], ...] = (
    *(duplicate, blocked, payee, payment_id),
    *(document_type, totals, tax),
)


def document_findings(case: Case, rows: Iterable[Rows]) -> Iterator[Finding]:
    """Run the rules that need nothing but the document and its like; `rows` are those of its orders."""
    yield from (rule(case) for rule in DOCUMENT_RULES)
    yield rounding(case, rows)
