"""The simple order response: yes, or no with the reason."""

from lxml import etree

from app.documents.order_response import OrderResponseSimple
from app.oioubl.header import open_document, read_header
from app.oioubl.parties import read_party, write_wrapped_party
from app.oioubl.reading import Node
from app.oioubl.references import read_document_reference, write_order_reference
from app.oioubl.writing import page_for


def read_order_response_simple(root: etree._Element) -> OrderResponseSimple:
    """:raises UnreadableDocument: naming every element that is missing or unreadable, and a no without its reason."""
    node = open_document(root, "OrderResponseSimple")
    response = _read(node)
    if node.flag("AcceptedIndicator") is False and not response.rejection_notes:
        node.needed_text("RejectionNote", "F-ORS007")
    node.refuse_faults()
    return response


def _read(node: Node) -> OrderResponseSimple:
    return OrderResponseSimple(
        **read_header(node, "F-ORS008"),
        accepted=node.needed_flag("AcceptedIndicator"),
        rejection_notes=node.texts("RejectionNote"),
        accounting_cost=node.text("AccountingCost"),
        order_reference=read_document_reference(node.needed_part("OrderReference"), "F-ORS011"),
        supplier=read_party(node.needed_part("SellerSupplierParty").needed_part("Party", "F-ORS014")),
        buyer=read_party(node.needed_part("BuyerCustomerParty").needed_part("Party", "F-ORS024")),
    )


def write_order_response_simple(response: OrderResponseSimple) -> bytes:
    """Write the answer, seller before buyer.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry.
    """
    page = page_for("OrderResponseSimple", response, None)
    page.text("UUID", response.uuid)
    page.date("IssueDate", response.issue_date)
    page.texts("Note", response.notes)
    page.flag("AcceptedIndicator", response.accepted)
    page.texts("RejectionNote", response.rejection_notes)
    page.text("AccountingCost", response.accounting_cost)
    page.write("OrderReference", write_order_reference, response.order_reference)
    page.write("SellerSupplierParty", write_wrapped_party, response.supplier)
    page.write("BuyerCustomerParty", write_wrapped_party, response.buyer)
    return page.document()
