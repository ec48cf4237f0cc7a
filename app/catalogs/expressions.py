"""What is looked for among words, and how the two databases are told: FTS5 on SQLite, tsquery on PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.catalogs.words import Word


class Place(StrEnum):
    """Where a word stands: it begins the name, is in the name, is anywhere; or it is a product group or a label."""

    BEGINNING = "a"
    NAME = "b"
    TEXT = "c"
    GROUP = "g"
    LABEL = "l"


class Term(NamedTuple):
    """A stem in a place, or any word there that begins with it."""

    place: Place
    stem: str
    is_beginning: bool = False

    def stands_in(self, search_text: str) -> bool:
        """Tell whether a line's text has it."""
        return f" {self.place}{self.stem}{'' if self.is_beginning else ' '}" in f" {search_text} "


Clause = tuple[Term, ...]
"""Terms of which one is enough."""


@dataclass(frozen=True, slots=True)
class Expression:
    """All of some clauses, and not all of some others."""

    clauses: tuple[Clause, ...]
    but_not: tuple[Clause, ...] = ()

    def holds_for(self, search_text: str) -> bool:
        """Tell what the index would, from a line's text."""
        return _hold(self.clauses, search_text) and not (self.but_not and _hold(self.but_not, search_text))

    def fts5(self, catalogue: int) -> str:
        """Write it for FTS5, for the words of one catalogue."""
        wanted = _fts5(self.clauses, catalogue)
        return f"({wanted}) NOT ({_fts5(self.but_not, catalogue)})" if self.but_not else wanted

    def tsquery(self, catalogue: int) -> str:
        """Write it for PostgreSQL, for the words of one catalogue."""
        wanted = _tsquery(self.clauses, catalogue)
        return f"({wanted}) & !({_tsquery(self.but_not, catalogue)})" if self.but_not else wanted


def _hold(clauses: Sequence[Clause], search_text: str) -> bool:
    return all(any(term.stands_in(search_text) for term in clause) for clause in clauses)


def _fts5(clauses: Sequence[Clause], catalogue: int) -> str:
    return " AND ".join(f"({' OR '.join(_fts5_term(term, catalogue) for term in clause)})" for clause in clauses)


def _fts5_term(term: Term, catalogue: int) -> str:
    return f'"{catalogue}{term.place}{term.stem}"{" *" if term.is_beginning else ""}'


def _tsquery(clauses: Sequence[Clause], catalogue: int) -> str:
    return " & ".join(f"({' | '.join(_tsquery_term(term, catalogue) for term in clause)})" for clause in clauses)


def _tsquery_term(term: Term, catalogue: int) -> str:
    return f"'{catalogue}{term.place}{term.stem}'{':*' if term.is_beginning else ''}"


def at(place: Place, words: Sequence[Word]) -> tuple[Clause, ...]:
    """Give the clauses that all words stand in one place."""
    return tuple((Term(place, word.stem, word.is_beginning),) for word in words)
