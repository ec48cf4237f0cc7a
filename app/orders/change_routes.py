"""Doors of what becomes of an order after it was sent: changes, answers, cancellation, closing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.orders import accepting, answer_views, cancelling, changing, declining, order_versions
from app.orders.answer_messages import AcceptIn, AnswerOut
from app.orders.change_messages import DeclineIn, OrderChangeIn, OrderChangeOut, OrderVersionOut
from app.orders.messages import OrderOut, ReasonIn
from app.organisations.access import Db

router = APIRouter(tags=["orders"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.get("/orders/{order_id}/versions", response_model=Page[OrderVersionOut])
def list_versions(order_id: UUID, wanted: Wanted, db: Db) -> Response:
    """How an order stood from each moment on: as sent, as answered and accepted, as changed."""
    return db.run(order_versions.list_versions, order_id, wanted)


@router.get("/orders/{order_id}/answer", response_model=AnswerOut)
def get_answer(order_id: UUID, db: Db) -> Response:
    """The supplier's answer that waits, line by line: what is agreed on, what is offered, and the difference."""
    return db.run(answer_views.get_answer, order_id)


@router.post("/orders/{order_id}/accept-changes", response_model=OrderOut)
def accept_changes(order_id: UUID, db: Db, body: AcceptIn | None = None, if_match: IfMatch = None) -> Response:
    """Agree to what the supplier answered, as a whole or line by line; matching then uses the new items, prices and
    quantities.
    """
    return db.run(accepting.accept_changes, order_id, body, if_match)


@router.post("/orders/{order_id}/decline-changes", response_model=OrderOut)
def decline_changes(order_id: UUID, body: DeclineIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say no to what the supplier answered: insist on the order as it was, or cancel it."""
    return db.run(declining.decline_changes, order_id, body, if_match)


@router.post("/orders/{order_id}/cancel", response_model=OrderOut)
def cancel_order(order_id: UUID, db: Db, body: ReasonIn | None = None, if_match: IfMatch = None) -> Response:
    """Drop a draft, or cancel a sent order of which nothing has come, saying why; the supplier is told."""
    return db.run(cancelling.cancel_order, order_id, body, if_match)


@router.post("/orders/{order_id}/close", response_model=OrderOut)
def close_order(order_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Close an order for which nothing more is expected; what was set aside for the rest is free."""
    return db.run(cancelling.close_order, order_id, body.reason, if_match)


@router.post("/orders/{order_id}/changes", status_code=201, response_model=OrderChangeOut)
def propose_change(order_id: UUID, body: OrderChangeIn, db: Db, if_match: IfMatch = None) -> Response:
    """Change a sent order: at once where its total does not rise, else once a disponent approves the new total."""
    return db.run(changing.propose_change, order_id, body, if_match)


@router.get("/orders/{order_id}/changes", response_model=Page[OrderChangeOut])
def list_order_changes(order_id: UUID, wanted: Wanted, db: Db) -> Response:
    """The changes of an order."""
    return db.run(changing.list_changes, order_id, wanted)


@router.get("/order-changes/{change_id}", response_model=OrderChangeOut)
def get_order_change(change_id: UUID, db: Db) -> Response:
    """One change of an order."""
    return db.run(changing.get_change, change_id)


@router.post("/order-changes/{change_id}/approve", response_model=OrderChangeOut)
def approve_change(change_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Approve a change within your prokura on the order's new total; it is sent at once."""
    return db.run(changing.approve_change, change_id, if_match)


@router.post("/order-changes/{change_id}/reject", response_model=OrderChangeOut)
def reject_change(change_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say no to a change, saying why; the order stays as it is."""
    return db.run(changing.reject_change, change_id, body.reason, if_match)


@router.post("/order-changes/{change_id}/withdraw", response_model=OrderChangeOut)
def withdraw_change(change_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Take back a change that waits."""
    return db.run(changing.withdraw_change, change_id, if_match)
