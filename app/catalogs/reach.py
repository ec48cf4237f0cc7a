"""Which lines a user's agreements reach, as conditions in SQL: narrowing after paging would give pages with holes."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import col

from app.agreements.groups import Chain, Narrowing
from app.agreements.queries import VisibleAgreement
from app.catalogs.models import Catalogue, CatalogueLine


def reaching(visible: Iterable[VisibleAgreement]) -> ColumnElement[bool]:
    """Give the condition that an agreement reaches the user with a line's product group; agreements narrowed alike
    share one condition.
    """
    alike: dict[tuple[tuple[str, ...], tuple[Chain, ...]], list[UUID]] = {}
    for found in visible:
        alike.setdefault((found.product_groups, found.chains), []).append(found.id)
    return or_(
        false(),
        *(
            and_(col(Catalogue.agreement_id).in_(ids), in_groups(groups), or_(*(_left_by(chain) for chain in chains)))
            for (groups, chains), ids in alike.items()
        ),
    )


def _left_by(chain: Chain) -> ColumnElement[bool]:
    return and_(true(), *(_left_by_step(step) for step in chain))


def _left_by_step(step: Narrowing) -> ColumnElement[bool]:
    return and_(in_groups(step.include), ~in_groups(step.exclude) if step.exclude else true())


def in_groups(groups: Sequence[str]) -> ColumnElement[bool]:
    """Give the condition that a line is in one of the groups; no groups are all."""
    return or_(*(col(CatalogueLine.unspsc).startswith(group) for group in groups)) if groups else true()
