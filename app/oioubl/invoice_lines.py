"""Lines of invoices and credit notes, and their references to what was ordered and billed before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.documents.invoice import BillingReference, Discrepancy, InvoiceLine, OrderLineReference
from app.oioubl import names
from app.oioubl.amounts import (
    read_accounting_cost,
    read_allowance_charge,
    read_tax_total,
    write_allowance_charge,
    write_tax_total,
)
from app.oioubl.items import read_item, write_item
from app.oioubl.prices import read_price, write_price
from app.oioubl.reading import Node
from app.oioubl.references import read_document_reference, read_period, write_period, write_plain_reference
from app.oioubl.writing import Page


@dataclass(frozen=True, slots=True)
class LineNames:
    """What an invoice and a credit note call the same thing, and the official rules that speak of it."""

    line: str
    quantity: str
    currency_rule: str
    number_rule: str
    order_reference_rule: str
    supplier_rule: str
    customer_rule: str
    total_rules: tuple[str, str, str]
    line_id_rule: str
    quantity_rule: str
    amount_currency_rule: str


INVOICE: Final = LineNames(
    line="InvoiceLine",
    quantity="InvoicedQuantity",
    currency_rule="F-INV007",
    number_rule="F-INV009",
    order_reference_rule="F-INV024",
    supplier_rule="F-INV030",
    customer_rule="F-INV043",
    total_rules=("F-INV120", "F-INV013", "F-INV014"),
    line_id_rule="F-INV140",
    quantity_rule="F-INV137",
    amount_currency_rule="F-INV012",
)
CREDIT_NOTE: Final = LineNames(
    line="CreditNoteLine",
    quantity="CreditedQuantity",
    currency_rule="F-CRN004",
    number_rule="F-CRN005",
    order_reference_rule="F-CRN022",
    supplier_rule="F-CRN027",
    customer_rule="F-CRN039",
    total_rules=("F-CRN066", "F-CRN008", "F-CRN009"),
    line_id_rule="F-CRN084",
    quantity_rule="F-CRN196",
    amount_currency_rule="F-CRN007",
)


def line_reader(kind: LineNames) -> Callable[[Node], InvoiceLine]:
    return lambda node: _read_line(node, kind)


def line_writer(kind: LineNames) -> Callable[[Page, InvoiceLine], None]:
    return lambda page, line: _write_line(page, line, kind)


def _read_line(node: Node, kind: LineNames) -> InvoiceLine:
    return InvoiceLine(
        line_id=node.needed_text("ID", kind.line_id_rule),
        notes=node.texts("Note"),
        quantity=node.needed_quantity(kind.quantity, kind.quantity_rule),
        line_extension_amount=node.needed_amount("LineExtensionAmount", None, kind.amount_currency_rule),
        accounting_cost=read_accounting_cost(node),
        free_of_charge=bool(node.flag("FreeOfChargeIndicator")),
        invoice_period=node.read("InvoicePeriod", read_period),
        order_line_references=node.read_all("OrderLineReference", _read_order_line_reference),
        billing_references=node.read_all("BillingReference", read_billing_reference),
        actual_delivery_on=node.read("Delivery", lambda delivery: delivery.date("ActualDeliveryDate")),
        allowance_charges=node.read_all("AllowanceCharge", read_allowance_charge),
        tax_totals=node.read_all("TaxTotal", read_tax_total),
        item=node.read("Item", read_item),
        price=node.read("Price", read_price),
    )


def _write_line(page: Page, line: InvoiceLine, kind: LineNames) -> None:
    page.text("ID", line.line_id)
    page.texts("Note", line.notes)
    page.quantity(kind.quantity, line.quantity)
    page.line_amount("LineExtensionAmount", line.line_extension_amount)
    page.text("AccountingCost", line.accounting_cost)
    page.flag("FreeOfChargeIndicator", line.free_of_charge or None)
    page.write("InvoicePeriod", write_period, line.invoice_period)
    page.write_all("OrderLineReference", _write_order_line_reference, line.order_line_references)
    page.write_all("BillingReference", write_billing_reference, line.billing_references)
    page.part("Delivery").date("ActualDeliveryDate", line.actual_delivery_on)
    _write_charges_and_taxes(page, line, kind)
    page.write("Item", write_item, line.item)
    page.write("Price", write_price, line.price)


def _write_charges_and_taxes(page: Page, line: InvoiceLine, kind: LineNames) -> None:
    """UBL puts a credit line's taxes before its allowances and charges, and an invoice line's after them."""
    if kind is CREDIT_NOTE:
        page.write_all("TaxTotal", write_tax_total, line.tax_totals)
        page.write_all("AllowanceCharge", write_allowance_charge, line.allowance_charges)
    else:
        page.write_all("AllowanceCharge", write_allowance_charge, line.allowance_charges)
        page.write_all("TaxTotal", write_tax_total, line.tax_totals)


def _read_order_line_reference(node: Node) -> OrderLineReference:
    return OrderLineReference(
        line_id=node.needed_text("LineID", "F-INV153"),
        order_number=node.read("OrderReference", lambda order: order.needed_text("ID")),
    )


def _write_order_line_reference(page: Page, reference: OrderLineReference) -> None:
    page.text("LineID", reference.line_id)
    page.part("OrderReference").text("ID", reference.order_number)


def read_billing_reference(node: Node) -> BillingReference:
    return BillingReference(
        invoice=node.read("InvoiceDocumentReference", read_document_reference),
        credit_note=node.read("CreditNoteDocumentReference", read_document_reference),
        reminder=node.read("ReminderDocumentReference", read_document_reference),
        line_id=node.read("BillingReferenceLine", lambda line: line.needed_text("ID")),
    )


def write_billing_reference(page: Page, reference: BillingReference) -> None:
    page.write("InvoiceDocumentReference", write_plain_reference, reference.invoice)
    page.write("CreditNoteDocumentReference", write_plain_reference, reference.credit_note)
    page.write("ReminderDocumentReference", write_plain_reference, reference.reminder)
    page.part("BillingReferenceLine").text("ID", reference.line_id)


def read_discrepancy(node: Node) -> Discrepancy:
    return Discrepancy(
        reference_id=node.needed_text("ReferenceID", "F-CRN161"),
        response_code=node.text("ResponseCode"),
        descriptions=node.texts("Description"),
    )


def write_discrepancy(page: Page, discrepancy: Discrepancy) -> None:
    page.text("ReferenceID", discrepancy.reference_id)
    page.text("ResponseCode", discrepancy.response_code, names.DISCREPANCY)
    page.texts("Description", discrepancy.descriptions)
