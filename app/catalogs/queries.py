"""Reads of the catalogs chapter: who may look at catalogues, and which lines a user may search and order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from app.agreements import queries as agreements
from app.agreements.cascade import CENTRAL
from app.agreements.models import Agreement
from app.agreements.queries import VisibleAgreement
from app.catalogs.lines import document_line, words_of
from app.catalogs.models import ACCEPTED, PENDING, Catalogue, CatalogueLine, CatalogueVersion, VersionState
from app.catalogs.reach import in_groups, reaching
from app.documents import catalogue as documents
from app.kit.errors import Conflict, Fault, NotFound
from app.kit.pages import InvalidCursor, PageQuery, read_cursor
from app.organisations.access import Call, branches
from app.organisations.permissions import Permission


class CatalogueNotFound(NotFound):
    """No such catalogue, or not for this caller."""


class NothingWaiting(Conflict):
    """No version of the catalogue waits for a decision."""


class LineNotFound(NotFound):
    """No such catalogue line, or none that this caller may order."""


@dataclass(frozen=True, slots=True)
class OrderableLine:
    """A line that a user may order today: its row, the whole line, and the agreement it is bought under."""

    row: CatalogueLine
    line: documents.CatalogueLine
    agreement: Agreement
    supplier_id: UUID


def visible_catalogues(call: Call) -> SelectOfScalar[Catalogue]:
    """Give the catalogues of the supplier that the actor acts for, and those that came to an organisation where the
    actor reads catalogues, or belong to an agreement that the actor may look at.
    """
    seen: ColumnElement[bool] = col(Catalogue.supplier_id).in_(call.actor.suppliers(Permission.CATALOGUE_UPLOAD))
    if call.actor.organisations(Permission.CATALOGUE_READ):
        readable = agreements.readable_agreements(call).with_only_columns(col(Agreement.id))
        received = branches(call.actor, Permission.CATALOGUE_READ, Catalogue.organisation_id)
        seen = or_(seen, received, col(Catalogue.agreement_id).in_(readable))
    return select(Catalogue).where(seen)


def catalogue(call: Call, catalogue_id: UUID) -> Catalogue:
    """Find a catalogue that the actor sees.

    :raises CatalogueNotFound: otherwise.
    """
    found = call.session.exec(visible_catalogues(call).where(Catalogue.id == catalogue_id)).first()
    if found is None:
        raise CatalogueNotFound(f"there is no catalogue {catalogue_id}")
    return found


def catalogue_of(session: Session, supplier_id: UUID, number: str, organisation_id: UUID | None) -> Catalogue | None:
    """Find a supplier's catalogue for a receiver, and lock it: one upload or decision at a time."""
    return session.exec(
        select(Catalogue)
        .where(
            Catalogue.supplier_id == supplier_id,
            Catalogue.number == number,
            col(Catalogue.organisation_id).is_not_distinct_from(organisation_id),
        )
        .with_for_update()
    ).first()


def versions(session: Session, catalogue_id: UUID) -> Sequence[CatalogueVersion]:
    """Give all versions of a catalogue, newest first."""
    query = select(CatalogueVersion).where(CatalogueVersion.catalogue_id == catalogue_id)
    return session.exec(query.order_by(col(CatalogueVersion.ordinal).desc())).all()


def version_of_document(session: Session, document_id: UUID) -> CatalogueVersion | None:
    """Find the version that a document became."""
    return session.exec(select(CatalogueVersion).where(CatalogueVersion.document_id == document_id)).first()


def waiting(session: Session, catalogue_id: UUID) -> CatalogueVersion | None:
    """Find the version that waits for a decision; there is one at most."""
    return session.exec(
        select(CatalogueVersion).where(
            CatalogueVersion.catalogue_id == catalogue_id, col(CatalogueVersion.status).in_(PENDING)
        )
    ).first()


