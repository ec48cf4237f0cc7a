"""Picks the codec for a document: by its root and CustomizationID when it comes in, by its class when it goes out.

A body, in XML or JSON, becomes a `Received`: parsed, tried against XSD and rules, and read, before any transaction.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import UnionType
from typing import Any, BinaryIO, Final, Generic, TypeVar, cast

from fastapi import Request
from lxml import etree
from pydantic import ValidationError

from app.documents.application_response import ApplicationResponse
from app.documents.catalogue import Catalogue
from app.documents.catalogue_reading import CATALOGUE_TYPES, CatalogueDocument, Reading, catalogue_class
from app.documents.catalogue_requests import CatalogueDeletion, CatalogueRequest
from app.documents.catalogue_updates import CatalogueItemSpecificationUpdate, CataloguePricingUpdate
from app.documents.envelope import Envelope
from app.documents.invoice import Invoice
from app.documents.order import Order
from app.documents.order_change import OrderCancellation, OrderChange
from app.documents.order_response import OrderResponse, OrderResponseSimple
from app.documents.reminder import Reminder
from app.kit.calls import Body
from app.kit.errors import Fault, Invalid, MediaTypeNotSupported
from app.oioubl import ubl, validation
from app.oioubl.application_response import read_application_response, write_application_response
from app.oioubl.catalogue import read_catalogue, write_catalogue
from app.oioubl.catalogue_deletion import read_catalogue_deletion, write_catalogue_deletion
from app.oioubl.catalogue_reading import CatalogueReading, read_head_document
from app.oioubl.catalogue_request import read_catalogue_request, write_catalogue_request
from app.oioubl.catalogue_updates import (
    read_catalogue_item_specification_update,
    read_catalogue_pricing_update,
    write_catalogue_item_specification_update,
    write_catalogue_pricing_update,
)
from app.oioubl.envelope import read_envelope
from app.oioubl.header import WrongDocument, require_customization
from app.oioubl.invoice import read_invoice, write_invoice
from app.oioubl.line_reader import read_head
from app.oioubl.order import read_order, write_order
from app.oioubl.order_cancellation import read_order_cancellation, write_order_cancellation
from app.oioubl.order_change import read_order_change, write_order_change
from app.oioubl.order_response import read_order_response, write_order_response
from app.oioubl.order_response_simple import read_order_response_simple, write_order_response_simple
from app.oioubl.reading import fault_at
from app.oioubl.reminder import read_reminder, write_reminder

Document = (
    ApplicationResponse
    | Catalogue
    | CatalogueDeletion
    | CatalogueItemSpecificationUpdate
    | CataloguePricingUpdate
    | CatalogueRequest
    | Invoice
    | Order
    | OrderCancellation
    | OrderChange
    | OrderResponse
    | OrderResponseSimple
    | Reminder
)
DocumentT = TypeVar("DocumentT", bound=Document)

XML_TYPES: Final = ("application/xml", "text/xml")
JSON_TYPE: Final = "application/json"

_READERS: Final[dict[str, Callable[[etree._Element], Document]]] = {
    "ApplicationResponse": read_application_response,
    "Catalogue": read_catalogue,
    "CatalogueDeletion": read_catalogue_deletion,
    "CatalogueItemSpecificationUpdate": read_catalogue_item_specification_update,
    "CataloguePricingUpdate": read_catalogue_pricing_update,
    "CatalogueRequest": read_catalogue_request,
    "CreditNote": read_invoice,
    "Invoice": read_invoice,
    "Order": read_order,
    "OrderCancellation": read_order_cancellation,
    "OrderChange": read_order_change,
    "OrderResponse": read_order_response,
    "OrderResponseSimple": read_order_response_simple,
    "Reminder": read_reminder,
}
DOCUMENT_TYPES: Final = tuple(_READERS)

_WRITERS: Final[dict[type[Document], Callable[[Any], bytes]]] = {
    ApplicationResponse: write_application_response,
    Catalogue: write_catalogue,
    CatalogueDeletion: write_catalogue_deletion,
    CatalogueItemSpecificationUpdate: write_catalogue_item_specification_update,
    CataloguePricingUpdate: write_catalogue_pricing_update,
    CatalogueRequest: write_catalogue_request,
    Invoice: write_invoice,
    Order: write_order,
    OrderCancellation: write_order_cancellation,
    OrderChange: write_order_change,
    OrderResponse: write_order_response,
    OrderResponseSimple: write_order_response_simple,
    Reminder: write_reminder,
}


class UnknownDialect(Invalid):
    """The root element is none of the documents that are read here."""

    title = "Unknown kind of document"


def read(root: etree._Element) -> Document:
    """Read a document of any kind.

    :raises UnknownDialect: for a root that is none of ours.
    :raises ForeignCustomization: for a CustomizationID that no codec reads, such as Peppol's.
    :raises UnreadableDocument: naming every element at fault.
    """
    document_type = ubl.document_type(root)
    if document_type is None or document_type not in _READERS:
        known = ", ".join(_READERS)
        message = f"The root element is {root.tag}; a document is one of {known}, in UBL's namespace."
        message_da = f"Rodelementet er {root.tag}; et dokument er et af {known}, i UBL's navnerum."
        raise UnknownDialect(message, faults=[fault_at(root, message, message_da)])
    require_customization(root)
    return _READERS[document_type](root)


def write(document: Document) -> bytes:
    """Write a document as OIOUBL 2.1.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry.
    """
    return _WRITERS[type(document)](document)


class BodyNotValid(Invalid):
    """The JSON does not fit the document; every fault names its place."""


@dataclass(frozen=True, slots=True)
class Received(Generic[DocumentT]):
    """A document as it came in. `document` is there exactly when there are no `faults`: XSD and fatal rules hold, and
    its figures add up. `warnings` forbid nothing. Faults of a JSON body name the places that it has as OIOUBL. A large
    catalogue is kept before it is tried.
    """

    content: bytes
    media_type: str
    envelope: Envelope
    document: DocumentT | None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    is_tried: bool = True


def body_of(document_class: type[DocumentT], *document_types: str) -> Callable[[Request, bytes], Received[DocumentT]]:
    """Give the dependency that makes a body of these types a document of the class."""

    def received(request: Request, body: Body) -> Received[DocumentT]:
        return receive(body, request.headers.get("content-type", ""), document_class, *document_types)

    return received


def body_schema(*document_types: str) -> dict[str, Any]:
    """Give what a route tells of such a body in its `openapi_extra`."""
    described = f"OIOUBL 2.1: {' or '.join(document_types)}"
    content: dict[str, Any] = {name: {"schema": {"type": "string", "description": described}} for name in XML_TYPES}
    content[JSON_TYPE] = {"schema": {"type": "object", "description": "The same document in JSON"}}
    return {"requestBody": {"required": True, "content": content}}


def receive(
    content: bytes, content_type: str, document_class: type[DocumentT], *document_types: str
) -> Received[DocumentT]:
    """Parse, try and read a document of one of the types.

    :raises MediaTypeNotSupported: for a body that is neither XML nor JSON.
    :raises NotXml: for bytes that are no XML, or hold a DOCTYPE.
    :raises BodyNotValid: for JSON that does not fit.
    :raises WrongDocument: for another root element.
    :raises EnvelopeUnreadable: when nobody could be answered.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == JSON_TYPE:
        xml = write(_from_json(content, document_class))
    elif media_type in XML_TYPES:
        xml = content
    else:
        raise MediaTypeNotSupported(f"send {' or '.join((*XML_TYPES, JSON_TYPE))}, not {media_type[:80] or 'nothing'}")
    root = _rooted(ubl.parse(xml), document_types)
    return _tried(content, media_type, root, document_class)


