"""The change of an order."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from app.documents.order import Delivery
from app.documents.order_change import OrderChange
from app.documents.party import Party
from app.oioubl.deliveries import write_delivery
from app.oioubl.figures import refuse_wrong_figures
from app.oioubl.header import open_document, read_currency
from app.oioubl.order_terms import OrderRules, read_terms, write_terms, write_terms_head
from app.oioubl.references import read_document_reference, write_order_reference
from app.oioubl.writing import Page, page_for

_RULES: Final = OrderRules(
    number="F-OCH004",
    contract_id="F-OCH019",
    buyer="F-OCH025",
    supplier="F-OCH031",
    net_amount="F-OCH060",
    line_id="F-OCH132",
    quantity="F-OCH131",
)


def read_order_change(root: etree._Element) -> OrderChange:
    """:raises UnreadableDocument: naming every element that is missing, unreadable or does not add up."""
    node = open_document(root, "OrderChange")
    node.currency = read_currency(node)
    change = OrderChange(
        sales_order_id=node.text("SalesOrderID"),
        issue_time=node.time("IssueTime"),
        sequence_number_id=node.needed_text("SequenceNumberID", "F-OCH005"),
        order_reference=read_document_reference(node.needed_part("OrderReference"), "F-OCH014"),
        **read_terms(node, _RULES),
    )
    node.refuse_faults()
    refuse_wrong_figures(root, change)
    return change


def write_order_change(change: OrderChange) -> bytes:
    """Write the change, buyer before seller.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry.
    """
    page = page_for("OrderChange", change, change.document_currency_code)
    page.text("SalesOrderID", change.sales_order_id)
    page.text("UUID", change.uuid)
    page.date("IssueDate", change.issue_date)
    page.time("IssueTime", change.issue_time)
    page.text("SequenceNumberID", change.sequence_number_id)
    page.texts("Note", change.notes)
    write_terms_head(page, change)
    page.write("OrderReference", write_order_reference, change.order_reference)
    write_terms(page, change, lambda part, delivery: _write_delivery(part, delivery, change))
    return page.document()


def _write_delivery(page: Page, delivery: Delivery, change: OrderChange) -> None:
    """Write the delivery, whose party may be anybody but the buyer and the customer who pays: an order may say so."""
    write_delivery(page, delivery)
    if delivery.delivery_party is None:
        return
    for rule_id in _same_party(delivery.delivery_party, change):
        page.refuse(
            "DeliveryParty is the buyer or the customer who pays; a change of an order leaves such a party out.",
            "DeliveryParty er køberen eller den betalende kunde; en ordreændring udelader en sådan part.",
            rule_id,
        )


def _same_party(party: Party, change: OrderChange) -> Iterator[str]:
    """The rules broken: parties are told apart by identification, and by name where there is none."""
    customers = (change.buyer, "F-OCH049", "F-OCH050"), (change.accounting_customer, "F-OCH051", "F-OCH052")
    for customer, id_rule, name_rule in customers:
        if customer is None:
            continue
        if party.is_identified_as(customer):
            yield id_rule
        elif not party.identifications and party.name is not None and party.name == customer.name:
            yield name_rule
