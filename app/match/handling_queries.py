"""Reads for handling invoices: which are open on an order, what was written of one, and which orders it may bill."""

import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from app.documents.invoice import Invoice
from app.match.handling_models import CaseNote, NoteKind
from app.match.models import CaseOrder, InvoiceCase, MatchDecision
from app.match.outcomes import OPEN
from app.orders.models import PurchaseOrder
from app.orders.queries import visible_orders
from app.organisations.access import Call


def open_on(session: Session, order_id: UUID) -> list[UUID]:
    """Give the open invoices of an order, the oldest first."""
    return list(
        session.exec(
            select(InvoiceCase.id)
            .join(CaseOrder, col(CaseOrder.invoice_id) == col(InvoiceCase.id))
            .where(CaseOrder.order_id == order_id, col(InvoiceCase.outcome).in_(OPEN))
            .order_by(col(InvoiceCase.id))
        ).all()
    )


def orders_of(session: Session, invoice_id: UUID) -> list[UUID]:
    """Give the orders that an invoice was ever decided against."""
    return list(session.exec(select(CaseOrder.order_id).where(CaseOrder.invoice_id == invoice_id)).all())


def order_rows_of(session: Session, invoice_id: UUID) -> Sequence[PurchaseOrder]:
    """Give the orders that an invoice was ever decided against, the oldest first."""
    query = select(PurchaseOrder).where(col(PurchaseOrder.id).in_(orders_of(session, invoice_id)))
    return session.exec(query.order_by(col(PurchaseOrder.id))).all()


def add_orders(session: Session, invoice_id: UUID, order_ids: Iterable[UUID]) -> None:
    """Write down that an invoice was decided against some orders, too."""
    known = set(orders_of(session, invoice_id))
    session.add_all(CaseOrder(invoice_id=invoice_id, order_id=one) for one in order_ids if one not in known)
    session.flush()


def notes_of(session: Session, invoice_id: UUID) -> Sequence[CaseNote]:
    """Give what was written about an invoice, the oldest first."""
    query = select(CaseNote).where(CaseNote.invoice_id == invoice_id)
    return session.exec(query.order_by(col(CaseNote.id))).all()


def explainers(session: Session, invoice_id: UUID) -> frozenset[UUID]:
    """Give everybody behind the explanations of an invoice."""
    notes = [note for note in notes_of(session, invoice_id) if note.kind == NoteKind.EXPLANATION]
    return frozenset(who for note in notes for who in (note.written_by, note.written_for) if who is not None)


def original(case: InvoiceCase) -> Invoice:
    """Give an invoice as it came."""
    return Invoice.model_validate(case.document)


def earlier_of(decision: MatchDecision) -> list[str]:
    """Give the ids of the earlier documents that a decision of the engine looked at."""
    facts = json.loads(decision.proof).get("case", {})
    return [earlier["id"] for earlier in facts.get("earlier", ())]


def orders_numbered(call: Call, normalised_number: str, root_id: UUID) -> Sequence[PurchaseOrder]:
    """Give the orders with a normalised number that the actor sees."""
    query = visible_orders(call).where(
        PurchaseOrder.normalised_number == normalised_number, PurchaseOrder.root_id == root_id
    )
    return call.session.exec(query.order_by(col(PurchaseOrder.id)).limit(50)).all()


def order_seen(call: Call, order_id: UUID) -> PurchaseOrder | None:
    """Give an order that the actor sees."""
    return call.session.exec(visible_orders(call).where(PurchaseOrder.id == order_id)).first()
