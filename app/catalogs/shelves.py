"""Shelves: the catalogues that are live today and reach the caller, in the order of the cascade. Searching looks there
and nowhere else.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Uuid, and_, bindparam, or_, select, true
from sqlmodel import col

from app.agreements.cascade import STEPS, rank_of
from app.agreements.models import Agreement, AgreementKind
from app.agreements.queries import VisibleAgreement
from app.catalogs.models import Catalogue, CatalogueVersion
from app.catalogs.queries import live
from app.catalogs.reach import Left, is_left, left_of
from app.catalogs.search_models import SearchedCatalogue, SearchedLine
from app.kit.db import rows
from app.organisations.access import Call

_LIVE: Final = (
    select(
        col(SearchedCatalogue.number),
        col(CatalogueVersion.ordinal),
        col(Agreement.id),
        col(Agreement.currency),
        col(Agreement.kind),
        col(Agreement.binding),
    )
    .join_from(SearchedCatalogue, Catalogue, col(Catalogue.id) == col(SearchedCatalogue.catalogue_id))
    .join(Agreement, col(Agreement.id) == col(Catalogue.agreement_id))
    .join(CatalogueVersion, col(CatalogueVersion.catalogue_id) == col(Catalogue.id))
    .where(col(Agreement.id).in_(bindparam("ids", expanding=True)), live(bindparam("day", type_=Date)))
)
_OF_SUPPLIER: Final = _LIVE.where(col(Agreement.supplier_id) == bindparam("supplier_id", type_=Uuid))


@dataclass(frozen=True, slots=True)
class Shelf:
    """A catalogue under its short number, its live version, which agreement it is on, and what is left of it for the
    caller.
    """

    number: int
    ordinal: int
    agreement_id: UUID
    currency: str
    step: int
    left: Left

    @property
    def place(self) -> tuple[int, int]:
        return self.step, self.number


def shelves(call: Call, visible: Mapping[UUID, VisibleAgreement], supplier_id: UUID | None = None) -> list[Shelf]:
    """Give the shelves of agreements that the caller sees, maybe of one supplier alone: binding ones first, then
    voluntary ones, then local ones.
    """
    values = {"ids": list(visible), "day": call.today}
    if supplier_id is None:
        live_today = rows(call.session, _LIVE, **values)
    else:
        live_today = rows(call.session, _OF_SUPPLIER, **values, supplier_id=supplier_id)
    found = [
        Shelf(number, ordinal, agreement_id, currency, _step(kind, binding=binding), left_of(visible[agreement_id]))
        for number, ordinal, agreement_id, currency, kind, binding in live_today
    ]
    return sorted(found, key=lambda shelf: shelf.place)


def _step(kind: AgreementKind, *, binding: bool) -> int:
    return STEPS[rank_of(kind, binding=binding)]


def narrowed(found: Collection[Shelf]) -> ColumnElement[bool]:
    """Give the condition that a searched line's product group is left on its shelf."""
    alike: dict[Left, list[int]] = {}
    for shelf in found:
        groups, chains = shelf.left
        if groups or () not in chains:
            alike.setdefault(shelf.left, []).append(shelf.number)
    return and_(
        true(),
        *(
            or_(col(SearchedLine.catalogue).not_in(numbers), is_left(left, SearchedLine.unspsc))
            for left, numbers in alike.items()
        ),
    )
