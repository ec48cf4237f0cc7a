"""The published schema of a proof is what the types make, every proof fits it, and it lets nothing else in."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.match.engine import match
from app.match.engine.proof import proof, sealed
from app.match.proof_schema import proof_schema
from app.match.proof_words import WORDS
from tests.schemas import faults
from tests.unit.match.test_checker import PROVEN
from tests.unit.match.vectors import VECTORS

PAGE = Path(__file__).parents[3] / "docs" / "match-proof.schema.json"
SCHEMA = proof_schema()


def stated(name: str) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(sealed(proof(PROVEN[name], match(PROVEN[name]))))
    return whole


def objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every part of the schema that is about an object."""
    if schema.get("type") == "object":
        yield schema
    for inner in (*schema.get("properties", {}).values(), *schema.get("anyOf", ()), schema.get("items")):
        if isinstance(inner, dict):
            yield from objects(inner)


def test_the_published_schema_is_the_one_that_the_types_make() -> None:
    assert json.loads(PAGE.read_text()) == SCHEMA


@pytest.mark.parametrize("name", PROVEN)
def test_every_proof_fits_it(name: str) -> None:
    assert list(faults(stated(name), SCHEMA)) == []


def test_every_object_is_closed_and_every_field_says_what_it_holds() -> None:
    parts = list(objects(SCHEMA))
    assert len(parts) > 30
    assert all(part["additionalProperties"] is False for part in parts)
    assert all(field.get("description") for part in parts for field in part["properties"].values())
    said = {field["description"] for part in parts for field in part["properties"].values()}
    assert set(WORDS.values()) - said == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "prokura-match-proof/1"),
        (("whole_sha256",), "abc"),
        (("decision", "outcome"), "PAID"),
        (("case", "orders", 0, "amount"), 2000),
        (("case", "orders", 0, "amount"), "2.000,00"),
        (("case", "invoice", "lines", 0, "quantity", "value"), None),
        (("case", "orders", 0, "colour"), "red"),
    ],
)
def test_what_is_no_proof_does_not_fit(path: tuple[str | int, ...], value: object) -> None:
    whole = copy.deepcopy(stated(VECTORS[0].name))
    at: Any = whole
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    assert len(list(faults(whole, SCHEMA))) == 1


def test_a_part_that_is_missing_is_noticed() -> None:
    whole = stated(VECTORS[0].name)
    del whole["case"]["invoice"]["total"]
    assert list(faults(whole, SCHEMA)) == ["/case/invoice/total is missing"]
