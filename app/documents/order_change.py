"""Order changes and cancellations: what the buyer takes back of an order that has been sent."""

from datetime import time

from app.documents.order import OrderTerms
from app.documents.party import Party
from app.documents.values import DocumentReference, Header, Number, Prose, Text


class OrderChange(OrderTerms):
    """A change of an order. Each line is a whole new picture of it; `line_status_code` says whether it was added,
    revised or cancelled. The changes of one order are numbered by `sequence_number_id` (F-OCH005).

    A base quantity counts for nothing here: a line is price x quantity, x factor if there is one (F-OCH140, F-OCH179).
    """

    sales_order_id: Text | None = None
    issue_time: time | None = None
    sequence_number_id: Number
    order_reference: DocumentReference


class OrderCancellation(Header):
    """A whole order is cancelled, for the reasons in `cancellation_notes`, of which there is one at least."""

    issue_time: time | None = None
    cancellation_notes: tuple[Prose, ...]
    order_reference: DocumentReference
    contract_id: Number | None = None
    buyer: Party
    supplier: Party
    originator: Party | None = None
