"""What a line is found by, and how it gets into the tables that are searched (see search_models)."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, bindparam, func
from sqlalchemy import select as core_select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, SQLModel, col, select

from app.catalogs.expressions import Place
from app.catalogs.lines import commodity_code, is_available, labels_of
from app.catalogs.prices import points_of
from app.catalogs.search_models import CatalogueWord, SearchedCatalogue, SearchedLine, WordPart
from app.catalogs.words import folded, key_of, number_key, parts, split, stem, stems, written_words
from app.documents.catalogue import CatalogueLine
from app.documents.item import Item
from app.documents.values import Identifier
from app.kit.bulk import insert_many
from app.kit.columns import SCALE, TOO_LARGE
from app.kit.db import is_postgresql

MOST_WORDS: Final = 1000
"""So many words of a line are searched; those of its name come first, those of its descriptions last."""

BATCH: Final = 5000
"""So many values are asked for at once."""

DAYS: Final = {"HUR": Decimal(1) / 24, "DAY": Decimal(1), "WEE": Decimal(7), "MON": Decimal(30)}
SMALLEST: Final = Decimal(1).scaleb(-SCALE)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line is found by: the columns of SearchedLine, and the words that name it with how it writes them."""

    columns: Mapping[str, Any]
    words: Mapping[str, str]


def entry_of(row_id: UUID, line: CatalogueLine) -> Entry | None:
    """Give the entry of a line by its row's id, for what takes a while is better done before a transaction begins; none
    of a line that cannot be ordered, for it is never found.
    """
    if not line.orderable:
        return None
    return Entry({"line_id": row_id, **search_columns(line)}, dict(_naming(line.item)))


def index_lines(session: Session, catalogue_id: UUID, ordinal: int, entries: Iterable[Entry | None]) -> None:
    """Let the lines that begin with a version be found; call it in the transaction that writes their rows, after them.

    A line is not found before its version is live, nor when a later one has ended it, and goes when its row does.
    """
    searched = [entry for entry in entries if entry is not None]
    if not searched:
        return
    number = _number_of(session, catalogue_id)
    rows = [{"catalogue": number, "from_version": ordinal, **entry.columns} for entry in searched]
    insert_many(session, SearchedLine, rows)
    _learn(session, number, {word: shown for entry in reversed(searched) for word, shown in entry.words.items()})


def search_columns(line: CatalogueLine) -> dict[str, Any]:
    """Give the columns of SearchedLine that a line alone decides, as `insert_many` takes them."""
    item, period = line.item, line.validity_period
    points = points_of(line)
    amounts = [Decimal(point.price) for point in points]
    return {
        "unspsc": commodity_code(item),
        "valid_from": period.start_date if period else None,
        "valid_to": period.end_date if period else None,
        "search_text": search_text(line),
        "seller_key": _key(item.sellers_number),
        "gtin_key": number_key(item.gtin or "") or None,
        "maker_key": _key(_value(item.manufacturers_item_id)),
        "buyer_key": _key(_value(item.buyers_item_id)),
        "prices": json.dumps(points),
        "least_price": _bound(min(amounts, default=None), ROUND_FLOOR),
        "most_price": _bound(max(amounts, default=None), ROUND_CEILING),
        "lead_days": _lead_days(line),
        "available": is_available(line),
        "labels": json.dumps(labels_of(item), ensure_ascii=False),
    }


def search_text(line: CatalogueLine) -> str:
    """Give the words of a line, each with the letter of its place in front."""
    item = line.item
    name = dict.fromkeys(stems(item.name or "")[:MOST_WORDS])
    code = commodity_code(item)
    labels = (key_of(text) for label in item.certificates for text in (label.id, label.type))
    words = dict.fromkeys((*name, *_other_words(item)))
    return "".join(
        (
            _placed(Place.BEGINNING, islice(name, 1)),
            _placed(Place.NAME, name),
            _placed(Place.GROUP, (code,) if code.isalnum() else ()),
            _placed(Place.LABEL, dict.fromkeys(label for label in labels if label)),
            _placed(Place.TEXT, islice(words, MOST_WORDS)),
        )
    ).lstrip()


