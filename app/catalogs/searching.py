"""The search: what a caller may order today, by words, identifiers and filters, ranked, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, select

from app.agreements import queries as agreements
from app.agreements.queries import VisibleAgreement
from app.catalogs import queries
from app.catalogs import shopping_queries as shopping
from app.catalogs.alternatives import Alike, Offer, Terms, in_cascade, offer_of, offers_alike
from app.catalogs.expressions import Clause, Place, Term
from app.catalogs.facets import FACETED, counted
from app.catalogs.gathering import Gathered, Quest, first, gather
from app.catalogs.hits import Finder
from app.catalogs.models import CatalogueLine
from app.catalogs.queries import covers
from app.catalogs.ranking import Bookmark, Ranked, ranked, read_bookmark
from app.catalogs.search_messages import Asked, Correction, Facets, FoundLine, LinesFound
from app.catalogs.search_models import SearchedLine
from app.catalogs.shelves import Shelf, narrowed, shelves
from app.catalogs.views import line_fields
from app.catalogs.words import key_of, words_of
from app.kit.pages import PageQuery
from app.organisations.access import Call, NotAllowed
from app.organisations.permissions import Permission

MOST_ROUNDS: Final = 4
"""So many rounds a page is filled from, when prices leave little of each; then it stays short."""


def search_lines(call: Call, asked: Asked, wanted: PageQuery) -> LinesFound:
    """Search what the caller may order today.

    :raises NotAllowed: for a caller whose roles do not search.
    :raises ShoppingListNotFound: for a list that the caller does not see.
    :raises InvalidCursor: for a cursor that is of another search, or none of ours.
    """
    if not call.actor.organisations(Permission.ITEM_SEARCH):
        raise NotAllowed("searching catalogues takes a role that buys (item:search)")
    bookmark = read_bookmark(wanted.cursor, asked) if wanted.cursor is not None else None
    visible = queries.by_id(agreements.visible_agreements(call.session, call.actor, call.today))
    quest = _quest(call, asked, visible)
    shown = _page(quest, bookmark, _Chooser(asked, asked.on or call.today), wanted.limit)
    return LinesFound(
        data=_lines(call, asked, visible, shown.lines),
        next_cursor=shown.next.written(asked) if shown.next is not None else None,
        found=shown.found,
        is_cut=shown.found is None,
        corrections=[Correction(word=word, corrected=meant) for word, meant in shown.gathered.corrections.items()],
        facets=_facets(call, asked, shown.gathered) if asked.facets else None,
    )


def _quest(call: Call, asked: Asked, visible: Mapping[UUID, VisibleAgreement]) -> Quest:
    chosen = {
        found_id: found
        for found_id, found in visible.items()
        if asked.agreement_id is None or found_id == asked.agreement_id
    }
    found, few = shelves(call, chosen, asked.supplier_id), None
    if asked.list_id is not None:
        listed = shopping.shopping_list(call, asked.list_id)
        numbers, few = shopping.catalogues_on(call.session, listed), shopping.on_list(listed)
        found = [shelf for shelf in found if shelf.number in numbers]
    finder = Finder(call.session, found, _condition(call, asked, found), few)
    return Quest(finder, asked.q, words_of(asked.q), _filters(asked))


def _condition(call: Call, asked: Asked, found: Sequence[Shelf]) -> ColumnElement[bool]:
    """Give what the columns of a searched line must say; prices are judged in full when lines are ranked."""
    conditions = [narrowed(found), covers(SearchedLine.valid_from, SearchedLine.valid_to, call.today)]
    if asked.price_from is not None:
        conditions.append(col(SearchedLine.most_price) >= asked.price_from)
    if asked.price_to is not None:
        conditions.append(col(SearchedLine.least_price) <= asked.price_to)
    if asked.lead_days is not None:
        conditions.append(col(SearchedLine.lead_days) <= asked.lead_days)
    if asked.available:
        conditions.append(col(SearchedLine.available).is_(True))
    return and_(*conditions)


def _filters(asked: Asked) -> tuple[Clause, ...]:
    wanted = []
    if asked.group is not None:
        wanted.append((Term(Place.GROUP, asked.group, is_beginning=True),))
    if asked.label is not None:
        wanted.append((Term(Place.LABEL, key_of(asked.label)),))
    return tuple(wanted)


@dataclass(frozen=True)
class _Chooser:
    """Ranks what was gathered, and leaves out what costs too much or too little for what is asked."""

    asked: Asked
    day: date

    def chosen(self, gathered: Gathered) -> list[Ranked]:
        found = (ranked(hit, degree, self.day, self.asked.quantity) for degree, hit in gathered.found)
        return sorted((one for one in found if self._fits(one)), key=lambda one: one.rank)

    def _fits(self, one: Ranked) -> bool:
        least, most = self.asked.price_from, self.asked.price_to
        if least is None and most is None:
            return True
        if one.price is None or one.currency != self.asked.currency:
            return False
        return (least is None or one.price >= least) and (most is None or one.price <= most)


@dataclass(frozen=True)
class _Shown:
    """The lines of a page, the first round that they are from, how many there are in all, and where the next begins."""

    lines: Sequence[Ranked]
    gathered: Gathered
    found: int | None
    next: Bookmark | None


def _page(quest: Quest, bookmark: Bookmark | None, chooser: _Chooser, limit: int) -> _Shown:
    lines: list[Ranked] = []
    first_round: Gathered | None = None
    found: int | None = None
    for _ in range(MOST_ROUNDS):
        gathered = gather(quest, bookmark, limit)
        chosen = chooser.chosen(gathered)
        if first_round is None:
            first_round, found = gathered, _total(gathered, chosen)
        last = bookmark.last if bookmark is not None else None
        rest = [one for one in chosen if last is None or one.rank > last]
        room = limit - len(lines)
        lines += rest[:room]
        if len(rest) > room:
            return _Shown(lines, first_round, found, replace(gathered.bookmark, last=lines[-1].rank))
        if gathered.end is None:
            return _Shown(lines, first_round, found, None)
        bookmark = replace(gathered.bookmark, start=gathered.end, last=None)
        if len(lines) == limit:
            break
    assert first_round is not None  # noqa: S101 - there is one round at least
    return _Shown(lines, first_round, found, bookmark)


def _total(gathered: Gathered, chosen: Sequence[Ranked]) -> int | None:
    """Give how many lines there are, where all of them were gathered at once."""
    return len(chosen) if gathered.end is None and gathered.bookmark.start is None else None


def _lines(
    call: Call, asked: Asked, visible: Mapping[UUID, VisibleAgreement], shown: Sequence[Ranked]
) -> list[FoundLine]:
    """Give the lines of a page with their prices; those of the same item stand in the order of the cascade."""
    if not shown:
        return []
    query = (
        select(SearchedLine.number, CatalogueLine)
        .join(CatalogueLine, col(CatalogueLine.id) == col(SearchedLine.line_id))
        .where(col(SearchedLine.number).in_([one.hit.number for one in shown]))
    )
    rows = dict(call.session.exec(query).all())
    on = agreements.agreements_by_id(call.session, (one.hit.shelf.agreement_id for one in shown))
    terms = Terms(asked.on or call.today, asked.quantity)
    offers = [offer_of(rows[one.hit.number], on[one.hit.shelf.agreement_id], terms) for one in shown]
    alike = Alike([*offers, *offers_alike(call, visible, list(rows.values()), terms)])
    sold_by = queries.suppliers_by_id(call.session, (offer.agreement.supplier_id for offer in offers))
    degrees = {rows[one.hit.number].id: one.degree for one in shown}

    def told(offer: Offer) -> FoundLine:
        fields = line_fields(offer, sold_by[offer.agreement.supplier_id], alike.better(offer))
        return FoundLine(**fields, found_by=degrees[offer.row.id])

    return [told(offer) for offer in in_cascade(offers)]


def _facets(call: Call, asked: Asked, gathered: Gathered) -> Facets:
    """Count what was found, from its beginning on whichever page is asked for."""
    if gathered.end is not None or gathered.bookmark.start is not None:
        gathered = first(gathered.quest, FACETED)
    chosen = _Chooser(asked, asked.on or call.today).chosen(gathered)
    return counted(call, [one.hit for one in chosen], is_cut=gathered.end is not None)
