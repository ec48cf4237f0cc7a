"""A request for a catalogue is answered by telling which catalogues of the supplier are live for whoever asks.

The service keeps what suppliers send and writes no catalogue in a supplier's name, so no Catalogue goes back: who may
see a live one reads it here, and whoever wants another asks the supplier.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlmodel import col, select

from app.agreements import queries as agreements
from app.agreements.models import Agreement
from app.catalogs import queries
from app.catalogs.models import Catalogue, CatalogueVersion
from app.catalogs.receiving import ReceivedCatalogue
from app.catalogs.request_messages import CatalogueAnswerOut
from app.catalogs.request_models import CatalogueRequested
from app.documents.catalogue_requests import CatalogueRequest
from app.kit import archive
from app.kit.ids import new_id
from app.organisations import queries as organisations
from app.organisations.access import Call, NotAllowed, may
from app.organisations.answers import BUSINESS_ACCEPT, BUSINESS_REJECT, TECHNICAL_REJECT, answer_document, told
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.supplier_models import Supplier


def answer_request(call: Call, received: ReceivedCatalogue) -> CatalogueAnswerOut:
    """Keep a request for a catalogue and answer it. The same bytes again get the first answer.

    :raises NotAllowed: for a request of an organisation whose catalogues the caller does not read, and for which they
        hand in no documents.
    """
    organisation = _asking(call, received)
    envelope = received.envelope
    known = archive.known(call.session, envelope.sender_key, received.incoming.sha256)
    first = _of_document(call, known.id) if known is not None else None
    if first is not None:
        return _out(first)
    code, said = _answer(call, received, organisation)
    document_id = known.id if known is not None else _store(call, received)
    asked = CatalogueRequested(
        id=new_id(call.now),
        document_id=document_id,
        organisation_id=organisation.id,
        response_code=code,
        said=list(said),
        received_at=call.now,
        received_from=call.actor.id,
        received_for=call.actor.on_behalf_of,
    )
    call.session.add(asked)
    call.session.flush()
    facts = {"document_id": str(document_id), "response_code": code}
    call.audit(
        "catalogue.requested", chain=organisation.root_id, entity="catalogue_request", entity_id=asked.id, facts=facts
    )
    # Answered by the organisation that asks: whoever keeps its catalogues for it answers in its name.
    addressed = envelope.model_copy(update={"receiver": envelope.sender})
    answer_document(call, addressed, code, about_id=asked.id, organisation=organisation, reasons=said)
    return _out(asked)


def _asking(call: Call, received: ReceivedCatalogue) -> Organisation:
    found = organisations.organisation_of(call.session, received.envelope.sender, call.today)
    allowed = (Permission.CATALOGUE_READ, Permission.DOCUMENT_POST)
    if found is None or not any(may(call, permission, found.id) for permission in allowed):
        key = received.envelope.sender_key
        raise NotAllowed(f"the request is from {key}, which is no organisation whose catalogues you read")
    return found


def _of_document(call: Call, document_id: UUID) -> CatalogueRequested | None:
    query = select(CatalogueRequested).where(CatalogueRequested.document_id == document_id)
    return call.session.exec(query).first()


def _store(call: Call, received: ReceivedCatalogue) -> UUID:
    envelope = received.envelope
    return archive.store_incoming(
        call.session,
        received.incoming,
        sender=envelope.sender_key,
        document_type=envelope.document_type,
        number=envelope.number,
        now=call.now,
    ).id


def _answer(call: Call, received: ReceivedCatalogue, organisation: Organisation) -> tuple[str, Sequence[str]]:
    assert received.reading is not None  # noqa: S101 - requests are read whole
    faults, request = received.reading.verdict().faults, received.reading.head
    if faults or not isinstance(request, CatalogueRequest):
        return TECHNICAL_REJECT, [told(fault) for fault in faults]
    parties = [party for party in (request.supplier, request.provider) if party is not None]
    supplier = organisations.supplier_by_keys(call.session, [key for party in parties for key in party.keys])
    if supplier is None:
        return BUSINESS_REJECT, [f"{parties[0].name or 'the provider'} is no supplier here; ask it for a catalogue"]
    wanted = request.requested_catalogue.number if request.requested_catalogue is not None else None
    provided = list(_provided(call, supplier, organisation, wanted))
    if provided:
        return BUSINESS_ACCEPT, provided
    which = f"catalogue {wanted} of {supplier.name}" if wanted is not None else f"no catalogue of {supplier.name}"
    return BUSINESS_REJECT, [f"{which} is {'not ' if wanted is not None else ''}live for you; {supplier.name} sends it"]


def _provided(call: Call, supplier: Supplier, organisation: Organisation, wanted: str | None) -> Iterator[str]:
    query = (
        select(Catalogue, CatalogueVersion, Agreement)
        .join(CatalogueVersion, col(CatalogueVersion.catalogue_id) == col(Catalogue.id))
        .join(Agreement, col(Agreement.id) == col(Catalogue.agreement_id))
        .where(Catalogue.supplier_id == supplier.id, queries.live(call.today))
    )
    if wanted is not None:
        query = query.where(Catalogue.number == wanted)
    for catalogue, version, agreement in call.session.exec(query.order_by(col(Catalogue.number), col(Catalogue.id))):
        if _has(call, agreement, organisation):
            until = f" until {version.valid_to}" if version.valid_to is not None else ""
            yield (
                f"{supplier.name} provides catalogue {catalogue.number}, version {version.version_id}, live since "
                f"{version.live_from}{until}, under contract {agreement.contract_number}"
            )


def _has(call: Call, agreement: Agreement, organisation: Organisation) -> bool:
    """Tell whether an organisation has an agreement: it owns it, or it was shared with it."""
    if agreement.owner_id == organisation.id:
        return True
    return bool(agreements.shares_held_by(call.session, agreement.id, organisation.id, call.today))


def _out(asked: CatalogueRequested) -> CatalogueAnswerOut:
    return CatalogueAnswerOut.model_validate(asked, from_attributes=True)
