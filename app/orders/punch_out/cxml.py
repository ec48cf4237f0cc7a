"""cXML 1.2: the request to let a buyer into the shop, what the shop answers, and the cart that comes back."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from lxml import etree

from app.kit.errors import Fault
from app.kit.money import WIDE, Quantity
from app.orders.punch_out.cart import (
    Cart,
    CartLine,
    CartNotReadable,
    Reader,
    cart_of,
    refuse_too_many,
    unit_of,
    unspsc_of,
)
from app.orders.punch_out.xml import cxml_root, own_text_at, text_at

MEDIA_TYPE: Final = "text/xml"
URLENCODED, BASE64 = "cxml-urlencoded", "cxml-base64"
OK, UNCHANGED = "200", "204"
CREATE: Final = "create"
OPERATIONS: Final = frozenset({CREATE, "inspect", "edit"})
AGENT: Final = "Prokura"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_KEPT: Final = ("LeadTime", "URL", "ManufacturerName")


@dataclass(frozen=True, slots=True)
class CartItem:
    """A line of a cart that came back, as far as its shop must know it again: the supplier's number, the shop's own key
    and the quantity.
    """

    number: str
    auxiliary: str
    quantity: str


@dataclass(frozen=True, slots=True)
class SetupRequest:
    """Who asks to be let in, where the cart is to be sent, and by which cookie the visit is known. Identities are
    `from`, `to` and `sender`, each `domain:identity`. To `edit` or `inspect` a cart takes its `items`.
    """

    version: str
    payload_id: str
    identities: Mapping[str, str]
    secret: str = field(repr=False)
    cookie: str
    return_url: str
    at: datetime
    setup_url: str
    fields: Mapping[str, str] = field(default_factory=dict)
    user_name: str = ""
    operation: str = CREATE
    items: tuple[CartItem, ...] = ()


@dataclass(frozen=True, slots=True)
class SetupAnswer:
    """What a shop says to the request: its status, and the page to go to when it is 200."""

    code: str
    text: str
    start_url: str = ""


def setup_request(asked: SetupRequest) -> bytes:
    """Write a PunchOutSetupRequest, its elements in the order of the DTD."""
    root = etree.Element("cXML", payloadID=asked.payload_id, timestamp=asked.at.isoformat(timespec="seconds"))
    root.set(_LANGUAGE, "da")
    header = etree.SubElement(root, "Header")
    for name, role in (("From", "from"), ("To", "to"), ("Sender", "sender")):
        domain, _, identity = asked.identities.get(role, asked.identities["from"]).partition(":")
        party = etree.SubElement(header, name)
        credential = etree.SubElement(party, "Credential", domain=domain)
        _add(credential, "Identity", identity)
        if name == "Sender":
            _add(credential, "SharedSecret", asked.secret)
            _add(party, "UserAgent", AGENT)
    request = etree.SubElement(root, "Request", deploymentMode="production")
    setup = etree.SubElement(request, "PunchOutSetupRequest", operation=asked.operation)
    _add(setup, "BuyerCookie", asked.cookie)
    for name, value in _extrinsics(asked).items():
        etree.SubElement(setup, "Extrinsic", name=name).text = value
    _add(etree.SubElement(setup, "BrowserFormPost"), "URL", asked.return_url)
    _add(etree.SubElement(setup, "SupplierSetup"), "URL", asked.setup_url)
    for position, item in enumerate(asked.items, start=1):
        line = etree.SubElement(setup, "ItemOut", quantity=item.quantity, lineNumber=str(position))
        known_as = etree.SubElement(line, "ItemID")
        _add(known_as, "SupplierPartID", item.number)
        if item.auxiliary:
            _add(known_as, "SupplierPartAuxiliaryID", item.auxiliary)
    doctype = f'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/{asked.version}/cXML.dtd">'
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=doctype)


def _extrinsics(asked: SetupRequest) -> dict[str, str]:
    told = {"UserFullName": asked.user_name} if asked.user_name else {}
    return dict(asked.fields) | told


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def read_answer(content: bytes) -> SetupAnswer:
    """Read a PunchOutSetupResponse; what counts is the status in the body, which comes with HTTP 200 also for a no.

    :raises CartNotReadable: for what is no cXML.
    """
    root = cxml_root(content)
    status = root.find("Response/Status")
    code, text = ("", "") if status is None else (status.get("code", ""), status.get("text", ""))
    return SetupAnswer(code.strip(), text.strip()[:200], text_at(root, "Response/PunchOutSetupResponse/StartPage/URL"))


def posted(fields: Mapping[str, bytes]) -> bytes:
    """Give the XML of a posted cart, as bytes: what they mean is said by their declaration.

    :raises CartNotReadable: when neither of the two fields is there, or base64 is none.
    """
    lowered = {name.lower(): value for name, value in fields.items()}
    if BASE64 in lowered:
        try:
            return base64.b64decode(b"".join(lowered[BASE64].split()), validate=True)
        except binascii.Error as reason:
            raise _unlike(BASE64, f"{BASE64} holds no base64", f"{BASE64} er ikke base64") from reason
    if URLENCODED not in lowered:
        raise _unlike(
            URLENCODED,
            f"a cXML cart comes in the field {URLENCODED} or {BASE64}; neither is there",
            f"en cXML-kurv kommer i feltet {URLENCODED} eller {BASE64}; ingen af dem er der",
        )
    content = lowered[URLENCODED].strip()
    return unquote_to_bytes(content) if content[:3].upper() == b"%3C" else content


def _unlike(place: str, message: str, message_da: str) -> CartNotReadable:
    return CartNotReadable.because([Fault(message, message_da, pointer=f"/{place}", rule_id="P-CXML-FIELD")])


def read_cart(content: bytes) -> Cart:
    """Read a PunchOutOrderMessage; status 204 says that nothing came of the visit.

    :raises CartNotReadable: naming each line and its rule.
    """
    root = cxml_root(content)
    message = root.find("Message/PunchOutOrderMessage")
    status = root.find("Message/Status")
    if status is not None and status.get("code", "").strip() == UNCHANGED:
        return Cart(buyer_key=text_at(root, "Message/PunchOutOrderMessage/BuyerCookie") or None)
    faults: list[Fault] = []
    reader = Reader(faults)
    if message is None:
        reader.missing("PunchOutOrderMessage", "P-CXML-REQUIRED")
        raise CartNotReadable.because(faults)
    items = message.findall("ItemIn")
    refuse_too_many(len(items))
    cookie = text_at(message, "BuyerCookie") or reader.missing("BuyerCookie", "P-CXML-REQUIRED")
    lines = [_Line(item, index, faults).read() for index, item in enumerate(items, start=1)]
    return cart_of(lines, faults, cookie, _allows(message))


def _allows(message: etree._Element) -> str:
    """Give what the shop lets be done to the cart later; what it does not say in cXML's words is nothing."""
    header = message.find("PunchOutOrderMessageHeader")
    said = "" if header is None else header.get("operationAllowed", "").strip().lower()
    return said if said in OPERATIONS else CREATE


