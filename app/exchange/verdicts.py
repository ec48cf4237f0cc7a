"""Verdicts: what an ApplicationResponse of the receiver says of a document that left here."""

from sqlmodel import col, select

from app.documents.application_response import ApplicationResponse
from app.exchange.receipts import take_verdict
from app.kit.archive import ArchivedDocument
from app.kit.outbox import OutboxItem
from app.organisations import queries as organisations
from app.organisations.access import Call, may
from app.organisations.permissions import Permission


def note_verdict(call: Call, document: ApplicationResponse) -> None:
    """Note it at the document that is answered, when the caller speaks for whom it went to, or hands in for whom it
    came from; else it is merely kept.
    """
    if not _may_tell(call, document):
        return
    query = (
        select(OutboxItem)
        .join(ArchivedDocument, col(ArchivedDocument.id) == col(OutboxItem.document_id))
        .where(
            ArchivedDocument.number == document.document.number,
            ArchivedDocument.document_type == document.document.document_type_code,
            col(ArchivedDocument.sender).in_(document.receiver.keys),
            col(OutboxItem.receiver).in_(document.sender.keys),
        )
    )
    for item in call.session.exec(query.with_for_update(of=OutboxItem)).all():
        take_verdict(call.session, item, document.response_code, "; ".join(document.descriptions), call.now)


def _may_tell(call: Call, document: ApplicationResponse) -> bool:
    supplier = organisations.supplier_by_keys(call.session, document.sender.keys)
    if supplier is not None and supplier.id in call.actor.suppliers(Permission.DOCUMENT_POST):
        return True
    organisation = organisations.organisation_of(call.session, document.receiver, call.today)
    return organisation is not None and may(call, Permission.DOCUMENT_POST, organisation.id)
