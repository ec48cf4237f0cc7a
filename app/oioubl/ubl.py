"""What every reader of a UBL document needs: names, namespaces, and the one parser that is safe for foreign bytes."""

from pathlib import Path
from typing import Final, cast

from lxml import etree

from app.oioubl.limits import CROWDED_BYTES, MAX_DOCUMENT_BYTES, NotXml, local_name, refuse_bytes, refuse_crowds

CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
EXT: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
NAMESPACES: Final = {"cac": CAC, "cbc": CBC, "ext": EXT}
PREFIXES: Final = {uri: prefix for prefix, uri in NAMESPACES.items()}

DOCUMENT_TYPES: Final = (
    "ApplicationResponse",
    "Catalogue",
    "CatalogueDeletion",
    "CatalogueItemSpecificationUpdate",
    "CataloguePricingUpdate",
    "CatalogueRequest",
    "CreditNote",
    "Invoice",
    "Order",
    "OrderCancellation",
    "OrderChange",
    "OrderResponse",
    "OrderResponseSimple",
    "Reminder",
)

_INSTALLED = Path(__file__).with_name("_schemas")
SCHEMAS: Final = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).resolve().parents[2] / "schemas" / "oioubl"


def namespace_of(document_type: str) -> str:
    """The namespace of a document type's root element, such as `Invoice`."""
    return f"urn:oasis:names:specification:ubl:schema:xsd:{document_type}-2"


_ROOTS = {f"{{{namespace_of(name)}}}{name}": name for name in DOCUMENT_TYPES}


def document_type(root: etree._Element) -> str | None:
    """Which of the fourteen document types a root element begins, or None."""
    return _ROOTS.get(str(root.tag))


def parse(document: bytes, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> etree._Element:
    """The root element, without comments and processing instructions.

    Every option is said aloud: the defaults of libxml2 and lxml have changed before. `collect_ids=False` is left out
    on purpose: it makes the parser reach for an external DTD in spite of `load_dtd=False`.

    :raises NotXml: not well-formed, with a DOCTYPE in whatever encoding, or beyond one of the `limits`.
    """
    root = root_of(document, max_bytes)
    # An entity left unresolved would vanish from the text without a word, so no DOCTYPE is let in at all.
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotXml(
            "The document has a DOCTYPE, which UBL never has.", "Dokumentet har en DOCTYPE; det har UBL aldrig."
        )
    if len(document) > CROWDED_BYTES:
        refuse_crowds(root)
    return root


def root_of(document: bytes, max_bytes: int = MAX_DOCUMENT_BYTES) -> etree._Element:
    """The same for XML that is not UBL and may have a DOCTYPE, at which the caller looks.

    :raises NotXml: not well-formed, or beyond one of the `limits`.
    """
    refuse_bytes(document, max_bytes)
    parser = etree.XMLParser(  # type: ignore[call-arg]  # the stubs do not know `decompress`, new in lxml 6
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=False,
        strip_cdata=True,
        decompress=False,
    )
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or None
        raise NotXml(
            f"The document is not well-formed XML: {error.msg}.",
            f"Dokumentet er ikke velformet XML: {error.msg}.",
            line=line,
        ) from error


def line_of(element: etree._Element) -> int | None:
    """The line an element begins on in the document it was parsed from; None when it was built in memory."""
    # The stubs leave the type of sourceline open.
    return cast("int | None", element.sourceline)


def path_of(element: etree._Element) -> str:
    """An XPath to the element with the usual prefixes, positions only where there are several of a kind."""
    steps: list[str] = []
    node: etree._Element | None = element
    while node is not None:
        steps.append(_step(node))
        node = node.getparent()
    return "/" + "/".join(reversed(steps))


def _step(element: etree._Element) -> str:
    name = local_name(element)
    prefix = PREFIXES.get(str(element.tag)[1:].removesuffix(f"}}{name}"))
    step = f"{prefix}:{name}" if prefix else name
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    alone = not before and next(element.itersiblings(element.tag), None) is None
    return step if alone else f"{step}[{before + 1}]"
