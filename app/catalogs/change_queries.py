"""Reads of what versions change: the counts of the whole, pages of lines, and the first that break a limit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, asc, case, desc, false, func, or_, true
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.catalogs.change_messages import ChangeSort, Sought
from app.catalogs.changes import OTHER_THAN_PRICES, ChangeKind
from app.catalogs.models import CatalogueLine, CatalogueVersion, LineChange
from app.catalogs.reach import in_groups
from app.kit.errors import Fault
from app.kit.pages import InvalidCursor, PageQuery, read_cursor

CHUNK: Final = 1000
_Before = aliased(CatalogueLine, name="before")
_KINDS: Final[Any] = col(LineChange.kinds)

_COLUMNS: Final = (
    col(LineChange.row_id),
    col(LineChange.kinds),
    col(LineChange.percent),
    col(LineChange.amount),
    col(LineChange.currencies),
    col(LineChange.steps),
    col(LineChange.changed_fields),
    col(CatalogueLine.line_id),
    col(CatalogueLine.name),
    col(CatalogueLine.sellers_item_id),
    col(CatalogueLine.unspsc),
)


def of_version(version: CatalogueVersion) -> ColumnElement[bool]:
    """Give the condition that a change is one of a version's."""
    return and_(col(LineChange.catalogue_id) == version.catalogue_id, col(LineChange.ordinal) == version.ordinal)


def is_any(*kinds: ChangeKind, of: Any = LineChange) -> ColumnElement[bool]:
    """Give the condition that a change is of one of the kinds, which are those that are kept."""
    kept: Any = col(of.kinds)
    wanted: ColumnElement[bool] = kept.bitwise_and(sum(kind.bit for kind in kinds)) != 0
    return wanted


def is_outside(groups: Sequence[str]) -> ColumnElement[bool]:
    """Give the condition that a version brings a line which is in none of the agreement's product groups."""
    return and_(~is_any(ChangeKind.REMOVED), ~in_groups(groups)) if groups else false()


def changes_of(version: CatalogueVersion) -> Select[*tuple[Any, ...]]:
    """Give a version's changes with the columns of each line's row."""
    joined = core_select(*_COLUMNS).join_from(LineChange, CatalogueLine, col(CatalogueLine.id) == LineChange.row_id)
    return joined.where(of_version(version))


def with_contents(changes: Select[*tuple[Any, ...]], version: CatalogueVersion) -> Select[*tuple[Any, ...]]:
    """Give changes with what stands in each line's row, as `content`, and in the one that it replaces, as `before`.
    Both are empty where only prices change, which are told by themselves.
    """
    ended: Any = col(_Before.to_version)
    replaced = and_(
        col(_Before.catalogue_id) == version.catalogue_id,
        col(_Before.line_id) == col(CatalogueLine.line_id),
        ended + 0 == version.ordinal,  # by its id: the index of versions would give every line that ends with this one
        col(_Before.id) != col(CatalogueLine.id),
    )
    more = is_any(ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.UNIT, *OTHER_THAN_PRICES)
    content, before = (case((more, col(of.content))) for of in (CatalogueLine, _Before))
    return changes.add_columns(content.label("content"), before.label("before")).outerjoin(_Before, replaced)


def sought(wanted: Sought, groups: Sequence[str]) -> ColumnElement[bool]:
    """Give the condition that a change is one that is asked for."""
    least = wanted.min_percent
    of_size = or_(col(LineChange.percent) >= least, col(LineChange.percent) <= -least) if least is not None else true()
    if wanted.sort == ChangeSort.PRICE:
        of_size = and_(of_size, col(LineChange.percent).is_not(None))
    if not wanted.kind:
        return of_size
    kept = [kind for kind in wanted.kind if kind != ChangeKind.OUTSIDE_PRODUCT_GROUPS]
    outside = is_outside(groups) if len(kept) < len(wanted.kind) else false()
    return and_(of_size, or_(is_any(*kept), outside))


def page_of(
    session: Session, version: CatalogueVersion, wanted: Sought, groups: Sequence[str], page: PageQuery
) -> Sequence[Any]:
    """Give the changes of one page and one more.

    :raises InvalidCursor: for a cursor that names no change of the version.
    """
    query = with_contents(changes_of(version), version).where(sought(wanted, groups))
    if page.cursor is not None:
        query = query.where(_after(session, version, wanted.sort, page.cursor))
    query = query.order_by(*_order(wanted.sort)).limit(page.limit + 1)
    return session.connection().execute(query).all()


def _order(sort: ChangeSort) -> tuple[Any, ...]:
    if sort == ChangeSort.LINE:
        return (asc(col(LineChange.row_id)),)
    return desc(col(LineChange.percent)), desc(col(LineChange.row_id))


