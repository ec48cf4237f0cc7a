"""The same item on other agreements: which visible lines sell what a line sells, and which of them come first."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, or_, select

from app.agreements import queries as agreements
from app.agreements.cascade import Standing, is_better, rank_of
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
    """Give a line with where it stands; the price is the one for a single orderable unit."""
    line = document_line(row.content)
    price = price_on(line, call.today)
    rank = rank_of(agreement.kind, binding=agreement.binding)
    if price is None:
        return Offer(row, agreement, None, Standing(rank, "", None))
    unit = price.base_quantity.unit_code if price.base_quantity is not None else line.orderable_unit
    return Offer(
        row, agreement, price, Standing(rank, f"{price.currency or agreement.currency} {unit}", price.unit_price)
    )


def is_same_item(one: CatalogueLine, other: CatalogueLine) -> bool:
    """Tell whether two lines sell the same: by their GTINs, or where one has none by manufacturer and its number."""
    if one.gtin and other.gtin:
        return one.gtin.lstrip("0") == other.gtin.lstrip("0")
    return one.manufacturer_key is not None and one.manufacturer_key == other.manufacturer_key


class Alike:
    """Offers, found by the item that they sell."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self._by_key: dict[str, list[Offer]] = {}
        for offer in offers:
            for key in _keys(offer.row):
                self._by_key.setdefault(key, []).append(offer)

    def of(self, row: CatalogueLine) -> list[Offer]:
        """Give the offers of the item that a line sells, each once, the first in the cascade first."""
        near = {offer.row.id: offer for key in _keys(row) for offer in self._by_key.get(key, ())}
        same = (offer for offer in near.values() if is_same_item(row, offer.row))
        return sorted(same, key=lambda offer: (offer.standing.key, offer.row.id))

    def better(self, own: Offer) -> list[Offer]:
        """Give the offers of the same item that come before one's own, the best first."""
        return [other for other in self.of(own.row) if is_better(other.standing, own.standing)]


def _keys(row: CatalogueLine) -> Iterator[str]:
    if row.gtin:
        yield f"gtin {row.gtin.lstrip('0')}"
    if row.manufacturer_key is not None:
        yield f"manufacturer {row.manufacturer_key}"


def in_cascade(offers: Sequence[Offer]) -> list[Offer]:
    """Put the offers of the same item in their order; together they keep the places that they had."""
    alike, ordered = Alike(offers), list(offers)
    places = {offer.row.id: place for place, offer in enumerate(offers)}
    settled: set[UUID] = set()
    for offer in offers:
        same = [other for other in alike.of(offer.row) if other.row.id not in settled]
        if offer.row.id not in settled and len(same) > 1:
            for place, found in zip(sorted(places[other.row.id] for other in same), same, strict=True):
                ordered[place] = found
            settled.update(other.row.id for other in same)
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
