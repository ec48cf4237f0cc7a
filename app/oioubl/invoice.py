"""The invoice and the credit note, which differ in a few names and in the order of some elements."""

from lxml import etree

from app.documents.amounts import ExchangeRate
from app.documents.invoice import DocumentType, Invoice
from app.oioubl import names
from app.oioubl.amounts import (
    read_accounting_cost,
    read_allowance_charge,
    read_exchange_rate,
    read_monetary_total,
    read_tax_total,
    write_allowance_charge,
    write_exchange_rate,
    write_monetary_total,
    write_tax_total,
)
from app.oioubl.figures import refuse_wrong_figures
from app.oioubl.header import open_document, read_header
from app.oioubl.invoice_lines import (
    CREDIT_NOTE,
    INVOICE,
    LineNames,
    line_reader,
    line_writer,
    read_billing_reference,
    read_discrepancy,
    write_billing_reference,
    write_discrepancy,
)
from app.oioubl.parties import read_party, write_party, write_wrapped_party
from app.oioubl.payment import read_payment_means, write_payment_means, write_payment_terms
from app.oioubl.reading import Node
from app.oioubl.references import (
    read_document_reference,
    read_period,
    write_order_reference,
    write_period,
    write_plain_reference,
)
from app.oioubl.writing import Page, page_for

_NAMES: dict[DocumentType, LineNames] = {"Invoice": INVOICE, "CreditNote": CREDIT_NOTE}


def read_invoice(root: etree._Element) -> Invoice:
    """An Invoice or a CreditNote.

    :raises UnreadableDocument: naming every element that is missing, unreadable or does not add up.
    """
    node = open_document(root, "Invoice", "CreditNote")
    document_type: DocumentType = "CreditNote" if etree.QName(root).localname == "CreditNote" else "Invoice"
    node.currency = node.currency_code("DocumentCurrencyCode")
    invoice = _read(node, document_type)
    node.refuse_faults()
    refuse_wrong_figures(root, invoice)
    return invoice


def _read(node: Node, document_type: DocumentType) -> Invoice:
    kind = _NAMES[document_type]
    order_reference = node.part("OrderReference")
    return Invoice(
        **read_header(node, kind.number_rule),
        document_type=document_type,
        invoice_type_code=node.text("InvoiceTypeCode"),
        due_date=node.date("DueDate"),
        tax_point_date=node.date("TaxPointDate"),
        document_currency_code=node.needed_currency("DocumentCurrencyCode", kind.currency_rule),
        pricing_currency_code=node.currency_code("PricingCurrencyCode"),
        accounting_cost=read_accounting_cost(node),
        invoice_period=node.read("InvoicePeriod", read_period),
        discrepancies=node.read_all("DiscrepancyResponse", read_discrepancy),
        order_reference=order_reference and read_document_reference(order_reference, kind.order_reference_rule),
        sales_order_id=order_reference and order_reference.text("SalesOrderID"),
        billing_references=node.read_all("BillingReference", read_billing_reference),
        contract_references=node.read_all("ContractDocumentReference", read_document_reference),
        supplier=read_party(node.needed_part("AccountingSupplierParty").needed_part("Party", kind.supplier_rule)),
        customer=read_party(node.needed_part("AccountingCustomerParty").needed_part("Party", kind.customer_rule)),
        payee=node.read("PayeeParty", read_party),
        actual_delivery_on=node.read("Delivery", lambda delivery: delivery.date("ActualDeliveryDate")),
        payment_means=node.read_all("PaymentMeans", read_payment_means),
        payment_terms_note=node.read("PaymentTerms", lambda terms: terms.prose("Note")),
        allowance_charges=node.read_all("AllowanceCharge", read_allowance_charge),
        pricing_exchange_rate=node.read("PricingExchangeRate", read_exchange_rate),
        tax_totals=node.read_all("TaxTotal", read_tax_total),
        total=read_monetary_total(node.needed_part("LegalMonetaryTotal"), kind.total_rules),
        lines=node.needed_parts(kind.line, line_reader(kind)),
    )


def write_invoice(invoice: Invoice) -> bytes:
    """Write an Invoice or a CreditNote, whichever the document is.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry.
    """
    kind = _NAMES[invoice.document_type]
    page = page_for(invoice.document_type, invoice, invoice.document_currency_code)
    _write_head(page, invoice)
    _write_references(page, invoice)
    page.write("AccountingSupplierParty", write_wrapped_party, invoice.supplier)
    page.write("AccountingCustomerParty", write_wrapped_party, invoice.customer)
    page.write("PayeeParty", write_party, invoice.payee)
    page.part("Delivery").date("ActualDeliveryDate", invoice.actual_delivery_on)
    page.write_all("PaymentMeans", write_payment_means, invoice.payment_means)
    write_payment_terms(page, invoice.payment_terms_note, invoice.total.payable_amount)
    _write_charges_and_rate(page, invoice, invoice.pricing_exchange_rate)
    page.write_all("TaxTotal", write_tax_total, invoice.tax_totals)
    page.write("LegalMonetaryTotal", write_monetary_total, invoice.total)
    page.write_all(kind.line, line_writer(kind), invoice.lines)
    return page.document()


def _write_head(page: Page, invoice: Invoice) -> None:
    page.text("UUID", invoice.uuid)
    page.date("IssueDate", invoice.issue_date)
    if invoice.is_credit:
        page.date("TaxPointDate", invoice.tax_point_date)
        page.texts("Note", invoice.notes)
    else:
        page.date("DueDate", invoice.due_date)
        page.text("InvoiceTypeCode", invoice.invoice_type_code, names.INVOICE_TYPE)
        page.texts("Note", invoice.notes)
        page.date("TaxPointDate", invoice.tax_point_date)
    page.text("DocumentCurrencyCode", invoice.document_currency_code)
    page.text("PricingCurrencyCode", invoice.pricing_currency_code)
    page.text("AccountingCost", invoice.accounting_cost)
    page.write("InvoicePeriod", write_period, invoice.invoice_period)
    if invoice.is_credit:
        page.write_all("DiscrepancyResponse", write_discrepancy, invoice.discrepancies)


def _write_references(page: Page, invoice: Invoice) -> None:
    if invoice.order_reference is not None:
        write_order_reference(page.part("OrderReference"), invoice.order_reference, invoice.sales_order_id)
    page.write_all("BillingReference", write_billing_reference, invoice.billing_references)
    page.write_all("ContractDocumentReference", write_plain_reference, invoice.contract_references)


def _write_charges_and_rate(page: Page, invoice: Invoice, rate: ExchangeRate | None) -> None:
    """The exchange rate follows the allowances and charges of an invoice and precedes those of a credit note."""
    if invoice.is_credit:
        page.write("PricingExchangeRate", write_exchange_rate, rate)
        page.write_all("AllowanceCharge", write_allowance_charge, invoice.allowance_charges)
    else:
        page.part("PrepaidPayment").amount("PaidAmount", invoice.total.prepaid_amount)
        page.write_all("AllowanceCharge", write_allowance_charge, invoice.allowance_charges)
        page.write("PricingExchangeRate", write_exchange_rate, rate)
