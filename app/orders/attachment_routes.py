"""Doors of files beside orders and requisitions."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.kit.calls import Body
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.orders import attachments
from app.orders.remark_messages import AttachmentOut, Handed
from app.organisations.access import Db

router = APIRouter(tags=["attachments"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE: dict[str, Any] = {
    "requestBody": {"required": True, "content": dict.fromkeys(sorted(attachments.MEDIA_TYPES), BYTES)}
}


def handed(
    request: Request,
    body: Body,
    file_name: Annotated[str, Query(min_length=1, max_length=200, description="The file's name, without any path.")],
    receipt_id: Annotated[UUID | None, Query(description="The receipt of the order that it belongs to.")] = None,
) -> Handed:
    """Give the dependency that takes a file."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Handed(file_name, media_type, body, receipt_id)


File = Annotated[Handed, Depends(handed)]


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
