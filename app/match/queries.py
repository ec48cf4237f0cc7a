"""Reads of the match chapter: what a decision needs to know, and what the caller may see."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, and_, bindparam, exists, func, or_
from sqlalchemy import case as either
from sqlalchemy import select as columns
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit.db import rows
from app.kit.errors import NotFound
from app.match.confidential import open_to
from app.match.engine.codes import Outcome
from app.match.models import CaseOrder, InvoiceCase, MatchDecision
from app.orders.models import Allocation, OrderStatus, OrderType, PurchaseOrder, PurchaseOrderLine
from app.orders.queries import approver, maker
from app.orders.receipt_models import Receipt, ReceiptKind, ReceiptLine
from app.organisations.access import Call, branches
from app.organisations.models import LocationNumber
from app.organisations.permissions import Permission
from app.organisations.queries import awaited_subjects
from app.organisations.supplier_models import Supplier, SupplierIdentifier, SupplierStatus

MOST_EARLIER = 50

# Made once, since every invoice asks these; columns alone, since making objects of them would cost more than the rest.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_NAMED = (
    columns(col(PurchaseOrder.id), col(PurchaseOrder.organisation_id), col(PurchaseOrder.supplier_id))
    .where(
        col(PurchaseOrder.normalised_number).in_(bindparam("numbers", expanding=True)),
        col(PurchaseOrder.root_id) == bindparam("root_id"),
    )
    .order_by(col(PurchaseOrder.id))
)
_ABOVE = and_(
    col(PurchaseOrderLine.catalogue_line_id).is_not(None),
    col(PurchaseOrderLine.price) != col(PurchaseOrderLine.accepted_price),
)
_AGREED = either((_ABOVE, col(PurchaseOrderLine.price))).label("agreed_price")
_LINES = (
    columns(
        *(
            SQLModel.metadata.tables[PurchaseOrderLine.__tablename__].columns[name]
            for name in (
                *("id", "order_id", "line_id", "item", "by_amount", "unit_code", "accepted_amount"),
                *("accepted_quantity", "accepted_price", "received_quantity", "received_amount"),
                *("invoiced_quantity", "invoiced_amount", "held_quantity", "held_amount"),
                *("credit_expected_quantity", "credit_expected_amount", "brackets"),
            )
        ),
        _AGREED,
    )
    .where(col(PurchaseOrderLine.order_id).in_(_IDS))
    .order_by(col(PurchaseOrderLine.order_id), col(PurchaseOrderLine.position))
)
_GLNS = columns(col(LocationNumber.organisation_id), col(LocationNumber.gln)).where(
    col(LocationNumber.organisation_id).in_(_IDS)
)
_SUPPLIER_KEYS = (
    columns(col(SupplierIdentifier.supplier_id), col(SupplierIdentifier.key), col(Supplier.status))
    .join_from(SupplierIdentifier, Supplier, col(Supplier.id) == col(SupplierIdentifier.supplier_id))
    .where(col(SupplierIdentifier.supplier_id).in_(_IDS))
    .order_by(col(SupplierIdentifier.key))
)
_EARLIER = (
    columns(
        col(InvoiceCase.id),
        col(InvoiceCase.number),
        col(InvoiceCase.document_type),
        col(InvoiceCase.issue_date),
        col(InvoiceCase.payable_amount),
        col(InvoiceCase.received_at),
        col(InvoiceCase.document),
    )
    .where(
        col(InvoiceCase.supplier_id) == bindparam("supplier_id"),
        col(InvoiceCase.id) != bindparam("case_id"),
        col(InvoiceCase.outcome) != Outcome.REJECTED_TECHNICAL,
        or_(
            col(InvoiceCase.normalised_number) == bindparam("number"),
            (col(InvoiceCase.issue_date) == bindparam("issue_date"))
            & (col(InvoiceCase.payable_amount) == bindparam("payable")),
        ),
    )
    .order_by(col(InvoiceCase.id))
    .limit(MOST_EARLIER)
)

PAID_BEFORE = 10
_PAID = (
    columns(col(InvoiceCase.paid_to))
    .where(
        col(InvoiceCase.supplier_id) == bindparam("supplier_id"),
        col(InvoiceCase.root_id) == bindparam("root_id"),
        col(InvoiceCase.id) != bindparam("case_id"),
        col(InvoiceCase.outcome).in_((Outcome.AUTO_APPROVED, Outcome.APPROVED)),
        col(InvoiceCase.document_type) == "Invoice",
        col(InvoiceCase.paid_to).is_not(None),
    )
    .order_by(col(InvoiceCase.id).desc())
    .limit(PAID_BEFORE)
)


class InvoiceNotFound(NotFound):
    """No such invoice, or not for this caller."""


def visible_invoices(call: Call) -> SelectOfScalar[InvoiceCase]:
    """Give the invoices of every branch where the actor reads invoices, those of orders that the actor made or
    approved, and those about which a task waits for the actor; but one of a confidential order is its parties' alone,
    beside whoever handed it in.
    """
    of_own_order = exists().where(
        col(CaseOrder.invoice_id) == col(InvoiceCase.id),
        col(PurchaseOrder.id) == col(CaseOrder.order_id),
        or_(maker() == call.actor.principal_id, approver() == call.actor.principal_id),
    )
    return select(InvoiceCase).where(
        or_(
            branches(call.actor, Permission.INVOICE_READ, InvoiceCase.organisation_id),
            of_own_order,
            col(InvoiceCase.id).in_(awaited_subjects(call)),
        ),
        or_(
            open_to(call, col(InvoiceCase.id), InvoiceCase.organisation_id),
            func.coalesce(InvoiceCase.submitted_for, InvoiceCase.submitted_by) == call.actor.principal_id,
        ),
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


def last_sequence(session: Session, invoice_id: UUID) -> int:
    """Give the sequence number of an invoice's latest decision, 0 before the first."""
    last = select(func.max(MatchDecision.sequence)).where(MatchDecision.invoice_id == invoice_id)
    return session.exec(last).first() or 0


