"""Which lines of a catalogue somebody may have as a whole: all, or those that the shares leave which reach them."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import col, select

from app.agreements import queries as agreements
from app.agreements.groups import read_chain
from app.agreements.models import Agreement, Share
from app.agreements.queries import VisibleAgreement
from app.agreements.reaching import Day, whole
from app.catalogs import queries
from app.catalogs.models import Catalogue, CatalogueLine
from app.catalogs.queries import CatalogueNotFound
from app.catalogs.reach import is_left, left_of
from app.organisations.access import Call, NotAllowed, branches, may
from app.organisations.permissions import Permission


def reachable(call: Call, catalogue_id: UUID, day: date) -> tuple[Catalogue, ColumnElement[bool]]:
    """Find a catalogue, with the condition that a line of it is one that the caller may have: its supplier and whoever
    reads catalogues where its agreement is owned have all. Those it is shared with, as a content manager or to order
    from it, have the product groups that the shares leave on the day.

    :raises CatalogueNotFound: for whom it does not exist.
    :raises NotAllowed: for who may look at it, and no share reaches.
    """
    catalogue = call.session.get(Catalogue, catalogue_id)
    if catalogue is None:
        raise CatalogueNotFound(f"there is no catalogue {catalogue_id}")
    agreement = call.session.get(Agreement, catalogue.agreement_id) if catalogue.agreement_id is not None else None
    if catalogue.supplier_id in call.actor.suppliers(Permission.CATALOGUE_UPLOAD) or (
        agreement is not None and may(call, Permission.CATALOGUE_READ, agreement.owner_id)
    ):
        return catalogue, true()
    left = [is_left(left_of(found), CatalogueLine.unspsc) for found in _left(call, agreement, day)]
    if not left:
        queries.catalogue(call, catalogue_id)
        raise NotAllowed(f"no share of its agreement reaches you on {day}, so there is nothing of it for you")
    return catalogue, or_(*left)


def _left(call: Call, agreement: Agreement | None, day: date) -> Iterator[VisibleAgreement]:
    if agreement is None:
        return
    if call.actor.organisations(Permission.ITEM_SEARCH):
        visible = agreements.visible_agreements(call.session, call.actor, day)
        yield from (found for found in visible if found.id == agreement.id)
    held = select(col(Share.narrowings)).where(
        Share.agreement_id == agreement.id,
        whole(Day.of(day)),
        branches(call.actor, Permission.CATALOGUE_READ, Share.organisation_id),
    )
    chains = call.session.exec(held.distinct()).all()
    then = agreements.agreement_on(call.session, agreement, Day.of(day))
    if chains and then is not None:
        yield VisibleAgreement(agreement.id, tuple(then.product_groups), tuple(read_chain(text) for text in chains))
