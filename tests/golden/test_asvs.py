"""The page on OWASP ASVS leaves out no requirement of its chapters, and names only tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| \d", line)]

REQUIREMENTS = [
    "4.1.1",
    "4.1.2",
    "4.1.3",
    "4.2.1",
    "4.3.1",
    "4.3.2",
    "4.4.1",
    "4.4.2",
    "4.4.3",
    "4.4.4",
    "5.1.1",
    "5.2.1",
    "5.2.2",
    "5.2.3",
    "5.3.1",
    "5.3.2",
    "5.4.1",
    "5.4.2",
    "5.4.3",
    "8.1.1",
    "8.1.2",
    "8.2.1",
    "8.2.2",
    "8.2.3",
    "8.3.1",
    "8.4.1",
    "9.1.1",
    "9.1.2",
    "9.1.3",
    "9.2.1",
    "9.2.2",
    "9.2.3",
    "9.2.4",
]
"""Those of levels 1 and 2."""


def test_every_requirement_of_the_chapters_is_answered() -> None:
    assert [row[0] for row in ROWS] == REQUIREMENTS
    assert {row[2] for row in ROWS} == {"met", "by build", "open"}


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert named
    assert [one for one in named if f"def {one[1]}(" not in (ROOT / one[0]).read_text()] == []


def test_what_is_met_names_a_test() -> None:
    assert [row[0] for row in ROWS if row[2] == "met" and "::test_" not in row[3]] == []
