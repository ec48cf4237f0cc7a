"""Which orders an invoice may be about: those it names, those of what it credits, or a standing order it refers to."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from app.documents.invoice import Invoice
from app.documents.numbers import normalised_number, order_numbers
from app.match import queries
from app.match.cases import credited_numbers
from app.match.models import InvoiceCase
from app.orders.models import Allocation, PurchaseOrderLine
from app.orders.standing_queries import named_by_reference

NOBODY = UUID(int=0)


def candidates(session: Session, case: InvoiceCase, invoice: Invoice) -> list[UUID]:
    """Find orders by number; where there is none, standing orders by their reference."""
    supplier_id = case.supplier_id or NOBODY
    numbers = order_numbers(invoice)
    named = queries.orders_named(session, numbers, case.organisation_id, case.root_id, supplier_id) if numbers else []
    found = named or _standing(session, case, invoice)
    return [*found, *_orders_of_credited(session, supplier_id, invoice)] if invoice.is_credit else found


def _standing(session: Session, case: InvoiceCase, invoice: Invoice) -> list[UUID]:
    contracts = [normalised_number(reference.number) for reference in invoice.contract_references]
    references = list(dict.fromkeys([*order_numbers(invoice), *contracts]))
    if not references or case.supplier_id is None:
        return []
    return list(named_by_reference(session, references, case.supplier_id, case.root_id))


def _orders_of_credited(session: Session, supplier_id: UUID, credit: Invoice) -> Sequence[UUID]:
    billed = [row.id for row in queries.invoices_numbered(session, supplier_id, credited_numbers(credit))]
    return session.exec(
        select(PurchaseOrderLine.order_id)
        .join(Allocation, col(Allocation.order_line_id) == col(PurchaseOrderLine.id))
        .where(col(Allocation.invoice_id).in_(billed))
        .distinct()
    ).all()
