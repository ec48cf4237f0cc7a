"""Steps of the content manager who looks at what a version changes."""

from uuid import UUID

from app.agreements.models import Agreement
from app.catalogs import change_queries, queries
from app.catalogs.change_messages import ChangesOut, Sought
from app.catalogs.change_sheets import ChangeBook
from app.catalogs.change_views import change_out, summary_out
from app.catalogs.models import Catalogue, CatalogueVersion
from app.catalogs.views import version_out
from app.kit.calls import Raw
from app.kit.pages import PageQuery, write_cursor
from app.kit.sheets import XLSX
from app.kit.workbooks import write_workbook
from app.organisations.access import Call


def list_changes(
    call: Call, catalogue_id: UUID, wanted: Sought, page: PageQuery, *, as_workbook: bool
) -> ChangesOut | Raw:
    """Tell what the waiting version, or another one, changes: a page of it, or all of it as a workbook.

    :raises NothingWaiting: when none waits, and no other was asked for.
    :raises VersionNotFound: for a version that the catalogue does not have.
    """
    catalogue = queries.catalogue(call, catalogue_id)
    version = _version(call, catalogue, wanted.ordinal)
    agreement = call.session.get(Agreement, catalogue.agreement_id) if catalogue.agreement_id is not None else None
    groups = agreement.product_groups if agreement is not None else []
    if as_workbook:
        book = ChangeBook(call.session, catalogue, version, groups, summary_out(call, version, agreement))
        named = {"Content-Disposition": f'attachment; filename="aendringer-{version.ordinal}.xlsx"'}
        return Raw(write_workbook(book.sheets()), XLSX, named)
    rows = change_queries.page_of(call.session, version, wanted, groups, page)
    shown = rows[: page.limit]
    return ChangesOut(
        catalogue_id=catalogue.id,
        version=catalogue.version,
        compared=version_out(version),
        summary=summary_out(call, version, agreement) if page.cursor is None else None,
        data=[change_out(row, version, groups) for row in shown],
        next_cursor=write_cursor(shown[-1].row_id) if len(rows) > page.limit else None,
    )


def _version(call: Call, catalogue: Catalogue, ordinal: int | None) -> CatalogueVersion:
    if ordinal is None:
        return queries.waiting_version(call.session, catalogue)
    return queries.version(call.session, catalogue, ordinal)
