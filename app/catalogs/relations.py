"""Lines that a line names: accessories, replacements, what it needs and what goes with it."""

from collections.abc import Iterable

from sqlmodel import col

from app.agreements.queries import VisibleAgreement
from app.catalogs import queries
from app.catalogs.lines import document_line
from app.catalogs.messages import RelatedLine
from app.catalogs.models import CatalogueLine
from app.catalogs.prices import price_on
from app.documents import catalogue as documents
from app.organisations.access import Call


def related_lines(
    call: Call, visible: Iterable[VisibleAgreement], row: CatalogueLine, line: documents.CatalogueLine
) -> list[RelatedLine]:
    """Give the lines that a line names, as they are today for whoever may order them; of others no more is told than
    what the line itself says.
    """
    known = _orderable(call, visible, row, {related.line_id for related in line.related_items})
    return [_related(call, related, known.get(related.line_id)) for related in line.related_items]


def _orderable(
    call: Call, visible: Iterable[VisibleAgreement], row: CatalogueLine, line_ids: set[str]
) -> dict[str, CatalogueLine]:
    if not line_ids:
        return {}
    query = queries.visible_lines(call, visible).where(
        col(CatalogueLine.catalogue_id) == row.catalogue_id, col(CatalogueLine.line_id).in_(line_ids)
    )
    return {found.line_id: found for found, _ in call.session.exec(query).all()}


def _related(call: Call, related: documents.RelatedItem, found: CatalogueLine | None) -> RelatedLine:
    return RelatedLine(
        **dict(related),
        id=found.id if found is not None else None,
        name=found.name if found is not None else None,
        price=price_on(document_line(found.content), call.today) if found is not None else None,
    )
