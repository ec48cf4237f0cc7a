"""Which lines a user's agreements reach, as conditions in SQL: narrowing after paging would give pages with holes."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import col

from app.agreements.groups import Chain, Narrowing
from app.agreements.queries import VisibleAgreement
from app.catalogs.models import Catalogue, CatalogueLine

Left = tuple[tuple[str, ...], tuple[Chain, ...]]
"""What is left of an agreement: its own product groups, and the chains of which any one is enough."""


def reaching(visible: Iterable[VisibleAgreement]) -> ColumnElement[bool]:
    """Give the condition that an agreement reaches the user with a line's product group; agreements narrowed alike
    share one condition.
    """
    alike: dict[Left, list[UUID]] = {}
    for found in visible:
        alike.setdefault(left_of(found), []).append(found.id)
    return or_(
        false(),
        *(
            and_(col(Catalogue.agreement_id).in_(ids), is_left(left, CatalogueLine.unspsc))
            for left, ids in alike.items()
        ),
    )


def left_of(visible: VisibleAgreement) -> Left:
    return visible.product_groups, visible.chains


def is_left(left: Left, unspsc: Any) -> ColumnElement[bool]:
    """Give the condition that a commodity code is left of an agreement."""
    groups, chains = left
    return and_(in_groups(groups, unspsc), or_(*(_left_by(chain, unspsc) for chain in chains)))


def _left_by(chain: Chain, unspsc: Any) -> ColumnElement[bool]:
    return and_(true(), *(_left_by_step(step, unspsc) for step in chain))


def _left_by_step(step: Narrowing, unspsc: Any) -> ColumnElement[bool]:
    return and_(in_groups(step.include, unspsc), ~in_groups(step.exclude, unspsc) if step.exclude else true())


def in_groups(groups: Sequence[str], unspsc: Any = CatalogueLine.unspsc) -> ColumnElement[bool]:
    """Give the condition that a commodity code is in one of the groups; no groups are all."""
    return or_(*(col(unspsc).startswith(group) for group in groups)) if groups else true()
