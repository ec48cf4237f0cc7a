"""Doors of receipts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.orders import receiving
from app.orders.receipt_messages import ReceiptIn, ReceiptOut
from app.organisations.access import Db

router = APIRouter(tags=["receipts"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.post("/orders/{order_id}/receipts", status_code=201, response_model=ReceiptOut)
def post_receipt(order_id: UUID, body: ReceiptIn, db: Db) -> Response:
    """Register what came; invoices that wait for it are decided anew."""
    return db.run(receiving.post_receipt, order_id, body)


@router.get("/orders/{order_id}/receipts", response_model=Page[ReceiptOut])
def list_receipts(order_id: UUID, wanted: Wanted, db: Db) -> Response:
    """What has come so far."""
    return db.run(receiving.list_receipts, order_id, wanted)
