"""What a user may find: live lines of agreements that reach the user, in the product groups that are left."""

import itertools
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.agreements.models import AgreementKind
from app.catalogs import queries
from app.documents.values import Identifier, Period
from tests.catalogues import PAPER, PENS, catalogue_xml, line, publish
from tests.world import World


def found(world: World, subject: str = "buyer", **query: Any) -> list[str]:
    answer = world.client(subject).get("/catalogue-lines", **query)
    assert answer.status_code == 200, answer.text
    return [row["line_id"] for row in answer.json()["data"]]


@pytest.fixture
def stocked(world: World) -> World:
    publish(
        world,
        [
            line("A", name="Kopipapir A4 hvid", sellers_number="1001", item={"descriptions": ("80 gram, 500 ark",)}),
            line("B", name="Kuglepen blå", unspsc=PENS, sellers_number="2002"),
            line("C", name="Ærøskøbing-blok", sellers_number="3003", item={"keywords": ("notesblok",)}),
            line("D", name="Refill til 2002", unspsc=PENS, sellers_number="4004"),
            line("E", name="Pap", item={"standard_item_id": Identifier(value="5701234567899", scheme_id="GTIN")}),
        ],
    )
    return world


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("", ["A", "B", "C", "D", "E"]),
        ("kopipapir", ["A"]),
        ("PAPIR hvid", ["A"]),
        ("papir blå", []),
        ("BLÅ", ["B"]),
        ("ærøskØBING", ["C"]),
        ("notesblok", ["C"]),
        ("500 ark", ["A"]),
        ("2002", ["B", "D"]),
        ("5701234567899", ["E"]),
        ("100%", []),
        ("a_4", []),
        ("'; DROP TABLE catalogue_line", []),
    ],
)
def test_all_words_must_occur_in_any_case(stocked: World, words: str, lines: list[str]) -> None:
    assert found(stocked, q=words) == lines


def test_an_exact_item_number_comes_first_also_across_pages(world: World) -> None:
    publish(
        world, [*(line(f"x{n}", name=f"Refill til 77 nr. {n}") for n in range(3)), line("hit", sellers_number="77")]
    )

    seen, cursor = [], None
    for _ in itertools.count():
        page = world.client("buyer").get("/catalogue-lines", q="77", limit=1, **({"cursor": cursor} if cursor else {}))
        seen += [row["line_id"] for row in page.json()["data"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break

    assert seen == ["hit", "x0", "x1", "x2"]


def test_a_cursor_of_somebody_elses_making_is_refused(stocked: World) -> None:
    answer = stocked.client("buyer").get("/catalogue-lines", cursor="AAAAAAAAAAAAAAAAAAAAAA")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


def test_a_line_tells_what_a_buyer_needs(stocked: World) -> None:
    (row,) = stocked.client("buyer").get("/catalogue-lines", q="kopipapir").json()["data"]

    assert row["agreement"] == {
        "id": str(stocked.agreement_id),
        "title": "Kontorvarer",
        "kind": AgreementKind.SI,
        "binding": True,
        "contract_number": "K-2026-17",
    }
    assert row["supplier"] == {"id": str(stocked.supplier_id), "name": "Papirgrossisten A/S"}
    assert (row["price"]["price_amount"], row["price"]["currency"], row["orderable_unit"]) == ("10.00", "DKK", "EA")
    detail = stocked.client("buyer").get(f"/catalogue-lines/{row['id']}").json()
    assert detail["line"]["item"]["descriptions"] == ["80 gram, 500 ark"]


def test_searching_takes_a_role_that_buys(stocked: World) -> None:
    for subject in ("receiver", "invoice-system", "supplier"):
        assert stocked.client(subject).get("/catalogue-lines").status_code == 403
    assert found(stocked, "requisitioner", q="pap") == ["E", "A"]


def test_nobody_finds_a_line_through_a_broken_chain(stocked: World) -> None:
    manager = stocked.client("state-content-manager")
    shares = manager.get(f"/agreements/{stocked.agreement_id}/shares").json()["data"]
    lines = stocked.client("buyer").get("/catalogue-lines").json()["data"]

    for share in shares:
        if share["from_organisation_id"] == str(stocked.root_id):
            assert manager.delete(f"/shares/{share['id']}").status_code == 200

    assert found(stocked) == []
    assert stocked.client("buyer").get(f"/catalogue-lines/{lines[0]['id']}").status_code == 404


def test_a_suspended_agreement_has_no_lines(stocked: World) -> None:
    manager = stocked.client("state-content-manager")
    etag = manager.get(f"/agreements/{stocked.agreement_id}").headers["etag"]

    manager.post(f"/agreements/{stocked.agreement_id}/suspend", headers={"If-Match": etag})

    assert found(stocked) == []


def reshare(world: World, *steps: dict[str, Any]) -> None:
    """Take every share back and hand the agreement down anew, step by step, narrowed as the steps say."""
    manager = world.client("state-content-manager")
    for share in manager.get(f"/agreements/{world.agreement_id}/shares").json()["data"]:
        manager.delete(f"/shares/{share['id']}")
    places = [world.root_id, world.ministry_id, world.institution_id]
    chain = zip(steps, (places[0], places[1], places[2]), (places[1], places[2], places[2]), strict=True)
    for step, giver, receiver in chain:
        target = "EVERYBODY" if giver == receiver else "ORGANISATION"
        body = {
            "from_organisation_id": str(giver),
            "target": target,
            "organisation_id": str(receiver),
            "valid_from": "2026-01-01",
            **step,
        }
        answer = manager.post(f"/agreements/{world.agreement_id}/shares", body)
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        (({}, {"include_groups": ["44"]}, {}), ["B", "D"]),
        (({"include_groups": ["14", "44"]}, {"exclude_groups": ["4412"]}, {}), ["A", "C", "E"]),
        (({"include_groups": [PENS]}, {"exclude_groups": [PENS]}, {}), []),
        (({}, {}, {"exclude_groups": [PAPER]}), ["B", "D"]),
    ],
)
def test_product_groups_narrow_what_is_found(
    stocked: World, steps: tuple[dict[str, Any], ...], lines: list[str]
) -> None:
    reshare(stocked, *steps)

    assert found(stocked) == lines


