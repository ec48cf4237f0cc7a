"""The cancellation of a whole order."""

from lxml import etree

from app.documents.order_change import OrderCancellation
from app.oioubl.header import open_document, read_header
from app.oioubl.parties import read_party, read_wrapped_party, write_wrapped_party
from app.oioubl.reading import Node
from app.oioubl.references import read_contract_id, read_document_reference, write_order_reference
from app.oioubl.writing import page_for


def read_order_cancellation(root: etree._Element) -> OrderCancellation:
    """:raises UnreadableDocument: naming every element that is missing or unreadable, the reason among them."""
    node = open_document(root, "OrderCancellation")
    cancellation = _read(node)
    if not cancellation.cancellation_notes:
        node.needed_text("CancellationNote", "F-OCA003")
    node.refuse_faults()
    return cancellation


def _read(node: Node) -> OrderCancellation:
    return OrderCancellation(
        **read_header(node, "F-OCA002"),
        issue_time=node.time("IssueTime"),
        cancellation_notes=node.texts("CancellationNote"),
        order_reference=read_document_reference(node.needed_part("OrderReference"), "F-OCA007"),
        contract_id=read_contract_id(node, "F-OCA010"),
        buyer=read_party(node.needed_part("BuyerCustomerParty").needed_part("Party", "F-OCA017")),
        supplier=read_party(node.needed_part("SellerSupplierParty").needed_part("Party", "F-OCA023")),
        originator=node.read("OriginatorCustomerParty", read_wrapped_party),
    )


def write_order_cancellation(cancellation: OrderCancellation) -> bytes:
    """Write the cancellation, buyer before seller.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry.
    """
    page = page_for("OrderCancellation", cancellation, None)
    page.text("UUID", cancellation.uuid)
    page.date("IssueDate", cancellation.issue_date)
    page.time("IssueTime", cancellation.issue_time)
    page.texts("Note", cancellation.notes)
    page.texts("CancellationNote", cancellation.cancellation_notes)
    page.write("OrderReference", write_order_reference, cancellation.order_reference)
    page.part("Contract").text("ID", cancellation.contract_id)
    page.write("BuyerCustomerParty", write_wrapped_party, cancellation.buyer)
    page.write("SellerSupplierParty", write_wrapped_party, cancellation.supplier)
    page.write("OriginatorCustomerParty", write_wrapped_party, cancellation.originator)
    return page.document()
