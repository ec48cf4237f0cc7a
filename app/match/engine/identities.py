"""By which numbers items are known, on order lines and invoice lines, and when such numbers contradict each other."""

from collections.abc import Iterator

from app.documents.invoice import InvoiceLine
from app.match.engine.decision import How
from app.match.engine.facts import OrderLineFacts

Identity = tuple[How, str]
"""A kind of item number and its normalised value."""


def item_key(text: str) -> str:
    return text.strip().casefold()


def gtin_key(text: str) -> str:
    return text.strip().lstrip("0")


def order_line_identities(line: OrderLineFacts) -> Iterator[Identity]:
    """Give the item numbers an order line is known by."""
    if line.seller_item:
        yield How.SELLER_ITEM, item_key(line.seller_item)
    if line.gtin:
        yield How.GTIN, gtin_key(line.gtin)
    if line.buyer_item:
        yield How.BUYER_ITEM, item_key(line.buyer_item)


def invoice_line_identities(line: InvoiceLine) -> Iterator[Identity]:
    """Give the item numbers an invoice line carries; a seller's id with scheme GTIN is a GTIN and nothing else."""
    item = line.item
    if item is None:
        return
    sellers = item.sellers_number
    if sellers is not None and (item.sellers_item_id is None or item.sellers_item_id.scheme_id != "GTIN"):
        yield How.SELLER_ITEM, item_key(sellers)
    if item.gtin:
        yield How.GTIN, gtin_key(item.gtin)
    if item.buyers_item_id is not None and item.buyers_item_id.value.strip():
        yield How.BUYER_ITEM, item_key(item.buyers_item_id.value)


def _compared(line: InvoiceLine, order_line: OrderLineFacts) -> list[bool]:
    """Tell of each kind of number that both name whether it is the same."""
    known = dict(order_line_identities(order_line))
    own_gtin = known.get(How.GTIN)
    return [
        value == known[how] or (how is How.SELLER_ITEM and own_gtin is not None and gtin_key(value) == own_gtin)
        for how, value in invoice_line_identities(line)
        if how in known
    ]


def contradicts(line: InvoiceLine, order_line: OrderLineFacts) -> bool:
    """Tell whether both name item numbers of the same kind, and none of them is the same."""
    compared = _compared(line, order_line)
    return bool(compared) and not any(compared)


def agrees(line: InvoiceLine, order_line: OrderLineFacts) -> bool:
    """Tell whether both name an item number that is the same."""
    return any(_compared(line, order_line))
