"""An order as a document that people read, and as the OIOUBL that it was sent as or would be."""

from uuid import UUID

from app import dialects
from app.documents.order import Order
from app.kit.archive import content_of
from app.kit.calls import Raw
from app.orders import queries
from app.orders.composing import order_document
from app.orders.models import Origin, PurchaseOrder
from app.orders.order_letters import read
from app.orders.order_page import POLICY, as_page
from app.orders.readable import ReadableDocument, readable
from app.orders.sending import buyer_party, contract_number
from app.organisations.access import Call
from app.organisations.notice_models import Language
from app.organisations.supplier_models import Supplier


def get_order_document(call: Call, order_id: UUID, language: Language | None, *, as_xml: bool) -> Raw:
    """Give an order as a page, in the supplier's language unless another is asked for, or as OIOUBL. One that was not
    sent yet is told as it would be today, and says that it is a draft.
    """
    order = queries.order(call, order_id)
    document = _document(call, order)
    if as_xml:
        return Raw(dialects.write(document))
    supplier = call.session.get_one(Supplier, order.supplier_id)
    page = as_page(readable(document, language or supplier.order_language, is_draft=order.sent_at is None))
    headers = {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept",
    }
    return Raw(page.encode(), "text/html; charset=utf-8", headers)


def _document(call: Call, order: PurchaseOrder) -> ReadableDocument:
    if order.document_id is not None and order.origin == Origin.HERE:
        return read(content_of(call.session, order.document_id))
    return _composed(call, order)


def _composed(call: Call, order: PurchaseOrder) -> Order:
    supplier = call.session.get_one(Supplier, order.supplier_id)
    lines = queries.lines_of(call.session, order.id)
    buyer, contract = buyer_party(call, order), contract_number(call, order)
    return order_document(order, lines, buyer, supplier, contract, order.issued_on or call.today)
