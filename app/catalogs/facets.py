"""What was found, counted by agreement, supplier, product group and label."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Final, TypeVar

from sqlmodel import col, select

from app.agreements import queries as agreements
from app.catalogs import queries
from app.catalogs.hits import Hit
from app.catalogs.messages import AgreementBrief, SupplierBrief
from app.catalogs.search_messages import AgreementCount, Facets, GroupCount, LabelCount, SupplierCount
from app.catalogs.search_models import SearchedLine
from app.organisations.access import Call

FACETED: Final = 1000
"""So many lines are counted."""

MOST_VALUES: Final = 50
GROUP_DIGITS: Final = 4

Key = TypeVar("Key", bound=Hashable)


def counted(call: Call, hits: Sequence[Hit], *, is_cut: bool) -> Facets:
    """Count the lines that were found."""
    by_agreement = _most(hit.shelf.agreement_id for hit in hits)
    on = agreements.agreements_by_id(call.session, {hit.shelf.agreement_id for hit in hits})
    by_supplier = _most(on[hit.shelf.agreement_id].supplier_id for hit in hits)
    sold_by = queries.suppliers_by_id(call.session, [key for key, _ in by_supplier])
    numbers = [hit.number for hit in hits]
    carried = call.session.exec(select(SearchedLine.labels).where(col(SearchedLine.number).in_(numbers)))
    labels = _most(label for on_line in carried for label in on_line)
    groups = _most(hit.unspsc[:GROUP_DIGITS] for hit in hits if hit.unspsc)
    return Facets(
        counted=len(hits),
        is_cut=is_cut,
        agreements=[
            AgreementCount(agreement=AgreementBrief.model_validate(on[key], from_attributes=True), count=count)
            for key, count in by_agreement
        ],
        suppliers=[
            SupplierCount(supplier=SupplierBrief(id=key, name=sold_by[key].name), count=count)
            for key, count in by_supplier
        ],
        product_groups=[GroupCount(group=key, count=count) for key, count in groups],
        labels=[LabelCount(label=key, count=count) for key, count in labels],
    )


def _most(keys: Iterable[Key]) -> list[tuple[Key, int]]:
    """Give what occurs most often, and of what occurs as often the smaller."""
    return sorted(Counter(keys).items(), key=lambda found: (-found[1], str(found[0])))[:MOST_VALUES]