def test_a_second_chain_adds_what_it_leaves(stocked: World) -> None:
    reshare(stocked, {}, {}, {"include_groups": ["44"]})
    body = {
        "from_organisation_id": str(stocked.institution_id),
        "target": "USER",
        "user_id": str(stocked.people["buyer"]),
        "include_groups": ["14"],
        "valid_from": "2026-01-01",
    }
    assert stocked.client("content-manager").post(f"/agreements/{stocked.agreement_id}/shares", body).status_code == 201

    assert found(stocked) == ["A", "B", "C", "D", "E"]
    assert found(stocked, "requisitioner") == ["B", "D"]


def test_lines_out_of_their_time_or_not_for_ordering_are_not_found(world: World) -> None:
    publish(
        world,
        [
            line("past", validity_period=Period(end_date=date(2026, 3, 1))),
            line("future", validity_period=Period(start_date=date(2026, 3, 3))),
            line("today", validity_period=Period(start_date=date(2026, 3, 2), end_date=date(2026, 3, 2))),
            line("component", orderable=False),
        ],
    )

    assert found(world) == ["today"]


def test_a_line_without_a_price_is_shown_without_one(world: World) -> None:
    publish(world, [line("1", None)])

    (row,) = world.client("buyer").get("/catalogue-lines").json()["data"]

    assert row["price"] is None


def test_one_agreement_can_be_searched_alone(stocked: World) -> None:
    assert found(stocked, q="pap", agreement_id=str(stocked.agreement_id)) == ["E", "A"]
    assert found(stocked, q="pap", agreement_id=str(stocked.root_id)) == []


def test_a_waiting_line_is_found_by_nobody(stocked: World) -> None:
    stocked.client("supplier").upload("/catalogues", catalogue_xml([line("new", name="Nyhed")], "2"))

    assert found(stocked, q="nyhed") == []


def test_an_orderable_line_carries_what_an_order_needs(stocked: World) -> None:
    (row,) = stocked.client("buyer").get("/catalogue-lines", q="kuglepen").json()["data"]

    orderable = stocked.step("buyer", queries.orderable_line, UUID(row["id"]))

    assert (orderable.line.line_id, orderable.agreement.id, orderable.supplier_id) == (
        "B",
        stocked.agreement_id,
        stocked.supplier_id,
    )
    with pytest.raises(queries.LineNotFound):
        stocked.step("invoice-system", queries.orderable_line, stocked.root_id)


def test_a_null_character_in_the_query_is_refused(stocked: World) -> None:
    answer = stocked.client("buyer").get("/catalogue-lines", q="a\0b")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/q")
