"""Reads of the catalogs chapter: who may look at catalogues, and which lines a user may search and order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from app.agreements import queries as agreements
from app.agreements.models import Agreement
from app.agreements.queries import VisibleAgreement
from app.catalogs.lines import document_line
from app.catalogs.models import (
    ACCEPTED,
    PENDING,
    TURNED_AWAY,
    UNDERWAY,
    Catalogue,
    CatalogueLine,
    CatalogueVersion,
    VersionState,
)
from app.catalogs.reach import reaching
from app.documents import catalogue as documents
from app.kit.errors import Conflict, NotFound
from app.organisations.access import Call, branches
from app.organisations.permissions import Permission
from app.organisations.supplier_models import Supplier


class CatalogueNotFound(NotFound):
    """No such catalogue, or not for this caller."""


class VersionNotFound(NotFound):
    """The catalogue has no version of this number."""


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
    has_version = exists().where(
        col(CatalogueVersion.catalogue_id) == col(Catalogue.id), col(CatalogueVersion.status) != VersionState.STAGING
    )
    return select(Catalogue).where(seen, has_version)


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
    """Give all versions of a catalogue, newest first, but for one that is still being read."""
    query = select(CatalogueVersion).where(
        CatalogueVersion.catalogue_id == catalogue_id, CatalogueVersion.status != VersionState.STAGING
    )
    return session.exec(query.order_by(col(CatalogueVersion.ordinal).desc())).all()


def version(session: Session, catalogue: Catalogue, ordinal: int) -> CatalogueVersion:
    """Find a version of a catalogue.

    :raises VersionNotFound: when there is none of that ordinal.
    """
    query = select(CatalogueVersion).where(
        CatalogueVersion.catalogue_id == catalogue.id,
        CatalogueVersion.ordinal == ordinal,
        CatalogueVersion.status != VersionState.STAGING,
    )
    found = session.exec(query).first()
    if found is None:
        raise VersionNotFound(f"catalogue {catalogue.number} has no version {ordinal}; `versions` lists their ordinals")
    return found


def version_of_document(
    session: Session, document_id: UUID, *, is_partial: bool = False, legend: Mapping[str, Any] | None = None
) -> CatalogueVersion | None:
    """Find the version that a document became, if it need not become another: it does when that one was given up, or
    was turned away as a whole on arrival and its sound lines are wanted now, or when a sheet is to be read otherwise.
    """
    query = select(CatalogueVersion).where(
        CatalogueVersion.document_id == document_id, CatalogueVersion.status != VersionState.CANCELLED
    )
    if is_partial:
        was_whole = and_(col(CatalogueVersion.is_partial).is_(False), col(CatalogueVersion.decided_at).is_(None))
        query = query.where(~and_(was_whole, col(CatalogueVersion.status).in_(TURNED_AWAY)))
    found = session.exec(query.order_by(col(CatalogueVersion.ordinal).desc()))
    return next((version for version in found if version.legend == legend), None)


def underway(session: Session, catalogue_id: UUID) -> CatalogueVersion | None:
    """Find the version that is being read, or waits for a decision; there is one at most."""
    return session.exec(
        select(CatalogueVersion).where(
            CatalogueVersion.catalogue_id == catalogue_id, col(CatalogueVersion.status).in_(UNDERWAY)
        )
    ).first()


def clearing(session: Session, catalogue_id: UUID) -> Sequence[CatalogueVersion]:
    """Give the versions of which rows are still to be taken back, the newest first."""
    query = select(CatalogueVersion).where(
        CatalogueVersion.catalogue_id == catalogue_id, col(CatalogueVersion.clearing).is_(True)
    )
    return session.exec(query.order_by(col(CatalogueVersion.ordinal).desc())).all()


def locked(session: Session, catalogue_id: UUID) -> Catalogue:
    """Give a catalogue, and keep it as it is until the transaction ends."""
    return session.exec(select(Catalogue).where(Catalogue.id == catalogue_id).with_for_update()).one()


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
    query = select(CatalogueVersion.id).where(
        CatalogueVersion.catalogue_id == catalogue_id,
        CatalogueVersion.version_id == version_id,
        col(CatalogueVersion.status).not_in((VersionState.STAGING, *TURNED_AWAY)),
    )
    return session.exec(query.limit(1)).first() is not None


def last_ordinal(session: Session, catalogue_id: UUID) -> int:
    query = select(func.max(CatalogueVersion.ordinal)).where(CatalogueVersion.catalogue_id == catalogue_id)
    return session.exec(query).one() or 0


def visible_lines(call: Call, visible: Iterable[VisibleAgreement]) -> Select[CatalogueLine, UUID]:
    """Give the lines that a user may order today, each with its agreement's id: lines of the live version, valid
    today, under an agreement that reaches the user, in the product groups left by the shares.
    """
    return on_offer(call.today).where(reaching(visible))


def on_offer(day: Any) -> Select[CatalogueLine, UUID]:
    """Give the lines that can be ordered on a day by whom their agreement reaches, each with its agreement's id."""
    return (
        select(CatalogueLine, col(Agreement.id))
        .join(Catalogue, col(Catalogue.id) == col(CatalogueLine.catalogue_id))
        .join(Agreement, col(Agreement.id) == col(Catalogue.agreement_id))
        .join(CatalogueVersion, col(CatalogueVersion.catalogue_id) == col(Catalogue.id))
        .where(
            live(day),
            col(CatalogueLine.from_version) <= col(CatalogueVersion.ordinal),
            or_(
                col(CatalogueLine.to_version).is_(None),
                col(CatalogueLine.to_version) > col(CatalogueVersion.ordinal),
            ),
            to_order_on(day),
        )
    )


