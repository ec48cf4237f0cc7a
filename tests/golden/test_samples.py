"""The samples are documents as they should be, and what we write of a fixed document stays what it was."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app import dialects
from app.oioubl.ubl import parse
from app.oioubl.validation import fatal_rules
from tests import oasis
from tests.golden import catalogue_papers, documents, follow_ups

GOLDEN = documents.GOLDEN | follow_ups.GOLDEN | catalogue_papers.GOLDEN
SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "documents").glob("*.xml"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_valid_by_the_schema_of_oasis(path: Path) -> None:
    assert oasis.complaint(path.read_bytes()) is None


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_breaks_no_fatal_rule(path: Path) -> None:
    assert fatal_rules(path.read_bytes()) == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_read_and_written_is_the_same_sample(path: Path) -> None:
    document = dialects.read(parse(path.read_bytes()))

    written = dialects.write(document)

    assert written == path.read_bytes()
    assert dialects.read(parse(written)) == document


@pytest.mark.parametrize("name", GOLDEN)
def test_a_fixed_document_is_written_as_before(name: str, assert_golden: Callable[[str, bytes], None]) -> None:
    assert_golden(name, dialects.write(GOLDEN[name]))


@pytest.mark.parametrize("name", GOLDEN)
def test_a_fixed_document_is_valid_and_reads_the_same(name: str) -> None:
    written = dialects.write(GOLDEN[name])

    assert oasis.complaint(written) is None
    assert dialects.read(parse(written)) == GOLDEN[name]


@pytest.mark.parametrize("name", GOLDEN)
def test_a_fixed_document_breaks_no_fatal_rule(name: str) -> None:
    assert fatal_rules(dialects.write(GOLDEN[name])) == []
