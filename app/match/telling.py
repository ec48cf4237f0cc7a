"""The live decision about an invoice as OIOUBL: an ApplicationResponse that accepts, rejects or just receives it."""

from typing import Final

from app import dialects
from app.documents.envelope import Envelope
from app.documents.invoice import Invoice
from app.kit import archive
from app.kit.calls import Raw
from app.kit.errors import Conflict
from app.match import handling_queries, queries
from app.match.engine.codes import Outcome
from app.match.models import InvoiceCase, MatchDecision
from app.oioubl import ubl
from app.oioubl.envelope import read_envelope
from app.organisations.access import Call
from app.organisations.answers import (
    BUSINESS_ACCEPT,
    BUSINESS_REJECT,
    TECHNICAL_ACCEPT,
    TECHNICAL_REJECT,
    answer_to,
)
from app.organisations.models import Organisation

CODES: Final = {
    Outcome.AUTO_APPROVED: BUSINESS_ACCEPT,
    Outcome.APPROVED: BUSINESS_ACCEPT,
    Outcome.NETTED: BUSINESS_ACCEPT,
    Outcome.DISPUTED: BUSINESS_REJECT,
    Outcome.DUPLICATE: BUSINESS_REJECT,
    Outcome.REJECTED_TECHNICAL: TECHNICAL_REJECT,
}
"""How each outcome is answered; every other one is in process, and merely received (TechnicalAccept)."""


class NoAnswer(Conflict):
    """The document's profile has no ApplicationResponse, or nobody is named who would get it."""


def response_of(call: Call, case: InvoiceCase) -> Raw:
    """Give the live decision about an invoice as an ApplicationResponse, known by the decision's id.

    :raises NoAnswer: where its profile has none.
    """
    call.session.flush()
    live = queries.decision(call.session, case.decision_id)
    code = CODES.get(case.outcome, TECHNICAL_ACCEPT)
    organisation = call.session.get_one(Organisation, case.organisation_id)
    answer = answer_to(call, _envelope(call, case), code, live.id, organisation, _reasons(live))
    if answer is None:
        raise NoAnswer(f"the profile of invoice {case.number} has no ApplicationResponse; ask for application/json")
    return Raw(dialects.write(answer))


def _reasons(live: MatchDecision) -> list[str]:
    """Give why an invoice was turned away; what it was judged by is the buyer's own affair."""
    if live.outcome == Outcome.DISPUTED:
        return [str(live.answer["person"]["reason"])]
    worst = [one["message_en"] for one in live.answer["findings"] if one["outcome"] == live.outcome]
    return worst if live.outcome in (Outcome.DUPLICATE, Outcome.REJECTED_TECHNICAL) else []


def _envelope(call: Call, case: InvoiceCase) -> Envelope:
    if case.document is not None:
        return envelope_of(handling_queries.original(case))
    return read_envelope(ubl.parse(archive.content_of(call.session, case.document_id)))


def envelope_of(invoice: Invoice) -> Envelope:
    """Give what it takes to answer an invoice."""
    return Envelope(
        document_type=invoice.document_type,
        number=invoice.number,
        profile_id=invoice.profile_id,
        uuid=invoice.uuid,
        issue_date=invoice.issue_date,
        sender=invoice.supplier,
        receiver=invoice.customer,
    )
