"""What a document says of a catalogue as a whole, held against the versions that came before."""

import pytest

from app.catalogs.intents import Intent, misfits


def intent(version_id: str | None = "2", previous: str | None = None, **fields: bool) -> Intent:
    return Intent("KAT-1", version_id, previous, None, **fields)


@pytest.mark.parametrize(
    ("version", "newest", "is_older"),
    [
        ("1", "2", True),
        ("2", "1", False),
        ("1.9", "1.10", True),
        ("1.10", "1.9", False),
        ("1.0", "1", False),
        ("1", "1.0", False),
        ("1.0.1", "1", False),
        ("09", "10", True),
        ("2026-01", "2026-02", False),
        ("a", "b", False),
        ("", "1", False),
        ("٣", "4", False),
        ("1" * 30, "2" * 30, False),
    ],
)
def test_versions_of_numbers_follow_each_other_and_of_others_nobody_knows(
    version: str, newest: str, is_older: bool
) -> None:
    assert [f"older than {newest}" in fault for fault in misfits(intent(version), [newest])] == [True] * is_older


def test_a_version_follows_the_one_that_it_names() -> None:
    assert list(misfits(intent("3", "2"), ["2", "1"])) == []
    assert "the version before this one is 2" in next(misfits(intent("3", "1"), ["2", "1"]))
    assert "there is none before this one" in next(misfits(intent("3", "1"), []))
    assert list(misfits(intent("3", "2"), [None, "2"])) == []


def test_a_change_needs_a_catalogue_and_a_new_one_none() -> None:
    assert "send it first" in next(misfits(intent(needs_one=True), []))
    assert list(misfits(intent(needs_one=True), ["1"])) == []
    assert "is here already" in next(misfits(intent(needs_none=True), ["1"]))
    assert list(misfits(intent(needs_none=True), [])) == []
