"""The page of match rules says what the code does, no more and no less."""

import re
from pathlib import Path

import pytest

from app.match.engine import danish, english, messages
from app.match.engine.codes import CODES

PAGE = Path(__file__).parents[3] / "docs" / "match-rules.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def test_the_page_lists_every_code_with_meaning_outcome_and_actor() -> None:
    listed = {code: (meaning, outcome, actor) for code, meaning, outcome, actor in ROW.findall(PAGE.read_text())}
    known = {code: (fact.meaning, str(fact.outcome), str(fact.actor)) for code, fact in CODES.items()}
    assert listed == known


def test_the_page_lists_a_code_once() -> None:
    codes = [row[0] for row in ROW.findall(PAGE.read_text())]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("language", [english, danish])
def test_each_language_says_every_code_and_nothing_else(language: object) -> None:
    assert set(language.MESSAGES) == set(CODES)
    assert set(language.PASSES) <= set(CODES)


def test_both_languages_know_what_would_pass_for_the_same_codes() -> None:
    assert set(english.PASSES) == set(danish.PASSES)
    assert set(english.WORDS) == set(danish.WORDS)
    assert {str(language) for language in messages.Language} == {"en", "da"}


def test_every_code_is_used_by_a_rule() -> None:
    engine = Path(messages.__file__).parent
    rules = [path for path in engine.glob("*.py") if path.stem not in ("codes", "english", "danish")]
    text = "".join(path.read_text() for path in rules)
    assert [code for code in CODES if f'"{code}"' not in text] == []
