"""A document about a catalogue has been read: its version waits for a decision, or is turned away and its sender
told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from app.agreements.models import Agreement
from app.catalogs import queries
from app.catalogs.clearing import take_back
from app.catalogs.intents import Intent, intent_of, misfits
from app.catalogs.left_out import left_out
from app.catalogs.models import TRANSITIONS, Catalogue, CatalogueVersion, VersionState
from app.catalogs.routing import Destination, destination, strays
from app.catalogs.staging import MOST_FAULTS
from app.catalogs.weighing import decide
from app.documents.catalogue_reading import CatalogueDocument, Verdict
from app.documents.envelope import Envelope
from app.kit.errors import Fault
from app.kit.states import advance
from app.organisations.access import Call
from app.organisations.answers import BUSINESS_REJECT, TECHNICAL_REJECT, LineReason, answer_document, told
from app.organisations.models import Organisation, TaskType
from app.organisations.people_models import Role
from app.organisations.tasks import open_task


@dataclass(frozen=True, slots=True)
class Fit:
    """What a document wants, where it belongs, and why it cannot be taken, if it cannot."""

    intent: Intent
    found: Destination
    reasons: Sequence[str]


def conclude(call: Call, version: CatalogueVersion, head: CatalogueDocument | None, verdict: Verdict) -> None:
    """Let a version whose document has been read wait for a decision, or turn it away."""
    catalogue = queries.locked(call.session, version.catalogue_id)
    organisation = organisation_of(call, catalogue)
    if verdict.faults or head is None:
        _reject_technical(call, catalogue, version, organisation, verdict)
    else:
        _conclude_sound(call, catalogue, version, organisation, head)


def _conclude_sound(
    call: Call,
    catalogue: Catalogue,
    version: CatalogueVersion,
    organisation: Organisation | None,
    head: CatalogueDocument,
) -> None:
    fit = fit_of(call, catalogue, organisation, head)
    if fit.reasons:
        version.faults, version.fault_counts = [Fault(reason).as_json() for reason in fit.reasons], None
        _reject(call, catalogue, version, organisation, fit.reasons)
    elif version.fault_counts and (not version.is_partial or not any(version.change_summary.values())):
        reasons = [str(fault["message"]) for fault in version.faults]
        _reject(call, catalogue, version, organisation, reasons, left_out(version))
    else:
        _wait(call, catalogue, version, fit)


def organisation_of(call: Call, catalogue: Catalogue) -> Organisation | None:
    return call.session.get(Organisation, catalogue.organisation_id or UUID(int=0))


def fit_of(call: Call, catalogue: Catalogue, organisation: Organisation | None, head: CatalogueDocument) -> Fit:
    """Hold a document against what is known: its agreement, and the versions of its catalogue."""
    intent = intent_of(head)
    found = destination(call.session, intent.contract_id, catalogue.supplier_id, organisation, call.today)
    accepted = queries.accepted(call.session, catalogue.id)
    if not accepted:
        catalogue.agreement_id = None  # of which nothing was ever approved, it may choose its agreement anew
    is_taken = intent.version_id is not None and queries.is_version_taken(call.session, catalogue.id, intent.version_id)
    reasons = [*found.reasons, *strays(intent, catalogue, found, is_taken=is_taken)]
    if not is_taken and organisation is not None:
        reasons += misfits(intent, [version.version_id for version in accepted])
    return Fit(intent, found, reasons)


def _wait(call: Call, catalogue: Catalogue, version: CatalogueVersion, fit: Fit) -> None:
    agreement = _agreement_of(catalogue, fit.found)
    version.valid_from, version.valid_to = _valid(call, catalogue, fit.intent)
    state = VersionState.PENDING_APPROVAL if agreement is not None else VersionState.PENDING_ROUTING
    advance(version, state, TRANSITIONS)
    if agreement is not None:
        catalogue.agreement_id = agreement.id
    if fit.intent.name is not None:
        catalogue.name = fit.intent.name
    call.session.flush()
    _audit(call, fit.found.agreements[0].root_id, "catalogue.received", version)
    reasons = decide(call, catalogue, version, agreement) if agreement is not None else _choices(fit.found)
    if reasons is not None:
        _open_task(call, catalogue, agreement, reasons)


def _valid(call: Call, catalogue: Catalogue, intent: Intent) -> tuple[date | None, date | None]:
    """Give the days of a version; an update that says none has those of the version before."""
    if not intent.keeps_period:
        return intent.begins, intent.ends
    before = queries.accepted(call.session, catalogue.id)[0]
    return before.valid_from, before.valid_to


def _agreement_of(catalogue: Catalogue, found: Destination) -> Agreement | None:
    bound = (agreement for agreement in found.agreements if agreement.id == catalogue.agreement_id)
    return next(bound, found.agreement)


def _choices(found: Destination) -> list[str]:
    choices = [f"agreement {choice.contract_number}: {choice.title}" for choice in found.agreements]
    return ["say which agreement this catalogue is for", *choices]


def _open_task(call: Call, catalogue: Catalogue, agreement: Agreement | None, reasons: Sequence[str]) -> None:
    owner_id = agreement.owner_id if agreement is not None else catalogue.organisation_id
    assert owner_id is not None  # noqa: S101 - without a receiver there is no destination
    open_task(
        call.session,
        TaskType.APPROVE_CATALOGUE,
        organisation_id=owner_id,
        role=Role.CONTENT_MANAGER,
        subject="catalogue",
        subject_id=catalogue.id,
        now=call.now,
        reasons=reasons,
    )


def _reject_technical(
    call: Call, catalogue: Catalogue, version: CatalogueVersion, organisation: Organisation | None, verdict: Verdict
) -> None:
    version.faults = [fault.as_json() for fault in verdict.faults[:MOST_FAULTS]]
    version.fault_counts = {rule: count for rule, count in verdict.counts.items() if not rule.startswith("W-")}
    _turn_away(call, version, organisation, VersionState.REJECTED_TECHNICAL)
    answer_document(
        call,
        Envelope.model_validate(version.envelope),
        TECHNICAL_REJECT,
        about_id=catalogue.id,
        organisation=organisation,
        reasons=[told(fault) for fault in verdict.faults],
    )


def _reject(
    call: Call,
    catalogue: Catalogue,
    version: CatalogueVersion,
    organisation: Organisation | None,
    reasons: Sequence[str],
    lines: Sequence[LineReason] = (),
) -> None:
    _turn_away(call, version, organisation, VersionState.REJECTED)
    answer_document(
        call,
        Envelope.model_validate(version.envelope),
        BUSINESS_REJECT,
        about_id=catalogue.id,
        organisation=organisation,
        reasons=reasons,
        lines=lines,
    )


def _turn_away(
    call: Call,
    version: CatalogueVersion,
    organisation: Organisation | None,
    state: VersionState,
) -> None:
    if version.status != state:  # what was known to be broken was kept as such
        advance(version, state, TRANSITIONS)
        if version.job_id is None:
            take_back(call.session, version, call.now)
        else:
            version.clearing = True  # which the job does next
    version.change_summary = {}
    call.session.flush()
    audit_version(call, organisation, version)


def audit_version(call: Call, organisation: Organisation | None, version: CatalogueVersion) -> None:
    """Record that a version was turned away or given up."""
    _audit(call, _chain_of(call, organisation), f"catalogue.{version.status.lower()}", version)


def _chain_of(call: Call, organisation: Organisation | None) -> UUID:
    """Give the root organisation in whose chain of events an upload belongs; one for nobody goes to the first root."""
    if organisation is not None:
        return organisation.root_id
    roots = select(Organisation.id).where(Organisation.id == Organisation.root_id).order_by(col(Organisation.id))
    return call.session.exec(roots).first() or UUID(int=0)


def _audit(call: Call, chain: UUID, action: str, version: CatalogueVersion) -> None:
    facts = {"ordinal": version.ordinal, "document_id": str(version.document_id)}
    call.audit(action, chain=chain, entity="catalogue", entity_id=version.catalogue_id, facts=facts)
