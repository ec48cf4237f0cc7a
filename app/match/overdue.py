"""Reminders that suppliers send: noted on the invoices that they name, and never paid."""

from uuid import UUID

from app.documents.numbers import normalised_invoice_number
from app.documents.reminder import Reminder
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.kit.money import plain
from app.match import queries
from app.match.handling_models import CaseNote, NoteKind
from app.match.models import InvoiceCase
from app.organisations import queries as organisations
from app.organisations.access import Call, may
from app.organisations.permissions import Permission


class RemindedInvoiceUnknown(NotFound):
    """The reminder names no invoice of its supplier to this customer that is here."""


def take_reminder(call: Call, reminder: Reminder, document_id: UUID) -> InvoiceCase:
    """Note a reminder on each invoice that it names, and give the first.

    :raises RemindedInvoiceUnknown: when none of them is here.
    """
    cases = _reminded(call, reminder)
    if not cases:
        raise RemindedInvoiceUnknown(f"reminder {reminder.number} names no invoice of its sender that is here")
    due, currency = plain(reminder.total.payable_amount), reminder.document_currency_code
    text = f"{reminder.reminder_type_code} {plain(reminder.reminder_sequence)}, {reminder.number}: {due} {currency}"
    for case in cases:
        note = CaseNote(
            id=new_id(call.now),
            invoice_id=case.id,
            kind=NoteKind.REMINDER,
            text=text,
            document_id=document_id,
            written_by=call.actor.id,
            written_for=call.actor.on_behalf_of,
            written_at=call.now,
        )
        call.session.add(note)
        facts = {"note_id": str(note.id), "kind": note.kind.value}
        call.audit("invoice.noted", chain=case.root_id, entity="invoice", entity_id=case.id, facts=facts)
    call.session.flush()
    return cases[0]


def _reminded(call: Call, reminder: Reminder) -> list[InvoiceCase]:
    supplier = organisations.supplier_by_keys(call.session, reminder.supplier.keys)
    customer = organisations.organisation_of(call.session, reminder.customer, call.today)
    if supplier is None or customer is None:
        return []
    as_supplier = supplier.id in call.actor.suppliers(Permission.DOCUMENT_POST)
    if not as_supplier and not may(call, Permission.DOCUMENT_POST, customer.id):
        return []
    references = (line.billing_reference for line in reminder.lines if line.billing_reference is not None)
    numbers = [normalised_invoice_number(one.invoice.number) for one in references if one.invoice is not None]
    found = queries.invoices_numbered(call.session, supplier.id, numbers)
    return [case for case in found if case.organisation_id == customer.id]
