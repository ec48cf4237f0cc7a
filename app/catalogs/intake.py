"""A catalogue comes in: whose it is, which agreement it is for, its lines beside the live ones, and the task."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from app.agreements.models import Agreement
from app.catalogs import queries
from app.catalogs.models import Catalogue, CatalogueVersion, VersionState
from app.catalogs.routing import VERSION_LENGTH, Destination, destination, misfits
from app.catalogs.staging import Staged, stage, unstage
from app.dialects import Received
from app.documents import catalogue as documents
from app.documents.party import Party
from app.documents.values import Period
from app.kit import archive
from app.kit.archive import Direction
from app.kit.errors import Conflict, Fault
from app.kit.ids import new_id
from app.organisations import queries as organisations
from app.organisations.access import Call, NotAllowed, require_supplier
from app.organisations.answers import (
    BUSINESS_REJECT,
    TECHNICAL_REJECT,
    LineReason,
    answer_document,
    told,
)
from app.organisations.models import Organisation, TaskType
from app.organisations.people_models import Role
from app.organisations.permissions import Permission
from app.organisations.supplier_models import Supplier
from app.organisations.tasks import open_task

MOST_FAULTS = 100


class VersionWaiting(Conflict):
    """A version of this catalogue still waits for a decision; the same document can be sent again after it."""


def take_in(call: Call, received: Received[documents.Catalogue]) -> CatalogueVersion:
    """Keep a catalogue as a version that waits for a decision; one that cannot be taken is kept, too, and its sender
    is told why. The same bytes again are the same version.

    :raises NotAllowed: for a supplier that the caller does not act for.
    :raises VersionWaiting: while the catalogue has a version that waits; nothing is kept then.
    """
    supplier = _supplier(call, received)
    known = archive.seen_before(call.session, received.envelope.sender_key, received.content)
    first = queries.version_of_document(call.session, known.id) if known is not None else None
    if first is not None:
        return first
    receiver = received.envelope.receiver
    organisation = organisations.organisation_of(call.session, receiver, call.today) if receiver is not None else None
    catalogue = _catalogue(call, received, supplier, organisation)
    if received.document is None:
        return _reject_technical(call, received, catalogue, organisation)
    if queries.waiting(call.session, catalogue.id) is not None:
        raise VersionWaiting(f"a version of catalogue {catalogue.number} waits for a decision; send this one after it")
    return _take(call, received, received.document, catalogue, organisation)


def _supplier(call: Call, received: Received[documents.Catalogue]) -> Supplier:
    """Find whom the document is from: the seller, who may let another provide the catalogue."""
    seller = received.document.supplier if received.document is not None else None
    parties: Sequence[Party] = (seller, received.envelope.sender) if seller is not None else (received.envelope.sender,)
    keys = [key for party in parties for key in party.keys]
    supplier = organisations.supplier_by_keys(call.session, keys)
    if supplier is None:
        raise NotAllowed(f"the document is from {' / '.join(keys[:5])}, which is no supplier that you act for")
    require_supplier(call, Permission.CATALOGUE_UPLOAD, supplier.id)
    return supplier


def _catalogue(
    call: Call, received: Received[documents.Catalogue], supplier: Supplier, organisation: Organisation | None
) -> Catalogue:
    number, organisation_id = received.envelope.number, organisation.id if organisation is not None else None
    found = queries.catalogue_of(call.session, supplier.id, number, organisation_id)
    if found is None:
        found = Catalogue(
            id=new_id(call.now),
            supplier_id=supplier.id,
            number=number,
            organisation_id=organisation_id,
            created_at=call.now,
            version=0,
        )
        call.session.add(found)
    found.version += 1
    call.session.flush()
    return found


def _take(
    call: Call,
    received: Received[documents.Catalogue],
    document: documents.Catalogue,
    catalogue: Catalogue,
    organisation: Organisation | None,
) -> CatalogueVersion:
    supplier_id = catalogue.supplier_id
    found = destination(call.session, document, supplier_id, organisation, call.today)
    taken = queries.is_version_taken(call.session, catalogue.id, document.version_id or "")
    reasons = [*found.reasons, *misfits(document, _bound(call, catalogue), found, is_taken=taken)]
    if reasons:
        return _reject(call, received, catalogue, organisation, reasons)
    ordinal = queries.last_ordinal(call.session, catalogue.id) + 1
    compared_on = _compared_on(document.validity_period, call.today)
    staged = stage(call.session, catalogue.id, ordinal, document.lines, new_id(call.now), compared_on)
    if staged.refused:
        unstage(call.session, catalogue.id, ordinal)
        reasons = [f"line {line.line_id}: {line.reason}" for line in staged.refused]
        return _reject(call, received, catalogue, organisation, reasons, staged.refused)
    return _wait(call, received, catalogue, found, staged, compared_on)


def _bound(call: Call, catalogue: Catalogue) -> Catalogue:
    """Let a catalogue of which nothing was ever approved choose its agreement anew."""
    if catalogue.agreement_id is not None and not queries.accepted(call.session, catalogue.id):
        catalogue.agreement_id = None
    return catalogue


def _compared_on(period: Period | None, today: date) -> date:
    return max(today, period.start_date) if period is not None and period.start_date is not None else today


def _wait(
    call: Call,
    received: Received[documents.Catalogue],
    catalogue: Catalogue,
    found: Destination,
    staged: Staged,
    compared_on: date,
) -> CatalogueVersion:
    agreement = _agreement_of(catalogue, found)
    state = VersionState.PENDING_APPROVAL if agreement is not None else VersionState.PENDING_ROUTING
    version = _keep(call, received, catalogue, state, compared_on=compared_on, summary=dict(staged.summary))
    if agreement is not None:
        catalogue.agreement_id = agreement.id
    if received.document is not None and received.document.name is not None:
        catalogue.name = received.document.name
    _open_task(call, catalogue, found, agreement)
    root_id = found.agreements[0].root_id
    _audit(call, root_id, "catalogue.received", version)
    return version


def _agreement_of(catalogue: Catalogue, found: Destination) -> Agreement | None:
    bound = (agreement for agreement in found.agreements if agreement.id == catalogue.agreement_id)
    return next(bound, found.agreement)


def _open_task(call: Call, catalogue: Catalogue, found: Destination, agreement: Agreement | None) -> None:
    owner_id = agreement.owner_id if agreement is not None else catalogue.organisation_id
    assert owner_id is not None  # noqa: S101 - without a receiver there is no destination
    choices = [f"agreement {choice.contract_number}: {choice.title}" for choice in found.agreements]
    open_task(
        call.session,
        TaskType.APPROVE_CATALOGUE,
        organisation_id=owner_id,
        role=Role.CONTENT_MANAGER,
        subject="catalogue",
        subject_id=catalogue.id,
        now=call.now,
        reasons=() if agreement is not None else ("say which agreement this catalogue is for", *choices),
    )


def _reject_technical(
    call: Call, received: Received[documents.Catalogue], catalogue: Catalogue, organisation: Organisation | None
) -> CatalogueVersion:
    version = _keep(call, received, catalogue, VersionState.REJECTED_TECHNICAL, faults=received.faults)
    _audit(call, _chain(call, organisation), "catalogue.rejected_technical", version)
    reasons = [told(fault) for fault in received.faults]
    answer_document(
        call,
        received.envelope,
        TECHNICAL_REJECT,
        about_id=catalogue.id,
        organisation=organisation,
        reasons=reasons,
    )
    return version


def _reject(
    call: Call,
    received: Received[documents.Catalogue],
    catalogue: Catalogue,
    organisation: Organisation | None,
    reasons: Sequence[str],
    lines: Sequence[LineReason] = (),
) -> CatalogueVersion:
    faults = [Fault(reason) for reason in reasons]
    version = _keep(call, received, catalogue, VersionState.REJECTED, faults=faults)
    _audit(call, _chain(call, organisation), "catalogue.rejected", version)
    answer_document(
        call,
        received.envelope,
        BUSINESS_REJECT,
        about_id=catalogue.id,
        organisation=organisation,
        reasons=reasons,
        lines=lines,
    )
    return version


def _keep(
    call: Call,
    received: Received[documents.Catalogue],
    catalogue: Catalogue,
    status: VersionState,
    *,
    faults: Sequence[Fault] = (),
    compared_on: date | None = None,
    summary: dict[str, int] | None = None,
) -> CatalogueVersion:
    envelope = received.envelope
    stored = archive.seen_before(call.session, envelope.sender_key, received.content) or archive.store(
        call.session,
        received.content,
        direction=Direction.IN,
        sender=envelope.sender_key,
        document_type=envelope.document_type,
        number=envelope.number,
        now=call.now,
        media_type=received.media_type,
    )
    period = received.document.validity_period if received.document is not None else None
    version = CatalogueVersion(
        id=new_id(call.now),
        catalogue_id=catalogue.id,
        ordinal=queries.last_ordinal(call.session, catalogue.id) + 1,
        version_id=envelope.version_id[:VERSION_LENGTH] if envelope.version_id else None,
        document_id=stored.id,
        status=status,
        valid_from=period.start_date if period is not None else None,
        valid_to=period.end_date if period is not None else None,
        compared_on=compared_on or call.today,
        change_summary=summary or {},
        envelope=envelope.model_dump(mode="json"),
        faults=[fault.as_json() for fault in faults[:MOST_FAULTS]],
        received_at=call.now,
        received_from=call.actor.id,
    )
    call.session.add(version)
    call.session.flush()
    return version


def _chain(call: Call, organisation: Organisation | None) -> UUID:
    """Give the root organisation in whose chain of events an upload belongs; one for nobody goes to the first root."""
    if organisation is not None:
        return organisation.root_id
    roots = select(Organisation.id).where(Organisation.id == Organisation.root_id).order_by(col(Organisation.id))
    return call.session.exec(roots).first() or UUID(int=0)


def _audit(call: Call, chain: UUID, action: str, version: CatalogueVersion) -> None:
    facts = {"ordinal": version.ordinal, "document_id": str(version.document_id)}
    call.audit(action, chain=chain, entity="catalogue", entity_id=version.catalogue_id, facts=facts)
