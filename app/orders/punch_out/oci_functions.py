"""OCI's functions: what a shop is asked beside its pages, and the form in which it answers as it would send a cart."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from typing import Final

from lxml import etree

from app.kit.errors import Fault
from app.kit.money import plain
from app.orders.punch_out.cart import Cart, CartNotReadable
from app.orders.punch_out.oci import read_cart

MOST_FIELDS: Final = 20_000
PLACES: Final = 3


def detail_fields(product_id: str) -> Mapping[str, str]:
    """Give what lets the shop open at one product."""
    return {"FUNCTION": "DETAIL", "PRODUCTID": product_id}


def validate_fields(product_id: str, quantity: Decimal) -> Mapping[str, str]:
    """Give what asks for a product as it is offered now, of a quantity; OCI's have three decimals."""
    return {"FUNCTION": "VALIDATE", "PRODUCTID": product_id, "QUANTITY": plain(round(quantity, PLACES))}


def search_fields(words: str) -> Mapping[str, str]:
    """Give what asks for products by some words."""
    return {"FUNCTION": "BACKGROUND_SEARCH", "SEARCHSTRING": words}


def read_answer(page: str, *, decimal_comma: bool = False) -> Cart:
    """Read the page with the form that a browser would send on; without lines the shop has nothing.

    :raises CartNotReadable: naming each field and its rule.
    """
    return read_cart(_fields(page), decimal_comma=decimal_comma)


def _fields(page: str) -> list[tuple[str, str]]:
    """Give the names and values of a page's input fields; what else it holds is nothing to us."""
    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = etree.fromstring(page.encode(errors="replace"), parser)
    except etree.XMLSyntaxError:
        return []
    found = [] if root is None else list(islice(root.iter("input"), MOST_FIELDS + 1))
    if len(found) > MOST_FIELDS:
        message = f"the answer has more than {MOST_FIELDS} fields"
        message_da = f"svaret har mere end {MOST_FIELDS} felter"
        raise CartNotReadable.because([Fault(message, message_da, rule_id="P-OCI-FIELDS")])
    return [(field.get("name", ""), field.get("value", "")) for field in found]
