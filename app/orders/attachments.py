"""Files beside orders, requisitions and receipts: the buyer's people add and read them, the supplier does neither."""

from typing import Final
from urllib.parse import quote
from uuid import UUID

from sqlmodel import col, or_, select

from app.kit import archive
from app.kit.archive import Direction
from app.kit.calls import Raw
from app.kit.errors import Fault, Invalid, MediaTypeNotSupported, NotFound
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.orders import queries, requisition_queries
from app.orders.models import PurchaseOrder
from app.orders.receipt_models import Receipt
from app.orders.remark_messages import AttachmentOut, Handed
from app.orders.remark_models import Attachment, Subject
from app.orders.remarks import order_inside, require_hand
from app.orders.requisition_models import Requisition
from app.organisations.access import Call

OFFICE: Final = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: Final = frozenset(
    {
        "application/pdf",
        "application/xml",
        "image/jpeg",
        "image/png",
        "text/csv",
        "text/plain",
        f"{OFFICE}.spreadsheetml.sheet",
        f"{OFFICE}.wordprocessingml.document",
    }
)
NAME_LENGTH: Final = 200


class AttachmentNotFound(NotFound):
    """No such file, or not for this caller."""


class AttachmentNotFit(Invalid):
    """A file is empty, has a name that is none, or hangs on a receipt of another order."""


def attach_to_order(call: Call, order_id: UUID, handed: Handed) -> AttachmentOut:
    """Put a file beside an order, or beside one of its receipts, such as a delivery note.

    :raises NotAllowed: for the supplier, and for who only reads the order.
    :raises AttachmentNotFit, MediaTypeNotSupported: for a file that is not taken.
    """
    order = order_inside(call, order_id)
    if handed.receipt_id is not None:
        receipt = call.session.get(Receipt, handed.receipt_id)
        if receipt is None or receipt.order_id != order.id:
            raise _unfit(f"order {order.number} has no receipt {handed.receipt_id}", "receipt_id")
    return _attach(call, Subject.ORDER, order, handed)


def attach_to_requisition(call: Call, requisition_id: UUID, handed: Handed) -> AttachmentOut:
    """Put a file beside a requisition.

    :raises AttachmentNotFit, MediaTypeNotSupported: for a file that is not taken.
    """
    requisition = requisition_queries.requisition(call, requisition_id)
    if handed.receipt_id is not None:
        raise _unfit("a requisition has no receipts", "receipt_id")
    return _attach(call, Subject.REQUISITION, requisition, handed)


def _attach(call: Call, subject: Subject, thing: PurchaseOrder | Requisition, handed: Handed) -> AttachmentOut:
    require_hand(call, thing.organisation_id, thing.maker_id)
    _require_fit(handed)
    sender = f"ATTACHMENT:{thing.id}"
    kept = archive.seen_before(call.session, sender, handed.content) or archive.store(
        call.session,
        handed.content,
        direction=Direction.IN,
        sender=sender,
        document_type="Attachment",
        number=handed.file_name,
        now=call.now,
        media_type=handed.media_type,
    )
    row = Attachment(
        id=new_id(call.now),
        subject=subject,
        subject_id=thing.id,
        receipt_id=handed.receipt_id,
        file_name=handed.file_name,
        media_type=handed.media_type,
        size=len(handed.content),
        document_id=kept.id,
        added_by=call.actor.id,
        added_for=call.actor.on_behalf_of,
        added_at=call.now,
    )
    call.session.add(row)
    facts = {"attachment_id": str(row.id), "sha256": kept.sha256}
    call.audit("attachment.added", chain=thing.root_id, entity=subject.value, entity_id=thing.id, facts=facts)
    return _out(row)


def _require_fit(handed: Handed) -> None:
    name = handed.file_name
    if handed.media_type not in MEDIA_TYPES:
        raise MediaTypeNotSupported(f"send one of {', '.join(sorted(MEDIA_TYPES))}, not {handed.media_type[:80]}")
    if not handed.content:
        raise _unfit("the file is empty", "body")
    if not name.isprintable() or name.strip(" .") == "" or len(name) > NAME_LENGTH or set(name) & set('/\\<>:"|?*'):
        raise _unfit("a file's name is up to 200 printable characters without any of / \\ < > : \" | ? *", "file_name")


def _unfit(message: str, name: str) -> AttachmentNotFit:
    return AttachmentNotFit(message, faults=[Fault(message, pointer=f"/{name}")])


def list_of_order(call: Call, order_id: UUID, wanted: PageQuery) -> Page[AttachmentOut]:
    """Give the files beside an order and its receipts.

    :raises NotAllowed: for the supplier.
    """
    return _list(call, order_inside(call, order_id).id, wanted)


def list_of_requisition(call: Call, requisition_id: UUID, wanted: PageQuery) -> Page[AttachmentOut]:
    return _list(call, requisition_queries.requisition(call, requisition_id).id, wanted)


def _list(call: Call, subject_id: UUID, wanted: PageQuery) -> Page[AttachmentOut]:
    return page(call.session, select(Attachment).where(Attachment.subject_id == subject_id), Attachment, wanted, _out)


def get_file(call: Call, attachment_id: UUID) -> Raw:
    """Give a file's bytes as they came, to be saved and not shown.

    :raises AttachmentNotFound: when there is none that the caller sees.
    """
    orders = queries.visible_orders(call).where(queries.seen_inside(call)).with_only_columns(col(PurchaseOrder.id))
    requisitions = requisition_queries.visible_requisitions(call).with_only_columns(col(Requisition.id))
    query = select(Attachment).where(
        Attachment.id == attachment_id,
        or_(col(Attachment.subject_id).in_(orders), col(Attachment.subject_id).in_(requisitions)),
    )
    found = call.session.exec(query).first()
    if found is None:
        raise AttachmentNotFound(f"there is no attachment {attachment_id}")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file_name, safe='')}",
        "X-Content-Type-Options": "nosniff",
    }
    return Raw(archive.content_of(call.session, found.document_id), found.media_type, headers)


def _out(row: Attachment) -> AttachmentOut:
    return AttachmentOut.model_validate(row, from_attributes=True)
