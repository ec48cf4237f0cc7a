"""Our own rules P-…, stricter than the official ones: told only when asked for, and never a reason to refuse.

| rule | what it asks | what the official rules leave open |
|---|---|---|
| P-GLN | every GLN has the check digit of GS1 | they test the length |
| P-CVR | every CVR and SE number holds modulus 11 | they test the length and `DK` |
| P-UNSPSC | a UNSPSC code has 8 digits, and after 00 only 00 | they test the name of the list |
| P-ORDER-SUM | LineExtensionAmount of an order is the sum of its lines | F-ORD116 is not tested at all |
| P-LINE-SUM | all lines together are within 1.00 of what quantities and prices make | each line may be 1.00 off |
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final, cast

from lxml import etree

from app.documents.amounts import ExchangeRate
from app.documents.arithmetic import LINE_TOLERANCE, SUM_TOLERANCE, line_amount
from app.documents.identifiers import cvr_fault, gln_fault
from app.kit.errors import Fault
from app.oioubl.amounts import read_exchange_rate
from app.oioubl.prices import read_price
from app.oioubl.reading import Node, fault_at
from app.oioubl.ubl import NAMESPACES, document_type

_IDENTIFIED: Final = etree.XPath(
    "//cbc:*[@schemeID = 'GLN' or @schemeID = 'DK:CVR' or @schemeID = 'DK:SE']", namespaces=NAMESPACES
)
_CLASSIFIED: Final = etree.XPath("//cbc:ItemClassificationCode[@listID = 'UNSPSC']", namespaces=NAMESPACES)
_UNSPSC: Final = re.compile(r"(?!00)[0-9]{2}(?:000000|(?!00)[0-9]{2}(?:0000|(?!00)[0-9]{2}[0-9]{2}))")
_DIGITS: Final = 90
_TELLING: Final = 40


@dataclass(frozen=True, slots=True)
class _Billing:
    line: str
    quantity: str


_BILLING: Final = {
    "Invoice": _Billing("InvoiceLine", "InvoicedQuantity"),
    "CreditNote": _Billing("CreditNoteLine", "CreditedQuantity"),
}


def house_faults(root: etree._Element) -> Iterator[Fault]:
    """What our own rules say of a document that the XSD has let through, each fault with its rule and place."""
    with localcontext(prec=_DIGITS):
        yield from _identifier_faults(root)
        yield from _classification_faults(root)
        kind = document_type(root) or ""
        if kind == "Order":
            yield from _order_sum_faults(root)
        if kind in _BILLING:
            yield from _line_sum_faults(root, _BILLING[kind])


def _identifier_faults(root: etree._Element) -> Iterator[Fault]:
    for element in _found(_IDENTIFIED, root):
        scheme, value = element.get("schemeID", ""), (element.text or "").strip()
        told = (gln_fault if scheme == "GLN" else cvr_fault)(value[:_TELLING]) if value else None
        if told is not None:
            rule_id, _, message = told.partition(": ")
            what = "GLN-nummer" if scheme == "GLN" else "CVR- eller SE-nummer"
            yield fault_at(element, message, f"{value[:_TELLING]!r} er ikke et gyldigt {what}.", rule_id)


def _classification_faults(root: etree._Element) -> Iterator[Fault]:
    for element in _found(_CLASSIFIED, root):
        code = (element.text or "").strip()
        if not _UNSPSC.fullmatch(code):
            yield fault_at(
                element,
                f"{code[:_TELLING]!r} is no UNSPSC code: 8 digits in pairs, and only 00 after 00.",
                f"{code[:_TELLING]!r} er ikke en UNSPSC-kode: 8 cifre i par, og kun 00 efter 00.",
                "P-UNSPSC",
            )


def _order_sum_faults(root: etree._Element) -> Iterator[Fault]:
    node = Node(root, [])
    total = node.part("AnticipatedMonetaryTotal")
    stated = None if total is None else total.number("LineExtensionAmount")
    if total is None or stated is None:
        return
    items = [item for line in node.parts("OrderLine") if (item := line.part("LineItem")) is not None]
    made = sum((item.number("LineExtensionAmount") or Decimal(0) for item in items), start=Decimal(0))
    if abs(stated - made) > SUM_TOLERANCE:
        yield _apart(total.element, "P-ORDER-SUM", stated, made)


def _line_sum_faults(root: etree._Element, names: _Billing) -> Iterator[Fault]:
    node = Node(root, [])
    rate = node.read("PricingExchangeRate", read_exchange_rate)
    stated = made = Decimal(0)
    for line in node.parts(names.line):
        told, counted = line.number("LineExtensionAmount"), _counted(line, names.quantity, rate)
        if told is not None and counted is not None and abs(told - counted) <= LINE_TOLERANCE:
            stated, made = stated + told, made + counted
    if abs(stated - made) > LINE_TOLERANCE:
        yield _apart(node.needed_part("LegalMonetaryTotal").element, "P-LINE-SUM", stated, made)


def _counted(line: Node, quantity_name: str, rate: ExchangeRate | None) -> Decimal | None:
    """What quantity and price make; None where a line has not both, or no factor between their units."""
    quantity, price = line.quantity(quantity_name), line.read("Price", read_price)
    return None if quantity is None or price is None else line_amount(quantity, price, rate)


def _apart(element: etree._Element, rule_id: str, stated: Decimal, made: Decimal) -> Fault:
    return fault_at(
        element,
        f"The lines are said to be {stated}, but make {made:.2f}.",
        f"Linjerne siges at være {stated}, men giver {made:.2f}.",
        rule_id,
    )


def _found(path: etree.XPath, root: etree._Element) -> list[etree._Element]:
    # The stubs let an XPath give anything; these give elements.
    return cast("list[etree._Element]", path(root))
