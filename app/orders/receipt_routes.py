"""Doors of receipts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.orders import receiving, returning
from app.orders.messages import ReasonIn
from app.orders.receipt_messages import OpenLines, ReceiptIn, ReceiptOut, ReturnIn
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


@router.get("/orders/{order_id}/open-lines", response_model=OpenLines)
def list_open_lines(order_id: UUID, db: Db) -> Response:
    """What is still to come, as a receipt of it would say."""
    return db.run(receiving.suggest, order_id)


@router.post("/orders/{order_id}/returns", status_code=201, response_model=ReceiptOut)
def post_return(order_id: UUID, body: ReturnIn, db: Db) -> Response:
    """Register what goes back; for what was billed already a credit is expected."""
    return db.run(returning.post_return, order_id, body)


@router.post("/receipts/{receipt_id}/reverse", status_code=201, response_model=ReceiptOut)
def reverse_receipt(receipt_id: UUID, body: ReasonIn, db: Db) -> Response:
    """Take back a receipt that was wrong, whole, while no invoice has taken of it."""
    return db.run(returning.reverse_receipt, receipt_id, body.reason)
