"""Both databases find the same lines in the same order, and they are the lines that have the words."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app.agreements.queries import visible_agreements
from app.catalogs import queries
from app.catalogs.indexing import search_text
from app.catalogs.models import Catalogue, CatalogueLine
from app.catalogs.ranking import anywhere
from app.catalogs.search_messages import Asked, Degree, LinesFound
from app.catalogs.searching import search_lines
from app.catalogs.words import words_of
from app.kit.calls import Call
from app.kit.db import Database
from app.kit.pages import PageQuery
from app.organisations.access import Actor
from bench.goods import COLOURS, LAST, NOW, Goods, Size, write_lines, write_rows

SIZE = Size(lines=500, agreements=12, visible=7, words=120)
WORDED = (Degree.BEGINNING, Degree.NAME, Degree.TEXT)
Found = list[tuple[str, str, str]]


@dataclass(frozen=True)
class Shop:
    """The same goods in a database of each kind; `texts` are what stands in each line, by catalogue and line number."""

    databases: Mapping[str, Database]
    actor: Actor
    goods: Goods
    texts: Mapping[tuple[str, str], str]

    def walked(self, kind: str, asked: Asked, limit: int) -> tuple[Found, LinesFound]:
        """Search page by page; gives each line's catalogue, number and degree, and the first page."""

        def step(session: Session) -> tuple[Found, LinesFound]:
            call = Call(session, self.actor, NOW)
            first = page = search_lines(call, asked, PageQuery(limit=limit))
            rows = list(page.data)
            while page.next_cursor is not None:
                page = search_lines(call, asked, PageQuery(limit=limit, cursor=page.next_cursor))
                rows += page.data
            number_of = dict(
                session.exec(
                    select(CatalogueLine.id, Catalogue.number)
                    .join(Catalogue, col(Catalogue.id) == col(CatalogueLine.catalogue_id))
                    .where(col(CatalogueLine.id).in_([row.id for row in rows]))
                ).all()
            )
            return [(number_of[row.id], row.line_id, row.found_by) for row in rows], first

        return self.databases[kind].run(step, write=False)

    @property
    def visible(self) -> frozenset[str]:
        """Give the numbers of the catalogues that the caller may order from."""

        def step(session: Session) -> frozenset[str]:
            found = visible_agreements(session, self.actor, Call(session, self.actor, NOW).today)
            query = select(Catalogue.number).where(col(Catalogue.agreement_id).in_(list(queries.by_id(found))))
            return frozenset(session.exec(query).all())

        return self.databases["sqlite"].run(step, write=False)


@pytest.fixture(params=[1, 2])
def shop(request: pytest.FixtureRequest, each_database: Mapping[str, Database]) -> Shop:
    """Give a shop with words, names and sizes of its own."""
    goods = Goods(SIZE, random.Random(request.param))
    rows, catalogues, actor = goods.state()
    number_of = {row.id: row.number for row in rows if isinstance(row, Catalogue)}
    lines = {catalogue_id: goods.lines(catalogue_id, count) for catalogue_id, count in catalogues}
    for database in each_database.values():
        database.run(lambda session: write_rows(session, rows))
        for catalogue_id, of_catalogue in lines.items():
            database.run(lambda session, of=(catalogue_id, of_catalogue): write_lines(session, *of))
    texts = {
        (number_of[catalogue_id], line.line_id): search_text(line)
        for catalogue_id, of_catalogue in lines.items()
        for line in of_catalogue
    }
    return Shop(each_database, actor, goods, texts)


def searches(shop: Shop, count: int) -> Iterator[tuple[Asked, int]]:
    """Make searches up: words as they are, in part, in pieces, mistyped, together; numbers; and filters."""
    chance = random.Random(shop.goods.size.lines)
    choices = (shop.goods.strange, shop.goods.compounds, LAST, COLOURS)

    def word() -> str:
        found = chance.choice(chance.choice(choices))
        cut = chance.randrange(1, len(found))
        ways = [found, found, found[:cut], found[cut:], found[: cut - 1] + found[cut:], found[:cut] + found[cut - 1 :]]
        return chance.choice([*ways, found[: cut - 1] + found[cut - 1 : cut + 1][::-1] + found[cut + 1 :]])

    for _ in range(count):
        query = " ".join(word() for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3))))
        asked = Asked(q=chance.choice([query, query, query, f"V{chance.randrange(10**4)}", "80 g", "a4"]))
        if chance.random() < 0.3:
            asked = replace(asked, label=chance.choice(("FSC", "svanemærket")))
        if chance.random() < 0.3:
            asked = replace(asked, group=chance.choice(("44", "4410", "4412", "56")))
        if chance.random() < 0.3:
            asked = replace(asked, price_to=Decimal(chance.choice((5, 300, 900, 1500))))
        yield asked, chance.choice((1, 3, 7, 50, 200))


def told(page: LinesFound) -> dict[str, Any]:
    return page.model_dump(exclude={"data", "next_cursor"}, mode="json")


def test_both_databases_find_the_same_in_the_same_order(shop: Shop) -> None:
    for asked, limit in searches(shop, 40):
        (one, first), (other, second) = (
            shop.walked(kind, replace(asked, facets=True), limit) for kind in shop.databases
        )

        assert one == other, asked
        assert told(first) == told(second), asked


def test_what_is_found_is_what_has_the_words_each_line_once(shop: Shop) -> None:
    visible = shop.visible
    corrected = 0
    for asked, limit in searches(shop, 40):
        lines, first = shop.walked("sqlite", replace(asked, group=None, label=None, price_to=None), limit)

        places = [(number, line_id) for number, line_id, _ in lines]
        assert len(set(places)) == len(places), asked
        assert {number for number, _ in places} <= visible
        if first.corrections:
            corrected += 1
            continue
        wanted = anywhere(words_of(asked.q), ())
        by_hand = {place for place, text in shop.texts.items() if place[0] in visible and wanted.holds_for(text)}
        by_words = {(number, line_id) for number, line_id, degree in lines if degree in WORDED}
        by_number = {(number, line_id) for number, line_id, degree in lines if degree == Degree.IDENTIFIER}
        assert by_words | by_number == by_hand | by_number, asked
    assert corrected


def test_degrees_never_fall_and_limits_do_not_matter(shop: Shop) -> None:
    for asked, _ in searches(shop, 15):
        walks: Sequence[Found] = [shop.walked("postgresql", asked, limit)[0] for limit in (50, 200)]

        degrees = [list(Degree).index(Degree(degree)) for _, _, degree in walks[0]]
        assert degrees == sorted(degrees) or asked.q == "", asked
        assert [place[:2] for place in walks[0]] == [place[:2] for place in walks[1]] or Degree.INSIDE in {
            degree for walk in walks for *_, degree in walk
        }