def decisions_of(invoice_id: UUID) -> SelectOfScalar[MatchDecision]:
    """Give every decision about an invoice."""
    return select(MatchDecision).where(MatchDecision.invoice_id == invoice_id)


def orders_named(
    session: Session, numbers: Sequence[str], organisation_id: UUID, root_id: UUID, supplier_id: UUID
) -> list[UUID]:
    """Find the orders that an invoice names by normalised numbers: the buyer's own, else those of other organisations
    under the same root with the same supplier, since numbers repeat from one organisation to the next.
    """
    found = rows(session, _NAMED, numbers=numbers, root_id=root_id)
    own = [order_id for order_id, organisation, _ in found if organisation == organisation_id]
    return own or [order_id for order_id, _, supplier in found if supplier == supplier_id]


def only_standing_order(session: Session, case: InvoiceCase) -> PurchaseOrder | None:
    """Give the standing order that the buyer has with an invoice's supplier, if there is just one that is open."""
    found = session.exec(
        select(PurchaseOrder)
        .where(
            PurchaseOrder.supplier_id == case.supplier_id,
            PurchaseOrder.status == OrderStatus.SENT,
            PurchaseOrder.type == OrderType.STANDING,
            PurchaseOrder.organisation_id == case.organisation_id,
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def lines_by_order(session: Session, order_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """Give the lines of some orders as they are now, as rows with columns of PurchaseOrderLine; the caller holds the
    locks.
    """
    found: dict[UUID, list[Any]] = {order_id: [] for order_id in order_ids}
    for row in rows(session, _LINES, ids=order_ids):
        found[row.order_id].append(row)
    return found


def held_before(session: Session, order_ids: Sequence[UUID], invoice_id: UUID) -> dict[UUID, tuple[Decimal, Decimal]]:
    """Give what older waiting invoices hold of each line, as (quantity, amount): ids sort by the time of arrival."""
    found = session.exec(
        select(Allocation.order_line_id, func.sum(Allocation.quantity), func.sum(Allocation.amount))
        .join(PurchaseOrderLine, col(PurchaseOrderLine.id) == col(Allocation.order_line_id))
        .where(
            col(PurchaseOrderLine.order_id).in_(order_ids),
            col(Allocation.held).is_(True),
            col(Allocation.invoice_id) < invoice_id,
        )
        .group_by(col(Allocation.order_line_id))
    ).all()
    return {line_id: (quantity, amount) for line_id, quantity, amount in found}


def receivers_by_line(session: Session, order_ids: Sequence[UUID]) -> dict[UUID, set[tuple[UUID, UUID | None]]]:
    """Give who has received each line, and for whom when it was a substitute; a receipt that was taken back is none."""
    undone = select(Receipt.reversal_of).where(col(Receipt.reversal_of).is_not(None))
    received = session.exec(
        select(ReceiptLine.order_line_id, Receipt.received_by, Receipt.received_for)
        .join(Receipt, col(Receipt.id) == col(ReceiptLine.receipt_id))
        .where(
            col(Receipt.order_id).in_(order_ids),
            Receipt.kind == ReceiptKind.RECEIPT,
            col(Receipt.id).not_in(undone.where(col(Receipt.order_id).in_(order_ids))),
        )
    ).all()
    found: dict[UUID, set[tuple[UUID, UUID | None]]] = {}
    for line_id, person, principal in received:
        found.setdefault(line_id, set()).add((person, principal))
    return found


def buyer_keys(session: Session, organisation_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Give every GLN, present and past, of some organisations, as keys."""
    found: dict[UUID, set[str]] = {}
    for organisation_id, gln in rows(session, _GLNS, ids=list(organisation_ids)):
        found.setdefault(organisation_id, set()).add(f"GLN:{gln}")
    return found


def keys_by_supplier(
    session: Session, supplier_ids: Iterable[UUID]
) -> tuple[dict[UUID, tuple[str, ...]], frozenset[UUID]]:
    """Give the keys under which documents name some suppliers, and which of them are blocked at this moment."""
    found: dict[UUID, tuple[str, ...]] = {}
    blocked: set[UUID] = set()
    for supplier_id, key, status in rows(session, _SUPPLIER_KEYS, ids=list(supplier_ids)):
        found[supplier_id] = (*found.get(supplier_id, ()), key)
        if status == SupplierStatus.BLOCKED:
            blocked.add(supplier_id)
    return found, frozenset(blocked)


def earlier_invoices(
    session: Session, case: InvoiceCase, supplier_id: UUID, payable: Decimal, issue_date: date
) -> Sequence[Any]:
    """Give documents of the same supplier that came before with the same number, or the same amount and date, as rows
    with columns of InvoiceCase.
    """
    return rows(
        session,
        _EARLIER,
        supplier_id=supplier_id,
        case_id=case.id,
        number=case.normalised_number,
        issue_date=issue_date,
        payable=payable,
    )


def paid_before(session: Session, case: InvoiceCase) -> tuple[str, ...] | None:
    """Give the accounts and payees that the supplier's last approved invoices under the same root named, None where
    there are none.
    """
    found = rows(session, _PAID, supplier_id=case.supplier_id, root_id=case.root_id, case_id=case.id)
    return tuple(dict.fromkeys(key for row in found for key in row.paid_to)) if found else None


def invoices_numbered(session: Session, supplier_id: UUID, numbers: Sequence[str]) -> Sequence[InvoiceCase]:
    """Give a supplier's invoices with some normalised numbers, such as those that a credit note credits."""
    return session.exec(
        select(InvoiceCase).where(
            InvoiceCase.supplier_id == supplier_id,
            InvoiceCase.document_type == "Invoice",
            col(InvoiceCase.normalised_number).in_(numbers),
        )
    ).all()
