"""Invoices seen from outside: what a supplier is told of those it has sent, and nothing of how they are judged."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from app import dialects
from app.documents.application_response import ApplicationResponse
from app.documents.invoice import Invoice
from app.kit.archive import ArchivedDocument
from app.kit.outbox import OutboxItem
from app.kit.pages import Page, PageQuery, page
from app.match.engine.codes import Outcome
from app.match.messages import SupplierInvoiceOut, SupplierInvoiceStatus
from app.match.models import InvoiceCase
from app.oioubl import ubl
from app.organisations import queries as organisations
from app.organisations.access import Call, require_supplier
from app.organisations.answers import DOCUMENT_TYPE
from app.organisations.permissions import Permission

STATUSES: Final[dict[Outcome, SupplierInvoiceStatus]] = {
    Outcome.REJECTED_TECHNICAL: SupplierInvoiceStatus.REJECTED,
    Outcome.DUPLICATE: SupplierInvoiceStatus.DUPLICATE,
    Outcome.DEVIATION: SupplierInvoiceStatus.IN_PROGRESS,
    Outcome.NO_ORDER: SupplierInvoiceStatus.IN_PROGRESS,
    Outcome.AWAITING_RECEIPT: SupplierInvoiceStatus.RECEIVED,
    Outcome.MATCHED_PENDING_APPROVAL: SupplierInvoiceStatus.IN_PROGRESS,
    Outcome.AUTO_APPROVED: SupplierInvoiceStatus.APPROVED,
    Outcome.NETTED: SupplierInvoiceStatus.APPROVED,
    Outcome.APPROVED: SupplierInvoiceStatus.APPROVED,
    Outcome.DISPUTED: SupplierInvoiceStatus.REJECTED,
    Outcome.NON_ORDER: SupplierInvoiceStatus.IN_PROGRESS,
    Outcome.REVERSED: SupplierInvoiceStatus.IN_PROGRESS,
}


def list_supplier_invoices(call: Call, supplier_id: UUID, wanted: PageQuery) -> Page[SupplierInvoiceOut]:
    """Give a supplier's own invoices and credit notes.

    :raises NotAllowed: for anybody who does not act for the supplier.
    """
    supplier = organisations.supplier(call, supplier_id)
    require_supplier(call, Permission.DOCUMENT_POST, supplier.id)
    query = select(InvoiceCase).where(InvoiceCase.supplier_id == supplier.id)
    shown: Page[SupplierInvoiceOut] = page(call.session, query, InvoiceCase, wanted, _out)
    rejected = [row for row in shown.data if row.status == SupplierInvoiceStatus.REJECTED]
    reasons = _sent_reasons(call, [row.id for row in rejected])
    for row in rejected:
        row.reason = reasons.get(row.id)
    return shown


def _out(case: InvoiceCase) -> SupplierInvoiceOut:
    return SupplierInvoiceOut(
        **case.model_dump(exclude={"document", "outcome"}),
        order_numbers=_order_numbers(case.document),
        status=STATUSES[case.outcome],
        reason=None,
    )


def _order_numbers(document: dict[str, Any] | None) -> list[str]:
    return list(dict.fromkeys(Invoice.model_validate(document).order_numbers)) if document is not None else []


def _sent_reasons(call: Call, invoice_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Give what the answers said that were sent about invoices, the latest about each."""
    query = (
        select(OutboxItem.about_id, ArchivedDocument.content)
        .join(ArchivedDocument, col(ArchivedDocument.id) == col(OutboxItem.document_id))
        .where(col(OutboxItem.about_id).in_(invoice_ids), OutboxItem.document_type == DOCUMENT_TYPE)
        .order_by(col(OutboxItem.id))
    )
    told: dict[UUID, str] = {}
    for about_id, content in call.session.exec(query).all():
        answer = dialects.read(ubl.parse(content))
        if about_id is not None and isinstance(answer, ApplicationResponse):
            told[about_id] = "\n".join(answer.descriptions)
    return told