def receive_any(content: bytes, content_type: str) -> Received[Document]:
    """Parse, try and read a document of any type, in XML alone: JSON does not tell what it is.

    :raises MediaTypeNotSupported, NotXml, WrongDocument, EnvelopeUnreadable: as `receive` does.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in XML_TYPES:
        raise MediaTypeNotSupported(f"send {' or '.join(XML_TYPES)}, not {media_type[:80] or 'nothing'}")
    return _tried(content, media_type, _rooted(ubl.parse(content), DOCUMENT_TYPES), Document)


def catalogue_head(beginning: bytes) -> tuple[Envelope, CatalogueDocument | None] | None:
    """Read the envelope of a document about a catalogue from its beginning, and the document without its lines where
    that can be read; nothing, when the beginning holds too little.

    :raises NotXml, WrongDocument, EnvelopeUnreadable: as `receive` does.
    """
    head = read_head(beginning)
    if head.root is None:
        return None
    root = _rooted(head.root, CATALOGUE_TYPES)
    return (read_envelope(root), read_head_document(root)) if head.is_whole else None


def whole_catalogue_document(xml: bytes) -> tuple[Envelope, CatalogueDocument | None]:
    """Read the same from a document that can be held.

    :raises NotXml, WrongDocument, EnvelopeUnreadable: as `receive` does.
    """
    root = _rooted(ubl.parse(xml), CATALOGUE_TYPES)
    return read_envelope(root), read_head_document(root)


def open_catalogue(file: BinaryIO, *, sort_out: bool = False) -> Reading:
    """Read a document about a catalogue from an XML file, line by line. With `sort_out` lines at fault do not spoil
    the whole.
    """
    return CatalogueReading(file, sort_out=sort_out)


def catalogue_xml(content: bytes) -> bytes:
    """Write a document about a catalogue that came as JSON; which kind it is, the names of its fields tell.

    :raises BodyNotValid: for JSON that does not fit.
    """
    return write(_from_json(content, catalogue_class(content)))


def is_catalogue(beginning: bytes) -> bool:
    """Tell by its root element whether a document is about a catalogue.

    :raises NotXml: as `receive` does.
    """
    root = read_head(beginning).root
    return root is not None and ubl.document_type(root) in CATALOGUE_TYPES


def _rooted(root: etree._Element, document_types: Collection[str]) -> etree._Element:
    if ubl.document_type(root) not in document_types:
        message = f"The root element is {root.tag}; wanted is {' or '.join(document_types)} in UBL's namespace."
        message_da = f"Rodelementet er {root.tag}; der ventes {' eller '.join(document_types)} i UBL's navnerum."
        raise WrongDocument(message, faults=[fault_at(root, message, message_da)])
    return root


def _tried(
    content: bytes, media_type: str, root: etree._Element, document_class: type[DocumentT] | UnionType
) -> Received[DocumentT]:
    envelope = read_envelope(root)
    report = validation.validate_tree(root)
    warnings = _faults(report, "W")
    if not report.is_valid:
        return Received(content, media_type, envelope, None, _faults(report, "F"), warnings)
    try:
        document = read(root)
    except Invalid as refusal:
        faults = refusal.faults or (Fault(refusal.message),)
        return Received(content, media_type, envelope, None, faults, warnings)
    assert isinstance(document, document_class)  # noqa: S101 - the root element says so
    return Received(content, media_type, envelope, cast(DocumentT, document), (), warnings)


def _faults(report: validation.Report, severity: validation.Severity) -> tuple[Fault, ...]:
    return tuple(
        Fault(found.message_en, found.message_da, xpath=found.xpath, line=found.line, rule_id=found.rule_id)
        for found in report.findings
        if found.severity == severity
    )


def _from_json(content: bytes, document_class: type[DocumentT]) -> DocumentT:
    try:
        return cast(DocumentT, document_class.model_validate_json(content))
    except ValidationError as reason:
        faults = [Fault(found["msg"], pointer=_pointer(found["loc"])) for found in reason.errors()]
        raise BodyNotValid("the JSON does not fit the document; see `errors`", faults=faults) from reason


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)