def waiting_version(session: Session, catalogue: Catalogue) -> CatalogueVersion:
    """Find the version that waits.

    :raises NothingWaiting: when none does.
    """
    version = waiting(session, catalogue.id)
    if version is None:
        raise NothingWaiting(f"no version of catalogue {catalogue.number} waits for a decision")
    return version


def accepted(session: Session, catalogue_id: UUID) -> Sequence[CatalogueVersion]:
    """Give the versions that were ever approved, newest first."""
    query = select(CatalogueVersion).where(
        CatalogueVersion.catalogue_id == catalogue_id, col(CatalogueVersion.status).in_(ACCEPTED)
    )
    return session.exec(query.order_by(col(CatalogueVersion.ordinal).desc())).all()


def is_version_taken(session: Session, catalogue_id: UUID, version_id: str) -> bool:
    """Tell whether a version id was used before; one that was turned away may be used again."""
    rejected = (VersionState.REJECTED, VersionState.REJECTED_TECHNICAL)
    query = select(CatalogueVersion.id).where(
        CatalogueVersion.catalogue_id == catalogue_id,
        CatalogueVersion.version_id == version_id,
        col(CatalogueVersion.status).not_in(rejected),
    )
    return session.exec(query.limit(1)).first() is not None


def last_ordinal(session: Session, catalogue_id: UUID) -> int:
    query = select(func.max(CatalogueVersion.ordinal)).where(CatalogueVersion.catalogue_id == catalogue_id)
    return session.exec(query).one() or 0


def changed_lines(
    session: Session, version: CatalogueVersion, wanted: PageQuery
) -> Sequence[tuple[CatalogueLine | None, CatalogueLine | None]]:
    """Give the lines that a version changes as pairs of before and after, one more than the page holds."""
    before, after = aliased(CatalogueLine), aliased(CatalogueLine)
    ordinal = version.ordinal
    replaced = exists().where(
        col(after.catalogue_id) == col(CatalogueLine.catalogue_id),
        col(after.line_id) == col(CatalogueLine.line_id),
        col(after.from_version) == ordinal,
    )
    query = (
        select(CatalogueLine, before)
        .outerjoin(
            before,
            and_(
                col(before.catalogue_id) == col(CatalogueLine.catalogue_id),
                col(before.line_id) == col(CatalogueLine.line_id),
                col(before.to_version) == ordinal,
                col(CatalogueLine.from_version) == ordinal,
            ),
        )
        .where(
            CatalogueLine.catalogue_id == version.catalogue_id,
            or_(col(CatalogueLine.from_version) == ordinal, and_(col(CatalogueLine.to_version) == ordinal, ~replaced)),
        )
    )
    if wanted.cursor is not None:
        query = query.where(col(CatalogueLine.id) > read_cursor(wanted.cursor))
    rows = session.exec(query.order_by(col(CatalogueLine.id)).limit(wanted.limit + 1)).all()
    return [(old, row) if row.from_version == ordinal else (row, None) for row, old in rows]


def count_outside(session: Session, version: CatalogueVersion, groups: Sequence[str]) -> int:
    """Count the lines that a version brings which are in none of the agreement's product groups."""
    if not groups:
        return 0
    query = select(func.count()).where(
        CatalogueLine.catalogue_id == version.catalogue_id,
        CatalogueLine.from_version == version.ordinal,
        ~in_groups(groups),
    )
    return session.exec(query).one()


def visible_lines(call: Call, visible: Iterable[VisibleAgreement]) -> Select[CatalogueLine, UUID]:
    """Give the lines that a user may order today, each with its agreement's id: lines of the live version, valid
    today, under an agreement that reaches the user, in the product groups left by the shares.
    """
    today = call.today
    return (
        select(CatalogueLine, col(Agreement.id))
        .join(Catalogue, col(Catalogue.id) == col(CatalogueLine.catalogue_id))
        .join(Agreement, col(Agreement.id) == col(Catalogue.agreement_id))
        .join(CatalogueVersion, col(CatalogueVersion.catalogue_id) == col(Catalogue.id))
        .where(
            reaching(visible),
            _live(today),
            col(CatalogueLine.from_version) <= col(CatalogueVersion.ordinal),
            or_(
                col(CatalogueLine.to_version).is_(None),
                col(CatalogueLine.to_version) > col(CatalogueVersion.ordinal),
            ),
            col(CatalogueLine.orderable).is_(True),
            _covers(CatalogueLine.valid_from, CatalogueLine.valid_to, today),
        )
    )


