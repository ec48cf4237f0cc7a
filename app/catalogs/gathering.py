"""Gathering what a search finds, so many lines that they can be ranked together: all, or round after round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import or_
from sqlmodel import col

from app.catalogs import spelling
from app.catalogs.expressions import Clause, Expression, Place, Term, at
from app.catalogs.hits import Finder, Hit, Spot
from app.catalogs.ranking import Bookmark, Start, anywhere, degree_of, is_better, wording
from app.catalogs.search_messages import Degree
from app.catalogs.search_models import SearchedLine
from app.catalogs.shelves import Shelf
from app.catalogs.words import Word, key_of, number_key

RANKED: Final = 500
"""So many lines are ranked together."""

MOST_NUMBERED: Final = 100
WORDED: Final = (Degree.BEGINNING, Degree.NAME, Degree.TEXT)
Found = tuple[Degree, Hit]


@dataclass(frozen=True)
class Quest:
    """What is looked for, and where; `filters` are clauses that hold for every line."""

    finder: Finder
    query: str
    words: tuple[Word, ...]
    filters: tuple[Clause, ...]

    @property
    def catalogues(self) -> Sequence[int]:
        return [shelf.number for shelf in self.finder.shelves]


@dataclass(frozen=True)
class Gathered:
    """What was gathered for a quest; `end` is where the next round begins, if there is one."""

    quest: Quest
    found: Sequence[Found]
    bookmark: Bookmark
    end: Start | None = None
    corrections: Mapping[str, str] = field(default_factory=dict)


def gather(quest: Quest, bookmark: Bookmark | None, few: int) -> Gathered:
    """Gather the round of a bookmark, or the first one. Fewer than `few` lines are filled up with those in whose names
    words stand inside of longer ones; and if there is nothing at all, words that stand nowhere are corrected.
    """
    if bookmark is not None and bookmark.is_corrected:
        return _corrected(quest, bookmark, few)
    gathered = _round(quest, bookmark, few)
    if gathered.found or bookmark is not None:
        return gathered
    again = _corrected(quest, None, few)
    return again if again.corrections and again.found else gathered


def _corrected(quest: Quest, bookmark: Bookmark | None, few: int) -> Gathered:
    """Gather with every word corrected that stands in no line at all."""
    corrections, words = {}, list(quest.words)
    for place, word in enumerate(quest.words):
        meant = None if _stands(quest, word) else spelling.corrected(quest.finder.session, word, quest.catalogues)
        if meant is not None and meant[0].stem != word.stem:
            words[place], corrections[word.text] = meant
    if not corrections:
        return Gathered(quest, [], Bookmark())
    gathered = _round(replace(quest, words=tuple(words)), bookmark, few)
    return replace(gathered, bookmark=replace(gathered.bookmark, is_corrected=True), corrections=corrections)


def _stands(quest: Quest, word: Word) -> bool:
    found = quest.finder.by_words(lambda _: anywhere([word], ()), 1)
    return bool(found or spelling.inside_words(quest.finder.session, [word], quest.catalogues))


def _round(quest: Quest, bookmark: Bookmark | None, few: int) -> Gathered:
    numbered = _numbered(quest)
    if quest.words and (bookmark is None or bookmark.is_whole):
        whole = _everything(quest, numbered, bookmark, few)
        if whole is not None:
            return whole
    return by_degrees(quest, numbered, bookmark.start if bookmark is not None else None, RANKED)


def _everything(quest: Quest, numbered: Sequence[Hit], bookmark: Bookmark | None, few: int) -> Gathered | None:
    """Gather all lines with all words, or nothing when they are too many to be ranked together."""
    known = {hit.number for hit in numbered}
    expression = anywhere(quest.words, quest.filters)
    hits = quest.finder.by_words(lambda _: expression, RANKED + 1 + len(known))
    others = [hit for hit in hits if hit.number not in known]
    if len(others) + len(known) > RANKED:
        return None
    found = [(Degree.IDENTIFIER, hit) for hit in numbered]
    found += [(degree_of(hit, quest.words), hit) for hit in others]
    has_inside = bookmark.has_inside if bookmark is not None else len(found) < few
    if has_inside:
        found += [(Degree.INSIDE, hit) for hit in _inside(quest, RANKED) if hit.number not in known]
    return Gathered(quest, found, Bookmark(is_whole=True, has_inside=has_inside))


def _inside(quest: Quest, most: int) -> list[Hit]:
    """Gather lines in which all words stand, at least one of them only inside of a longer word of the name."""
    longer = spelling.inside_words(quest.finder.session, quest.words, quest.catalogues)

    def wording_for(shelf: Shelf) -> Expression | None:
        if shelf.number not in longer:
            return None
        plain = at(Place.TEXT, quest.words)
        clauses = (
            (*clause, *(Term(Place.NAME, stem) for stem in stems))
            for clause, stems in zip(plain, longer[shelf.number], strict=True)
        )
        return Expression((*clauses, *quest.filters), but_not=plain)

    return quest.finder.by_words(wording_for, most) if longer else []


def _numbered(quest: Quest) -> list[Hit]:
    """Gather the lines whose identifier, of whoever's making, is the query as a whole."""
    key, number = key_of(quest.query), number_key(quest.query)
    if not key:
        return []
    named = or_(
        col(SearchedLine.seller_key) == key, col(SearchedLine.maker_key) == key, col(SearchedLine.buyer_key) == key
    )
    is_it = or_(named, col(SearchedLine.gtin_key) == number) if number else named
    wanted = Expression(quest.filters)
    return [hit for hit in quest.finder.among(is_it) if wanted.holds_for(hit.search_text)][:MOST_NUMBERED]


