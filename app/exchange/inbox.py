"""The inbox: a document is stored first, then answered, then worked on, as whoever handed it in."""

from typing import cast
from uuid import UUID

from sqlmodel import Session, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app import dialects
from app.catalogs.intake import VersionWaiting
from app.dialects import Document, Received
from app.documents.application_response import ApplicationResponse
from app.documents.catalogue_reading import CATALOGUE_TYPES
from app.documents.invoice import Invoice
from app.documents.order import Order
from app.documents.order_change import OrderCancellation, OrderChange
from app.documents.order_response import OrderResponse, OrderResponseSimple
from app.documents.reminder import Reminder
from app.exchange import receipts, turns
from app.exchange.messages import InboundOut
from app.exchange.models import InboundDocument, InboundState
from app.exchange.verdicts import note_verdict
from app.kit import archive
from app.kit.calls import Call as AnyCall
from app.kit.calls import Raw
from app.kit.clock import business_day
from app.kit.config import MEBIBYTE
from app.kit.errors import Conflict, NotFound, Refusal
from app.kit.ids import new_id
from app.kit.jobs import Work
from app.kit.pages import Page, PageQuery, page
from app.match import service as invoices
from app.match.overdue import take_reminder
from app.orders import changed_elsewhere, placed_elsewhere, responding, test_orders
from app.orders import queries as orders
from app.orders.models import PurchaseOrder
from app.orders.test_order_models import SupplierTest
from app.organisations import queries as organisations
from app.organisations.access import Actor, Call, NotAllowed, actor_by_id, may
from app.organisations.answers import TECHNICAL_REJECT, answer_document, told
from app.organisations.permissions import Permission


class InboundNotFound(NotFound):
    """No such document, or not for this caller."""


class NothingFollows(Conflict):
    """The document is of a kind from which nothing follows in this service."""


class OrderUnknown(NotFound):
    """The document answers an order that is not here, or is not the sender's."""


def post_document(call: Call, received: Received[Document]) -> InboundOut:
    """Store a document and queue the work on it. The same bytes from the same sender get the first answer; what was
    refused to somebody else is tried again for this caller.

    :raises NotAllowed: for a caller whose roles hand in no documents.
    """
    if not (call.actor.organisations(Permission.DOCUMENT_POST) or call.actor.suppliers(Permission.DOCUMENT_POST)):
        raise NotAllowed("handing in documents takes the role supplier or invoice system (document:post)")
    known = archive.seen_before(call.session, received.envelope.sender_key, received.content)
    row = _of_document(call, known.id) if known is not None else None
    if row is not None and (row.state != InboundState.REFUSED or _poster_of(row) == call.actor.principal_id):
        return inbound_out(row)
    if row is None:
        row = _store(call, received, known.id if known is not None else None)
    else:
        _take_over(call, row)
    if received.document is None and received.is_tried:
        _reject(call, received, row)
    else:
        turns.process_soon(call, row)
    return inbound_out(row)


def _poster_of(row: InboundDocument) -> UUID:
    return row.posted_for or row.posted_by


def _of_document(call: Call, document_id: UUID) -> InboundDocument | None:
    query = select(InboundDocument).where(InboundDocument.document_id == document_id)
    return call.session.exec(query.with_for_update()).first()


def _take_over(call: Call, row: InboundDocument) -> None:
    """Let a refused document begin anew as the caller's: it may be allowed what the first one was not."""
    row.posted_by, row.posted_for = call.actor.id, call.actor.on_behalf_of
    row.state, row.received_at = InboundState.RECEIVED, call.now
    row.problem = row.detail = row.processed_at = row.waits_for = row.job_id = None
    row.faults = []


def _store(call: Call, received: Received[Document], document_id: UUID | None) -> InboundDocument:
    envelope = received.envelope
    if document_id is None:
        document_id = archive.store(
            call.session,
            received.content,
            direction=archive.Direction.IN,
            sender=envelope.sender_key,
            document_type=envelope.document_type,
            number=envelope.number,
            media_type=received.media_type,
            now=call.now,
        ).id
    row = InboundDocument(
        id=new_id(call.now),
        document_id=document_id,
        document_type=envelope.document_type,
        number=envelope.number,
        sender=envelope.sender_key,
        posted_by=call.actor.id,
        posted_for=call.actor.on_behalf_of,
        state=InboundState.RECEIVED,
        faults=[],
        received_at=call.now,
    )
    call.session.add(row)
    call.session.flush()
    return row


def _reject(call: Call, received: Received[Document], row: InboundDocument) -> None:
    row.state, row.processed_at = InboundState.REJECTED_TECHNICAL, call.now
    row.detail = "the document breaks the format; the sender is told by an ApplicationResponse"
    row.faults = [fault.as_json() for fault in received.faults]
    receiver = received.envelope.receiver
    organisation = receiver and organisations.organisation_of(call.session, receiver, call.today)
    answer_document(
        call,
        received.envelope,
        TECHNICAL_REJECT,
        about_id=row.id,
        organisation=organisation or None,
        reasons=[told(fault) for fault in received.faults],
    )