def _after(session: Session, version: CatalogueVersion, sort: ChangeSort, cursor: str) -> ColumnElement[bool]:
    row_id = read_cursor(cursor)
    if sort == ChangeSort.LINE:
        return col(LineChange.row_id) > row_id
    named = core_select(col(LineChange.percent)).where(of_version(version), col(LineChange.row_id) == row_id)
    percent = session.connection().execute(named).scalar()
    if percent is None:
        message = "the change that this cursor names is not there"
        raise InvalidCursor(message, faults=[Fault(message, pointer="/cursor")])
    same = and_(col(LineChange.percent) == percent, col(LineChange.row_id) < row_id)
    return or_(col(LineChange.percent) < percent, same)


def streamed(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Run a query whose answer is too long to hold."""
    yield from session.connection().execute(query, execution_options={"yield_per": CHUNK})


def of_kind(version: CatalogueVersion, kind: ChangeKind) -> Select[*tuple[Any, ...]]:
    """Give the changes of a kind: of prices that rise or fall those that rise most first, else as they were written."""
    query = changes_of(version).where(is_any(kind))
    if kind in (ChangeKind.PRICE_UP, ChangeKind.PRICE_DOWN):
        return query.where(col(LineChange.percent).is_not(None)).order_by(*_order(ChangeSort.PRICE))
    return query.order_by(*_order(ChangeSort.LINE))


def count_by_kind(session: Session, version: CatalogueVersion, groups: Sequence[str]) -> dict[ChangeKind, int]:
    """Count a version's changes of each kind."""
    query = core_select(_KINDS, func.count()).where(of_version(version)).group_by(_KINDS)
    counted: Counter[ChangeKind] = Counter()
    for kinds, lines in session.connection().execute(query):
        counted.update(dict.fromkeys(kinds_in(kinds), lines))
    counted[ChangeKind.OUTSIDE_PRODUCT_GROUPS] = count_outside(session, version, groups)
    return {kind: counted[kind] for kind in ChangeKind}


def kinds_in(bits: int) -> list[ChangeKind]:
    return [kind for kind in ChangeKind if bits & kind.bit]


def count_outside(session: Session, version: CatalogueVersion, groups: Sequence[str]) -> int:
    """Count the lines that a version brings which are in none of the agreement's product groups."""
    if not groups:
        return 0
    counted = changes_of(version).where(is_outside(groups)).with_only_columns(func.count())
    return session.connection().execute(counted).scalar_one()


def lines_before(session: Session, version: CatalogueVersion) -> int:
    """Count the lines that there were before a version."""
    ordinal = version.ordinal
    query = select(func.count()).where(
        CatalogueLine.catalogue_id == version.catalogue_id,
        col(CatalogueLine.from_version) < ordinal,
        or_(col(CatalogueLine.to_version).is_(None), col(CatalogueLine.to_version) >= ordinal),
    )
    return session.exec(query).one()


def first_of(
    session: Session, version: CatalogueVersion, condition: ColumnElement[bool], most: int
) -> tuple[int, Sequence[Any]]:
    """Count the changes for which a condition holds, and give the first of them, those that rise most before others."""
    query = changes_of(version).where(condition)
    count = session.connection().execute(query.with_only_columns(func.count())).scalar_one()
    if not count:
        return 0, ()
    ordered = query.order_by(col(LineChange.percent).is_(None), *_order(ChangeSort.PRICE))
    return count, session.connection().execute(ordered.limit(most)).all()


def extreme(session: Session, version: CatalogueVersion, kind: ChangeKind) -> Any | None:
    """Give the line whose price rises, or falls, most; none when no price does."""
    percent = col(LineChange.percent)
    first = percent.desc() if kind == ChangeKind.PRICE_UP else percent.asc()
    query = changes_of(version).where(percent > Decimal(0) if kind == ChangeKind.PRICE_UP else percent < Decimal(0))
    return session.connection().execute(query.order_by(first, col(LineChange.row_id)).limit(1)).first()


def sums(session: Session, version: CatalogueVersion, currency: str | None) -> tuple[Decimal | None, Decimal | None]:
    """Add up the prices that change, before and after; with a currency, those in it alone."""
    before, after = func.sum(col(LineChange.price_before)), func.sum(col(LineChange.price_after))
    of_both = (col(LineChange.price_before).is_not(None), col(LineChange.price_after).is_not(None))
    query = core_select(before, after).where(of_version(version), *of_both)
    if currency is not None:
        query = query.where(col(LineChange.currencies) == currency)
    found = session.connection().execute(query).one()
    return found[0], found[1]


def changed_ids(session: Session, version: CatalogueVersion, line_ids: Sequence[str]) -> frozenset[str]:
    """Give those of some lines that a version changes."""
    query = changes_of(version).where(col(CatalogueLine.line_id).in_(line_ids))
    found = session.connection().execute(query.with_only_columns(col(CatalogueLine.line_id)))
    return frozenset(found.scalars())
