"""Versions go live and are taken out: their days and states follow from what was decided (see timeline)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from app.catalogs import queries
from app.catalogs.models import ACCEPTED, TRANSITIONS, UNDERWAY, CatalogueVersion, VersionState
from app.catalogs.reindexing import forget_later
from app.catalogs.timeline import Turn, last_days
from app.kit.clock import business_day
from app.kit.states import WrongState, advance


def first_day(version: CatalogueVersion, today: date) -> date:
    """Give the earliest day on which a version can go live."""
    return max(today, version.valid_from or today)


def is_over(version: CatalogueVersion, today: date) -> bool:
    """Tell whether a version, by its document's own days, can never be live any more."""
    return version.valid_to is not None and version.valid_to < first_day(version, today)


def go_live(session: Session, version: CatalogueVersion, day: date, now: datetime) -> None:
    """Let a waiting version be live from a day on; those before it end then."""
    version.live_from = day
    _settle(session, [version, *queries.accepted(session, version.catalogue_id)])
    forget_later(session, version.catalogue_id, now)


def take_out(session: Session, version: CatalogueVersion, now: datetime) -> bool:
    """Withdraw a version that is live or is to be; tells whether it was live.

    :raises WrongState: for one that is not approved, or over.
    """
    last = version.live_to
    advance(version, VersionState.WITHDRAWN, TRANSITIONS)
    if last is not None and last < business_day(now):
        raise WrongState(f"version {version.ordinal} was over on {last}; nothing of it is left to be withdrawn")
    version.withdrawn_at = now
    _settle(session, queries.accepted(session, version.catalogue_id))
    return not _turn(version).never_came


def last_standing(session: Session, catalogue_id: UUID) -> int | None:
    """Give the newest version whose lines stand in the catalogue: the one that the next is made from, or the one that
    is being read or waits.
    """
    for version in queries.versions(session, catalogue_id):
        if version.status in UNDERWAY or (version.status in ACCEPTED and not _turn(version).never_came):
            return version.ordinal
    return None


def _settle(session: Session, versions: Sequence[CatalogueVersion]) -> None:
    """Give versions their last days, and the one that goes on its state; of the others each is written first, for two
    APPROVED ones are never in the database.
    """
    last = last_days(_turn(version) for version in versions)
    for version in versions:
        version.live_to = last[version.ordinal]
        if version.status == VersionState.APPROVED and version.live_to is not None:
            advance(version, VersionState.SUPERSEDED, TRANSITIONS)
    session.flush()
    for version in versions:
        if version.live_to is None and version.status != VersionState.APPROVED:
            advance(version, VersionState.APPROVED, TRANSITIONS)
    session.flush()


def _turn(version: CatalogueVersion) -> Turn:
    assert version.live_from is not None  # noqa: S101 - an approved version has a first day
    withdrawn_on = business_day(version.withdrawn_at) if version.withdrawn_at is not None else None
    return Turn(version.ordinal, version.live_from, withdrawn_on)
