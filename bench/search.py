"""The search among a million catalogue lines of 2,000 agreements, 200 of them visible, beside the database's own index.

A page has twenty lines. The floor is one look into that index for the same words and the same agreements: the first
twenty lines as they come, neither ranked nor priced nor told. For an identifier it is the lookup of its key. What
stands inside of longer words has no index of its own; its floor is a look for the word as it stands.
"""

import gc
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import quantiles

from sqlalchemy import true
from sqlmodel import Session, col

from app.agreements.queries import visible_agreements
from app.catalogs import queries
from app.catalogs.hits import Finder
from app.catalogs.ranking import anywhere
from app.catalogs.reindexing import merge_some
from app.catalogs.search_messages import Asked
from app.catalogs.search_models import SearchedLine
from app.catalogs.searching import search_lines
from app.catalogs.shelves import Shelf, shelves
from app.catalogs.words import key_of, words_of
from app.kit.calls import Call
from app.kit.db import Database
from app.kit.pages import PageQuery
from app.organisations.access import Actor
from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan, middle
from bench.goods import CHUNK, LAST, NOW, Goods, Size, write_lines, write_rows

NAME = "search"
WANTED = "p95 of 50 ms, 100 ms with facets"
FULL = Size(lines=1_000_000, agreements=2_000, visible=200, words=60_000)
SHOWN = 20
QUICK = Size(lines=1_000, agreements=10, visible=4, words=200)


@dataclass(frozen=True)
class Kind:
    """A kind of search: what is asked for, and the words that the floor is asked for."""

    name: str
    asked: Sequence[Asked]
    floor: Sequence[str]


def run(plan: Plan) -> Iterator[Figures]:
    """Search for many things of each kind in turn, and each time ask the floor for the same."""
    for kind in plan.databases:
        goods = Goods(QUICK if plan.quick else FULL)
        with addresses(kind, NAME) as (_, found):
            database = with_schema(found[NAME])
            actor = _fill(database, goods)
            gc.freeze()  # what this benchmark holds itself is not the service's to walk through
            kinds = _kinds(database, goods, 2 if plan.quick else 100)
            yield _figures(kind, database, actor, kinds, 1 if plan.quick else 3)
            database.close()


def _fill(database: Database, goods: Goods) -> Actor:
    rows, catalogues, actor = goods.state()
    database.run(lambda session: write_rows(session, rows))
    for catalogue_id, count in catalogues:
        for written in range(0, count, CHUNK):
            lines = goods.lines(catalogue_id, min(CHUNK, count - written), written)
            database.run(lambda session, of=(catalogue_id, lines): write_lines(session, *of))
    while database.run(merge_some):  # as the worker does after each approval
        pass
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE")
    return actor


def _kinds(database: Database, goods: Goods, count: int) -> list[Kind]:
    chance = goods.chance
    words = [chance.choice((LAST, goods.compounds, goods.strange)) for _ in range(count)]
    one = [goods.often(choice)[0] for choice in words]
    two = [f"{thing} {colour}" for thing, colour in zip(one, goods.often(goods.strange, count), strict=True)]
    beginnings = [word[: max(3, len(word) * 2 // 3)] for word in goods.often(goods.compounds, count)]
    inside = [goods.often(LAST)[0] for _ in range(count)]
    numbers = _numbers(database, count)
    wrong = [word[:3] + word[4:] for word in goods.often(goods.compounds, count)]

    def asked(texts: Sequence[str], **more: bool) -> list[Asked]:
        return [Asked(q=text, **more) for text in texts]

    return [
        Kind("one word", asked(one), one),
        Kind("two words", asked(two), two),
        Kind("beginning of a word", asked(beginnings), beginnings),
        Kind("inside of words", asked([f"{word} {colour}" for word, colour in zip(inside, one, strict=True)]), inside),
        Kind("identifier", asked(numbers), numbers),
        Kind("typing error", asked(wrong), wrong),
        Kind("everything", asked([""] * count), one),
        Kind("one word, facets", asked(one, facets=True), one),
        Kind("two words, facets", asked(two, facets=True), two),
    ]


def _numbers(database: Database, count: int) -> list[str]:
    query = "SELECT seller_key FROM searched_line ORDER BY number LIMIT 1000000"
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(query).scalars().all()
    return list(islice(found, 0, None, max(1, len(found) // count)))[:count]


def _figures(kind: str, database: Database, actor: Actor, kinds: Sequence[Kind], runs: int) -> Figures:
    times: dict[str, list[list[float]]] = {}
    for _ in range(runs + 1):  # the first run only warms up
        for one in kinds:
            for name, step, of in ((one.name, _search, one.asked), (f"{one.name} (floor)", _floor, one.floor)):
                found = database.run(lambda session, step=step, of=of: _timed(session, actor, step, of), write=False)
                times.setdefault(name, []).append(found)
    half = {
        name: tuple(middle([_p(run, percent) for run in found[1:]]) for percent in (50, 95))
        for name, found in times.items()
    }
    slowest = max((one.name for one in kinds if "facets" not in one.name), key=lambda name: half[name][1])
    return Figures(
        bench=NAME,
        database=kind,
        value=half[slowest][1],
        unit="ms",
        floor=half[f"{slowest} (floor)"][1],
        runs=runs,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        columns=("p50, ms", "p95, ms", "floor p50", "floor p95"),
        rows={
            one.name: tuple(f"{value:.1f}" for name in (one.name, f"{one.name} (floor)") for value in half[name])
            for one in kinds
        },
        wanted=WANTED,
    )


def _timed(session: Session, actor: Actor, step: Callable[..., object], asked: Sequence[object]) -> list[float]:
    """Give the milliseconds of each: on SQLite of processor, for there all is done in this process, else of waiting."""
    now = time.thread_time if session.get_bind().dialect.name == "sqlite" else time.perf_counter
    call = Call(session, actor, NOW)
    shelved = shelves(call, queries.by_id(visible_agreements(session, actor, call.today)))
    times = []
    for what in asked:
        session.expunge_all()
        started = now()
        step(call, shelved, what)
        times.append((now() - started) * 1000)
    return times


def _p(times: Sequence[float], percent: int) -> float:
    return quantiles(times, n=100)[percent - 1]


def _search(call: Call[Actor], _: Sequence[Shelf], asked: Asked) -> object:
    return search_lines(call, asked, PageQuery(limit=SHOWN))


def _floor(call: Call[Actor], shelved: Sequence[Shelf], query: str) -> object:
    finder = Finder(call.session, shelved, true())
    words = words_of(query)
    if words[0].stem[1:].isdigit():
        return finder.among(col(SearchedLine.seller_key) == key_of(query))
    expression = anywhere(words, ())
    return finder.by_words(lambda _: expression, SHOWN)
