"""A document about a catalogue comes in: whose it is and for which catalogue; then it is read, at once or by a job."""

from collections.abc import Sequence
from uuid import UUID

from app.catalogs import queries
from app.catalogs.importing import IMPORT, read_at_once
from app.catalogs.intents import intent_of
from app.catalogs.models import Catalogue, CatalogueVersion, VersionState
from app.catalogs.receiving import Mode, ReceivedCatalogue
from app.catalogs.routing import VERSION_LENGTH
from app.documents.party import Party
from app.kit import archive, jobs
from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.kit.jobs import About
from app.organisations import queries as organisations
from app.organisations.access import Call, NotAllowed, require_supplier
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.supplier_models import Supplier
from app.organisations.supplier_standing import require_unblocked, require_verified


class VersionWaiting(Conflict):
    """A version of this catalogue is still being read or waits for a decision; the same document can be sent again
    after it.
    """


def take_in(call: Call, received: ReceivedCatalogue, mode: Mode = Mode.WHOLE) -> CatalogueVersion:
    """Keep a document about a catalogue as a version that waits for a decision; one that cannot be taken is kept, too,
    and its sender is told why. Of a large one the version is still to be read, by its job. The same bytes again are the
    same version.

    :raises NotAllowed: for a supplier that the caller does not act for.
    :raises SupplierBlocked, SupplierNotVerified: for one that hands in no catalogues; nothing is kept then.
    :raises VersionWaiting: while the catalogue has a version that waits; nothing is kept then.
    """
    supplier = _supplier(call, received)
    is_partial = mode == Mode.PARTIAL
    known = archive.known(call.session, received.envelope.sender_key, received.incoming.sha256)
    if known is not None:
        first = queries.version_of_document(call.session, known.id, is_partial=is_partial, legend=received.legend)
        if first is not None:
            return first
    require_unblocked(supplier)
    require_verified(supplier)
    catalogue = _catalogue(call, received, supplier)
    if not received.is_broken:
        _require_turn(call, catalogue)
    version = _keep(call, received, catalogue, known.id if known is not None else None, is_partial=is_partial)
    is_free = received.is_broken or not queries.clearing(call.session, catalogue.id)
    if received.reading is not None and is_free:
        read_at_once(call, version, received.reading)
    else:
        version.job_id = _queue(call, version, catalogue, received.lines)
    return version


def known_catalogue(call: Call, received: ReceivedCatalogue) -> Catalogue | None:
    """Find the catalogue that a document is about, if it has come before, and lock it.

    :raises NotAllowed: for a supplier that the caller does not act for.
    """
    supplier, organisation = _supplier(call, received), _organisation(call, received)
    organisation_id = organisation.id if organisation is not None else None
    return queries.catalogue_of(call.session, supplier.id, _number(received), organisation_id)


def _supplier(call: Call, received: ReceivedCatalogue) -> Supplier:
    """Find whom the document is from: the seller, who may let another provide the catalogue."""
    seller = received.head.supplier if received.head is not None else None
    parties: Sequence[Party] = (seller, received.envelope.sender) if seller is not None else (received.envelope.sender,)
    keys = [key for party in parties for key in party.keys]
    supplier = organisations.supplier_by_keys(call.session, keys)
    if supplier is None:
        raise NotAllowed(f"the document is from {' / '.join(keys[:5])}, which is no supplier that you act for")
    require_supplier(call, Permission.CATALOGUE_UPLOAD, supplier.id)
    return supplier


def _organisation(call: Call, received: ReceivedCatalogue) -> Organisation | None:
    receiver = received.envelope.receiver
    return organisations.organisation_of(call.session, receiver, call.today) if receiver is not None else None


def _number(received: ReceivedCatalogue) -> str:
    """Give the number of the catalogue: an update's and a deletion's own are others."""
    return received.envelope.about_number or received.envelope.number


def _catalogue(call: Call, received: ReceivedCatalogue, supplier: Supplier) -> Catalogue:
    number, organisation = _number(received), _organisation(call, received)
    organisation_id = organisation.id if organisation is not None else None
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


def _require_turn(call: Call, catalogue: Catalogue) -> None:
    before = queries.underway(call.session, catalogue.id)
    if before is None:
        return
    if before.status == VersionState.STAGING:
        way_out = f"job {before.job_id} tells how far it is, and can be cancelled"
        raise VersionWaiting(f"a version of catalogue {catalogue.number} is still being read; {way_out}")
    raise VersionWaiting(f"a version of catalogue {catalogue.number} waits for a decision; send this one after it")


def _keep(
    call: Call, received: ReceivedCatalogue, catalogue: Catalogue, document_id: UUID | None, *, is_partial: bool
) -> CatalogueVersion:
    envelope = received.envelope
    if document_id is None:
        document_id = archive.store_incoming(
            call.session,
            received.incoming,
            sender=envelope.sender_key,
            document_type=envelope.document_type,
            number=envelope.number,
            now=call.now,
        ).id
    wanted = intent_of(received.head) if received.head is not None else None
    version = CatalogueVersion(
        id=new_id(call.now),
        catalogue_id=catalogue.id,
        ordinal=queries.last_ordinal(call.session, catalogue.id) + 1,
        version_id=envelope.version_id[:VERSION_LENGTH] if envelope.version_id else None,
        document_id=document_id,
        status=VersionState.REJECTED_TECHNICAL if received.is_broken else VersionState.STAGING,
        compared_on=wanted.compared_on(call.today) if wanted is not None else call.today,
        change_summary={},
        envelope=envelope.model_dump(mode="json"),
        faults=[],
        is_partial=is_partial,
        legend=received.legend,
        first_line_id=new_id(call.now),
        received_at=call.now,
        received_from=call.actor.id,
        received_for=call.actor.on_behalf_of,
    )
    call.session.add(version)
    call.session.flush()
    return version


def _queue(call: Call, version: CatalogueVersion, catalogue: Catalogue, lines: int | None) -> UUID:
    about = About(call.actor.id, call.actor.on_behalf_of, catalogue.organisation_id, lines)
    return jobs.enqueue(call.session, IMPORT, str(version.id), {"version_id": str(version.id)}, call.now, about)
