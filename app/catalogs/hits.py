"""Finding lines on shelves: one after another in the cascade's order, on each in the order of writing, until there are
enough. That order is the same on both databases, whichever index it is that finds them.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import Session, col

from app.catalogs.expressions import Expression
from app.catalogs.models import CatalogueLine
from app.catalogs.prices import Point
from app.catalogs.search_models import INDEXED, SearchedLine
from app.catalogs.shelves import Shelf
from app.kit.db import is_postgresql, rows

FIELDS: Final[Sequence[Any]] = (
    col(SearchedLine.number),
    col(SearchedLine.search_text),
    cast(col(SearchedLine.prices), Text).label("prices"),
    col(SearchedLine.unspsc),
)
"""What is read of each line: as little as may be, and as the database has it, for most lines are not shown."""

FOUND: Final = table("searched_text", column("rowid"), column("searched_text")).alias("found")


class Spot(NamedTuple):
    """The last line that was taken: its catalogue's place in the cascade, and its own number."""

    step: int
    catalogue: int
    number: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that was found, with what it is ranked and counted by."""

    shelf: Shelf
    number: int
    search_text: str
    prices: str
    unspsc: str

    @property
    def points(self) -> list[Point]:
        return [Point(*price) for price in json.loads(self.prices)]

    @property
    def spot(self) -> Spot:
        return Spot(self.shelf.step, self.shelf.number, self.number)


Wording = Callable[[Shelf], Expression | None]
"""What to look for on a shelf; nothing, and the shelf is passed by."""


@dataclass(frozen=True)
class Finder:
    """Finds lines on some shelves, which are in order, under a condition on SearchedLine; `listed`, if it is there, is
    one more that only few lines meet.
    """

    session: Session
    shelves: Sequence[Shelf]
    condition: ColumnElement[bool]
    listed: ColumnElement[bool] | None = None

    def by_words(self, wording: Wording, most: int, after: Spot | None = None) -> list[Hit]:
        """Give the first lines with certain words, behind a line that was taken before."""
        asked = [(shelf, wording(shelf)) for shelf in self._behind(after)]
        looked = [(shelf, expression) for shelf, expression in asked if expression is not None]
        postgresql = is_postgresql(self.session)
        matches = [
            expression.tsquery(shelf.number) if postgresql else expression.fts5(shelf.number)
            for shelf, expression in looked
        ]
        return self._found(self._words, [shelf for shelf, _ in looked], matches, most, after)

    def all(self, most: int, after: Spot | None = None) -> list[Hit]:
        """Give the first lines there are, behind a line that was taken before."""
        if self.listed is not None:
            return [hit for hit in self.among(self.listed) if after is None or hit.spot > after][:most]
        shelves = self._behind(after)
        query = _all_postgresql if is_postgresql(self.session) else _all_sqlite
        return self._found(query(self.condition), shelves, [""] * len(shelves), most, after)

    def among(self, condition: ColumnElement[bool]) -> list[Hit]:
        """Give the lines that meet a condition that few meet, such as to have an identifier, in order."""
        by_number = {shelf.number: shelf for shelf in self.shelves}
        query = (
            select(col(SearchedLine.catalogue), *FIELDS, col(SearchedLine.from_version), col(CatalogueLine.to_version))
            .join_from(SearchedLine, CatalogueLine, col(CatalogueLine.id) == col(SearchedLine.line_id))
            .where(condition, col(SearchedLine.catalogue).in_(list(by_number)), self._where)
            .order_by(col(SearchedLine.number))
        )
        found = [
            Hit(by_number[row.catalogue], *row[1:5])
            for row in rows(self.session, query)
            if _stands(by_number[row.catalogue].ordinal, row.from_version, row.to_version)
        ]
        return sorted(found, key=lambda hit: hit.spot)

    @cached_property
    def _words(self) -> Select[*tuple[Any, ...]]:
        """The query by words; to make it takes longer than many an answer."""
        return _words_postgresql(self._where) if is_postgresql(self.session) else _words_sqlite(self._where)

    @property
    def _where(self) -> ColumnElement[bool]:
        return self.condition if self.listed is None else and_(self.condition, self.listed)

    def _behind(self, after: Spot | None) -> Sequence[Shelf]:
        return [shelf for shelf in self.shelves if after is None or shelf.place >= after[:2]]

    def _found(
        self,
        query: Select[*tuple[Any, ...]],
        shelves: Sequence[Shelf],
        matches: Sequence[str],
        most: int,
        after: Spot | None,
    ) -> list[Hit]:
        if not shelves:
            return []
        taken = [after.number if after is not None and shelf.place == after[:2] else 0 for shelf in shelves]
        numbers, ordinals = [shelf.number for shelf in shelves], [shelf.ordinal for shelf in shelves]
        if is_postgresql(self.session):
            self.session.connection().execute(text("SET LOCAL jit = off"))  # compiling takes longer than any search
            values: dict[str, Any] = {
                "matches": list(matches),
                "numbers": numbers,
                "ordinals": ordinals,
                "taken": taken,
            }
            first = 1
        else:
            values = {"shelves": json.dumps(list(zip(matches, numbers, ordinals, taken, strict=True)))}
            first = 0
        return [Hit(shelves[row[0] - first], *row[1:]) for row in rows(self.session, query, most=most, **values)]


def _stands(ordinal: int, from_version: int, to_version: int | None) -> bool:
    return from_version <= ordinal and (to_version is None or to_version > ordinal)


# On PostgreSQL shelves are arrays, each with its type said: without, an index may not fit them.
_SHELVES: Final = (
    func.unnest(
        bindparam("matches", type_=ARRAY(Text)),
        bindparam("numbers", type_=ARRAY(Integer)),
        bindparam("ordinals", type_=ARRAY(Integer)),
        bindparam("taken", type_=ARRAY(BigInteger)),
    )
    .table_valued("match", "number", "ordinal", "taken", with_ordinality="place")
    .render_derived(name="shelf")
)


def _of(field: str) -> ColumnElement[Any]:
    """Give a field of the shelf that is just looked at, inside of what is asked for each."""
    return literal_column(f"shelf.{field}")


def _words_postgresql(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """On each shelf the index is asked first, what it gives is sorted, and only then looked at, until it is enough.

    The sum keeps the planner from asking the index of numbers, too, or walking the whole table in its order.
    """
    matching = literal_column(INDEXED).op("@@")(cast(_of("match"), TSQUERY))
    return _lateral(and_(matching, condition), col(SearchedLine.number) + 0)


def _all_postgresql(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    on_shelf = col(SearchedLine.catalogue) == _of("number")
    return _lateral(and_(on_shelf, condition), col(SearchedLine.number))


def _lateral(condition: ColumnElement[bool], order: Any) -> Select[*tuple[Any, ...]]:
    newer = and_(order > _of("taken"), col(SearchedLine.from_version) <= _of("ordinal"))
    found = (
        select(*FIELDS, col(SearchedLine.line_id), order.label("place"))
        .where(newer, condition)
        .order_by(order)
        .lateral("found")
    )
    live = (
        select(*(found.c[str(field.key)] for field in FIELDS))
        .join(CatalogueLine, col(CatalogueLine.id) == found.c.line_id)
        .where(_not_ended(_of("ordinal")))
        .order_by(found.c.place)
        .limit(bindparam("most"))
        .lateral("live")
    )
    return (
        select(_SHELVES.c.place, *live.c)
        .select_from(_SHELVES.join(live, true()))
        .order_by(_SHELVES.c.place, live.c.number)
        .limit(bindparam("most"))
    )


def _not_ended(ordinal: ColumnElement[int]) -> ColumnElement[bool]:
    return or_(col(CatalogueLine.to_version).is_(None), col(CatalogueLine.to_version) > ordinal)


# On SQLite shelves are JSON. Tables are walked as they are named, shelf by shelf, and FTS5 gives lines by their rowid.
# A plus keeps the planner from turning a join round. To sort would mean to find everything first.
_JSON: Final = func.json_each(bindparam("shelves", type_=Text)).table_valued("key", "value", name="shelf")


def _of_shelf(place: int) -> ColumnElement[Any]:
    return func.json_extract(_JSON.c.value, f"$[{place}]")


def _words_sqlite(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    matching = and_(FOUND.c.searched_text.op("MATCH")(_of_shelf(0)), FOUND.c.rowid > _of_shelf(3))
    walked = _JSON.join(FOUND, matching).join(SearchedLine, col(SearchedLine.number) == literal_column("+found.rowid"))
    return _walking(walked, condition)


def _all_sqlite(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    on_shelf = and_(col(SearchedLine.catalogue) == _of_shelf(1), col(SearchedLine.number) > _of_shelf(3))
    return _walking(_JSON.join(SearchedLine, on_shelf), condition)


def _walking(walked: Any, condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    lines = walked.join(CatalogueLine, col(CatalogueLine.id) == literal_column("+searched_line.line_id"))
    return (
        select(_JSON.c.key, *FIELDS)
        .select_from(lines)
        .where(col(SearchedLine.from_version) <= _of_shelf(2), _not_ended(_of_shelf(2)), condition)
        .limit(bindparam("most"))
    )
