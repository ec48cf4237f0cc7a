"""Steps of the catalogs chapter: take a catalogue in, look at it and at what it changes, and search."""

from uuid import UUID

from app.agreements import queries as agreements
from app.agreements.models import Agreement
from app.catalogs import queries
from app.catalogs.alternatives import Alike, in_cascade, offer_of, offers_alike
from app.catalogs.intake import take_in
from app.catalogs.messages import CatalogueOut, CatalogueWithVersions, ChangesOut, LineDetail, LineOut
from app.catalogs.models import Catalogue, VersionState
from app.catalogs.views import catalogue_out, change_out, line_out, version_out
from app.dialects import Received
from app.documents import catalogue as documents
from app.kit.calls import CREATED, Answer
from app.kit.pages import Page, PageQuery, page, write_cursor
from app.organisations.access import Call, NotAllowed
from app.organisations.permissions import Permission

TURNED_AWAY = (VersionState.REJECTED, VersionState.REJECTED_TECHNICAL)


def upload_catalogue(call: Call, received: Received[documents.Catalogue]) -> Answer:
    """Take a catalogue in: 201 with the version that now waits, 200 with the one turned away on arrival, and why."""
    version = take_in(call, received)
    turned_away = version.status in TURNED_AWAY and version.decided_at is None
    return Answer(version_out(version), 200 if turned_away else CREATED)


def list_catalogues(call: Call, wanted: PageQuery) -> Page[CatalogueOut]:
    return page(
        call.session,
        queries.visible_catalogues(call),
        Catalogue,
        wanted,
        lambda row: CatalogueOut.model_validate(row, from_attributes=True),
    )


def get_catalogue(call: Call, catalogue_id: UUID) -> CatalogueWithVersions:
    return catalogue_out(call, queries.catalogue(call, catalogue_id))


def list_changes(call: Call, catalogue_id: UUID, wanted: PageQuery) -> ChangesOut:
    """Compare the waiting version with the one before it.

    :raises NothingWaiting: when none waits.
    """
    catalogue = queries.catalogue(call, catalogue_id)
    version = queries.waiting_version(call.session, catalogue)
    groups = _groups_of(call, catalogue)
    rows = queries.changed_lines(call.session, version, wanted)
    shown = rows[: wanted.limit]
    last = (shown[-1][1] or shown[-1][0]) if len(rows) > wanted.limit else None
    return ChangesOut(
        catalogue_id=catalogue.id,
        version=catalogue.version,
        waiting=version_out(version),
        outside_product_groups=queries.count_outside(call.session, version, groups),
        data=[change_out(version, before, after, groups) for before, after in shown],
        next_cursor=write_cursor(last.id) if last is not None else None,
    )


def _groups_of(call: Call, catalogue: Catalogue) -> tuple[str, ...]:
    agreement = call.session.get(Agreement, catalogue.agreement_id) if catalogue.agreement_id else None
    return tuple(agreement.product_groups) if agreement is not None else ()


def search_lines(call: Call, query: str, agreement_id: UUID | None, wanted: PageQuery) -> Page[LineOut]:
    """Search what the caller may order today.

    :raises NotAllowed: for a caller whose roles do not search.
    """
    if not call.actor.organisations(Permission.ITEM_SEARCH):
        raise NotAllowed("searching catalogues takes a role that buys (item:search)")
    visible = queries.by_id(agreements.visible_agreements(call.session, call.actor, call.today))
    if agreement_id is not None:
        visible = {found_id: found for found_id, found in visible.items() if found_id == agreement_id}
    rows = queries.search(call, visible.values(), query, wanted)
    shown = rows[: wanted.limit]
    known = agreements.agreements_by_id(call.session, (found_id for _, found_id in shown))
    offers = [offer_of(call, row, known[found_id]) for row, found_id in shown]
    alike = Alike([*offers, *offers_alike(call, visible, [row for row, _ in shown])])
    data = [line_out(call, offer, alike.better(offer)) for offer in in_cascade(offers)]
    return Page(data=data, next_cursor=write_cursor(shown[-1][0].id) if len(rows) > wanted.limit else None)


def get_line(call: Call, line_id: UUID) -> LineDetail:
    """Give a line that the caller may order, and which lines of the same item come first."""
    found = queries.orderable_line(call, line_id)
    visible = queries.by_id(agreements.visible_agreements(call.session, call.actor, call.today))
    offer = offer_of(call, found.row, found.agreement)
    better = Alike(offers_alike(call, visible, [found.row])).better(offer)
    return LineDetail(**dict(line_out(call, offer, better)), line=found.line)
