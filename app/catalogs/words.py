"""Words as they are searched by: folded to plain letters and brought to their stems, in lines and queries alike."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from snowballstemmer.danish_stemmer import DanishStemmer  # type: ignore[import-untyped]

LONGEST: Final = 60
"""So many letters of a word count."""

LEAST_DIGITS: Final = 4
"""A number of fewer digits is that number, and not the beginning of another one."""

_PLAIN: Final = {"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ð": "d", "þ": "th", "ł": "l"}
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query: as it was folded, its stem, and whether words that begin with the stem are meant, too."""

    text: str
    stem: str
    is_beginning: bool


def folded(text: str) -> str:
    """Give a text in small letters without marks: æ, ø and å as ae, oe and aa, as many write them anyway."""
    small = text.lower()
    if small.isascii() or (small := _plain(small)).isascii():  # nearly always, and several times as fast
        return small
    small = _plain(unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in unicodedata.normalize("NFKD", small) if not unicodedata.combining(sign))


def _plain(text: str) -> str:
    for letter, plain in _PLAIN.items():
        text = text.replace(letter, plain)  # ten times as fast as to translate all letters at once
    return text


def split(text: str) -> list[str]:
    """Give the words of a text, folded; whatever is neither a letter nor a digit parts two words."""
    return _WORD.findall(folded(text))


def written_words(text: str) -> list[str]:
    """Give the words of a text as they are written, in small letters."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """Give what the forms of a folded Danish word have in common; a word with a digit in it is left as it is.

    Whoever types `roer` for `rør` is understood, as `oe` is taken for ø in every word. What is left is stemmed again,
    for `kuglepenne` leaves `kuglepen`, which looks like the form of another word itself. A stemmer keeps the word that
    it works on in itself: each word gets one of its own, or threads would mix their words up.
    """
    if not word.isalpha():
        return word[:LONGEST]
    before, found = "", word.replace("aa", "å").replace("ae", "æ").replace("oe", "ø")
    while found != before:
        before, found = found, DanishStemmer().stemWord(found)
    return _plain(found)[:LONGEST]


def stems(text: str) -> list[str]:
    return [stem(word) for word in split(text)]


def words_of(query: str) -> tuple[Word, ...]:
    """Give the words of a query, each stem once."""
    found: dict[str, str] = {}
    for word in split(query):
        found.setdefault(stem(word), word)
    return tuple(Word(word, of, not of.isdigit() or len(of) >= LEAST_DIGITS) for of, word in found.items())


def key_of(identifier: str) -> str:
    """Give an identifier as it is compared: however it is spaced, hyphenated or cased."""
    return "".join(split(identifier))[:LONGEST]


def number_key(identifier: str) -> str:
    """Give a GTIN as it is compared: with as many zeros in front as anybody likes; nothing for what is no number."""
    key = key_of(identifier)
    return key.lstrip("0") if key.isdecimal() else ""


def distance(one: str, other: str, most: int) -> int:
    """Count the letters that are wrong, missing, too many or swapped with the next between two words; `most` + 1 stands
    for anything above `most` (optimal string alignment).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        before, above, row = row, before, [place]
        for column, against in enumerate(other, start=1):
            least = min(row[column - 1] + 1, before[column] + 1, before[column - 1] + (letter != against))
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == against:
                least = min(least, above[column - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def parts(word: str) -> set[str]:
    """Give the three letters at each place of a word, its ends marked: what similar words have in common."""
    marked = f"^^{word}$$"
    return {marked[place : place + 3] for place in range(len(marked) - 2)}


def inner_parts(fragment: str) -> set[str]:
    """Give the parts that every word has in which a fragment of at least three letters stands."""
    return {fragment[place : place + 3] for place in range(len(fragment) - 2)}
