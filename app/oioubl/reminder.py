"""The reminder."""

from lxml import etree

from app.documents.reminder import Reminder, ReminderLine, ReminderType
from app.oioubl import names
from app.oioubl.amounts import (
    read_accounting_cost,
    read_allowance_charge,
    read_monetary_total,
    read_tax_total,
    write_monetary_total,
    write_reminder_charge,
    write_tax_total,
)
from app.oioubl.figures import refuse_wrong_figures
from app.oioubl.header import open_document, read_header
from app.oioubl.invoice_lines import read_billing_reference, write_billing_reference
from app.oioubl.parties import read_party, write_party, write_wrapped_party
from app.oioubl.payment import read_payment_means, write_payment_means, write_payment_terms
from app.oioubl.reading import Node
from app.oioubl.references import read_period, write_period
from app.oioubl.ubl import CBC
from app.oioubl.writing import Page, page_for


def read_reminder(root: etree._Element) -> Reminder:
    """:raises UnreadableDocument: naming every element that is missing, unreadable or does not add up."""
    node = open_document(root, "Reminder")
    node.currency = node.currency_code("DocumentCurrencyCode")
    reminder = _read(node)
    node.refuse_faults()
    refuse_wrong_figures(root, reminder)
    return reminder


def _read(node: Node) -> Reminder:
    return Reminder(
        **read_header(node, "F-REM010"),
        reminder_type_code=_read_type(node),
        reminder_sequence=node.needed_number("ReminderSequenceNumeric", "F-REM007"),
        document_currency_code=node.needed_currency("DocumentCurrencyCode", "F-REM008"),
        accounting_cost=read_accounting_cost(node),
        reminder_period=node.read("ReminderPeriod", read_period),
        supplier=read_party(node.needed_part("AccountingSupplierParty").needed_part("Party", "F-REM017")),
        customer=read_party(node.needed_part("AccountingCustomerParty").needed_part("Party", "F-REM024")),
        payee=node.read("PayeeParty", read_party),
        payment_means=node.read_all("PaymentMeans", read_payment_means),
        payment_terms_note=node.read("PaymentTerms", lambda terms: terms.prose("Note")),
        allowance_charges=node.read_all("AllowanceCharge", read_allowance_charge),
        tax_totals=node.read_all("TaxTotal", read_tax_total),
        total=read_monetary_total(node.needed_part("LegalMonetaryTotal"), ("F-REM054", "F-REM065", "F-REM066")),
        lines=node.needed_parts("ReminderLine", _read_line),
    )


def _read_type(node: Node) -> ReminderType:
    code = node.needed_text("ReminderTypeCode", "F-REM006")
    if code == "Advis":
        return "Advis"
    element = node.element.find(f"{{{CBC}}}ReminderTypeCode")
    if element is not None and code != "Reminder" and node.text("ReminderTypeCode") is not None:
        node.fault(
            element,
            f"ReminderTypeCode is {code!r}; it must be Reminder or Advis.",
            f"ReminderTypeCode er {code!r}; det skal være Reminder eller Advis.",
            "F-REM061",
        )
    return "Reminder"


def _read_line(node: Node) -> ReminderLine:
    return ReminderLine(
        line_id=node.needed_text("ID", "F-REM058"),
        notes=node.texts("Note"),
        balance_brought_forward=node.flag("BalanceBroughtForwardIndicator"),
        debit_line_amount=node.amount("DebitLineAmount", "F-REM067"),
        credit_line_amount=node.amount("CreditLineAmount", "F-REM068"),
        accounting_cost=read_accounting_cost(node),
        penalty_surcharge_percent=node.number("PenaltySurchargePercent"),
        reminder_period=node.read("ReminderPeriod", read_period),
        billing_reference=node.read("BillingReference", read_billing_reference),
    )


def write_reminder(reminder: Reminder) -> bytes:
    """:raises UnwritableDocument: for what OIOUBL or XML cannot carry."""
    page = page_for("Reminder", reminder, reminder.document_currency_code)
    page.text("UUID", reminder.uuid)
    page.date("IssueDate", reminder.issue_date)
    page.text("ReminderTypeCode", reminder.reminder_type_code, names.REMINDER_TYPE)
    page.number("ReminderSequenceNumeric", reminder.reminder_sequence)
    page.texts("Note", reminder.notes)
    page.text("DocumentCurrencyCode", reminder.document_currency_code)
    page.text("AccountingCost", reminder.accounting_cost)
    page.write("ReminderPeriod", write_period, reminder.reminder_period)
    page.write("AccountingSupplierParty", write_wrapped_party, reminder.supplier)
    page.write("AccountingCustomerParty", write_wrapped_party, reminder.customer)
    page.write("PayeeParty", write_party, reminder.payee)
    page.write_all("PaymentMeans", write_payment_means, reminder.payment_means)
    write_payment_terms(page, reminder.payment_terms_note, reminder.total.payable_amount)
    page.part("PrepaidPayment").amount("PaidAmount", reminder.total.prepaid_amount)
    page.write_all("AllowanceCharge", write_reminder_charge, reminder.allowance_charges)
    page.write_all("TaxTotal", write_tax_total, reminder.tax_totals)
    page.write("LegalMonetaryTotal", write_monetary_total, reminder.total)
    page.write_all("ReminderLine", _write_line, reminder.lines)
    return page.document()


def _write_line(page: Page, line: ReminderLine) -> None:
    page.text("ID", line.line_id)
    page.texts("Note", line.notes)
    page.flag("BalanceBroughtForwardIndicator", line.balance_brought_forward)
    page.amount("DebitLineAmount", line.debit_line_amount)
    page.amount("CreditLineAmount", line.credit_line_amount)
    page.text("AccountingCost", line.accounting_cost)
    page.number("PenaltySurchargePercent", line.penalty_surcharge_percent)
    page.write("ReminderPeriod", write_period, line.reminder_period)
    page.write("BillingReference", write_billing_reference, line.billing_reference)
