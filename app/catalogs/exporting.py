"""A catalogue goes out again as it is live on a day, for systems of those who may see it: OIOUBL, or a sheet."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import partial
from itertools import chain
from typing import IO, Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from app.agreements.models import Agreement
from app.catalogs import queries
from app.catalogs.export_cells import row_of
from app.catalogs.export_reach import reachable
from app.catalogs.lines import document_line
from app.catalogs.models import Catalogue, CatalogueLine, CatalogueVersion
from app.catalogs.sheet_columns import COLUMNS, SHEET_NAME
from app.documents import catalogue as documents
from app.documents.catalogue import CatalogueLine as Line
from app.documents.envelope import Envelope
from app.documents.party import Party
from app.documents.values import Identifier, Period
from app.kit.calls import Filed
from app.kit.errors import Conflict
from app.kit.sheets import CSV, XLSX, write_long_csv
from app.kit.workbooks import WrittenSheet, write_long_workbook
from app.oioubl.catalogue import write_long_catalogue
from app.oioubl.profiles import profile_allows
from app.organisations.access import Call
from app.organisations.identity import named_party, organisation_party
from app.organisations.models import Organisation
from app.organisations.supplier_models import Supplier

PLAIN_PROFILE: Final = "Catalogue-CatBas-1.0"
CHUNK: Final = 1000


class ExportFormat(StrEnum):
    """What a catalogue goes out as."""

    OIOUBL = "oioubl"
    CSV = "csv"
    XLSX = "xlsx"


class NothingLive(Conflict):
    """No version of the catalogue is live on the day, or the shares leave nothing of it."""


def export_catalogue(call: Call, catalogue_id: UUID, form: ExportFormat, on: date | None) -> Filed:
    """Give the catalogue as it is live on a day, today without one: as OIOUBL every line, all of them as Add; as a
    sheet what can be ordered on the day, with the prices of that day.

    :raises CatalogueNotFound: for whom it does not exist.
    :raises NotAllowed: for who may look at it, and no share reaches.
    :raises NothingLive: when no version is live, or no line is left.
    """
    day = on or call.today
    catalogue, left = reachable(call, catalogue_id, day)
    version = queries.live_version(call.session, catalogue.id, day)
    if version is None:
        raise NothingLive(f"no version of catalogue {catalogue.number} is live on {day}")
    lines = _lines(call, version, left if form == ExportFormat.OIOUBL else left & queries.to_order_on(day))
    first = next(lines, None)
    if first is None:
        raise NothingLive(f"nothing of catalogue {catalogue.number} is left for you on {day}")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed when it has been sent
    media_type = _write(call, file, form, (catalogue, version), chain([first], lines), day)
    named = {"Content-Disposition": f'attachment; filename="katalog-{version.ordinal}.{_ENDINGS[form]}"'}
    return Filed(file, media_type, named)


_ENDINGS: Final = {ExportFormat.OIOUBL: "xml", ExportFormat.CSV: "csv", ExportFormat.XLSX: "xlsx"}


def _lines(call: Call, version: CatalogueVersion, condition: ColumnElement[bool]) -> Iterator[Line]:
    """Read the lines of a version in the order of their ids, of which there is an index: they need no sorting."""
    query = (
        select(col(CatalogueLine.content))
        .where(
            col(CatalogueLine.catalogue_id) == version.catalogue_id,
            col(CatalogueLine.from_version) <= version.ordinal,
            or_(col(CatalogueLine.to_version).is_(None), col(CatalogueLine.to_version) > version.ordinal),
            condition,
        )
        .order_by(col(CatalogueLine.line_id), col(CatalogueLine.from_version))
    )
    for (content,) in call.session.connection().execute(query, execution_options={"yield_per": CHUNK}):
        yield document_line(content)


def _write(
    call: Call,
    file: IO[bytes],
    form: ExportFormat,
    of: tuple[Catalogue, CatalogueVersion],
    lines: Iterable[Line],
    day: date,
) -> str:
    catalogue, version = of
    agreement = call.session.get_one(Agreement, catalogue.agreement_id)
    if form == ExportFormat.OIOUBL:
        added = (line.model_copy(update={"action_code": "Add"}) for line in lines)
        write_long_catalogue(file, _head(call, catalogue, version, agreement), added)
        return "application/xml"
    rows = map(partial(row_of, contract=agreement.contract_number, day=day), lines)
    if form == ExportFormat.CSV:
        write_long_csv(file, [column.heading.header for column in COLUMNS], rows)
        return f"{CSV}; charset=utf-8"
    sheet = WrittenSheet(SHEET_NAME, [column.heading for column in COLUMNS], enumerate(rows, start=2))
    write_long_workbook(file, [sheet])
    return XLSX


def _head(call: Call, catalogue: Catalogue, version: CatalogueVersion, agreement: Agreement) -> documents.Catalogue:
    envelope = Envelope.model_validate(version.envelope)
    named = envelope.profile_id is not None and profile_allows(envelope.profile_id, "Catalogue")
    supplier = call.session.get_one(Supplier, catalogue.supplier_id)
    seller = named_party(
        Identifier(value=supplier.endpoint_id, scheme_id=supplier.endpoint_scheme_id), supplier.name, supplier.cvr
    )
    return documents.Catalogue(
        profile_id=envelope.profile_id if named and envelope.profile_id is not None else PLAIN_PROFILE,
        number=catalogue.number,
        uuid=str(version.id),
        name=catalogue.name,
        issue_date=call.today,
        version_id=version.version_id or str(version.ordinal),
        validity_period=Period(start_date=version.valid_from or version.live_from, end_date=version.valid_to),
        contract_id=agreement.contract_number,
        provider=seller,
        receiver=_receiver(call, catalogue, envelope),
        supplier=seller,
        lines=(),
    )


def _receiver(call: Call, catalogue: Catalogue, envelope: Envelope) -> Party:
    """Give the organisation that the catalogue came to, at the endpoint that it came to."""
    organisation = call.session.get_one(Organisation, catalogue.organisation_id)
    endpoint = next(envelope.receiver.identifiers, None) if envelope.receiver is not None else None
    if endpoint is None:
        return organisation_party(call.session, organisation, call.today)
    return named_party(endpoint, organisation.name, organisation.cvr)
