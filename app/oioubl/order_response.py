"""The order response: the supplier's answer line by line."""

from lxml import etree

from app.documents.order_response import OrderResponse, OrderResponseLine
from app.oioubl import names
from app.oioubl.amounts import (
    read_accounting_cost,
    read_allowance_charge,
    read_monetary_total,
    read_tax_total,
    write_allowance_charge,
    write_monetary_total,
    write_tax_total,
)
from app.oioubl.deliveries import read_delivery, write_delivery
from app.oioubl.figures import refuse_wrong_figures
from app.oioubl.header import open_document, read_currency, read_header
from app.oioubl.line_items import read_answered_line, write_answered_line, write_substitute_line
from app.oioubl.parties import read_party, write_wrapped_party
from app.oioubl.reading import Node
from app.oioubl.references import read_contract_id, read_document_reference, write_order_reference
from app.oioubl.writing import Page, page_for


def read_order_response(root: etree._Element) -> OrderResponse:
    """:raises UnreadableDocument: naming every element that is missing, unreadable or does not add up."""
    node = open_document(root, "OrderResponse")
    node.currency = read_currency(node)
    response = _read(node)
    node.refuse_faults()
    refuse_wrong_figures(root, response)
    return response


def _read(node: Node) -> OrderResponse:
    return OrderResponse(
        **read_header(node, "F-ORE006"),
        sales_order_id=node.text("SalesOrderID"),
        document_currency_code=node.currency,
        accounting_cost=read_accounting_cost(node),
        order_reference=read_document_reference(node.needed_part("OrderReference", "F-ORE008"), "F-ORE017"),
        contract_id=read_contract_id(node, "F-ORE020"),
        supplier=read_party(node.needed_part("SellerSupplierParty").needed_part("Party", "F-ORE027")),
        buyer=read_party(node.needed_part("BuyerCustomerParty").needed_part("Party", "F-ORE032")),
        delivery=node.read("Delivery", read_delivery),
        allowance_charges=node.read_all("AllowanceCharge", read_allowance_charge),
        tax_totals=node.read_all("TaxTotal", read_tax_total),
        total=node.read("LegalMonetaryTotal", lambda total: read_monetary_total(total, ("F-ORE063", None, None))),
        lines=node.read_all("OrderLine", _read_line),
    )


def _read_line(node: Node) -> OrderResponseLine:
    return OrderResponseLine(
        line=read_answered_line(node.needed_part("LineItem")),
        substitution_status_code=node.text("SubstitutionStatusCode"),
        substitutes=node.read_all("SellerProposedSubstituteLineItem", read_answered_line),
        notes=node.texts("Note"),
    )


def write_order_response(response: OrderResponse) -> bytes:
    """Write the answer, seller before buyer.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry.
    """
    page = page_for("OrderResponse", response, response.document_currency_code)
    page.text("SalesOrderID", response.sales_order_id)
    page.text("UUID", response.uuid)
    page.date("IssueDate", response.issue_date)
    page.texts("Note", response.notes)
    page.text("DocumentCurrencyCode", response.document_currency_code)
    page.text("AccountingCost", response.accounting_cost)
    page.write("OrderReference", write_order_reference, response.order_reference)
    page.part("Contract").text("ID", response.contract_id)
    page.write("SellerSupplierParty", write_wrapped_party, response.supplier)
    page.write("BuyerCustomerParty", write_wrapped_party, response.buyer)
    page.write("Delivery", write_delivery, response.delivery)
    page.write_all("AllowanceCharge", write_allowance_charge, response.allowance_charges)
    page.write_all("TaxTotal", write_tax_total, response.tax_totals)
    page.write("LegalMonetaryTotal", write_monetary_total, response.total)
    page.write_all("OrderLine", _write_line, response.lines)
    return page.document()


def _write_line(page: Page, line: OrderResponseLine) -> None:
    page.text("SubstitutionStatusCode", line.substitution_status_code, names.SUBSTITUTION_STATUS)
    page.texts("Note", line.notes)
    page.write("LineItem", write_answered_line, line.line)
    page.write_all("SellerProposedSubstituteLineItem", write_substitute_line, line.substitutes)
