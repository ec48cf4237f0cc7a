"""Reads of the match chapter: what a decision needs to know, and what the caller may see."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit.errors import NotFound
from app.match.engine.codes import Outcome
from app.match.models import CaseOrder, InvoiceCase, MatchDecision
from app.orders.models import Allocation, PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine
from app.organisations.access import Call, branches
from app.organisations.models import LocationNumber, SupplierIdentifier
from app.organisations.permissions import Permission

MOST_EARLIER = 50


class InvoiceNotFound(NotFound):
    """No such invoice, or not for this caller."""


def visible_invoices(call: Call) -> SelectOfScalar[InvoiceCase]:
    """Give the invoices of every branch where the actor reads invoices, and those of orders that the actor made or
    approved.
    """
    own_orders = (
        select(CaseOrder.invoice_id)
        .join(PurchaseOrder, col(PurchaseOrder.id) == col(CaseOrder.order_id))
        .where(or_(col(PurchaseOrder.created_by) == call.actor.id, col(PurchaseOrder.approved_by) == call.actor.id))
    )
    return select(InvoiceCase).where(
        or_(
            branches(call.actor, Permission.INVOICE_READ, InvoiceCase.organisation_id),
            col(InvoiceCase.id).in_(own_orders),
        )
    )


def invoice(call: Call, invoice_id: UUID) -> InvoiceCase:
    """Find an invoice that the actor sees.

    :raises InvoiceNotFound: otherwise.
    """
    found = call.session.exec(visible_invoices(call).where(InvoiceCase.id == invoice_id)).first()
    if found is None:
        raise InvoiceNotFound(f"there is no invoice {invoice_id}")
    return found


def case_of_document(session: Session, document_id: UUID) -> InvoiceCase | None:
    """Find the case that a document became."""
    return session.exec(select(InvoiceCase).where(InvoiceCase.document_id == document_id)).first()


def decision(session: Session, decision_id: UUID) -> MatchDecision:
    """Give a decision."""
    return session.exec(select(MatchDecision).where(MatchDecision.id == decision_id)).one()


def decisions_of(invoice_id: UUID) -> SelectOfScalar[MatchDecision]:
    """Give every decision about an invoice."""
    return select(MatchDecision).where(MatchDecision.invoice_id == invoice_id)


def orders_named(
    session: Session, numbers: Sequence[str], organisation_id: UUID, root_id: UUID, supplier_id: UUID
) -> list[UUID]:
    """Find the orders that an invoice names by normalised numbers: the buyer's own, else those of other organisations
    under the same root with the same supplier, since numbers repeat from one organisation to the next.
    """
    rows = session.exec(
        select(PurchaseOrder.id, PurchaseOrder.organisation_id, PurchaseOrder.supplier_id)
        .where(col(PurchaseOrder.normalised_number).in_(numbers), PurchaseOrder.root_id == root_id)
        .order_by(col(PurchaseOrder.id))
    ).all()
    own = [order_id for order_id, organisation, _ in rows if organisation == organisation_id]
    return own or [order_id for order_id, _, supplier in rows if supplier == supplier_id]


def lines_by_order(session: Session, order_ids: Sequence[UUID]) -> dict[UUID, list[PurchaseOrderLine]]:
    """Give the lines of some orders as they are now; the caller holds the locks."""
    rows = session.exec(
        select(PurchaseOrderLine)
        .where(col(PurchaseOrderLine.order_id).in_(order_ids))
        .order_by(col(PurchaseOrderLine.order_id), col(PurchaseOrderLine.position))
        .execution_options(populate_existing=True)
    ).all()
    found: dict[UUID, list[PurchaseOrderLine]] = {order_id: [] for order_id in order_ids}
    for row in rows:
        found[row.order_id].append(row)
    return found


def held_before(session: Session, order_ids: Sequence[UUID], invoice_id: UUID) -> dict[UUID, tuple[Decimal, Decimal]]:
    """Give what older waiting invoices hold of each line, as (quantity, amount): ids sort by the time of arrival."""
    rows = session.exec(
        select(Allocation.order_line_id, func.sum(Allocation.quantity), func.sum(Allocation.amount))
        .join(PurchaseOrderLine, col(PurchaseOrderLine.id) == col(Allocation.order_line_id))
        .where(
            col(PurchaseOrderLine.order_id).in_(order_ids),
            col(Allocation.held).is_(True),
            col(Allocation.invoice_id) < invoice_id,
        )
        .group_by(col(Allocation.order_line_id))
    ).all()
    return {line_id: (quantity, amount) for line_id, quantity, amount in rows}


def receivers_by_line(session: Session, order_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Give who has received each line."""
    rows = session.exec(
        select(ReceiptLine.order_line_id, Receipt.received_by)
        .join(Receipt, col(Receipt.id) == col(ReceiptLine.receipt_id))
        .where(col(Receipt.order_id).in_(order_ids))
    ).all()
    found: dict[UUID, set[UUID]] = {}
    for line_id, person in rows:
        found.setdefault(line_id, set()).add(person)
    return found


