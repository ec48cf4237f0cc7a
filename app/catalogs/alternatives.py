"""The same item on other agreements: which visible lines sell what a line sells, and which of them come first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, or_, select

from app.agreements import queries as agreements
from app.agreements.cascade import CascadeRank, Standing, is_better, rank_of
from app.agreements.models import Agreement
from app.agreements.queries import VisibleAgreement
from app.catalogs import queries
from app.catalogs.lines import document_line
from app.catalogs.models import CatalogueLine
from app.catalogs.prices import price_on
from app.documents.price import Price
from app.organisations.access import Call

GTIN_LENGTHS = (8, 12, 13, 14)


@dataclass(frozen=True, slots=True)
class Offer:
    """A line that a user may order, the agreement it is on, its price today, and where it stands in the cascade."""

    row: CatalogueLine
    agreement: Agreement
    price: Price | None
    standing: Standing


def offer_of(call: Call, row: CatalogueLine, agreement: Agreement) -> Offer:
    """Give a line with where it stands; the price is the one for the least that can be ordered."""
    line = document_line(row.content)
    price = price_on(line, call.today)
    rank = rank_of(agreement.kind, binding=agreement.binding)
    measure = f"{price.currency or agreement.currency} {line.orderable_unit or ''}" if price is not None else ""
    return Offer(row, agreement, price, Standing(rank, measure, price.unit_price if price is not None else None))


def is_same_item(one: CatalogueLine, other: CatalogueLine) -> bool:
    """Tell whether two lines sell the same: by their GTINs, or where one has none by manufacturer and its number."""
    if one.gtin and other.gtin:
        return one.gtin.lstrip("0") == other.gtin.lstrip("0")
    return one.manufacturer_key is not None and one.manufacturer_key == other.manufacturer_key


def better_offers(own: Offer, offers: Iterable[Offer]) -> list[Offer]:
    """Give the offers of the same item that come before one's own, the best first."""
    found = [
        other
        for other in offers
        if other.row.id != own.row.id and is_same_item(own.row, other.row) and is_better(other.standing, own.standing)
    ]
    return sorted(found, key=lambda offer: (offer.standing.key, offer.row.id))


def in_cascade(offers: Sequence[Offer]) -> list[Offer]:
    """Put the offers of the same item in their order; together they keep the places that they had."""
    ordered = list(offers)
    settled: set[int] = set()
    for place, offer in enumerate(offers):
        if place in settled:
            continue
        places = [other for other in range(place, len(offers)) if is_same_item(offer.row, offers[other].row)]
        alike = sorted((offers[other] for other in places), key=lambda found: found.standing.key)
        for other, found in zip(places, alike, strict=True):
            ordered[other] = found
        settled.update(places)
    return ordered


def offers_alike(call: Call, visible: Mapping[UUID, VisibleAgreement], lines: Collection[CatalogueLine]) -> list[Offer]:
    """Give every visible line that sells what one of these lines sells, these lines left out."""
    gtins = {padded for line in lines if line.gtin for padded in _written_ways(line.gtin)}
    manufactured = {line.manufacturer_key for line in lines if line.manufacturer_key}
    if not gtins and not manufactured:
        return []
    known = [line.id for line in lines]
    alike = select(CatalogueLine.id).where(
        or_(col(CatalogueLine.gtin).in_(gtins), col(CatalogueLine.manufacturer_key).in_(manufactured))
    )
    query = queries.visible_lines(call, visible.values()).where(
        col(CatalogueLine.id).in_(alike), col(CatalogueLine.id).not_in(known)
    )
    found = call.session.exec(query).all()
    on = agreements.agreements_by_id(call.session, (agreement_id for _, agreement_id in found))
    return [offer_of(call, row, on[agreement_id]) for row, agreement_id in found]


def _written_ways(gtin: str) -> set[str]:
    """Give how a GTIN may be written: the same number stands with zeros in front up to 14 digits."""
    bare = gtin.lstrip("0")
    return {gtin, *(bare.zfill(length) for length in GTIN_LENGTHS if length >= len(bare))}


def binding_instead(offers: Iterable[Offer]) -> Offer | None:
    """Give the first offer that is on a binding agreement, or nothing."""
    return next((offer for offer in offers if offer.standing.rank == CascadeRank.BINDING), None)
