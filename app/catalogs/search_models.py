"""Tables that catalogue lines are searched in: beside each line what it is found by, and the words of each catalogue.

What is found by words stands in an index that neither SQLModel nor alembic knows (migration 0004): on SQLite the table
`searched_text` (FTS5, kept right by triggers), on PostgreSQL a GIN index over `INDEXED`. In both, each word of a line
carries the number of its catalogue in front: one look finds a word's lines in one catalogue, and only catalogues that
reach the caller are looked into.
"""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String
from sqlmodel import Field, SQLModel

from app.kit.columns import ExactDecimal, json_column

INDEXED: Final = (
    "array_to_tsvector(string_to_array(ltrim(replace(' ' || search_text, ' ', ' ' || catalogue::text)), ' '))"
)
"""What the index of PostgreSQL is over; a query must say it in the same words."""

Counted: Final = BigInteger().with_variant(Integer, "sqlite")
InOrder: Final = String().with_variant(String(collation="C"), "postgresql")
"""Text that sorts by its code points on both databases."""


def _catalogue_column(*, primary_key: bool = False) -> Column[Any]:
    of = ForeignKey("searched_catalogue.number", ondelete="CASCADE")
    return Column(Integer, of, primary_key=primary_key, nullable=False)


class SearchedCatalogue(SQLModel, table=True):
    """The short number of a catalogue, which stands in front of its words. Lines that ended with version `forgotten`,
    or before it, are not searched any more.
    """

    __tablename__ = "searched_catalogue"

    number: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    catalogue_id: UUID = Field(foreign_key="catalogue.id", unique=True, ondelete="CASCADE")
    forgotten: int = 0


class SearchedLine(SQLModel, table=True):
    """What a line is found, filtered and ranked by; it is written once and never changed.

    `search_text` holds its words, each with a letter in front for where it stands (expressions.Place); the keys are its
    identifiers as they are compared; `prices` are prices.Point, the least and the most of them beside it. `number`
    tells the order in which lines were written, on both databases alike.
    """

    __tablename__ = "searched_line"
    __table_args__ = (
        Index("ix_searched_line_catalogue", "catalogue", "number"),
        Index("ix_searched_line_seller", "seller_key"),
        Index("ix_searched_line_gtin", "gtin_key"),
        Index("ix_searched_line_maker", "maker_key"),
        Index("ix_searched_line_buyer", "buyer_key"),
    )

    number: int | None = Field(default=None, sa_column=Column(Counted, primary_key=True, autoincrement=True))
    catalogue: int = Field(sa_column=_catalogue_column())
    line_id: UUID = Field(foreign_key="catalogue_line.id", unique=True, ondelete="CASCADE")
    from_version: int
    unspsc: str = Field(max_length=20)
    valid_from: date | None = None
    valid_to: date | None = None
    search_text: str
    seller_key: str | None = None
    gtin_key: str | None = None
    maker_key: str | None = None
    buyer_key: str | None = None
    prices: list[Any] = Field(sa_column=json_column())
    least_price: Decimal | None = Field(default=None, sa_column=Column(ExactDecimal))
    most_price: Decimal | None = Field(default=None, sa_column=Column(ExactDecimal))
    lead_days: int | None = None
    available: bool = True
    labels: list[str] = Field(sa_column=json_column())


class CatalogueWord(SQLModel, table=True):
    """A word that names lines of a catalogue, by its stem; `shown` is how the first of these lines has it."""

    __tablename__ = "catalogue_word"
    __table_args__ = {"sqlite_with_rowid": False}

    word: str = Field(sa_column=Column(InOrder, primary_key=True))
    catalogue: int = Field(sa_column=_catalogue_column(primary_key=True))
    shown: str


class WordPart(SQLModel, table=True):
    """Three letters that stand in a word of some catalogue: what words are found by that one remembers only roughly."""

    __tablename__ = "word_part"
    __table_args__ = {"sqlite_with_rowid": False}

    part: str = Field(sa_column=Column(InOrder, primary_key=True))
    word: str = Field(sa_column=Column(InOrder, primary_key=True))