def first(quest: Quest, most: int) -> Gathered:
    """Gather the first lines, so many at most, the best found ones first."""
    return by_degrees(quest, _numbered(quest), None, most)


def by_degrees(quest: Quest, numbered: Sequence[Hit], start: Start | None, most: int) -> Gathered:
    """Gather lines behind a start, the best found ones first; `numbered` are those whose identifier the query is."""
    found = [(Degree.IDENTIFIER, hit) for hit in numbered] if start is None else []
    known = {hit.number for hit in numbered}
    named = _named(quest, most + len(known)) if start is None else None
    for degree in WORDED if quest.words else WORDED[-1:]:
        if start is not None and is_better(degree, start.degree):
            continue
        if named is not None and degree != Degree.TEXT:
            hits = named[degree]
        else:
            after = start.spot if start is not None and degree == start.degree else None
            hits = _of_degree(quest, degree, most + 1 - len(found) + len(known), after)
        found += [(degree, hit) for hit in hits if hit.number not in known]
        if len(found) > most:
            last_degree, last = found[most - 1]
            return Gathered(quest, found[:most], Bookmark(start=start), Start(last_degree, last.spot))
    return Gathered(quest, found, Bookmark(start=start))


def _named(quest: Quest, most: int) -> Mapping[Degree, Sequence[Hit]] | None:
    """Gather the lines with all words in their names, by degree, or nothing when they are too many: to look over all
    shelves once is quicker than twice.
    """
    if not quest.words:
        return None
    expression = Expression((*at(Place.NAME, quest.words), *quest.filters))
    hits = quest.finder.by_words(lambda _: expression, most + 1)
    if len(hits) > most:
        return None
    by_degree: dict[Degree, list[Hit]] = {Degree.BEGINNING: [], Degree.NAME: []}
    for hit in hits:
        by_degree[degree_of(hit, quest.words)].append(hit)
    return by_degree


def _of_degree(quest: Quest, degree: Degree, most: int, after: Spot | None) -> list[Hit]:
    if not quest.words and not quest.filters:
        return quest.finder.all(most, after)
    expression = wording(degree, quest.words, quest.filters)
    return quest.finder.by_words(lambda _: expression, most, after)
