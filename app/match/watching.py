"""Watching open invoices: when each is looked at again, and when one that waits for a receipt is escalated."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from app.documents.invoice import Invoice
from app.kit.clock import business_day
from app.kit.working_days import add_working_days
from app.match.engine.codes import Outcome
from app.match.handling_models import CaseWatch
from app.match.models import InvoiceCase
from app.match.outcomes import OPEN

REMIND_AFTER: Final = 3
"""Working days that an invoice has waited when its receiver is reminded."""

TO_DISPONENT: Final = timedelta(days=7)
TO_HANDLER: Final = timedelta(days=3)
USUAL_TERM: Final = timedelta(days=30)
"""How long before it is due an invoice is escalated; without a stated day it is due thirty days after its issue."""


def watch(session: Session, case: InvoiceCase, now: datetime, *, is_new: bool) -> int:
    """Watch an invoice as its outcome asks for, and tell how far it is escalated already."""
    kept = None if is_new else session.get(CaseWatch, case.id, with_for_update=True)
    if case.outcome not in OPEN:
        if kept is not None:
            session.delete(kept)
        session.flush()
        return 0
    row = kept or CaseWatch(invoice_id=case.id, looked_at=now)
    row.looked_at = now
    if case.outcome != Outcome.AWAITING_RECEIPT:
        row.stage, row.next_on = 0, None
    elif row.next_on is None and row.stage == 0:
        row.next_on = stages(case, business_day(now))[0]
    session.add(row)
    session.flush()
    return row.stage


def stages(case: InvoiceCase, since: date) -> tuple[date, date, date]:
    """Give the days on which the receiver is reminded, the disponent is told and the handler is told, in order."""
    due = due_on(case)
    return min(add_working_days(since, REMIND_AFTER), due - TO_DISPONENT), due - TO_DISPONENT, due - TO_HANDLER


def due_on(case: InvoiceCase) -> date:
    """Give the day by which an invoice is to be paid."""
    invoice = Invoice.model_validate(case.document)
    stated = [means.due_date for means in invoice.payment_means if means.due_date is not None]
    return invoice.due_date or min(stated, default=invoice.issue_date + USUAL_TERM)
