"""Somebody decides on a waiting version: which agreement it is for, and whether it goes live; its sender is told."""

from datetime import date, timedelta
from uuid import UUID

from app.agreements import queries as agreements
from app.agreements.models import Agreement
from app.catalogs import queries
from app.catalogs.messages import AttachIn, CatalogueWithVersions, RejectionIn
from app.catalogs.models import TRANSITIONS, Catalogue, CatalogueVersion, VersionState
from app.catalogs.staging import unstage
from app.catalogs.views import catalogue_out
from app.documents.envelope import Envelope
from app.kit.errors import Conflict
from app.kit.states import WrongState, advance
from app.kit.versions import require_version
from app.organisations.access import Call, require
from app.organisations.answers import BUSINESS_ACCEPT, BUSINESS_REJECT, answer_document
from app.organisations.models import Organisation, TaskType
from app.organisations.people_models import Role
from app.organisations.permissions import Permission
from app.organisations.tasks import close_tasks, open_task


class AgreementNotFitting(Conflict):
    """The agreement is not with this supplier, or not of the receiver or an organisation above it."""


def approve(call: Call, catalogue_id: UUID, if_match: str | None) -> CatalogueWithVersions:
    """Let the waiting version go live, today or on the day that it names; the one before it is superseded then.

    :raises NotAllowed: for anybody but a content manager of the agreement's owner.
    :raises NothingWaiting: when no version waits.
    :raises WrongState: while it has no agreement.
    """
    catalogue, version, organisation = _found(call, catalogue_id)
    require_version(catalogue, if_match)
    version.live_from = max(call.today, version.valid_from or call.today)
    _end_earlier(call, catalogue, version.live_from - timedelta(days=1))
    advance(version, VersionState.APPROVED, TRANSITIONS)
    _decided(call, version, None)
    _close(call, catalogue, version, organisation, "catalogue.approved")
    answer_document(
        call,
        Envelope.model_validate(version.envelope),
        BUSINESS_ACCEPT,
        about_id=catalogue.id,
        organisation=organisation,
    )
    return catalogue_out(call, catalogue)


def reject(call: Call, catalogue_id: UUID, body: RejectionIn, if_match: str | None) -> CatalogueWithVersions:
    """Turn the waiting version away; its lines are taken back, and what was live stays so.

    :raises NotAllowed: for anybody but a content manager of the agreement's owner, or of the receiver without one.
    :raises NothingWaiting: when no version waits.
    """
    catalogue, version, organisation = _found(call, catalogue_id)
    require_version(catalogue, if_match)
    advance(version, VersionState.REJECTED, TRANSITIONS)
    unstage(call.session, catalogue.id, version.ordinal)
    _decided(call, version, body.reason)
    _close(call, catalogue, version, organisation, "catalogue.rejected")
    answer_document(
        call,
        Envelope.model_validate(version.envelope),
        BUSINESS_REJECT,
        about_id=catalogue.id,
        organisation=organisation,
        reasons=(body.reason,),
    )
    return catalogue_out(call, catalogue)


def attach(call: Call, catalogue_id: UUID, body: AttachIn, if_match: str | None) -> CatalogueWithVersions:
    """Say which agreement a catalogue is for that named none; then it waits for approval.

    :raises AgreementNotFitting: for one that the document could not have named.
    """
    catalogue = queries.catalogue(call, catalogue_id)
    version = queries.waiting_version(call.session, catalogue)
    agreement = agreements.agreement(call, body.agreement_id)
    require(call, Permission.CATALOGUE_APPROVE, agreement.owner_id)
    fitting = agreements.agreements_of_supplier(
        call.session, catalogue.supplier_id, catalogue.organisation_id or agreement.owner_id
    )
    if agreement.id not in [found.id for found in fitting]:
        raise AgreementNotFitting("this agreement is not with the catalogue's supplier for the catalogue's receiver")
    require_version(catalogue, if_match)
    advance(version, VersionState.PENDING_APPROVAL, TRANSITIONS)
    catalogue.agreement_id = agreement.id
    close_tasks(call.session, catalogue.id, [TaskType.APPROVE_CATALOGUE], now=call.now, by=call.actor.id)
    call.session.flush()
    open_task(
        call.session,
        TaskType.APPROVE_CATALOGUE,
        organisation_id=agreement.owner_id,
        role=Role.CONTENT_MANAGER,
        subject="catalogue",
        subject_id=catalogue.id,
        now=call.now,
    )
    facts = {"ordinal": version.ordinal, "agreement_id": str(agreement.id)}
    call.audit("catalogue.attached", chain=agreement.root_id, entity="catalogue", entity_id=catalogue.id, facts=facts)
    return catalogue_out(call, catalogue)


def _found(call: Call, catalogue_id: UUID) -> tuple[Catalogue, CatalogueVersion, Organisation]:
    """Find what is decided on, and let pass who may: at the agreement's owner, or the receiver while there is none."""
    catalogue = queries.catalogue(call, catalogue_id)
    agreement = call.session.get(Agreement, catalogue.agreement_id) if catalogue.agreement_id is not None else None
    organisation = call.session.get(Organisation, catalogue.organisation_id or UUID(int=0))
    if organisation is None:
        raise WrongState("this catalogue came for a receiver who is not here; every version of it was rejected")
    require(call, Permission.CATALOGUE_APPROVE, agreement.owner_id if agreement is not None else organisation.id)
    return catalogue, queries.waiting_version(call.session, catalogue), organisation


def _end_earlier(call: Call, catalogue: Catalogue, last: date) -> None:
    """End the versions that are live, or are to be. Written at once: two APPROVED ones are never in the database."""
    for earlier in queries.accepted(call.session, catalogue.id):
        if earlier.status == VersionState.APPROVED:
            advance(earlier, VersionState.SUPERSEDED, TRANSITIONS)
        if earlier.live_to is None or earlier.live_to > last:
            earlier.live_to = last
    call.session.flush()


def _decided(call: Call, version: CatalogueVersion, reason: str | None) -> None:
    version.decided_by = call.actor.id
    version.decided_at = call.now
    version.decision_reason = reason


def _close(
    call: Call, catalogue: Catalogue, version: CatalogueVersion, organisation: Organisation, action: str
) -> None:
    close_tasks(call.session, catalogue.id, [TaskType.APPROVE_CATALOGUE], now=call.now, by=call.actor.id)
    facts = {"ordinal": version.ordinal, "document_id": str(version.document_id)}
    call.audit(action, chain=organisation.root_id, entity="catalogue", entity_id=catalogue.id, facts=facts)