def _live(today: date) -> ColumnElement[bool]:
    return and_(
        col(CatalogueVersion.status).in_(ACCEPTED),
        _covers(CatalogueVersion.live_from, CatalogueVersion.live_to, today),
        _covers(CatalogueVersion.valid_from, CatalogueVersion.valid_to, today),
    )


def _covers(first: date | None, last: date | None, day: date) -> ColumnElement[bool]:
    return and_(or_(col(first).is_(None), col(first) <= day), or_(col(last).is_(None), col(last) >= day))


def search(
    call: Call, visible: Iterable[VisibleAgreement], query: str, wanted: PageQuery
) -> Sequence[tuple[CatalogueLine, UUID]]:
    """Give the visible lines in which all words occur, or whose seller's number or GTIN is the query itself: these
    come first, then what is on binding agreements, on voluntary ones, on one's own. One more than the page holds.

    :raises InvalidCursor: for a cursor that names no line.
    """
    exact = _is_exactly(query)
    rank = case((exact, 0), else_=10) + _cascade_step()
    words = [col(CatalogueLine.search_text).contains(word, autoescape=True) for word in words_of(query)]
    found = visible_lines(call, visible).where(or_(exact, and_(true(), *words)))
    if wanted.cursor is not None:
        last_id = read_cursor(wanted.cursor)
        last_rank = call.session.exec(_with_agreement(select(rank)).where(CatalogueLine.id == last_id)).first()
        if last_rank is None:
            message = "the line that this cursor names is gone; search again"
            raise InvalidCursor(message, faults=[Fault(message, pointer="/cursor")])
        found = found.where(or_(rank > last_rank, and_(rank == last_rank, col(CatalogueLine.id) > last_id)))
    rows = call.session.exec(found.order_by(rank, col(CatalogueLine.id)).limit(wanted.limit + 1)).all()
    return [(line, agreement_id) for line, agreement_id in rows]


def _cascade_step() -> ColumnElement[int]:
    central = col(Agreement.kind).in_(CENTRAL)
    return case((and_(central, col(Agreement.binding).is_(True)), 0), (central, 1), else_=2)


def _with_agreement(query: SelectOfScalar[int]) -> SelectOfScalar[int]:
    return (
        query.select_from(CatalogueLine)
        .join(Catalogue, col(Catalogue.id) == col(CatalogueLine.catalogue_id))
        .join(Agreement, col(Agreement.id) == col(Catalogue.agreement_id))
    )


def _is_exactly(query: str) -> ColumnElement[bool]:
    number = query.strip()
    return or_(col(CatalogueLine.sellers_item_id) == number, col(CatalogueLine.gtin) == number) if number else false()


def orderable_line(call: Call, line_id: UUID) -> OrderableLine:
    """Find a line that the actor may order today, by its row's id.

    :raises LineNotFound: otherwise.
    """
    visible = by_id(agreements.visible_agreements(call.session, call.actor, call.today))
    query = visible_lines(call, visible.values()).where(col(CatalogueLine.id) == line_id)
    found = call.session.exec(query).first()
    if found is None:
        raise LineNotFound(f"there is no catalogue line {line_id} that you may order from today")
    row, agreement_id = found
    agreement = call.session.get_one(Agreement, agreement_id)
    return OrderableLine(row, document_line(row.content), agreement, agreement.supplier_id)


def by_id(visible: Iterable[VisibleAgreement]) -> Mapping[UUID, VisibleAgreement]:
    return {found.id: found for found in visible}
