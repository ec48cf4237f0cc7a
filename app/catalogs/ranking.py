"""Which line comes first, and the bookmark that a page of lines ends with."""

import base64
import binascii
import re
import zlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from app.catalogs.expressions import Clause, Expression, Place, Term, at
from app.catalogs.hits import Hit, Spot
from app.catalogs.prices import Point, point_on
from app.catalogs.search_messages import Asked, Degree
from app.catalogs.words import Word
from app.kit.columns import SCALE
from app.kit.errors import Fault
from app.kit.money import rounded
from app.kit.pages import InvalidCursor

DEGREES: Final = tuple(Degree)
HOME_CURRENCY: Final = "DKK"
_NO_LETTER: Final = re.compile(r"[^A-Za-z]")
HIGHEST: Final = 2**63
"""What databases count to, and cursors with them."""


class Rank(NamedTuple):
    """What lines are sorted by: how they were found, the step of their agreement in the cascade, whether they have no
    price, its currency (ours before others), the price in millionths, and the order of writing.
    """

    degree: int
    step: int
    unpriced: bool
    currency: str
    price: int
    number: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line that was found, how, its price for what is asked, and its rank."""

    hit: Hit
    degree: Degree
    price: Decimal | None
    currency: str
    rank: Rank


def ranked(hit: Hit, degree: Degree, day: date, quantity: Decimal) -> Ranked:
    """Give a line its rank by its price on a day for a quantity."""
    point = point_on(hit.points, day, quantity)
    currency = _currency(hit, point)
    price = Decimal(point.price) if point is not None else None
    rank = Rank(
        degree=DEGREES.index(degree),
        step=hit.shelf.step,
        unpriced=price is None,
        currency="" if currency == HOME_CURRENCY else _NO_LETTER.sub("", currency)[:3],
        price=max(0, min(int(rounded(price, SCALE).scaleb(SCALE)), HIGHEST - 1)) if price is not None else 0,
        number=hit.number,
    )
    return Ranked(hit, degree, price, currency, rank)


def _currency(hit: Hit, point: Point | None) -> str:
    return (point.currency if point is not None else None) or hit.shelf.currency


def is_better(degree: Degree, other: Degree) -> bool:
    return DEGREES.index(degree) < DEGREES.index(other)


def wording(degree: Degree, words: Sequence[Word], filters: tuple[Clause, ...]) -> Expression:
    """Give what finds the lines of a degree and no better one; filters are clauses that hold anyway."""
    named, begun = at(Place.NAME, words), at(Place.BEGINNING, words[:1])
    if degree == Degree.BEGINNING:
        return Expression((*begun, *named[1:], *filters))
    if degree == Degree.NAME:
        return Expression((*named, *filters), but_not=begun)
    return Expression((*at(Place.TEXT, words), *filters), but_not=named)


def anywhere(words: Sequence[Word], filters: tuple[Clause, ...]) -> Expression:
    """Give what finds the lines of all these degrees at once."""
    return Expression((*at(Place.TEXT, words), *filters))


def degree_of(hit: Hit, words: Sequence[Word]) -> Degree:
    """Give the degree of a line that has all words somewhere."""
    if not Expression(at(Place.NAME, words)).holds_for(hit.search_text):
        return Degree.TEXT
    begins = Term(Place.BEGINNING, words[0].stem, words[0].is_beginning).stands_in(hit.search_text)
    return Degree.BEGINNING if begins else Degree.NAME


@dataclass(frozen=True, slots=True)
class Start:
    """Behind which line a round begins, of those that are found in the same way."""

    degree: Degree
    spot: Spot


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where the next page begins: the round of lines that are ranked together, and the last rank shown of it.

    `is_whole` says that the round is all there is, `has_inside` that it holds words inside of others, `is_corrected`
    that words were corrected: found out once, they hold for all pages.
    """

    is_whole: bool = False
    has_inside: bool = False
    is_corrected: bool = False
    start: Start | None = None
    last: Rank | None = None

    def written(self, asked: Asked) -> str:
        """Write it as the cursor of a page."""
        flags = f"{self.is_whole:d}{self.has_inside:d}{self.is_corrected:d}"
        start = _hex(DEGREES.index(self.start.degree), *self.start.spot) if self.start is not None else ""
        last = (
            f"{self.last.currency},{_hex(*(field for field in self.last if isinstance(field, int)))}"
            if self.last
            else ""
        )
        fields = f"{_mark(asked):04x}{flags}|{start}|{last}"
        return base64.urlsafe_b64encode(fields.encode()).decode().rstrip("=")


def _hex(*numbers: int) -> str:
    return ",".join(f"{number:x}" for number in numbers)


def _mark(asked: Asked) -> int:
    """Give a small number for what is asked, so that a cursor is not taken to another search."""
    return zlib.crc32(repr(astuple(asked)[:-1]).encode()) & 0xFFFF


def read_bookmark(cursor: str, asked: Asked) -> Bookmark:
    """Read a cursor back.

    :raises InvalidCursor: when it is none of ours, or of another search.
    """
    try:
        head, start, last = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").split("|")
        whole, inside, corrected = (flag == "1" for flag in head[4:])
        bookmark, mark = Bookmark(whole, inside, corrected, _start(start), _rank(last)), int(head[:4], 16)
    except (binascii.Error, ValueError, IndexError, TypeError) as reason:
        raise _invalid("take the cursor from `next_cursor` of the page before") from reason
    if mark != _mark(asked):
        raise _invalid("the cursor is of another search; ask for the next page with the same words and filters")
    return bookmark


def _start(text: str) -> Start | None:
    if not text:
        return None
    degree, *spot = _numbers(text)
    return Start(DEGREES[degree], Spot(*spot))


def _rank(text: str) -> Rank | None:
    if not text:
        return None
    currency, _, numbers = text.partition(",")
    degree, step, unpriced, price, number = _numbers(numbers)
    return Rank(degree, step, bool(unpriced), currency, price, number)


def _numbers(text: str) -> list[int]:
    """Read whole numbers that a database can hold.

    :raises ValueError: for anything else.
    """
    numbers = [int(number, 16) for number in text.split(",")]
    if not all(0 <= number < HIGHEST for number in numbers):
        raise ValueError("a number is out of bounds")
    return numbers


def _invalid(message: str) -> InvalidCursor:
    return InvalidCursor(message, faults=[Fault(message, pointer="/cursor")])
