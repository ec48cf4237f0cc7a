"""Credit notes that may have taken an invoice back."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from app.match.engine.codes import Outcome
from app.match.models import InvoiceCase


def credit_notes_like(session: Session, case: InvoiceCase, invoices: Sequence[Any]) -> Sequence[Any]:
    """Give the documents of credit notes that were netted or approved, and may take one of some invoices back: issued
    no earlier than the first of them, and of no more than the largest.
    """
    days = [row.issue_date for row in invoices if row.issue_date is not None]
    amounts = [row.payable_amount for row in invoices if row.payable_amount is not None]
    found = session.exec(
        select(InvoiceCase.document).where(
            InvoiceCase.supplier_id == case.supplier_id,
            InvoiceCase.document_type == "CreditNote",
            col(InvoiceCase.outcome).in_((Outcome.NETTED, Outcome.AUTO_APPROVED, Outcome.APPROVED)),
            col(InvoiceCase.issue_date) >= min(days, default=case.issue_date),
            col(InvoiceCase.payable_amount) <= max(amounts, default=case.payable_amount),
        )
    ).all()
    return [document for document in found if document is not None]
