"""Answers to received documents: the ApplicationResponse that goes back from the organisation, by way of the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app import dialects
from app.documents.application_response import ApplicationResponse, LineResponse
from app.documents.envelope import Envelope
from app.documents.party import Party
from app.documents.values import PROSE_LENGTH, DocumentReference, Identifier
from app.kit import outbox
from app.kit.errors import Fault
from app.kit.ids import new_id
from app.oioubl.profiles import profile_allows
from app.organisations import queries
from app.organisations.access import Call
from app.organisations.identity import named_party, party_at
from app.organisations.models import Organisation

BUSINESS_ACCEPT: Final = "BusinessAccept"
BUSINESS_REJECT: Final = "BusinessReject"
TECHNICAL_ACCEPT: Final = "TechnicalAccept"
TECHNICAL_REJECT: Final = "TechnicalReject"

MOST_REASONS: Final = 20
MOST_LINES: Final = 200
"""So many reasons for the whole, and so many lines, are told in an answer."""

NO_PROFILE: Final = "NONE"
"""Only a technical rejection may belong to no profile (F-APR004)."""

RECEIPT_PROFILE: Final = "Procurement-TecRes-1.0"
"""The profile of a technical acceptance, and of nothing else (F-APR057, F-APR058)."""

UUID_LENGTH: Final = 36
DOCUMENT_TYPE: Final = "ApplicationResponse"


@dataclass(frozen=True, slots=True)
class LineReason:
    """Why one line of the document is turned away."""

    line_id: str
    reason: str


def answer_document(
    call: Call,
    envelope: Envelope,
    response_code: str,
    *,
    about_id: UUID,
    organisation: Organisation | None = None,
    reasons: Sequence[str] = (),
    lines: Sequence[LineReason] = (),
) -> None:
    """Queue the answer to a document for its sender, in the profile of the document answered.

    Nothing goes out where nothing can: a profile without ApplicationResponse, or a receiver who is not named.
    """
    answer = answer_to(call, envelope, response_code, new_id(call.now), organisation, reasons, lines)
    if answer is None:
        return
    outbox.enqueue(
        call.session,
        dialects.write(answer),
        sender=answer.sender.keys[0],
        receiver=envelope.sender_key,
        document_type=DOCUMENT_TYPE,
        number=answer.number,
        profile_id=answer.profile_id,
        now=call.now,
        about_id=about_id,
    )


def answer_to(
    call: Call,
    envelope: Envelope,
    response_code: str,
    own_id: UUID,
    organisation: Organisation | None = None,
    reasons: Sequence[str] = (),
    lines: Sequence[LineReason] = (),
) -> ApplicationResponse | None:
    """Give the answer to a document, which is known by `own_id`; None where nothing can go out."""
    profile_id = _profile_for(envelope, response_code)
    sender = _answering_party(call, envelope, organisation)
    if profile_id is None or sender is None:
        return None
    return _answer(call, envelope, response_code, profile_id, sender, reasons, lines, str(own_id))


def _profile_for(envelope: Envelope, response_code: str) -> str | None:
    if response_code == TECHNICAL_ACCEPT:
        return RECEIPT_PROFILE
    if envelope.profile_id is not None and profile_allows(envelope.profile_id, DOCUMENT_TYPE):
        return envelope.profile_id
    return NO_PROFILE if response_code == TECHNICAL_REJECT else None


def _answering_party(call: Call, envelope: Envelope, organisation: Organisation | None) -> Party | None:
    """Give the party that answers: the organisation, at the endpoint written to; else whom the document named."""
    receiver = envelope.receiver or Party()
    named = next(receiver.identifiers, None)
    if organisation is None:
        return None if named is None else named_party(named, receiver.name or named.value)
    glns = queries.glns(call.session, organisation.id, call.today)
    endpoint = named if named is not None and (named.value in glns or not glns) else _gln(glns)
    return None if endpoint is None else party_at(call.session, organisation, endpoint)


def _gln(glns: Sequence[str]) -> Identifier | None:
    return Identifier(value=glns[0], scheme_id="GLN") if glns else None


def _receiving(envelope: Envelope) -> Party:
    """Leave out the sender's address and contact: what is wrong with them would be wrong in the answer, too."""
    endpoint = next(envelope.sender.identifiers)
    return Party(endpoint_id=endpoint, identifications=(endpoint,), name=envelope.sender.name)


def _answer(
    call: Call,
    envelope: Envelope,
    response_code: str,
    profile_id: str,
    sender: Party,
    reasons: Sequence[str],
    lines: Sequence[LineReason],
    own_id: str,
) -> ApplicationResponse:
    return ApplicationResponse(
        profile_id=profile_id,
        number=own_id,
        uuid=own_id,
        issue_date=call.today,
        sender=sender,
        receiver=_receiving(envelope),
        reference_id=envelope.number,
        response_code=response_code,
        descriptions=("\n".join(reasons[:MOST_REASONS])[:PROSE_LENGTH],) if reasons else (),
        document=DocumentReference(
            number=envelope.number,
            uuid=envelope.uuid if len(envelope.uuid or "") == UUID_LENGTH else None,
            issue_date=envelope.issue_date,
            version_id=envelope.version_id,
            document_type_code=envelope.document_type,
        ),
        line_responses=tuple(
            LineResponse(
                line_id=line.line_id,
                reference_id=line.line_id,
                response_code=BUSINESS_REJECT,
                descriptions=(line.reason[:PROSE_LENGTH],),
            )
            for line in lines[:MOST_LINES]
        ),
    )


def told(fault: Fault) -> str:
    """Put a fault into one line for the answer: rule, place, message."""
    rule = f"{fault.rule_id}: " if fault.rule_id else ""
    place = f" ({fault.xpath})" if fault.xpath else ""
    return f"{rule}{fault.message}{place}"
