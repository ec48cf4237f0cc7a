"""Watching open invoices: each is looked at again from time to time, and escalated while it waits for a receipt."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from app.documents.invoice import Invoice
from app.kit.clock import business_day
from app.kit.working_days import add_working_days
from app.match.engine.codes import Outcome
from app.match.handling_models import CaseWatch
from app.match.models import InvoiceCase

REMIND_AFTER: Final = 3
"""Working days that an invoice has waited when its receiver is reminded."""

TO_DISPONENT: Final = timedelta(days=7)
TO_HANDLER: Final = timedelta(days=3)
USUAL_TERM: Final = timedelta(days=30)
"""How long before it is due an invoice is escalated; without a stated day it is due thirty days after its issue."""


def start(session: Session, case: InvoiceCase, now: datetime) -> None:
    """Watch an invoice from now on."""
    watch = CaseWatch(invoice_id=case.id, looked_at=now)
    if case.outcome == Outcome.AWAITING_RECEIPT:
        watch.next_on = stages(case, business_day(case.received_at))[0]
    session.add(watch)
    session.flush()


def stop(session: Session, invoice_id: UUID) -> None:
    """Watch an invoice no more."""
    watch = session.get(CaseWatch, invoice_id)
    if watch is not None:
        session.delete(watch)
        session.flush()


def stages(case: InvoiceCase, since: date) -> tuple[date, date, date]:
    """Give the days on which the receiver is reminded, the disponent is told and the handler is told, in order."""
    due = due_on(case)
    days = [add_working_days(since, REMIND_AFTER), due - TO_DISPONENT, due - TO_HANDLER]
    second = max(days[0], days[1])
    return days[0], second, max(second, days[2])


def due_on(case: InvoiceCase) -> date:
    """Give the day by which an invoice is to be paid."""
    invoice = Invoice.model_validate(case.document)
    stated = [means.due_date for means in invoice.payment_means if means.due_date is not None]
    return invoice.due_date or min(stated, default=invoice.issue_date + USUAL_TERM)
