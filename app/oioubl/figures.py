"""Figures that do not add up, shown at the elements they stand in."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from app.documents import arithmetic
from app.documents.arithmetic import Calculated
from app.kit.errors import Fault
from app.oioubl.reading import UnreadableDocument, fault_at

# Where a field is not simply its UBL name in snake_case.
_ELEMENTS: Final = {
    "lines": ("InvoiceLine", "CreditNoteLine", "OrderLine", "ReminderLine"),
    "line": ("LineItem",),
    "substitutes": ("SellerProposedSubstituteLineItem",),
    "quantity": ("InvoicedQuantity", "CreditedQuantity", "Quantity"),
    "total": ("LegalMonetaryTotal",),
    "anticipated_total": ("AnticipatedMonetaryTotal",),
    "tax_totals": ("TaxTotal",),
    "subtotals": ("TaxSubtotal",),
    "allowance_charges": ("AllowanceCharge",),
}


def refuse_wrong_figures(root: etree._Element, document: Calculated) -> None:
    """:raises UnreadableDocument: when the document's figures do not add up; every fault names its element and rule."""
    faults = arithmetic.faults_of(document)
    if faults:
        raise UnreadableDocument.because([_placed(fault, root) for fault in faults])


def _placed(fault: Fault, root: etree._Element) -> Fault:
    element = element_at(root, fault.pointer or "")
    return fault_at(element, fault.message, fault.message_da or "", fault.rule_id)


def element_at(root: etree._Element, pointer: str) -> etree._Element:
    """The element that a JSON pointer into the document was read from, or the nearest one around it."""
    element = root
    steps = iter(pointer.split("/")[1:])
    for step in steps:
        names = _ELEMENTS.get(step) or (_camel_case(step),)
        found = list(_children(element, names))
        if step in ("lines", "substitutes", "tax_totals", "subtotals", "allowance_charges"):
            found = found[int(next(steps, "0")) :]
        if not found:
            return element
        element = found[0]
    return element


def _children(element: etree._Element, names: tuple[str, ...]) -> Iterator[etree._Element]:
    """Children by local name; an order line's are those of its LineItem."""
    for child in element:
        name = etree.QName(child).localname
        if name in names:
            yield child
        elif name == "LineItem":
            yield from _children(child, names)


def _camel_case(field: str) -> str:
    return re.sub(r"(?:^|_)([a-z])", lambda found: found[1].upper(), field)