def live_version(session: Session, catalogue_id: UUID, day: date) -> CatalogueVersion | None:
    """Find the version of a catalogue that buyers see on a day."""
    query = select(CatalogueVersion).where(CatalogueVersion.catalogue_id == catalogue_id, live(day))
    return session.exec(query).first()


def to_order_on(day: Any) -> ColumnElement[bool]:
    """Give the condition that a line can be ordered on a day, as far as its supplier says."""
    return and_(col(CatalogueLine.orderable).is_(True), covers(CatalogueLine.valid_from, CatalogueLine.valid_to, day))


def live(today: Any) -> ColumnElement[bool]:
    """Give the condition that a version is the one that buyers see on a day."""
    return and_(
        col(CatalogueVersion.status).in_(ACCEPTED),
        covers(CatalogueVersion.live_from, CatalogueVersion.live_to, today),
        covers(CatalogueVersion.valid_from, CatalogueVersion.valid_to, today),
    )


def covers(first: date | None, last: date | None, day: Any) -> ColumnElement[bool]:
    """Give the condition that a day is one from the first to the last, either of which may be open."""
    return and_(or_(col(first).is_(None), col(first) <= day), or_(col(last).is_(None), col(last) >= day))


def orderable_line(call: Call, line_id: UUID) -> OrderableLine:
    """Find a line that the actor may order today, by its row's id.

    :raises LineNotFound: otherwise.
    """
    found = orderable_lines(call, [line_id])
    if line_id not in found:
        raise line_not_found(line_id)
    return found[line_id]


def line_not_found(line_id: UUID) -> LineNotFound:
    """Say that a line is none that the caller may order."""
    return LineNotFound(f"there is no catalogue line {line_id} that you may order from today")


_BY_IDS = on_offer(bindparam("day")).where(
    col(Catalogue.agreement_id).in_(bindparam("agreement_ids", expanding=True)),
    col(CatalogueLine.id).in_(bindparam("line_ids", expanding=True)),
)


def orderable_lines(call: Call, line_ids: Iterable[UUID]) -> dict[UUID, OrderableLine]:
    """Give those of some lines that the actor may order today, by their rows' ids."""
    visible = by_id(agreements.visible_agreements(call.session, call.actor, call.today))
    asked = {"agreement_ids": list(visible), "line_ids": list(set(line_ids)), "day": call.today}
    found: dict[UUID, OrderableLine] = {}
    for row, agreement_id in call.session.exec(_BY_IDS, params=asked).all():
        if visible[agreement_id].allows(row.unspsc):
            agreement = call.session.get_one(Agreement, agreement_id)
            found[row.id] = OrderableLine(row, document_line(row.content), agreement, agreement.supplier_id)
    return found


def suppliers_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Supplier]:
    """Give the suppliers of agreements that were found visible, by their ids."""
    found = session.exec(select(Supplier).where(col(Supplier.id).in_(set(ids)))).all()
    return {supplier.id: supplier for supplier in found}


def by_id(visible: Iterable[VisibleAgreement]) -> Mapping[UUID, VisibleAgreement]:
    return {found.id: found for found in visible}
