"""Doors of the exchange chapter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.dialects import DOCUMENT_TYPES, Document, Received, body_schema
from app.exchange import inbox, outgoing, validating
from app.exchange.arriving import any_document
from app.exchange.messages import InboundOut, OutboundOut, OutboxQuery
from app.exchange.validating import ReportOut
from app.kit.calls import Body
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations.access import Db

router = APIRouter(tags=["exchange"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
Strict = Annotated[bool, Query(description="Tell what our own rules (P-) find as well; the verdict stays the same.")]
AnyDocument = Annotated[Received[Document], Depends(any_document)]


@router.post("/documents", status_code=202, response_model=InboundOut, openapi_extra=body_schema(*DOCUMENT_TYPES))
def post_document(db: Db, received: AnyDocument) -> Response:
    """Hand in any document: it is stored, answered with 202, and then worked on."""
    return db.run(inbox.post_document, received)


@router.post("/documents/validate", response_model=ReportOut, openapi_extra=body_schema(*DOCUMENT_TYPES))
def validate_document(db: Db, content: Body, strict: Strict = False) -> Response:  # noqa: FBT002 - a query parameter
    """Syntax, XSD and rules, as an access point would judge them; nothing is stored."""
    return db.run(validating.validate_document, content, strict=strict)


@router.get("/documents", response_model=Page[InboundOut])
def list_documents(wanted: Wanted, db: Db) -> Response:
    """The documents that you handed in."""
    return db.run(inbox.list_documents, wanted)


@router.get("/documents/{inbound_id}", response_model=InboundOut)
def get_document(inbound_id: UUID, db: Db) -> Response:
    """What became of a document."""
    return db.run(inbox.get_document, inbound_id)


@router.get("/documents/{inbound_id}/raw", response_class=Response)
def get_raw(inbound_id: UUID, db: Db) -> Response:
    """A document byte for byte as it came, with the SHA-256 of its bytes as Content-Digest (RFC 9530)."""
    return db.run(inbox.get_raw, inbound_id)


@router.get("/outbox", response_model=Page[OutboundOut])
def list_outbox(wanted: Annotated[OutboxQuery, Query()], db: Db) -> Response:
    """The documents that leave for your organisations, and whether they have: by state, kind, receiver and subject."""
    return db.run(outgoing.list_outbox, wanted)
