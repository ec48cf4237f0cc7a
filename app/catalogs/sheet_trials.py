"""A dry run of a catalogue sheet: what handing it in would do, with every fault; nothing is kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from app.catalogs import queries, staging
from app.catalogs.changes import summary_of
from app.catalogs.concluding import Fit, fit_of
from app.catalogs.intake import known_catalogue
from app.catalogs.intents import intent_of
from app.catalogs.messages import VersionFault
from app.catalogs.models import TURNED_AWAY, Catalogue, VersionState
from app.catalogs.receiving import Mode, ReceivedCatalogue
from app.catalogs.sheet_comments import Verdict, commented, contradiction_da
from app.catalogs.sheet_messages import SheetTrial
from app.catalogs.sheet_receiving import Brought
from app.catalogs.sheet_source import NUMBER, Outcome, SheetSource
from app.catalogs.staging import Plan
from app.documents.catalogue import CatalogueLine
from app.documents.catalogue_reading import ReadLine
from app.kit.calls import Answer, Raw
from app.kit.errors import Fault, Invalid
from app.kit.ids import new_id
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.supplier_standing import require_unblocked, require_verified

MOST_TRIED: Final = 10_000
MOST_FAULTS: Final = 1000
CHUNK: Final = 1000


class OnlySheetsAreTried(Invalid):
    """A dry run takes a sheet, and of no more rows than can be read while the caller waits."""


@dataclass
class Trial:
    """What was found so far: counts of rows and of sound lines, faults, ids of sound lines that contradict what is in
    the catalogue, and what the others change.
    """

    lines: int = 0
    taken: int = 0
    faults: list[Fault] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    summary: Counter[str] = field(default_factory=Counter)

    @property
    def is_broken(self) -> bool:
        """Whether rows cannot be read, besides those that contradict the catalogue."""
        return len(self.faults) > len(self.refused)


def try_out(call: Call, brought: Brought, mode: Mode, *, as_sheet: bool) -> Answer | Raw:
    """Tell what handing a sheet in would do.

    :raises OnlySheetsAreTried: for anything else, and for too much.
    :raises SupplierBlocked, SupplierNotVerified: as handing it in does.
    """
    source, received = brought.source, brought.received
    if source is None or source.row_count > MOST_TRIED:
        raise OnlySheetsAreTried(f"a dry run takes a sheet, xlsx or CSV, of at most {MOST_TRIED} rows; hand it in")
    catalogue = _catalogue(call, received)
    fit = _fit(call, received, catalogue)
    trial = _walked(call, source, _plan(call, received, catalogue))
    status = _status(catalogue, fit, trial, mode)
    is_taken = status not in TURNED_AWAY
    if as_sheet:
        verdict = Verdict(is_taken, fit.reasons, trial.refused)
        return replace(commented(source, received.incoming.media_type, verdict), status=200)
    header = source.header
    told = SheetTrial(
        supplier_id=catalogue.supplier_id,
        number=header.number,
        version_id=header.version_id,
        receiver=header.receiver,
        contract=header.contract,
        status=status,
        reasons=fit.reasons,
        lines=trial.lines,
        taken=trial.taken if is_taken else 0,
        fault_count=len(trial.faults),
        faults=[VersionFault(**fault.as_json()) for fault in trial.faults[:MOST_FAULTS]],
        change_summary=trial.summary,
    )
    return Answer(told, 200)


def _catalogue(call: Call, received: ReceivedCatalogue) -> Catalogue:
    """Give the catalogue that a sheet is for, or as it would be made; what happens to it is not kept."""
    known, envelope = known_catalogue(call, received), received.envelope
    supplier = organisations.supplier_by_keys(call.session, envelope.sender.keys)
    assert supplier is not None  # noqa: S101 - known_catalogue refuses otherwise
    require_unblocked(supplier)
    require_verified(supplier)
    if known is not None:
        call.session.expunge(known)
        return known
    organisation = organisations.organisation_of(call.session, envelope.receiver or envelope.sender, call.today)
    return Catalogue(
        id=new_id(call.now),
        supplier_id=supplier.id,
        number=envelope.number,
        organisation_id=organisation.id if organisation is not None else None,
        created_at=call.now,
    )


def _fit(call: Call, received: ReceivedCatalogue, catalogue: Catalogue) -> Fit:
    head, envelope = received.head, received.envelope
    assert head is not None  # noqa: S101 - a sheet that is open has one
    organisation = organisations.organisation_of(call.session, envelope.receiver or envelope.sender, call.today)
    fit = fit_of(call, catalogue, organisation, head)
    if queries.underway(call.session, catalogue.id) is None:
        return fit
    reason = f"a version of catalogue {catalogue.number} is being read or waits for a decision; send this one after it"
    return replace(fit, reasons=[*fit.reasons, reason])


def _plan(call: Call, received: ReceivedCatalogue, catalogue: Catalogue) -> Plan:
    assert received.head is not None  # noqa: S101 - a sheet that is open has one
    return Plan(
        version_id=new_id(call.now),
        catalogue_id=catalogue.id,
        ordinal=queries.last_ordinal(call.session, catalogue.id) + 1,
        first_id=new_id(call.now),
        day=intent_of(received.head).compared_on(call.today),
        lines_read=0,
        is_partial=True,
        is_sound=True,
        is_first=False,
    )


def _walked(call: Call, source: SheetSource, plan: Plan) -> Trial:
    trial, rows = Trial(), iter(source)
    while chunk := list(islice(rows, CHUNK)):
        _try(call, source, plan, chunk, trial)
    return trial


def _try(call: Call, source: SheetSource, plan: Plan, chunk: Sequence[tuple[int, Outcome]], trial: Trial) -> None:
    """Hold a chunk of rows against what is in the catalogue."""
    lines: list[ReadLine] = []
    for row, outcome in chunk:
        trial.lines += 1
        if isinstance(outcome, CatalogueLine):
            lines.append(ReadLine(trial.lines, outcome.line_id, outcome, row=row))
        else:
            trial.faults += outcome
    if not lines:
        return
    standing = staging.standing_for(call.session, plan, lines)
    staged = staging.worked_out(plan, lines, standing, writes=True)
    for found in staged.faults:
        trial.refused.add(found.line_id)
        action = "Add" if found.line_id in standing else "Update"
        at, message = found.fault.row, found.fault.message
        assert at is not None  # noqa: S101 - a line of a sheet tells it
        trial.faults.append(source.layout.fault(at, NUMBER, message, contradiction_da(action)))
    trial.taken += len(staged.changes)
    trial.summary.update(summary_of(change for _, change in staged.changes))


def _status(catalogue: Catalogue, fit: Fit, trial: Trial, mode: Mode) -> VersionState:
    if mode == Mode.WHOLE and trial.is_broken:
        return VersionState.REJECTED_TECHNICAL
    if fit.reasons or not trial.taken or (mode == Mode.WHOLE and trial.faults):
        return VersionState.REJECTED
    is_bound = any(agreement.id == catalogue.agreement_id for agreement in fit.found.agreements)
    is_plain = is_bound or fit.found.agreement is not None
    return VersionState.PENDING_APPROVAL if is_plain else VersionState.PENDING_ROUTING
