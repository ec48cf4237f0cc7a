"""Doors of files beside orders and requisitions."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.orders import attachments
from app.orders.attachment_doors import File
from app.orders.remark_messages import AttachmentOut
from app.organisations.access import Db

router = APIRouter(tags=["attachments"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE: dict[str, Any] = {
    "requestBody": {"required": True, "content": dict.fromkeys(sorted(attachments.MEDIA_TYPES), BYTES)}
}


@router.post("/orders/{order_id}/attachments", status_code=201, response_model=AttachmentOut, openapi_extra=FILE)
def attach_to_order(order_id: UUID, file: File, db: Db) -> Response:
    """Put a file beside an order, or one of its receipts; the supplier sees none of it."""
    return db.run(attachments.attach_to_order, order_id, file)


@router.get("/orders/{order_id}/attachments", response_model=Page[AttachmentOut])
def list_order_attachments(order_id: UUID, wanted: Wanted, db: Db) -> Response:
    """The files beside an order and its receipts."""
    return db.run(attachments.list_of_order, order_id, wanted)


@router.post(
    "/requisitions/{requisition_id}/attachments", status_code=201, response_model=AttachmentOut, openapi_extra=FILE
)
def attach_to_requisition(requisition_id: UUID, file: File, db: Db) -> Response:
    """Put a file beside a requisition."""
    return db.run(attachments.attach_to_requisition, requisition_id, file)


@router.get("/requisitions/{requisition_id}/attachments", response_model=Page[AttachmentOut])
def list_requisition_attachments(requisition_id: UUID, wanted: Wanted, db: Db) -> Response:
    """The files beside a requisition."""
    return db.run(attachments.list_of_requisition, requisition_id, wanted)


@router.get("/attachments/{attachment_id}", response_class=Response)
def get_attachment(attachment_id: UUID, db: Db) -> Response:
    """A file as it came."""
    return db.run(attachments.get_file, attachment_id)
