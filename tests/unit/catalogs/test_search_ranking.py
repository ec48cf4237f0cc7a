"""Which line comes first, what the databases are asked, and the bookmark between two pages."""

import json
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogs.expressions import Expression, Place, Term, at
from app.catalogs.hits import Hit, Spot
from app.catalogs.prices import Point
from app.catalogs.ranking import Bookmark, Rank, Start, degree_of, ranked, read_bookmark, wording
from app.catalogs.search_messages import Asked, Degree
from app.catalogs.shelves import Shelf
from app.catalogs.words import words_of
from app.kit.pages import InvalidCursor
from tests.world import NOON

SOME_ID = UUID(int=1)
DAY = NOON.date()
ASKED = Asked(q="stol")


def shelf(step: int = 0) -> Shelf:
    return Shelf(7, 1, SOME_ID, "DKK", step, ((), ((),)))


def hit(number: int = 1, step: int = 0, price: str | None = "10", currency: str | None = None, text: str = "") -> Hit:
    points = [] if price is None else [Point(price, currency, "0")]
    return Hit(shelf(step), number, text, json.dumps(points), "44121704")


def test_lines_are_ranked_by_how_they_were_found_then_cascade_then_price_then_age() -> None:
    wanted = [
        (hit(9, 2), Degree.IDENTIFIER),
        (hit(8, 2, "99"), Degree.BEGINNING),
        (hit(7, 0, "12"), Degree.NAME),
        (hit(6, 1, "10"), Degree.NAME),
        (hit(1, 1, "11"), Degree.NAME),
        (hit(2, 1, "11.0"), Degree.NAME),
        (hit(3, 1, "1", "EUR"), Degree.NAME),
        (hit(4, 1, None), Degree.NAME),
        (hit(5, 0, "1"), Degree.TEXT),
        (hit(10, 0, "1"), Degree.INSIDE),
    ]

    ranks = [ranked(found, degree, DAY, Decimal(1)).rank for found, degree in wanted]

    assert sorted(ranks) == ranks


@pytest.mark.parametrize(
    ("name", "query", "degree"),
    [
        ("Stol med arm", "stole", Degree.BEGINNING),
        ("Stol med arm", "arm stol", Degree.NAME),
        ("Kontorstol", "kontor", Degree.BEGINNING),
        ("Lampe 80 w", "8", None),
        ("Lampe 80 w", "80", Degree.NAME),
        ("Lampe", "beskrivelse", Degree.TEXT),
        ("Lampe", "lampe beskrivelse", Degree.TEXT),
        ("Skrivebordslampe", "lampe", None),
    ],
)
def test_the_degree_follows_from_where_the_words_stand(name: str, query: str, degree: Degree | None) -> None:
    stems = [word.stem for word in words_of(name)]
    text = " ".join([f"a{stems[0]}", *(f"b{stem}" for stem in stems), *(f"c{stem}" for stem in [*stems, "beskriv"])])
    words = words_of(query)
    found = [one for one in (Degree.BEGINNING, Degree.NAME, Degree.TEXT) if wording(one, words, ()).holds_for(text)]

    assert found == ([] if degree is None else [degree])
    if degree is not None:
        assert degree_of(hit(text=text), words) == degree


def test_each_database_is_asked_in_its_own_words() -> None:
    expression = Expression(
        (*at(Place.TEXT, words_of("stol 80")), (Term(Place.LABEL, "fsc"), Term(Place.LABEL, "swan"))),
        but_not=at(Place.NAME, words_of("stol")),
    )

    assert expression.fts5(17) == '(("17cstol" *) AND ("17c80") AND ("17lfsc" OR "17lswan")) NOT (("17bstol" *))'
    assert expression.tsquery(17) == "(('17cstol':*) & ('17c80') & ('17lfsc' | '17lswan')) & !(('17bstol':*))"


numbers = st.integers(1, 2**63 - 1)
bookmarks = st.builds(
    Bookmark,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.none() | st.builds(Start, st.sampled_from(Degree), st.builds(Spot, st.integers(0, 2), numbers, numbers)),
    st.none()
    | st.builds(
        Rank,
        st.integers(0, 4),
        st.integers(0, 2),
        st.booleans(),
        st.sampled_from(["", "EUR", "USD"]),
        st.integers(0, 2**63 - 1),
        numbers,
    ),
)


@given(bookmarks)
def test_a_bookmark_comes_back_from_its_cursor_as_it_was(bookmark: Bookmark) -> None:
    assert read_bookmark(bookmark.written(ASKED), ASKED) == bookmark


def test_the_longest_bookmark_fits_into_a_cursor() -> None:
    start = Start(Degree.INSIDE, Spot(2, 2**31, 2**40))
    last = Rank(4, 2, unpriced=False, currency="EUR", price=2**63 - 1, number=2**40)

    assert len(Bookmark(start=start, last=last).written(ASKED)) <= 100


@pytest.mark.parametrize("cursor", ["", "A", "AAAA", "AAAAAAAAAAAAAAAAAAAAAA", "MDAwMHx8", "w6bDuA", "fHx8fHw", "é"])
def test_a_cursor_of_anybody_elses_making_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        read_bookmark(cursor, ASKED)


def test_a_cursor_is_not_taken_to_another_search_but_facets_do_not_matter() -> None:
    cursor = Bookmark(is_whole=True).written(ASKED)

    assert read_bookmark(cursor, Asked(q="stol", facets=True)) == Bookmark(is_whole=True)
    with pytest.raises(InvalidCursor, match="another search"):
        read_bookmark(cursor, Asked(q="bord"))
