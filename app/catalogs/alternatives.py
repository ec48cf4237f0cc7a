"""The same item on other agreements: which visible lines sell what a line sells, and which of them come first."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, or_
from sqlalchemy import select as core_select
from sqlmodel import col

from app.agreements import queries as agreements
from app.agreements.cascade import Standing, is_better, rank_of
from app.agreements.models import Agreement
from app.agreements.queries import VisibleAgreement
from app.catalogs import queries
from app.catalogs.lines import document_line
from app.catalogs.models import Catalogue, CatalogueLine
from app.catalogs.prices import ONE, bracket_on
from app.documents import catalogue as documents
from app.documents.price import Price
from app.kit.db import rows
from app.kit.money import Quantity
from app.organisations.access import Call

GTIN_LENGTHS = (8, 12, 13, 14)

_ALIKE: Final = (
    core_select(col(CatalogueLine.id), col(Catalogue.agreement_id))
    .join_from(CatalogueLine, Catalogue, col(Catalogue.id) == col(CatalogueLine.catalogue_id))
    .where(
        or_(
            col(CatalogueLine.gtin).in_(bindparam("gtins", expanding=True)),
            col(CatalogueLine.manufacturer_key).in_(bindparam("manufactured", expanding=True)),
        )
    )
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A line that a user may order, the agreement it is on, its price with the time that delivery takes, and where it
    stands in the cascade.
    """

    row: CatalogueLine
    line: documents.CatalogueLine
    agreement: Agreement
    price: Price | None
    lead_time: Quantity | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Terms:
    """The day and the quantity, in orderable units, that prices are told for."""

    day: date
    quantity: Decimal = ONE


def offer_of(row: CatalogueLine, agreement: Agreement, terms: Terms) -> Offer:
    """Give a line with its price and where it stands."""
    line = document_line(row.content)
    bracket = bracket_on(line, terms.day, terms.quantity)
    price, lead_time = (bracket.price, bracket.lead_time) if bracket is not None else (None, None)
    rank = rank_of(agreement.kind, binding=agreement.binding)
    standing = Standing(rank, "", None)
    if price is not None:
        unit = price.base_quantity.unit_code if price.base_quantity is not None else line.orderable_unit
        standing = Standing(rank, f"{price.currency or agreement.currency} {unit}", price.unit_price)
    return Offer(row, line, agreement, price, lead_time, standing)


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


def offers_alike(
    call: Call,
    visible: Mapping[UUID, VisibleAgreement],
    lines: Collection[CatalogueLine],
    terms: Terms | None = None,
) -> list[Offer]:
    """Give every visible line that sells what one of these lines sells, these lines left out; without terms, with the
    price of one orderable unit today.
    """
    sold = {
        "gtins": [padded for line in lines if line.gtin for padded in _written_ways(line.gtin)],
        "manufactured": [line.manufacturer_key for line in lines if line.manufacturer_key],
    }
    if not any(sold.values()):
        return []
    known = {line.id for line in lines}
    alike = [
        (row_id, agreement_id)
        for row_id, agreement_id in rows(call.session, _ALIKE, **sold)
        if row_id not in known and agreement_id in visible
    ]
    if not alike:
        return []
    near = {agreement_id: visible[agreement_id] for _, agreement_id in alike}
    query = queries.visible_lines(call, near.values()).where(col(CatalogueLine.id).in_([row_id for row_id, _ in alike]))
    found = call.session.exec(query).all()
    on = agreements.agreements_by_id(call.session, near)
    return [offer_of(row, on[agreement_id], terms or Terms(call.today)) for row, agreement_id in found]


def _written_ways(gtin: str) -> set[str]:
    """Give how a GTIN may be written: the same number stands with zeros in front up to 14 digits."""
    bare = gtin.lstrip("0")
    return {gtin, *(bare.zfill(length) for length in GTIN_LENGTHS if length >= len(bare))}