class _Line:
    """One ItemIn while it is read."""

    def __init__(self, item: etree._Element, index: int, faults: list[Fault]) -> None:
        self._item = item
        self._index = index
        self._reader = Reader(faults, index)
        self._unit = unit_of(self._needed("ItemDetail/UnitOfMeasure"))

    def read(self) -> CartLine | None:
        money = self._item.find("ItemDetail/UnitPrice/Money")
        amount = self._needed("ItemDetail/UnitPrice/Money")
        price = self._reader.number(self._place("UnitPrice"), amount, Decimal(0)) if amount else Decimal(0)
        return self._reader.made(
            f"ItemIn[{self._index}]",
            {
                "line_id": self._item.get("lineNumber", "").strip() or str(self._index),
                "item": self._described(),
                "unspsc": self._unspsc(),
                "quantity": Quantity(self._quantity(), self._unit),
                "price": {"price_amount": price, "base_quantity": Quantity(self._base(), self._unit)},
                "currency": "" if money is None else money.get("currency", "").strip().upper(),
                "quote": self._quote(),
                "configuration": self._extrinsics() or None,
            },
        )

    def _described(self) -> dict[str, Any]:
        short = text_at(self._item, "ItemDetail/Description/ShortName")
        long_name = own_text_at(self._item, "ItemDetail/Description")
        if not (short or long_name):
            self._reader.missing(self._place("Description"), "P-CXML-REQUIRED")
        maker = text_at(self._item, "ItemDetail/ManufacturerPartID")
        sellers = self._needed("ItemID/SupplierPartID")
        code = self._unspsc()
        return {
            "name": short or long_name,
            "descriptions": (long_name,) if short and long_name else (),
            "sellers_item_id": {"value": sellers},
            "manufacturers_item_id": {"value": maker} if maker else None,
            "manufacturer_name": text_at(self._item, "ItemDetail/ManufacturerName") or None,
            "classifications": [{"code": code}] if code else [],
        }

    def _unspsc(self) -> str:
        for found in self._item.findall("ItemDetail/Classification"):
            if found.get("domain", "").strip().upper().startswith("UNSPSC") and (code := unspsc_of(found.text or "")):
                return code
        return ""

    def _quantity(self) -> Decimal:
        text = self._item.get("quantity", "").strip()
        place = self._place("@quantity")
        if not text:
            self._reader.missing(place, "P-CXML-REQUIRED")
            return Decimal(1)
        return self._reader.number(place, text)

    def _base(self) -> Decimal:
        """Give how many of the line's units the price is for: 100, or where the price goes by another unit, as many of
        ours as make that.
        """
        basis = self._item.find("ItemDetail/PriceBasisQuantity")
        if basis is None:
            return Decimal(1)
        place = self._place("PriceBasisQuantity")
        quantity = self._reader.number(f"{place}/@quantity", basis.get("quantity", "").strip())
        factor = self._reader.number(f"{place}/@conversionFactor", basis.get("conversionFactor", "1").strip())
        if factor <= 0 or quantity <= 0:
            return Decimal(1)
        try:
            return self._reader.number(place, f"{WIDE.divide(quantity, factor).normalize():f}")
        except ArithmeticError:
            self._reader.fault(
                place,
                f"{place}: {quantity} by {factor} is no number that ends, so no price can be made of it",
                f"{place}: {quantity} delt med {factor} går ikke op, så det giver ingen pris",
                "P-CXML-BASIS",
            )
            return Decimal(1)

    def _quote(self) -> dict[str, str]:
        auxiliary = text_at(self._item, "ItemID/SupplierPartAuxiliaryID")
        unit = text_at(self._item, "ItemDetail/UnitOfMeasure")
        kept = {name: text_at(self._item, f"ItemDetail/{name}") for name in _KEPT}
        quote = {"SupplierPartAuxiliaryID": auxiliary, **kept, "UnitOfMeasure": unit}
        return {name: value for name, value in quote.items() if value}

    def _extrinsics(self) -> dict[str, str]:
        found = self._item.findall("ItemDetail/Extrinsic")
        return {name: text_at(each, ".") for each in found if (name := each.get("name", "").strip())}

    def _needed(self, path: str) -> str:
        return text_at(self._item, path) or self._reader.missing(self._place(path), "P-CXML-REQUIRED")

    def _place(self, path: str) -> str:
        return f"ItemIn[{self._index}]/{path}"


def without_secrets(content: bytes) -> bytes:
    """Give cXML to keep: as it came, or written anew where it holds a shared secret."""
    root = cxml_root(content)
    told = [*root.iter("SharedSecret"), *root.iter("CredentialMac")]
    if not told:
        return content
    for element in told:
        element.clear()
        element.text = "***"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
