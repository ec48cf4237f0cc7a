"""Which words find which lines: stems, beginnings, words inside of words, and words with typing errors in them."""

from typing import Any

import pytest

from tests.catalogues import PENS, catalogue_xml, line, publish
from tests.integration.catalogs.searches import answer, found, walked
from tests.integration.organisations.steps import made
from tests.world import World


@pytest.fixture
def shop(world: World) -> World:
    names = {
        "lamp": "Skrivebordslampe, sort",
        "chair": "Kontorstol med armlæn",
        "pen": "Kuglepen blå",
        "pipe": "Kobberrør 22 mm",
        "paper": "Kopipapir A4 80 g",
        "block": "Notesblok ternet",
    }
    publish(
        world,
        [line(key, name=name, item={"manufacturer_name": "Pilot", "keywords": (key,)}) for key, name in names.items()],
    )
    return world


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("skrivebordslamperne", ["lamp"]),
        ("KONTORSTOLE", ["chair"]),
        ("kontor", ["chair"]),
        ("kuglepenne blaa", ["pen"]),
        ("kobberroer", ["pipe"]),
        ("kobberro\u0308r", ["pipe"]),
        ("22", ["pipe"]),
        ("2", []),
        ("80", ["paper"]),
        ("8", []),
        ("lampe", ["lamp"]),
        ("stol arm", ["chair"]),
        ("rør", ["pipe"]),
        ("papir a4", ["paper"]),
        ("pilot blok", ["block"]),
        ("pap", ["paper"]),
        ("pa", ["paper"]),
        ("ap", []),
    ],
)
def test_words_are_found_in_whichever_form_and_inside_of_others(shop: World, words: str, lines: list[str]) -> None:
    body = answer(shop, q=words)

    assert [row["line_id"] for row in body["data"]] == lines
    assert body["corrections"] == []
    assert body["found"] == len(lines)


@pytest.mark.parametrize(
    ("words", "meant", "lines"),
    [
        ("kuglpen", {"kuglpen": "kuglepen"}, ["pen"]),
        ("kugelpen", {"kugelpen": "kuglepen"}, ["pen"]),
        ("kontorstolk", {"kontorstolk": "kontorstol"}, ["chair"]),
        ("kontrostlo", {"kontrostlo": "kontorstol"}, ["chair"]),
        ("skrivbordslanpe", {"skrivbordslanpe": "skrivebordslampe"}, ["lamp"]),
        ("kuglpen blå", {"kuglpen": "kuglepen"}, ["pen"]),
        ("pylot notesblk", {"pylot": "pilot", "notesblk": "notesblok"}, ["block"]),
        ("blu", {}, []),
        ("xyzzyx", {}, []),
        ("kopipapir blå", {}, []),
        ("80123456", {}, []),
        ("kugleben kontor", {}, []),
    ],
)
def test_a_word_that_stands_nowhere_is_corrected_and_the_answer_says_so(
    shop: World, words: str, meant: dict[str, str], lines: list[str]
) -> None:
    body = answer(shop, q=words)

    assert [row["line_id"] for row in body["data"]] == lines
    assert {one["word"]: one["corrected"] for one in body["corrections"]} == meant


def test_pages_of_a_corrected_search_go_on_as_they_began(world: World) -> None:
    publish(world, [line(f"{n}", name=f"Kontorstol {n}") for n in range(5)])

    assert walked(world, 2, q="kontorstlo") == ["0", "1", "2", "3", "4"]


def test_nothing_is_said_of_words_that_the_caller_may_not_find(world: World) -> None:
    catalogue_id = publish(world, [line("1", name="Kontorstol"), line("2", name="Fyldepen", unspsc=PENS)])
    waiting = catalogue_xml([line("3", name="Hemmelighed")], "2")
    assert world.client("supplier").upload("/catalogues", waiting).status_code == 201
    manager = world.client("state-content-manager")
    for share in manager.get(f"/agreements/{world.agreement_id}/shares").json()["data"]:
        manager.delete(f"/shares/{share['id']}")
    body = {
        "from_organisation_id": str(world.root_id),
        "target": "USER",
        "user_id": str(world.people["buyer"]),
        "exclude_groups": ["44"],
        "valid_from": "2026-01-01",
    }
    made(manager.post(f"/agreements/{world.agreement_id}/shares", body))

    for words in ("hemmelighde", "hemmelighed", "fyldepn", "melighed"):
        told = answer(world, q=words)
        assert (told["data"], told["corrections"], told["found"]) == ([], [], 0)
    assert answer(world, "requisitioner", q="kontorstlo")["corrections"] == []
    assert found(world, q="kontorstlo") == ["1"]
    assert catalogue_id


@pytest.mark.parametrize(
    "words",
    [
        "AND OR NOT",
        '"', "stol*", "stol OR bord", "NEAR(a b)", "{a b}: c", "a:b", "^stol", "-stol", "+", "(", "17cstol", "!stol",
        "stol & bord | !x", "':*", "\\", "a" * 200, "ord " * 50, "æ" * 200, "1 " * 100, "٣", "𝟘", "İ", "ß",
        "stol\u202e",
    ],
)  # fmt: skip
def test_no_query_is_too_odd_to_be_answered(shop: World, words: str) -> None:
    assert answer(shop, q=words)["found"] is not None


def test_lines_may_be_as_odd_as_queries(world: World) -> None:
    odd: list[dict[str, Any]] = [
        {"name": "'\"\\ & | ! ( ) : * ^ - +"},
        {"name": "ﬁlter İstanbul ß ½ ² Ω 中文 עברית"},
        {"name": "x" * 4000},
        {"name": " ".join(f"ord{n}" for n in range(500))},
        {"name": "Æ", "sellers_number": "-"},
        {"name": "\u0301"},
    ]
    publish(world, [line(str(n), **fields) for n, fields in enumerate(odd)])

    assert len(found(world)) == len(odd)
    assert found(world, q="İstanbul") == found(world, q="中文") == found(world, q="ß") == ["1"]
    assert found(world, q="x" * 100) == ["2"]
    assert found(world, q="ord499") == ["3"]
    assert found(world, q="æ") == ["4"]
