"""The order."""

from typing import Final

from lxml import etree

from app.documents.order import Order
from app.oioubl.deliveries import write_delivery
from app.oioubl.figures import refuse_wrong_figures
from app.oioubl.header import open_document, read_currency
from app.oioubl.order_terms import OrderRules, read_terms, write_terms, write_terms_head
from app.oioubl.writing import page_for

_RULES: Final = OrderRules(
    number="F-ORD007",
    contract_id="F-ORD026",
    buyer="F-ORD031",
    supplier="F-ORD043",
    net_amount="F-ORD110",
    line_id="F-ORD131",
    quantity="F-ORD227",
)


def read_order(root: etree._Element) -> Order:
    """:raises UnreadableDocument: naming every element that is missing, unreadable or does not add up."""
    node = open_document(root, "Order")
    node.currency = read_currency(node)
    order = Order(order_type_code=node.text("OrderTypeCode"), **read_terms(node, _RULES))
    node.refuse_faults()
    refuse_wrong_figures(root, order)
    return order


def write_order(order: Order) -> bytes:
    """Write the order, buyer before seller.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry.
    """
    page = page_for("Order", order, order.document_currency_code)
    page.text("UUID", order.uuid)
    page.date("IssueDate", order.issue_date)
    page.text("OrderTypeCode", order.order_type_code)
    page.texts("Note", order.notes)
    write_terms_head(page, order)
    write_terms(page, order, write_delivery)
    return page.document()
