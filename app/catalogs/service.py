"""Steps of the catalogs chapter: take a catalogue in, look at it and at its lines."""

from uuid import UUID

from app.agreements import queries as agreements
from app.catalogs import queries
from app.catalogs.alternatives import Alike, Terms, offer_of, offers_alike
from app.catalogs.intake import take_in
from app.catalogs.links import links_of
from app.catalogs.messages import CatalogueOut, CatalogueWithVersions, LineDetail
from app.catalogs.models import TURNED_AWAY, Catalogue
from app.catalogs.prices import bracket_on
from app.catalogs.receiving import REQUEST, Mode, ReceivedCatalogue
from app.catalogs.relations import related_lines
from app.catalogs.requests import answer_request
from app.catalogs.views import catalogue_out, line_fields, version_out
from app.kit.calls import CREATED, Answer
from app.kit.jobs import Job
from app.kit.pages import Page, PageQuery, page
from app.organisations.access import Call
from app.organisations.job_messages import job_out
from app.organisations.supplier_models import Supplier

ACCEPTED = 202


def upload_catalogue(call: Call, received: ReceivedCatalogue, mode: Mode) -> Answer:
    """Take a document about a catalogue in: 201 with the version that now waits, 200 with the one turned away on
    arrival, and why; 202 with the job that reads a large one. What a request asks for is answered.
    """
    if received.envelope.document_type == REQUEST:
        return Answer(answer_request(call, received), 200)
    version = take_in(call, received, mode)
    if version.job_id is not None:
        job = call.session.get_one(Job, version.job_id)
        return Answer(job_out(job), ACCEPTED, {"Location": f"/jobs/{job.id}"})
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


def get_line(call: Call, line_id: UUID) -> LineDetail:
    """Give a line that the caller may order, and which lines of the same item come first."""
    found = queries.orderable_line(call, line_id)
    visible = queries.by_id(agreements.visible_agreements(call.session, call.actor, call.today))
    offer = offer_of(found.row, found.agreement, Terms(call.today))
    supplier = call.session.get_one(Supplier, found.supplier_id)
    better = Alike(offers_alike(call, visible, [found.row])).better(offer)
    bracket = bracket_on(found.line, call.today)
    return LineDetail(
        **line_fields(offer, supplier, better),
        catalogue_id=found.row.catalogue_id,
        life_cycle_status_code=found.line.life_cycle_status_code,
        valid_from=found.row.valid_from,
        valid_to=found.row.valid_to,
        tax_categories=bracket.tax_categories if bracket is not None else (),
        links=list(links_of(found.line.item)),
        related=related_lines(call, visible.values(), found.row, found.line),
        line=found.line,
    )