def process(work: Work, at_once: int = MEBIBYTE) -> None:
    """Work on a stored document as whoever handed it in. A refusal is the document's end, not the job's failure.

    A catalogue of more than `at_once` bytes is read by a job of its own; one that came while another version of it
    waits takes its turn later.
    """
    query = select(InboundDocument).where(InboundDocument.id == UUID(work.payload["inbound_id"]))
    row = work.session.exec(query.with_for_update()).one()
    if row.state != InboundState.RECEIVED or row.job_id is not None:
        return
    actor = actor_by_id(work.session, row.posted_by, business_day(work.now), row.posted_for)
    call: AnyCall[Actor] = AnyCall(work.session, actor, work.now)
    savepoint = work.session.begin_nested()
    try:
        result = _effect(call, row, at_once)
    except VersionWaiting as waiting:
        savepoint.rollback()
        turns.wait(call, row, at_once, waiting.message)
        return
    except Refusal as refusal:
        savepoint.rollback()
        row.state, row.problem, row.detail = InboundState.REFUSED, refusal.code, refusal.message
        row.faults = [fault.as_json() for fault in refusal.faults]
    else:
        if result is None:
            return
        row.state, (row.result, row.result_id) = InboundState.PROCESSED, result
    row.processed_at = work.now
    turns.pass_on(call, row)


def _effect(call: Call, row: InboundDocument, at_once: int) -> tuple[str, UUID] | None:
    """Do what follows from a document, and tell what it became; nothing, while it is still being read."""
    if row.document_type in CATALOGUE_TYPES:
        return turns.take_catalogue(call, row, at_once)
    received = dialects.receive_any(archive.content_of(call.session, row.document_id), dialects.XML_TYPES[0])
    match received.document:
        case Order() as order:
            return "order", placed_elsewhere.take_in(call, order, row.document_id).id
        case OrderChange() as change:
            return "order", changed_elsewhere.take_change(call, change).id
        case OrderCancellation() as cancellation:
            return "order", changed_elsewhere.take_cancellation(call, cancellation).id
        case Invoice():
            case, _ = invoices.submit(call, cast(Received[Invoice], received))
            return "invoice", case.id
        case OrderResponseSimple() | OrderResponse() as response:
            return _take_answer(call, response)
        case ApplicationResponse() | Reminder() as told:
            return _take_note(call, told, row.document_id)
        case _:
            raise NothingFollows(f"a {row.document_type} is valid and kept, but nothing follows from it here")


def _take_note(call: Call, document: ApplicationResponse | Reminder, document_id: UUID) -> tuple[str, UUID]:
    """Keep what merely tells something: a reminder stands with its invoice, an answer for itself."""
    if isinstance(document, Reminder):
        return "invoice", take_reminder(call, document, document_id).id
    note_verdict(call, document)
    return "document", document_id


def _take_answer(call: Call, document: OrderResponse | OrderResponseSimple) -> tuple[str, UUID]:
    answered = _answered(call, document)
    if isinstance(answered, SupplierTest):
        test_orders.take_answer(call, answered, document)
        return "test_order", answered.id
    if isinstance(document, OrderResponseSimple):
        responding.take_simple_response(call, answered, document)
    else:
        responding.take_response(call, answered, document)
    receipts.note_answer(call.session, answered.id)
    return "order", answered.id


def _answered(call: Call, document: OrderResponse | OrderResponseSimple) -> PurchaseOrder | SupplierTest:
    """Find the order, or test order, that a response answers: the buyer's, by number, and the supplier's own.

    :raises OrderUnknown: when there is none that the caller may answer.
    """
    number = document.order_reference.number
    buyer = organisations.organisation_of(call.session, document.buyer, call.today)
    supplier = organisations.supplier_by_keys(call.session, document.supplier.keys)
    found = _numbered(call, [buyer.id], number) if buyer is not None else None
    if found is None or supplier is None or found.supplier_id != supplier.id or not _may_answer(call, found):
        raise OrderUnknown(f"there is no order {number} of this buyer with this supplier")
    return found


def _numbered(call: Call, buyer_ids: list[UUID], number: str) -> PurchaseOrder | SupplierTest | None:
    order = orders.order_by_number(call.session, buyer_ids, number)
    return order if order is not None else orders.test_by_number(call.session, buyer_ids, number)


def _may_answer(call: Call, order: PurchaseOrder | SupplierTest) -> bool:
    as_supplier = order.supplier_id in call.actor.suppliers(Permission.DOCUMENT_POST)
    return as_supplier or may(call, Permission.DOCUMENT_POST, order.organisation_id)


def visible_inbound(call: Call) -> SelectOfScalar[InboundDocument]:
    """Give the documents that the caller handed in, or that a substitute did for them."""
    own_hand = and_(col(InboundDocument.posted_for).is_(None), InboundDocument.posted_by == call.actor.principal_id)
    return select(InboundDocument).where(or_(own_hand, InboundDocument.posted_for == call.actor.principal_id))


def document_id_of(session: Session, inbound_id: UUID) -> UUID:
    """Give where a document's bytes stand in the archive."""
    return session.exec(select(InboundDocument.document_id).where(InboundDocument.id == inbound_id)).one()


def inbound_out(row: InboundDocument) -> InboundOut:
    return InboundOut.model_validate(row, from_attributes=True)


def _find(call: Call, inbound_id: UUID) -> InboundDocument:
    row = call.session.exec(visible_inbound(call).where(InboundDocument.id == inbound_id)).first()
    if row is None:
        raise InboundNotFound(f"there is no document {inbound_id}")
    return row


def get_document(call: Call, inbound_id: UUID) -> InboundOut:
    return inbound_out(_find(call, inbound_id))


def list_documents(call: Call, wanted: PageQuery) -> Page[InboundOut]:
    return page(call.session, visible_inbound(call), InboundDocument, wanted, inbound_out)


def get_raw(call: Call, inbound_id: UUID) -> Raw:
    """Give a document's bytes as they came."""
    row = _find(call, inbound_id)
    content = archive.content_of(call.session, row.document_id)
    return Raw(content, headers={"Content-Digest": archive.content_digest(archive.sha256(content))})
