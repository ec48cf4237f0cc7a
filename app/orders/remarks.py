"""Comments on orders and requisitions: the buyer's people write and read them, the supplier does neither."""

from uuid import UUID

from sqlmodel import select

from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.orders import queries, requisition_queries
from app.orders.models import PurchaseOrder
from app.orders.remark_messages import CommentIn, CommentOut
from app.orders.remark_models import Comment, Subject
from app.organisations.access import Call, NotAllowed


def comment_on_order(call: Call, order_id: UUID, body: CommentIn) -> CommentOut:
    """Write about an order.

    :raises NotAllowed: for the supplier.
    """
    order = _order(call, order_id)
    return _write(call, Subject.ORDER, order.id, order.root_id, body)


def comment_on_requisition(call: Call, requisition_id: UUID, body: CommentIn) -> CommentOut:
    """Write about a requisition."""
    requisition = requisition_queries.requisition(call, requisition_id)
    return _write(call, Subject.REQUISITION, requisition.id, requisition.root_id, body)


def list_of_order(call: Call, order_id: UUID, wanted: PageQuery) -> Page[CommentOut]:
    """Give what was written about an order.

    :raises NotAllowed: for the supplier.
    """
    return _list(call, _order(call, order_id).id, wanted)


def list_of_requisition(call: Call, requisition_id: UUID, wanted: PageQuery) -> Page[CommentOut]:
    return _list(call, requisition_queries.requisition(call, requisition_id).id, wanted)


def _order(call: Call, order_id: UUID) -> PurchaseOrder:
    order = queries.order(call, order_id)
    if not queries.is_seen_inside(call, order):
        raise NotAllowed("comments are for the buyer's people; write to the buyer, or answer the order")
    return order


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
