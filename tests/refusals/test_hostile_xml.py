"""Documents made to hurt get an ordinary report, in memory that has an end, and never a crash."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.oioubl.limits import MAX_CHILDREN, NotXml, refuse_encoding
from app.oioubl.ubl import parse
from app.oioubl.validation import validate
from tests.refusals.hostile import RULES, SYNTAX, VALID, XSD, inside

HOUSE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def reports() -> dict[str, list[list[str]]]:
    """Give what a process with 700 MB to spare says of each document, read as a whole and line by line."""
    command = [sys.executable, "-m", "tests.refusals.hostile"]
    done = subprocess.run(command, check=True, capture_output=True, cwd=HOUSE, timeout=300)  # noqa: S603 - our own
    told: dict[str, list[list[str]]] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("name", SYNTAX)
def test_it_is_refused_before_anything_is_made_of_it(reports: dict[str, list[list[str]]], name: str) -> None:
    whole, by_line = reports[name]
    assert (whole[0], by_line[0]) == ("SYNTAX", "SYNTAX")
    assert whole[1].endswith(".")


@pytest.mark.parametrize("name", XSD)
def test_what_is_well_formed_and_within_the_limits_meets_the_xsd(
    reports: dict[str, list[list[str]]], name: str
) -> None:
    assert reports[name][0][0] == "XSD"


def test_a_rule_that_every_line_breaks_is_told_a_hundred_times() -> None:
    (made, _) = RULES.values()
    report = validate(made())
    assert report.fatal_rules == ["F-LIB318"]
    assert len([finding for finding in report.findings if finding.rule_id == "F-LIB318"]) == 100


@pytest.mark.parametrize("name", VALID)
def test_what_only_looks_dangerous_is_valid(reports: dict[str, list[list[str]]], name: str) -> None:
    assert not reports[name][0] or not reports[name][0][0].startswith(("SYNTAX", "XSD", "F-"))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("fifty megabytes", "at most"),
        ("five million elements", "more than 500000 elements"),
        ("1,000,000 namespaces", "more than 500000 attributes"),
        ("400,000 notes", "Order has more than 1000 elements that are not lines"),
        ("15,000 lines of one ID", "lines have the ID '0'"),
        ("UTF-7", "'UTF-7' is not accepted"),
        ("EBCDIC", "'unknown' is not accepted"),
        ("external DTD", "DOCTYPE"),
        ("internal entity", "DOCTYPE"),
        ("DOCTYPE in UTF-16", "DOCTYPE"),
        ("encoding behind 2,000 blanks", "declaration is longer"),
    ],
)
def test_the_refusal_says_what_is_too_much(reports: dict[str, list[list[str]]], name: str, says: str) -> None:
    assert says in reports[name][0][1]


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-16", "iso-8859-1", "ISO-8859-15", "windows-1252", "US-ASCII"])
def test_the_encodings_that_are_in_use_are_read(encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?><a>1</a>"
    assert parse(text.encode(encoding)).text == "1"


def test_a_short_declaration_may_end_where_the_document_does() -> None:
    refuse_encoding(b"<?xml version='1.0'?>")
    refuse_encoding(b"<?xml versi")


def test_children_are_counted_at_the_limit() -> None:
    padding = b"<!--" + b" " * 70_000 + b"-->"
    parse(inside(padding + b"<b/>" * MAX_CHILDREN))
    parse(inside(padding + b"<Line/>" * 5_000 + b"<b/>" * MAX_CHILDREN))
    with pytest.raises(NotXml, match="not lines"):
        parse(inside(padding + b"<b/>" * (MAX_CHILDREN + 1)))
