"""Mapping profiles are read strictly: what cannot be meant is named, and what could do more than be read is refused."""

from typing import Any

import pytest

from app.catalogs.mapping_files import MOST_BYTES, profile_of, read_yaml, shipped
from app.catalogs.mapping_profiles import MappingProfile, MappingProfileNotFitting, faults_of
from app.catalogs.sheet_columns import FIELDS, NEEDED

COLUMNS = {"item_number": "Nr", "name": ["Tekst", "Navn"], "unspsc": "Kode", "price": "Pris"}
GOOD: dict[str, Any] = {"name": "min-liste", "columns": COLUMNS, "fixed": {"unit": "stk"}}


def refused(content: bytes) -> MappingProfileNotFitting:
    with pytest.raises(MappingProfileNotFitting) as reason:
        profile_of(read_yaml(content))
    return reason.value


def test_a_profile_is_read_from_yaml_or_json_alike() -> None:
    yaml = b"""# Min liste
name: min-liste
columns:
  item_number: Nr
  name: [Tekst, Navn]
  unspsc: Kode
  price: Pris
fixed: {unit: stk}
"""
    assert profile_of(read_yaml(yaml)) == profile_of(GOOD)


def test_every_scalar_is_the_text_that_stands_there() -> None:
    said = read_yaml(b"name: no\ncolumns: {item_number: No, name: 'Ja', price: 1.50, unspsc: 2026-01-01, unit: ~}")
    assert said == {
        "name": "no",
        "columns": {"item_number": "No", "name": "Ja", "price": "1.50", "unspsc": "2026-01-01", "unit": "~"},
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name: &a x", "anchors"),
        (b"a: [x]\nb: *a", "anchors"),
        (b"name: !!python/object/apply:os.system [ls]", "tags"),
        (b"a: [[[[[x]]]]]", "deep"),
        (b"[" * 50_000, "deep"),
        (b"? [a]\n: b", "deep|none"),
        (b"name: a\nname: b", "line 2: the key name"),
        (b"name: [a", "expected"),
        (b"- a", "one list of keys"),
        (b"a: 1\n---\nb: 2", "one list of keys"),
        (b"", "one list of keys"),
        (b"\xff", "utf-8"),
        (b"a: \x00", "special characters|unacceptable"),
        (b"a" * (MOST_BYTES + 1), "at most"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(MappingProfileNotFitting, match=words):
        read_yaml(content)


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"columns": {**COLUMNS, "pris": "P"}}, ["/columns/pris"]),
        ({"fixed": {"unit": "stk", "enhed": "stk"}}, ["/fixed/enhed"]),
        ({"columns": {"name": "Tekst"}}, [None, None, None]),
        ({"fixed": {}}, [None]),
        ({"columns": {**COLUMNS, "gtin": ["EAN", " pris "]}}, ["/columns/gtin"]),
        ({"fixed": {"unit": "dims"}}, ["/fixed/unit"]),
        ({"fixed": {"unit": "stk", "name": "x" * 201}}, ["/fixed/name"]),
        (
            {"fixed": {"item_number": "1", "unit": "stk"}, "columns": {**COLUMNS, "item_number": []}},
            ["/columns/item_number"],
        ),
        ({"name": "Med Mellemrum"}, ["/name"]),
        ({"columns": {**COLUMNS, "gtin": ""}}, ["/columns/gtin/0", "/columns/gtin"]),
        ({"columns": {**COLUMNS, "gtin": ["x"] * 21}}, ["/columns/gtin"]),
        ({"columns": {**COLUMNS, "gtin": "E\x00N"}}, ["/columns/gtin/0", "/columns/gtin"]),
        ({"columns": "Nr"}, ["/columns"]),
        ({"color": "red"}, ["/color"]),
        ({"columns": {**COLUMNS, "gtin": 1}}, ["/columns/gtin"]),
    ],
)
def test_what_keeps_a_profile_from_reading_a_sheet_is_named(change: dict[str, Any], pointers: list[str | None]) -> None:
    with pytest.raises(MappingProfileNotFitting) as reason:
        profile_of({**GOOD, **change})
    assert [fault.pointer for fault in reason.value.faults] == pointers


def test_a_misspelt_field_is_told_with_the_one_that_is_meant() -> None:
    with pytest.raises(MappingProfileNotFitting) as reason:
        profile_of({**GOOD, "columns": {**COLUMNS, "manufacturor": "P"}})
    assert "did you mean manufacturer" in reason.value.faults[0].message


def test_a_needed_field_may_be_fixed_but_the_number_may_not() -> None:
    assert profile_of(GOOD).fixed_values() == {"unit": "EA"}
    columns = {field: headers for field, headers in COLUMNS.items() if field != "item_number"}
    with pytest.raises(MappingProfileNotFitting, match="see `errors`"):
        profile_of({**GOOD, "columns": columns, "fixed": {"unit": "stk", "item_number": "1"}})


def test_a_lone_header_that_is_passed_over_is_a_list_of_one() -> None:
    assert profile_of({**GOOD, "passed_over": "*"}).passed_over == ("*",)


def test_the_shipped_profiles_read_what_is_needed_and_are_named_like_their_files() -> None:
    assert set(shipped()) == {"item-list-en", "katalogskabelon", "prisbog"}
    for name, profile in shipped().items():
        assert profile.name == name
        assert faults_of(profile) == []
        assert set(profile.columns) <= set(FIELDS)
        assert set(NEEDED) <= set(profile.columns) | set(profile.fixed)


def test_a_profile_is_the_same_when_it_is_kept_and_read_back() -> None:
    for profile in shipped().values():
        kept = profile.model_dump(mode="json", exclude_defaults=True)
        assert MappingProfile.model_validate(kept) == profile
