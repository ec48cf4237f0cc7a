"""The letter by which an order, a change of one or a cancellation reaches a supplier without an endpoint."""

from typing import Final
from uuid import UUID

from app import dialects
from app.documents.order import Order
from app.documents.order_change import OrderCancellation, OrderChange
from app.kit.mail import Enclosure, Letter
from app.oioubl import ubl
from app.orders.order_page import as_page, as_text
from app.orders.readable import ReadableDocument, order_number, readable
from app.organisations.notice_models import Language

SUBJECT_LENGTH: Final = 200
READABLE: Final = (Order, OrderChange, OrderCancellation)


def read(content: bytes) -> ReadableDocument:
    """Read a document about an order that was written here or taken in by us."""
    document = dialects.read(ubl.parse(content))
    assert isinstance(document, READABLE)  # noqa: S101 - orders are kept as nothing else
    return document


def letter_of(content: bytes, address: str, language: Language, message_id: UUID) -> Letter:
    """Write the letter that tells of a document, with the document itself and its page enclosed. A line break, which no
    subject may hold, becomes a blank.
    """
    document = read(content)
    told = readable(document, language)
    page = as_page(told, told.words.machine)
    sender = document.buyer.name or ""
    subject = " ".join(f"{told.title} – {sender}".split()) if sender else told.title
    name = _file_name(order_number(document))
    return Letter(
        address=address,
        subject=subject[:SUBJECT_LENGTH],
        text=as_text(told),
        language=language.value,
        page=page,
        enclosures=(
            Enclosure(f"{name}.xml", "application/xml", content),
            Enclosure(f"{name}.html", "text/html", page.encode()),
        ),
        id=message_id,
    )


def _file_name(number: str) -> str:
    """Give a number as the name of a file: letters and digits of ASCII, anything else a hyphen."""
    kept = "".join(one if one.isascii() and one.isalnum() else "-" for one in number)
    return f"order-{kept[:60]}"