def _placed(place: Place, words: Iterable[str]) -> str:
    between = f" {place}"
    return between.join(("", *words))


def _other_words(item: Item) -> list[str]:
    found: list[str] = []
    for number in (item.sellers_number, item.gtin, _value(item.manufacturers_item_id), _value(item.buyers_item_id)):
        if number and (key := key_of(number)):
            found.append(key)
            found += split(number)
    for text in (*_naming_texts(item), *item.descriptions):
        found += stems(text)
    return found


def _naming_texts(item: Item) -> tuple[str, ...]:
    named = (item.brand_name, item.model_name, item.manufacturer_name)
    return (*(text for text in named if text), *item.keywords)


def _naming(item: Item) -> Iterator[tuple[str, str]]:
    """Give the stems of words that name an item, and how it writes them: such words are also found roughly."""
    for text in (item.name or "", *_naming_texts(item)):
        for written in written_words(text):
            if word := _named(written):
                yield word, written


@lru_cache(maxsize=1 << 16)
def _named(written: str) -> str | None:
    word = folded(written)
    return stem(word) if word.isalpha() else None


def _value(identifier: Identifier | None) -> str | None:
    return identifier.value if identifier is not None else None


def _key(identifier: str | None) -> str | None:
    return key_of(identifier or "") or None


def _bound(amount: Decimal | None, rounding: str) -> Decimal | None:
    """Give a price as the database keeps it, never on the wrong side of what it is."""
    if amount is None or abs(amount) >= TOO_LARGE - 1:
        return None
    return amount.quantize(SMALLEST, rounding)


def _lead_days(line: CatalogueLine) -> int | None:
    """Give the days that the quickest delivery takes, where the line tells any."""
    told = [bracket.lead_time for bracket in line.brackets if bracket.lead_time is not None]
    days = [
        (time.value * DAYS[time.unit_code]).to_integral_value(ROUND_CEILING) for time in told if time.unit_code in DAYS
    ]
    return int(min(days)) if days and abs(min(days)) < 10**6 else None


def _number_of(session: Session, catalogue_id: UUID) -> int:
    query = select(SearchedCatalogue.number).where(SearchedCatalogue.catalogue_id == catalogue_id)
    found = session.exec(query).first()
    if found is None:
        _insert_new(session, SearchedCatalogue, [{"catalogue_id": catalogue_id, "forgotten": 0}])
        found = session.exec(query).one()
    assert found is not None  # noqa: S101 - the database has numbered it
    return found


def _learn(session: Session, catalogue: int, words: dict[str, str]) -> None:
    """Remember the words of a catalogue, in order: two that learn the same words at once must not wait in a ring."""
    known = _known(session, words, CatalogueWord.catalogue == catalogue)
    new = [word for word in sorted(words) if word not in known]
    strange = sorted(set(new) - _known(session, new))
    _insert_new(session, CatalogueWord, [{"word": word, "catalogue": catalogue, "shown": words[word]} for word in new])
    pairs = sorted((part, word) for word in strange for part in parts(word))
    _insert_new(session, WordPart, [{"part": part, "word": word} for part, word in pairs])


def _known(session: Session, words: Iterable[str], *conditions: Any) -> set[str]:
    """Give those of some words that stand in the catalogues' words already."""
    known: set[str] = set()
    remaining = iter(words)
    while batch := list(islice(remaining, BATCH)):
        query = select(CatalogueWord.word).where(col(CatalogueWord.word).in_(batch), *conditions)
        known.update(session.exec(query.distinct()).all())
    return known


def _insert_new(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that are not there; on PostgreSQL as one statement, for these are many small ones."""
    if not rows:
        return
    if not is_postgresql(session):
        session.connection().execute(sqlite_insert(model).on_conflict_do_nothing(), rows)
        return
    columns = [SQLModel.metadata.tables[str(model.__tablename__)].columns[name] for name in rows[0]]
    values = core_select(*(func.unnest(bindparam(column.name, type_=ARRAY(column.type))) for column in columns))
    insert = postgresql_insert(model).from_select([column.name for column in columns], values)
    by_column = {column.name: [row[column.name] for row in rows] for column in columns}
    session.connection().execute(insert.on_conflict_do_nothing(), by_column)
