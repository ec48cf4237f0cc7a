"""Comments on orders and requisitions: the buyer's people write and read them, the supplier does neither."""

from typing import Final
from uuid import UUID

from sqlmodel import select

from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.orders import queries, requisition_queries
from app.orders.models import PurchaseOrder
from app.orders.remark_messages import CommentIn, CommentOut
from app.orders.remark_models import Comment, Subject
from app.organisations.access import Call, NotAllowed, may
from app.organisations.permissions import Permission

HANDS: Final = (
    Permission.REQUISITION_CREATE,
    Permission.ORDER_CREATE,
    Permission.ORDER_APPROVE,
    Permission.ORDER_RECEIVE,
    Permission.INVOICE_SUBMIT,
)


def comment_on_order(call: Call, order_id: UUID, body: CommentIn) -> CommentOut:
    """Write about an order.

    :raises NotAllowed: for the supplier, and for who only reads it.
    """
    order = order_inside(call, order_id)
    require_hand(call, order.organisation_id, order.maker_id)
    return _write(call, Subject.ORDER, order.id, order.root_id, body)


def comment_on_requisition(call: Call, requisition_id: UUID, body: CommentIn) -> CommentOut:
    """Write about a requisition.

    :raises NotAllowed: for who only reads it.
    """
    requisition = requisition_queries.requisition(call, requisition_id)
    require_hand(call, requisition.organisation_id, requisition.maker_id)
    return _write(call, Subject.REQUISITION, requisition.id, requisition.root_id, body)


def list_of_order(call: Call, order_id: UUID, wanted: PageQuery) -> Page[CommentOut]:
    """Give what was written about an order.

    :raises NotAllowed: for the supplier.
    """
    return _list(call, order_inside(call, order_id).id, wanted)


def list_of_requisition(call: Call, requisition_id: UUID, wanted: PageQuery) -> Page[CommentOut]:
    return _list(call, requisition_queries.requisition(call, requisition_id).id, wanted)


def order_inside(call: Call, order_id: UUID) -> PurchaseOrder:
    """Find an order that the actor sees as one of its buyer's people.

    :raises NotAllowed: for its supplier.
    """
    order = queries.order(call, order_id)
    if not queries.is_seen_inside(call, order):
        raise NotAllowed("comments and files are for the buyer's people; write to the buyer, or answer the order")
    return order


def require_hand(call: Call, organisation_id: UUID, maker_id: UUID) -> None:
    """Let only whoever has a hand in orders there, or made the thing, add to it: an auditor changes nothing.

    :raises NotAllowed: otherwise.
    """
    if call.actor.principal_id == maker_id or any(may(call, hand, organisation_id) for hand in HANDS):
        return
    raise NotAllowed("this takes a role that requisitions, orders, approves, receives or handles invoices there")


def _write(call: Call, subject: Subject, subject_id: UUID, chain: UUID, body: CommentIn) -> CommentOut:
    comment = Comment(
        id=new_id(call.now),
        subject=subject,
        subject_id=subject_id,
        kind=body.kind,
        text=body.text,
        written_by=call.actor.id,
        written_for=call.actor.on_behalf_of,
        written_at=call.now,
    )
    call.session.add(comment)
    facts = {"comment_id": str(comment.id), "kind": body.kind.value}
    call.audit("comment.written", chain=chain, entity=subject.value, entity_id=subject_id, facts=facts)
    return _out(comment)


def _list(call: Call, subject_id: UUID, wanted: PageQuery) -> Page[CommentOut]:
    return page(call.session, select(Comment).where(Comment.subject_id == subject_id), Comment, wanted, _out)


def _out(comment: Comment) -> CommentOut:
    return CommentOut.model_validate(comment, from_attributes=True)
