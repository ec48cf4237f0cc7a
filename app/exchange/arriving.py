"""Documents of any kind as they arrive: tried before they are kept, but for large catalogues, which are kept first."""

from fastapi import Request

from app import dialects
from app.dialects import XML_TYPES, Document, Received
from app.kit.calls import Body


def any_document(request: Request, body: Body) -> Received[Document]:
    """Give the dependency that makes an XML body of any type a document."""
    at_once = request.app.state.settings.catalogue_at_once
    return received_from(body, request.headers.get("content-type", ""), at_once)


def received_from(content: bytes, content_type: str, at_once: int) -> Received[Document]:
    """Parse, try and read a document of any type, but of a large catalogue only the head.

    :raises MediaTypeNotSupported, NotXml, WrongDocument, EnvelopeUnreadable: as `dialects.receive` does.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if len(content) <= at_once or media_type not in XML_TYPES or not dialects.is_catalogue(content):
        return dialects.receive_any(content, content_type)
    envelope, _ = dialects.catalogue_head(content) or dialects.whole_catalogue_document(content)
    return Received(content, media_type, envelope, None, is_tried=False)
