"""Catalogue sheets are handed in as any document about a catalogue is; and given back with comments."""

import io
from dataclasses import replace
from uuid import UUID

from sqlmodel import select

from app.catalogs import queries, service
from app.catalogs.messages import VersionOut
from app.catalogs.models import TURNED_AWAY, CatalogueVersion
from app.catalogs.receiving import Mode
from app.catalogs.sheet_comments import Verdict, commented
from app.catalogs.sheet_reading import SHEETS
from app.catalogs.sheet_receiving import Brought
from app.catalogs.sheet_source import Legend, SheetSource
from app.catalogs.sheet_trials import try_out
from app.kit import archive
from app.kit.archive import ArchivedDocument
from app.kit.calls import Answer, Raw
from app.kit.errors import NotFound
from app.organisations.access import Call


class SheetNotFound(NotFound):
    """The catalogue has no such version, or none that came as a sheet."""


def bring_in(call: Call, brought: Brought, mode: Mode, *, dry_run: bool, as_sheet: bool) -> Answer | Raw:
    """Take a document about a catalogue in, or tell what handing a sheet in would do; in figures, or as the same sheet
    with comments. A large one is read by its job, whatever is asked for.

    :raises OnlySheetsAreTried: for a dry run of anything else, or of too much.
    """
    if dry_run:
        return try_out(call, brought, mode, as_sheet=as_sheet)
    answer = service.upload_catalogue(call, brought.received, mode)
    if not as_sheet or brought.source is None or not isinstance(answer.body, VersionOut):
        return answer
    version = call.session.get_one(CatalogueVersion, answer.body.id)
    sheet = commented(brought.source, brought.received.incoming.media_type, verdict_on(version))
    return replace(sheet, status=answer.status)


def sheet_of_version(call: Call, catalogue_id: UUID, ordinal: int) -> Raw:
    """Give the sheet that a version came as, with comments.

    :raises SheetNotFound: when there is none.
    """
    catalogue = queries.catalogue(call, catalogue_id)
    found = select(CatalogueVersion).where(
        CatalogueVersion.catalogue_id == catalogue.id, CatalogueVersion.ordinal == ordinal
    )
    version = call.session.exec(found).first()
    document = call.session.get(ArchivedDocument, version.document_id) if version is not None else None
    if version is None or document is None or document.media_type not in SHEETS:
        raise SheetNotFound(f"catalogue {catalogue.number} has no version {ordinal} that came as a sheet")
    file = io.BytesIO(archive.content_of(call.session, document.id))
    with SheetSource(file, document.media_type, Legend.model_validate(version.legend or {})) as source:
        return commented(source, document.media_type, verdict_on(version))


def verdict_on(version: CatalogueVersion) -> Verdict:
    """Tell what became of a version's sheet, as far as its first faults say."""
    is_taken = version.status not in TURNED_AWAY
    reasons = [
        str(fault.get("message_da") or fault["message"])
        for fault in version.faults
        if "row" not in fault and "line_id" not in fault
    ]
    if version.decision_reason is not None and not is_taken:
        reasons.append(version.decision_reason)
    refused = frozenset(fault["line_id"] for fault in version.faults if fault.get("line_id"))
    return Verdict(is_taken, reasons, refused)
