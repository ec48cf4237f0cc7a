"""Doors of comments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.orders import remarks
from app.orders.remark_messages import CommentIn, CommentOut
from app.organisations.access import Db

router = APIRouter(tags=["comments"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.post("/orders/{order_id}/comments", status_code=201, response_model=CommentOut)
def comment_on_order(order_id: UUID, body: CommentIn, db: Db) -> Response:
    """Write about an order, for the buyer's people alone."""
    return db.run(remarks.comment_on_order, order_id, body)


@router.get("/orders/{order_id}/comments", response_model=Page[CommentOut])
def list_order_comments(order_id: UUID, wanted: Wanted, db: Db) -> Response:
    """What the buyer's people wrote about an order."""
    return db.run(remarks.list_of_order, order_id, wanted)


@router.post("/requisitions/{requisition_id}/comments", status_code=201, response_model=CommentOut)
def comment_on_requisition(requisition_id: UUID, body: CommentIn, db: Db) -> Response:
    """Write about a requisition, for whoever sees it."""
    return db.run(remarks.comment_on_requisition, requisition_id, body)


@router.get("/requisitions/{requisition_id}/comments", response_model=Page[CommentOut])
def list_requisition_comments(requisition_id: UUID, wanted: Wanted, db: Db) -> Response:
    """What was written about a requisition."""
    return db.run(remarks.list_of_requisition, requisition_id, wanted)
