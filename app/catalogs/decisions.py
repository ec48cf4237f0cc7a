"""Somebody decides on a version: which agreement it is for, whether it goes live, whether it is taken out again; its
sender is told.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from app.agreements import queries as agreements
from app.agreements.models import Agreement
from app.catalogs import change_queries, queries
from app.catalogs.announcing import announce
from app.catalogs.clearing import take_back
from app.catalogs.going_live import first_day, go_live, is_over, last_standing, take_out
from app.catalogs.left_out import left_out
from app.catalogs.messages import (
    ApprovalIn,
    AttachIn,
    CatalogueWithVersions,
    LineReasonIn,
    RejectionIn,
    WithdrawalIn,
)
from app.catalogs.models import TRANSITIONS, Catalogue, CatalogueVersion, VersionState
from app.catalogs.views import catalogue_out
from app.documents.envelope import Envelope
from app.kit.errors import Conflict, Fault, Forbidden, Invalid
from app.kit.states import WrongState, advance
from app.kit.versions import require_version
from app.organisations.access import Call, require
from app.organisations.answers import BUSINESS_ACCEPT, BUSINESS_REJECT, LineReason, answer_document
from app.organisations.models import Organisation, TaskType
from app.organisations.people_models import Role
from app.organisations.permissions import Permission
from app.organisations.tasks import close_tasks, open_task


class AgreementNotFitting(Conflict):
    """The agreement is not with this supplier, or not of the receiver or an organisation above it."""


class OwnCatalogue(Forbidden):
    """Nobody approves what they handed in themselves, or what was handed in by or for a substitute."""


class VersionOver(Conflict):
    """The version has ended by its document's own days, so nobody would ever see it."""


class DayNotPossible(Invalid):
    """The version cannot go live on this day: it has passed, or lies outside of the document's own days."""


class LinesNotChanged(Invalid):
    """Reasons name lines that the version does not change."""


class VersionBelow(Conflict):
    """What came after this version was made from it, so it can only be withdrawn after that."""


def approve(call: Call, catalogue_id: UUID, body: ApprovalIn | None, if_match: str | None) -> CatalogueWithVersions:
    """Let the waiting version go live, today or on a later day; the one before it is superseded then.

    :raises NotAllowed: for anybody but a content manager of the agreement's owner.
    :raises OwnCatalogue: for whoever handed it in, also as a substitute or through one.
    :raises NothingWaiting: when no version waits.
    :raises WrongState: while it has no agreement.
    :raises VersionOver: for one that could never be live.
    :raises DayNotPossible: for a day that has passed, or on which the document is not valid.
    """
    catalogue, organisation = _found(call, catalogue_id)
    version = queries.waiting_version(call.session, catalogue)
    if not call.actor.persons.isdisjoint((version.received_from, version.received_for)):
        raise OwnCatalogue("you handed this catalogue in, yourself or by a substitute; another content manager decides")
    require_version(catalogue, if_match)
    if version.status != VersionState.PENDING_APPROVAL:
        raise WrongState(
            f"it is {version.status}; say first which agreement it is for (POST /catalogues/{{id}}/attach)"
        )
    day = _day(call, version, body.live_from if body is not None else None)
    go_live(call.session, version, day, call.now)
    _decided(call, version, None)
    _close(call, catalogue, version, organisation, "catalogue.approved")
    tell_approved(call, catalogue, version, organisation)
    return catalogue_out(call, catalogue)


def _day(call: Call, version: CatalogueVersion, wanted: date | None) -> date:
    first = first_day(version, call.today)
    if is_over(version, call.today):
        raise VersionOver(
            f"version {version.version_id} ended on {version.valid_to} by its own document; turn it away, and let the "
            "supplier send one that is valid"
        )
    if wanted is not None and wanted < first:
        because = f"the document is valid from {first}" if first > call.today else f"today is {first}"
        raise _impossible(f"live_from {wanted} is too early: {because}")
    if wanted is not None and version.valid_to is not None and wanted > version.valid_to:
        raise _impossible(f"live_from {wanted} is too late: the document is valid until {version.valid_to}")
    return wanted or first


def _impossible(message: str) -> DayNotPossible:
    return DayNotPossible(message, faults=[Fault(message, pointer="/live_from")])


def tell_approved(call: Call, catalogue: Catalogue, version: CatalogueVersion, organisation: Organisation) -> None:
    """Answer the document of a version that goes live: with its day when that is to come, and lines that it lacks."""
    assert version.live_from is not None  # noqa: S101 - it has just been set
    reasons = [f"live from {version.live_from}"] if version.live_from > call.today else []
    missing = left_out(version) if version.is_partial else []
    if missing:
        count = sum((version.fault_counts or {}).values())
        reasons.append(f"without lines at fault; {count} faults in all, the first are named line by line")
    _answer(call, catalogue, version, organisation, BUSINESS_ACCEPT, reasons, missing)


