"""The order."""

from lxml import etree

from app.documents.order import Order
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
from app.oioubl.line_items import read_order_line, write_order_line
from app.oioubl.parties import read_party, read_wrapped_party, write_wrapped_party
from app.oioubl.reading import Node
from app.oioubl.references import read_contract_id, read_period, write_period
from app.oioubl.writing import page_for


def read_order(root: etree._Element) -> Order:
    """:raises UnreadableDocument: naming every element that is missing, unreadable or does not add up."""
    node = open_document(root, "Order")
    node.currency = read_currency(node)
    order = _read(node)
    node.refuse_faults()
    refuse_wrong_figures(root, order)
    return order


def _read(node: Node) -> Order:
    return Order(
        **read_header(node, "F-ORD007"),
        order_type_code=node.text("OrderTypeCode"),
        document_currency_code=node.currency or node.needed_currency("DocumentCurrencyCode"),
        accounting_cost=read_accounting_cost(node),
        customer_reference=node.text("CustomerReference"),
        validity_period=node.read("ValidityPeriod", read_period),
        contract_id=read_contract_id(node, "F-ORD026"),
        buyer=read_party(node.needed_part("BuyerCustomerParty").needed_part("Party", "F-ORD031")),
        supplier=read_party(node.needed_part("SellerSupplierParty").needed_part("Party", "F-ORD043")),
        originator=node.read("OriginatorCustomerParty", read_wrapped_party),
        accounting_customer=node.read("AccountingCustomerParty", read_wrapped_party),
        delivery=node.read("Delivery", read_delivery),
        allowance_charges=node.read_all("AllowanceCharge", read_allowance_charge),
        tax_totals=node.read_all("TaxTotal", read_tax_total),
        anticipated_total=node.read(
            "AnticipatedMonetaryTotal", lambda total: read_monetary_total(total, ("F-ORD110", None, None))
        ),
        lines=node.needed_parts("OrderLine", read_order_line),
    )


def write_order(order: Order) -> bytes:
    """Write the order, buyer before seller.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry.
    """
    page = page_for("Order", order, order.document_currency_code)
    page.text("UUID", order.uuid)
    page.date("IssueDate", order.issue_date)
    page.text("OrderTypeCode", order.order_type_code)
    page.texts("Note", order.notes)
    page.text("DocumentCurrencyCode", order.document_currency_code)
    page.text("CustomerReference", order.customer_reference)
    page.text("AccountingCost", order.accounting_cost)
    page.write("ValidityPeriod", write_period, order.validity_period)
    page.part("Contract").text("ID", order.contract_id)
    page.write("BuyerCustomerParty", write_wrapped_party, order.buyer)
    page.write("SellerSupplierParty", write_wrapped_party, order.supplier)
    page.write("OriginatorCustomerParty", write_wrapped_party, order.originator)
    page.write("AccountingCustomerParty", write_wrapped_party, order.accounting_customer)
    page.write("Delivery", write_delivery, order.delivery)
    page.write_all("AllowanceCharge", write_allowance_charge, order.allowance_charges)
    page.write_all("TaxTotal", write_tax_total, order.tax_totals)
    page.write("AnticipatedMonetaryTotal", write_monetary_total, order.anticipated_total)
    page.write_all("OrderLine", write_order_line, order.lines)
    return page.document()
