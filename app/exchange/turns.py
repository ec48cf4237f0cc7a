"""Catalogues that come by the inbox: each takes its turn when the version before it has been decided on, and a large
one is read by a job of its own, after which its document is done.
"""

from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from app.catalogs import intake
from app.catalogs import queries as catalogues
from app.catalogs.announcing import announce
from app.catalogs.intake import VersionWaiting
from app.catalogs.models import CatalogueVersion, VersionState
from app.catalogs.receiving import REQUEST, ReceivedCatalogue, arrived_from, received_from
from app.catalogs.requests import answer_request
from app.exchange.models import InboundDocument, InboundState
from app.kit import archive, jobs
from app.kit.jobs import Work
from app.organisations.access import Call

PROCESS: Final = "exchange.process"
OPEN: Final = (InboundState.RECEIVED, InboundState.WAITING)


def process_soon(call: Call, row: InboundDocument) -> None:
    """Queue the work on a document."""
    _queue(call.session, row, call)


def _queue(session: Session, row: InboundDocument, call: Call | Work) -> None:
    jobs.enqueue(session, PROCESS, str(row.id), {"inbound_id": str(row.id)}, call.now)


def take_catalogue(call: Call, row: InboundDocument, at_once: int) -> tuple[str, UUID] | None:
    """Take a document about a catalogue in; gives nothing while it is still being read.

    :raises VersionWaiting: while it is not its turn.
    """
    received = _received(call, row, at_once)
    if received.envelope.document_type == REQUEST:
        return "catalogue_request", answer_request(call, received).id
    catalogue = intake.known_catalogue(call, received)
    if catalogue is not None and _somebody_before(call, row, catalogue.id):
        raise VersionWaiting(f"documents that came before this one wait for catalogue {catalogue.number}")
    version = intake.take_in(call, received)
    if version.status == VersionState.STAGING:
        row.job_id, row.detail = version.job_id, f"it is being read; job {version.job_id} tells how far it is"
        return None
    return "catalogue", version.catalogue_id


def _received(call: Call, row: InboundDocument, at_once: int) -> ReceivedCatalogue:
    content = archive.content_of(call.session, row.document_id)
    return received_from(arrived_from(content), at_once)


def _somebody_before(call: Call, row: InboundDocument, catalogue_id: UUID) -> bool:
    query = select(InboundDocument.id).where(
        InboundDocument.waits_for == catalogue_id,
        col(InboundDocument.state).in_(OPEN),
        col(InboundDocument.job_id).is_(None),
        col(InboundDocument.id) < row.id,
    )
    return call.session.exec(query.limit(1)).first() is not None


def wait(call: Call, row: InboundDocument, at_once: int, message: str) -> None:
    """Let a document wait for its turn, unless that has come meanwhile."""
    catalogue = intake.known_catalogue(call, _received(call, row, at_once))
    assert catalogue is not None  # noqa: S101 - it has a version that waits
    row.waits_for = catalogue.id
    row.state, row.detail = InboundState.WAITING, message
    call.session.flush()
    # The catalogue is locked now: whoever decides on its version finds this document, or has been seen deciding.
    pass_on(call, row)


def pass_on(call: Call, row: InboundDocument) -> None:
    """Let the next one have its turn, when a document about a catalogue had its own."""
    if row.waits_for is not None and catalogues.underway(call.session, row.waits_for) is None:
        announce(call, row.waits_for)


def follow(work: Work) -> None:
    """Do what follows for the inbox from what became of a catalogue's version."""
    catalogue_id, document_id = UUID(work.payload["catalogue_id"]), work.payload["document_id"]
    catalogues.locked(work.session, catalogue_id)
    if document_id is not None:
        _end_reading(work, UUID(document_id))
    if catalogues.underway(work.session, catalogue_id) is not None:
        return
    waiting = select(InboundDocument).where(
        InboundDocument.waits_for == catalogue_id, InboundDocument.state == InboundState.WAITING
    )
    first = work.session.exec(waiting.order_by(col(InboundDocument.id)).limit(1).with_for_update()).first()
    if first is not None:
        first.state = InboundState.RECEIVED
        _queue(work.session, first, work)


def _end_reading(work: Work, document_id: UUID) -> None:
    """Say of a document that was read by a job what it became."""
    being_read = select(InboundDocument).where(
        InboundDocument.document_id == document_id,
        InboundDocument.state == InboundState.RECEIVED,
        col(InboundDocument.job_id).is_not(None),
    )
    row = work.session.exec(being_read.with_for_update()).first()
    versions = select(CatalogueVersion).where(CatalogueVersion.document_id == document_id)
    version = work.session.exec(versions.order_by(col(CatalogueVersion.ordinal).desc())).first()
    if row is None or version is None or version.status == VersionState.STAGING:
        return
    row.processed_at = work.now
    if version.status == VersionState.CANCELLED:
        row.state, row.detail = InboundState.REFUSED, "reading it was given up; it can be handed in again"
        return
    row.state, row.detail = InboundState.PROCESSED, None
    row.result, row.result_id = "catalogue", version.catalogue_id