def _answer(
    call: Call,
    catalogue: Catalogue,
    version: CatalogueVersion,
    organisation: Organisation,
    code: str,
    reasons: Sequence[str],
    lines: Sequence[LineReason] = (),
) -> None:
    answer_document(
        call,
        Envelope.model_validate(version.envelope),
        code,
        about_id=catalogue.id,
        organisation=organisation,
        reasons=reasons,
        lines=lines,
    )


def reject(call: Call, catalogue_id: UUID, body: RejectionIn, if_match: str | None) -> CatalogueWithVersions:
    """Turn the waiting version away; its lines are taken back, and what was live stays so.

    :raises NotAllowed: for anybody but a content manager of the agreement's owner, or of the receiver without one.
    :raises NothingWaiting: when no version waits.
    :raises LinesNotChanged: for reasons about lines that the version does not change.
    """
    catalogue, organisation = _found(call, catalogue_id)
    version = queries.waiting_version(call.session, catalogue)
    require_version(catalogue, if_match)
    _require_changed(call, version, body.lines)
    advance(version, VersionState.REJECTED, TRANSITIONS)
    version.faults = [Fault(f"line {line.line_id}: {line.reason}").as_json() for line in body.lines]
    take_back(call.session, version, call.now)
    _decided(call, version, body.reason)
    _close(call, catalogue, version, organisation, "catalogue.rejected")
    lines = [LineReason(line.line_id, line.reason) for line in body.lines]
    _answer(call, catalogue, version, organisation, BUSINESS_REJECT, [body.reason], lines)
    return catalogue_out(call, catalogue)


def _require_changed(call: Call, version: CatalogueVersion, lines: Sequence[LineReasonIn]) -> None:
    known = change_queries.changed_ids(call.session, version, [line.line_id for line in lines])
    faults = [
        Fault(f"line {line.line_id} is none that this version changes", pointer=f"/lines/{place}/line_id")
        for place, line in enumerate(lines)
        if line.line_id not in known
    ]
    if faults:
        raise LinesNotChanged("reasons name lines that this version does not change; see `errors`", faults=faults)


def withdraw(call: Call, catalogue_id: UUID, body: WithdrawalIn, if_match: str | None) -> CatalogueWithVersions:
    """Take an approved version out again. One that is live ends at once, and nothing takes its place until another is
    approved; one that is not live yet is as if it had never been, and its lines are taken back.

    :raises NotAllowed: for anybody but a content manager of the agreement's owner.
    :raises VersionNotFound: for a version that the catalogue does not have.
    :raises WrongState: for one that is not approved, or over.
    :raises VersionBelow: for one not live yet, while another was made from it.
    """
    catalogue, organisation = _found(call, catalogue_id)
    require_version(catalogue, if_match)
    version = queries.version(call.session, catalogue, body.ordinal)
    newest = last_standing(call.session, catalogue.id)
    was_live = take_out(call.session, version, call.now)
    if not was_live and newest != version.ordinal:
        raise VersionBelow(f"version {newest} was made from version {version.ordinal}; decide on that one first")
    version.withdrawn_by, version.withdrawal_reason = call.actor.id, body.reason
    if not was_live:
        take_back(call.session, version, call.now)
    facts = {"ordinal": version.ordinal, "document_id": str(version.document_id)}
    call.audit(
        "catalogue.withdrawn", chain=organisation.root_id, entity="catalogue", entity_id=catalogue.id, facts=facts
    )
    _answer(call, catalogue, version, organisation, BUSINESS_REJECT, [f"withdrawn: {body.reason}"])
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


def _found(call: Call, catalogue_id: UUID) -> tuple[Catalogue, Organisation]:
    """Find what is decided on, and let pass who may: at the agreement's owner, or the receiver while there is none."""
    catalogue = queries.catalogue(call, catalogue_id)
    agreement = call.session.get(Agreement, catalogue.agreement_id) if catalogue.agreement_id is not None else None
    organisation = call.session.get(Organisation, catalogue.organisation_id or UUID(int=0))
    if organisation is None:
        raise WrongState("this catalogue came for a receiver who is not here; every version of it was rejected")
    require(call, Permission.CATALOGUE_APPROVE, agreement.owner_id if agreement is not None else organisation.id)
    return catalogue, organisation


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
    announce(call, catalogue.id)