def buyer_keys(session: Session, organisation_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Give every GLN, present and past, of some organisations, as keys."""
    rows = session.exec(
        select(LocationNumber.organisation_id, LocationNumber.gln).where(
            col(LocationNumber.organisation_id).in_(list(organisation_ids))
        )
    ).all()
    found: dict[UUID, set[str]] = {}
    for organisation_id, gln in rows:
        found.setdefault(organisation_id, set()).add(f"GLN:{gln}")
    return found


def keys_by_supplier(session: Session, supplier_ids: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Give the keys under which documents name some suppliers."""
    rows = session.exec(
        select(SupplierIdentifier.supplier_id, SupplierIdentifier.key)
        .where(col(SupplierIdentifier.supplier_id).in_(list(supplier_ids)))
        .order_by(col(SupplierIdentifier.key))
    ).all()
    found: dict[UUID, tuple[str, ...]] = {}
    for supplier_id, key in rows:
        found[supplier_id] = (*found.get(supplier_id, ()), key)
    return found


def earlier_invoices(
    session: Session, case: InvoiceCase, supplier_id: UUID, payable: Decimal, issue_date: date
) -> Sequence[InvoiceCase]:
    """Give documents of the same supplier that came before with the same number, or the same amount and date."""
    return session.exec(
        select(InvoiceCase)
        .where(
            InvoiceCase.supplier_id == supplier_id,
            col(InvoiceCase.id) != case.id,
            InvoiceCase.outcome != Outcome.REJECTED_TECHNICAL,
            or_(
                col(InvoiceCase.normalised_number) == case.normalised_number,
                (col(InvoiceCase.issue_date) == issue_date) & (col(InvoiceCase.payable_amount) == payable),
            ),
        )
        .order_by(col(InvoiceCase.id))
        .limit(MOST_EARLIER)
    ).all()


def invoices_numbered(session: Session, supplier_id: UUID, numbers: Sequence[str]) -> Sequence[InvoiceCase]:
    """Give a supplier's invoices with some normalised numbers, such as those that a credit note credits."""
    return session.exec(
        select(InvoiceCase).where(
            InvoiceCase.supplier_id == supplier_id,
            InvoiceCase.document_type == "Invoice",
            col(InvoiceCase.normalised_number).in_(numbers),
        )
    ).all()


def waiting_on(session: Session, order_id: UUID) -> list[UUID]:
    """Give the invoices that wait for receipts on an order, the oldest first."""
    return list(
        session.exec(
            select(InvoiceCase.id)
            .join(CaseOrder, col(CaseOrder.invoice_id) == col(InvoiceCase.id))
            .where(CaseOrder.order_id == order_id, InvoiceCase.outcome == Outcome.AWAITING_RECEIPT)
            .order_by(col(InvoiceCase.id))
        ).all()
    )
