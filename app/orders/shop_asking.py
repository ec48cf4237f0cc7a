"""OCI shops are asked in the background, before any transaction: what they have by some words, and what a product costs
now. What they answer is as little trusted as a cart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.kit.errors import Conflict
from app.kit.fetch import FetchFailed
from app.orders.entries import login_of
from app.orders.punch_out.cart import Cart, CartNotReadable
from app.orders.punch_out.oci import entry_fields
from app.orders.punch_out.oci_functions import read_answer
from app.orders.punch_out_doors import FORM, Means
from app.orders.punch_out_models import PunchOutShop, ShopFunction
from app.orders.visits import ShopNotAnswering
from app.organisations.access import Call


class ShopLacksFunction(Conflict):
    """The shop's registration does not name this function; its agreement's content manager says what the shop knows."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a shop is asked, with its login, and how it writes numbers."""

    url: str
    fields: Mapping[str, str]
    decimal_comma: bool


def inquiry(call: Call, shop: PunchOutShop, means: Means, fields: Mapping[str, str]) -> Inquiry:
    """Put together what a shop is asked. It gets no way back to a requisition: what it has to say is its answer.

    :raises SecretKeyMissing, SecretNotReadable: when its secret cannot be opened.
    """
    entry = entry_fields(shop.protocol_version, means.public_url, login_of(call, shop, means), shop.fields)
    return Inquiry(shop.setup_url, {**entry, **fields}, shop.decimal_comma)


def require_function(shop: PunchOutShop, function: ShopFunction) -> None:
    """Let only a shop pass that knows a function.

    :raises ShopLacksFunction: for any other.
    """
    if function not in shop.functions:
        raise ShopLacksFunction(f"the shop is not registered with {function}; go into it instead")


def ask(means: Means, asked: Inquiry) -> Cart:
    """Ask a shop, and read its answer, of at most 1 MiB and within the seconds that any call takes.

    :raises ShopNotAnswering: when it gives none that can be understood.
    """
    content = urlencode(asked.fields).encode()
    headers = {"Content-Type": f"{FORM}; charset=UTF-8"}
    try:
        answer = means.outbound.fetch(asked.url, method="POST", content=content, headers=headers)
    except FetchFailed as reason:
        raise ShopNotAnswering(f"{reason}; try again later") from reason
    if answer.status != 200:
        raise ShopNotAnswering(f"the shop answered with HTTP status {answer.status} and not 200; try again later")
    try:
        return read_answer(_text(answer.content), decimal_comma=asked.decimal_comma)
    except CartNotReadable as reason:
        raise ShopNotAnswering(f"the shop's answer cannot be read: {reason.message}") from reason


def _text(content: bytes) -> str:
    """Read a page in UTF-8, as shops are asked for, or else in Windows-1252."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
