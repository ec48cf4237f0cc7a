"""Validation over HTTP: the verdict of an access point, with our own rules beside it when asked for."""

from typing import Any

import pytest

from tests.samples import sample
from tests.world import World

WRONG_GLN = sample("invoice").replace(b"5798009882882", b"5798009882883")


def report(world: World, document: bytes, query: str = "") -> dict[str, Any]:
    answer = world.client("supplier").upload(f"/documents/validate{query}", document)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_document_is_judged_and_not_kept(world: World) -> None:
    told = report(world, sample("order", ("<cbc:UBLVersionID>2.1", "<cbc:UBLVersionID>3.0")))
    assert (told["valid"], told["document_type"]) == (False, "Order")
    assert [(finding["rule_id"], finding["severity"]) for finding in told["findings"]] == [("F-LIB001", "F")]
    assert world.client("supplier").get("/documents").json()["data"] == []


def test_bytes_that_are_no_xml_get_a_report_like_any_other(world: World) -> None:
    told = report(world, b"<Order>")
    assert (told["valid"], told["document_type"], told["findings"][0]["rule_id"]) == (False, None, "SYNTAX")


@pytest.mark.parametrize(("query", "rules"), [("", set()), ("?strict=false", set()), ("?strict=true", {"P-GLN"})])
def test_our_own_rules_are_told_when_asked_for(world: World, query: str, rules: set[str]) -> None:
    told = report(world, WRONG_GLN, query)
    assert told["valid"] is True
    assert {finding["rule_id"] for finding in told["findings"] if finding["severity"] == "P"} == rules
