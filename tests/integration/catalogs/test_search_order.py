"""In which order lines are found: by identifier, name and text, then by the cascade, then by price; page by page."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.documents.price import Price
from app.documents.values import Identifier, Period
from tests.catalogues import bracket, catalogue_xml, line, publish
from tests.integration.catalogs.searches import answer, found, sold_by_ski, sold_locally, stocked, walked
from tests.world import World


def gtin(value: str) -> dict[str, Any]:
    return {"standard_item_id": Identifier(value=value, scheme_id="GTIN")}


def test_what_is_meant_comes_before_what_only_mentions_it(world: World) -> None:
    publish(
        world,
        [
            line("text", name="Holder", item={"descriptions": ("til kuglepenne og stole",)}),
            line("inside", name="Kontorstol"),
            line("name", name="Sort stol"),
            line("begins", name="Stole, stabelbare"),
            line("number", name="Bord", sellers_number="STOL"),
            line("other", name="Bord"),
        ],
    )

    rows = answer(world, q="stol")["data"]

    assert [(row["line_id"], row["found_by"]) for row in rows] == [
        ("number", "IDENTIFIER"),
        ("begins", "BEGINNING"),
        ("name", "NAME"),
        ("text", "TEXT"),
        ("inside", "INSIDE"),
    ]


@pytest.mark.parametrize(
    "number", ["AB-12", "ab 12", "AB12", "F 7/1", "f71", "K9", "5701234567899", "05701234567899", "0005701234567899"]
)
def test_a_line_is_found_by_whosever_number_however_it_is_written(world: World, number: str) -> None:
    item = {
        "manufacturers_item_id": Identifier(value="F-7.1"),
        "buyers_item_id": Identifier(value="K 9"),
        **gtin("5701234567899"),
    }
    publish(world, [line("1", name="Andet"), line("2", name="Mappe", sellers_number="AB 12", item=item)])

    rows = answer(world, q=number)["data"]

    assert [(row["line_id"], row["found_by"]) for row in rows] == [("2", "IDENTIFIER")]


def test_of_lines_found_alike_the_cascade_decides_then_the_price(world: World) -> None:
    sold_locally(world, [line("l1", "1.00", name="Stol"), line("l2", "0.50", name="Stol")])
    sold_by_ski(
        world, [line("s1", "3.00", name="Stol"), line("s2", None, name="Stol"), line("s3", "2.00", name="Stol")]
    )
    publish(world, [line("b1", "9.00", name="Stol"), line("b2", "9.00", name="Stol"), line("b3", "8.00", name="Stol")])

    rows = answer(world, q="stol")["data"]

    assert [row["line_id"] for row in rows] == ["b3", "b1", "b2", "s3", "s1", "s2", "l2", "l1"]
    reasons = {row["cascade_rank"]: row["cascade_reason"] for row in rows}
    assert list(reasons) == ["BINDING", "VOLUNTARY", "LOCAL"]
    assert "binds" in reasons["BINDING"]
    assert "SKI" in reasons["VOLUNTARY"]


def test_prices_count_for_the_quantity_that_is_asked_for(world: World) -> None:
    stepped = (bracket("10.00"), bracket("4.00", from_quantity="10"))
    publish(world, [line("steps", name="Stol", brackets=stepped), line("flat", "6.00", name="Stol")])

    few, many = answer(world, q="stol"), answer(world, q="stol", quantity="10")

    assert [(row["line_id"], row["price"]["price_amount"]) for row in few["data"]] == [
        ("flat", "6.00"),
        ("steps", "10.00"),
    ]
    assert [(row["line_id"], row["price"]["price_amount"]) for row in many["data"]] == [
        ("steps", "4.00"),
        ("flat", "6.00"),
    ]


def test_prices_can_be_asked_for_another_day(world: World) -> None:
    def until(amount: str, **days: date) -> Any:
        price = bracket(amount).price
        assert price is not None
        dated: Price = price.but(validity_period=Period(**days))
        return bracket(amount).but(price=dated)

    brackets = (until("5.00", end_date=date(2026, 6, 30)), until("7.00", start_date=date(2026, 7, 1)))
    publish(world, [line("1", name="Stol", brackets=brackets)])

    def price(**query: str) -> str:
        amount: str = answer(world, q="stol", **query)["data"][0]["price"]["price_amount"]
        return amount

    assert (price(), price(on="2026-07-01")) == ("5.00", "7.00")


def test_better_lines_are_told_at_the_price_for_the_quantity(world: World) -> None:
    stepped = (bracket("10.00"), bracket("4.00", from_quantity="10"))
    publish(world, [line("b", "5.00", name="Stol", item=gtin("5701234567899"))])
    sold_locally(world, [line("l", name="Taburet", brackets=stepped, item=gtin("05701234567899"))])

    (row,) = answer(world, q="taburet", quantity="10")["data"]

    assert [(better["name"], better["cascade_rank"]) for better in row["better"]] == [("Stol", "BINDING")]
    assert row["price"]["price_amount"] == "4.00"


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_hold_every_line_once_and_in_order(world: World, limit: int) -> None:
    sold_locally(world, [line(f"l{n}", f"{n}.00", name="Stol") for n in range(3)])
    publish(
        world,
        [
            *(line(f"b{n}", f"{9 - n}.00", name=f"Stol {n}") for n in range(3)),
            line("n", name="Sort stol"),
            line("t", name="Bord", item={"keywords": ("stol",)}),
            line("i", name="Kontorstol"),
        ],
    )

    whole = found(world, q="stol")

    assert whole == ["b2", "b1", "b0", "l0", "l1", "l2", "n", "t", "i"]
    assert walked(world, limit, q="stol") == whole[:-1]


def test_rounds_follow_one_another_when_there_are_too_many_to_rank_at_once(world: World) -> None:
    sold_locally(world, [line(f"l{n}", f"{n + 1}.00", name="Sort stol") for n in range(5)])
    stocked(world, [line(f"b{n}", f"{2000 - n}.00", name="Stol" if n % 2 else "Sort stol") for n in range(1020)])

    first = answer(world, q="stol", limit=4)
    walks = [walked(world, limit, q="stol") for limit in (130, 200)]

    begins, names = [f"b{n}" for n in range(1, 1020, 2)], [f"b{n}" for n in range(0, 1020, 2)]
    rounds = [begins[499::-1], [*begins[:499:-1], *names[489::-1]], [*names[:489:-1], *(f"l{n}" for n in range(5))]]
    assert (first["is_cut"], first["found"]) == (True, None)
    assert [row["line_id"] for row in first["data"]] == rounds[0][:4]
    assert walks[0] == walks[1] == [line_id for one in rounds for line_id in one]


def test_prices_leave_of_each_round_what_they_leave(world: World) -> None:
    sold_locally(world, [line("l0", "1.00", name="Stol"), line("l1", "2.00", name="Stol")])
    stocked(world, [line(f"b{n}", f"{n + 1}.00", name="Stol") for n in range(700)])

    assert walked(world, 3, q="stol", price_to="2") == ["b0", "b1", "l0", "l1"]
    assert walked(world, 100, price_from="699") == ["b698", "b699"]
    assert answer(world, q="stol", price_to="2")["found"] == 4


def test_all_there_is_can_be_walked_through_without_words(world: World) -> None:
    sold_locally(world, [line(f"l{n}") for n in range(3)])
    publish(world, [line(f"b{n}") for n in range(4)])

    assert walked(world, 2) == ["b0", "b1", "b2", "b3", "l0", "l1", "l2"]
    assert answer(world)["found"] == 7


def test_a_new_version_of_a_line_takes_the_place_of_the_old_one(world: World) -> None:
    publish(world, [line("1", "5.00", name="Stol"), line("2", name="Bord")])
    waiting = catalogue_xml([line("1", "4.00", "Update", name="Lænestol"), line("2", action="Delete")], "2")
    assert world.client("supplier").upload("/catalogues", waiting).status_code == 201

    assert (found(world, q="stol"), found(world, q="lænestol"), found(world, q="bord")) == (["1"], [], ["2"])
    (catalogue,) = world.client("state-content-manager").get("/catalogues").json()["data"]
    path = f"/catalogues/{catalogue['id']}"
    manager = world.client("state-content-manager")
    approved = manager.post(f"{path}/approve", headers={"If-Match": manager.get(path).headers["etag"]})
    assert approved.status_code == 200

    (row,) = answer(world, q="lænestol")["data"]
    assert Decimal(row["price"]["price_amount"]) == Decimal(4)
    assert [one["found_by"] for one in answer(world, q="stol")["data"]] == ["INSIDE"]
    assert found(world, q="bord") == []


def test_a_version_that_is_turned_away_leaves_nothing_behind(world: World) -> None:
    publish(world, [line("1", name="Stol")])
    waiting = catalogue_xml([line("1", "4.00", "Update", name="Lænestol"), line("2", name="Bord")], "2")
    catalogue_id = world.client("supplier").upload("/catalogues", waiting).json()["catalogue_id"]
    manager, path = world.client("state-content-manager"), f"/catalogues/{catalogue_id}"

    rejected = manager.post(
        f"{path}/reject", {"reason": "nej"}, headers={"If-Match": manager.get(path).headers["etag"]}
    )

    assert rejected.status_code == 200
    assert (found(world, q="stol"), found(world, q="bord"), found(world, q="lænestol")) == (["1"], [], [])
