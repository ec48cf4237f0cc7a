"""cXML as it may come from outside: read by the one safe parser, with the DOCTYPE that is its own and no other."""

import re
from typing import Any, Final

from lxml import etree

from app.kit.errors import Fault
from app.oioubl.limits import NotXml
from app.oioubl.ubl import root_of
from app.orders.punch_out.cart import CartNotReadable

DOCTYPE: Final = re.compile(r"https?://xml\.cxml\.org/schemas/cXML/1\.2\.\d{3}/cXML\.dtd", re.ASCII)


def cxml_root(content: bytes) -> etree._Element:
    """Read cXML 1.2. Its DOCTYPE may name cXML's own DTD, which is never fetched, and may declare no entity: one that
    is left unresolved would vanish from the text without a word.

    :raises CartNotReadable: for anything else.
    """
    try:
        root = root_of(content)
    except NotXml as reason:
        raise CartNotReadable.because([Fault(reason.message, reason.message_da, rule_id="P-CXML-XML")]) from reason
    if not (_is_harmless(root) and root.tag == "cXML"):
        raise CartNotReadable.because(
            [
                Fault(
                    "it is no cXML 1.2: the root is cXML, and a DOCTYPE names cXML's own DTD and declares no entity",
                    "det er ikke cXML 1.2: roden er cXML, og en DOCTYPE nævner cXML's egen DTD uden entiteter",
                    xpath="/cXML",
                    rule_id="P-CXML-DOCTYPE",
                )
            ]
        )
    return root


def _is_harmless(root: etree._Element) -> bool:
    if next(root.iter(etree.Entity), None) is not None:
        return False
    docinfo: Any = root.getroottree().docinfo  # the stubs know little of it
    if docinfo.internalDTD is None:
        return True
    return not list(docinfo.internalDTD.iterentities()) and bool(DOCTYPE.fullmatch(docinfo.system_url or ""))


def text_at(element: etree._Element, path: str) -> str:
    """Give the text at a path below an element, with that of its children, or nothing."""
    found = element.find(path)
    return "" if found is None else _plain("".join(map(str, found.itertext())))


def own_text_at(element: etree._Element, path: str) -> str:
    """Give the text at a path without that of the children there."""
    found = element.find(path)
    if found is None:
        return ""
    return _plain(" ".join([found.text or "", *(child.tail or "" for child in found)]))


def _plain(text: str) -> str:
    return " ".join(text.split())
