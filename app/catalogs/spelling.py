"""Words that are written otherwise than typed: longer ones that hold them, and those that a typing error was made in.

Both are found by the letters that words have in common, among the words that name lines on the caller's own shelves.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.catalogs.search_models import CatalogueWord, WordPart
from app.catalogs.words import Word, distance, inner_parts, parts

LEAST_INSIDE: Final = 3
LEAST_CORRECTED: Final = 4
LEAST_TWICE: Final = 8
"""Words of so many letters may have two errors, shorter ones one."""

MOST_CANDIDATES: Final = 500
MOST_INSIDE: Final = 40


def inside_words(session: Session, words: Sequence[Word], catalogues: Collection[int]) -> dict[int, list[list[str]]]:
    """Give for each catalogue that has any, and each word, the stems of names in which the word stands further in."""
    found: dict[int, list[list[str]]] = {}
    for place, word in enumerate(words):
        for stem, catalogue in _holding(session, word, catalogues):
            found.setdefault(catalogue, [[] for _ in words])[place].append(stem)
    return found


def _holding(session: Session, word: Word, catalogues: Collection[int]) -> Iterable[tuple[str, int]]:
    if len(word.stem) < LEAST_INSIDE or not word.stem.isalpha():
        return []
    wanted = inner_parts(word.stem)
    candidates = session.exec(
        select(WordPart.word)
        .where(col(WordPart.part).in_(sorted(wanted)))
        .group_by(col(WordPart.word))
        .having(func.count() == len(wanted))
        .order_by(func.length(WordPart.word), col(WordPart.word))
        .limit(MOST_CANDIDATES)
    ).all()
    holding = [stem for stem in candidates if word.stem in stem[1:]]
    standing = _standing(session, holding, catalogues)
    nearest = [stem for stem in holding if stem in standing][:MOST_INSIDE]
    return [(stem, catalogue) for stem in nearest for catalogue in sorted(standing[stem])]


def corrected(session: Session, word: Word, catalogues: Collection[int]) -> tuple[Word, str] | None:
    """Give the word that was most likely meant, and how it is shown: of the nearest, the one in most catalogues."""
    length = len(word.stem)
    if length < LEAST_CORRECTED or not word.stem.isalpha():
        return None
    most = 2 if length >= LEAST_TWICE else 1
    candidates = session.exec(
        select(WordPart.word)
        .where(
            col(WordPart.part).in_(sorted(parts(word.stem))),
            func.length(WordPart.word).between(length - most, length + most),
        )
        .group_by(col(WordPart.word))
        .having(func.count() >= _least_common(length, most))
        .order_by(func.count().desc(), col(WordPart.word))
        .limit(MOST_CANDIDATES)
    ).all()
    far = {stem: distance(word.stem, stem, most) for stem in candidates}
    standing = _standing(session, [stem for stem in candidates if far[stem] <= most], catalogues)
    if not standing:
        return None
    best = min(standing, key=lambda stem: (far[stem], -len(standing[stem]), stem))
    shown = min(standing[best].values(), key=lambda text: (len(text), text))
    return Word(shown, best, is_beginning=True), shown


def _least_common(length: int, most: int) -> int:
    """Give how many parts a word shares at least with one that has so many errors: each swap spoils four of them."""
    return max(2, length + 2 - 4 * most)


def _standing(session: Session, stems: Sequence[str], catalogues: Collection[int]) -> Mapping[str, dict[int, str]]:
    """Give of some stems those that stand in some catalogues: in which, and how they are shown there."""
    if not stems:
        return {}
    query = select(CatalogueWord.word, CatalogueWord.catalogue, CatalogueWord.shown).where(
        col(CatalogueWord.word).in_(stems), col(CatalogueWord.catalogue).in_(list(catalogues))
    )
    found: dict[str, dict[int, str]] = {}
    for stem, catalogue, shown in session.exec(query):
        found.setdefault(stem, {})[catalogue] = shown
    return found
