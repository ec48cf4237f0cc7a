"""What narrows a search, and what was found counted by agreement, supplier, product group and label."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.documents.item import Certificate
from app.documents.party import Party
from app.documents.price import Price
from app.documents.values import Period
from app.kit.money import Quantity
from tests.catalogues import PAPER, PENS, bracket, line, publish
from tests.integration.catalogs.searches import answer, found, sold_locally, stocked, walked
from tests.world import World


def label(name: str) -> Certificate:
    return Certificate(id=name.upper(), type_code="MARK", type=name, issuer=Party(name="Mærkningen"))


def dated(amount: str, **days: date) -> Any:
    priced = bracket(amount)
    assert priced.price is not None
    price: Price = priced.price.but(validity_period=Period(**days))
    return priced.but(price=price)


@pytest.fixture
def shop(world: World) -> World:
    """Give a world with paper and pens, some with labels, and a chair that is sold locally."""
    swan, fsc = label("Svanemærket"), label("FSC")
    quick = bracket("30.00").but(lead_time=Quantity(Decimal(2), "DAY"))
    publish(
        world,
        [
            line("a4", "10.00", name="Papir A4", item={"certificates": (swan, fsc)}),
            line("a3", "20.00", name="Papir A3", item={"certificates": (fsc,)}),
            line("pen", name="Pen", unspsc=PENS, brackets=(quick,)),
            line("gone", "5.00", name="Papir A5", life_cycle_status_code="ItemTemporarilyUnavailable"),
            line("none", None, name="Papir uden pris"),
        ],
    )
    sold_locally(world, [line("chair", "400.00", name="Stol", unspsc="56112102")])
    return world


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ({"group": "14"}, ["gone", "a4", "a3", "none"]),
        ({"group": PENS}, ["pen"]),
        ({"group": "4412", "q": "pen"}, ["pen"]),
        ({"group": "56", "q": "pen"}, []),
        ({"label": "svanemærket"}, ["a4"]),
        ({"label": "SVANEMAERKET"}, ["a4"]),
        ({"label": "fsc"}, ["a4", "a3"]),
        ({"label": "fsc", "q": "a3"}, ["a3"]),
        ({"label": "FS"}, []),
        ({"price_to": "10"}, ["gone", "a4"]),
        ({"price_from": "10.01", "price_to": "30"}, ["a3", "pen"]),
        ({"price_from": "10", "currency": "EUR"}, []),
        ({"q": "papir", "price_from": "6"}, ["a4", "a3"]),
        ({"lead_days": "2"}, ["pen"]),
        ({"lead_days": "1"}, []),
        ({"available": "true", "group": "14"}, ["a4", "a3", "none"]),
        ({"q": "NR-a4", "label": "fsc"}, ["a4"]),
        ({"q": "NR-a4", "group": "44"}, []),
    ],
)
def test_a_search_is_narrowed(shop: World, query: dict[str, str], lines: list[str]) -> None:
    assert found(shop, **query) == lines
    assert walked(shop, 1, **query) == lines


def test_agreement_and_supplier_narrow_and_what_is_not_there_is_empty(shop: World) -> None:
    rows = answer(shop)["data"]
    local = next(row["agreement"]["id"] for row in rows if row["line_id"] == "chair")

    assert found(shop, agreement_id=local) == ["chair"]
    assert len(found(shop, supplier_id=str(shop.supplier_id))) == len(rows) == 6
    assert found(shop, supplier_id=str(UUID(int=5))) == found(shop, agreement_id=str(UUID(int=5))) == []


def test_a_price_is_judged_for_the_day_and_quantity_that_are_asked_for(world: World) -> None:
    cheap_later = (
        dated("9.00", end_date=date(2026, 6, 30)),
        dated("2.00", start_date=date(2026, 7, 1)),
        bracket("1.00", from_quantity="100"),
    )
    publish(world, [line("1", name="Papir", brackets=cheap_later)])

    assert found(world, price_to="3") == []
    assert found(world, price_to="3", on="2026-07-01") == ["1"]
    assert found(world, price_to="1", quantity="100") == ["1"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("group", text) for text in ("4", "44x", "441217041")),
        *(("price_to", text) for text in ("-1", "x", "NaN", "1e400", "0.0000001")),
        *(("quantity", text) for text in ("0", "-2", "Infinity", "0.0000001")),
        *(("lead_days", text) for text in ("-1", "1.5", "99999999999")),
        *(("on", text) for text in ("2026-02-30", "today")),
        *(("currency", text) for text in ("dkk", "KRONER")),
        *(("agreement_id", text) for text in ("1", "x")),
        ("label", "a\0b"),
        ("limit", "0"),
    ],
)
def test_a_filter_that_means_nothing_is_refused_by_name(world: World, name: str, value: str) -> None:
    answered = world.client("buyer").get("/catalogue-lines", **{name: value})

    assert (answered.status_code, answered.json()["errors"][0]["pointer"]) == (422, f"/{name}")


def test_what_was_found_is_counted_only_when_asked(shop: World) -> None:
    assert answer(shop)["facets"] is None

    facets = answer(shop, facets="true", limit=1)["facets"]

    assert (facets["counted"], facets["is_cut"]) == (6, False)
    titles = [(one["agreement"]["title"], one["count"]) for one in facets["agreements"]]
    assert titles == [("Kontorvarer", 5), ("Møbler", 1)]
    assert [(one["supplier"]["name"], one["count"]) for one in facets["suppliers"]] == [("Papirgrossisten A/S", 6)]
    assert facets["product_groups"] == [
        {"group": PAPER[:4], "count": 4},
        {"group": PENS[:4], "count": 1},
        {"group": "5611", "count": 1},
    ]
    assert facets["labels"] == [{"label": "FSC", "count": 2}, {"label": "Svanemærket", "count": 1}]


def test_facets_count_what_is_left_by_the_filters_on_every_page(shop: World) -> None:
    first = answer(shop, q="papir", price_to="20", facets="true", limit=1)
    second = answer(shop, q="papir", price_to="20", facets="true", limit=1, cursor=first["next_cursor"])

    assert first["facets"] == second["facets"]
    assert first["facets"]["counted"] == first["found"] == 3


def test_a_thousand_lines_are_counted_and_the_answer_says_that_there_are_more(world: World) -> None:
    stocked(world, [line(str(n), name="Papir") for n in range(1100)])

    facets = answer(world, q="papir", facets="true", limit=1)["facets"]

    assert (facets["counted"], facets["is_cut"]) == (1000, True)
    assert facets["product_groups"] == [{"group": PAPER[:4], "count": 1000}]


def test_a_line_tells_its_labels_whether_it_can_be_had_and_how_soon(shop: World) -> None:
    rows = {row["line_id"]: row for row in answer(shop)["data"]}

    assert rows["a4"]["labels"] == ["Svanemærket", "FSC"]
    assert (rows["gone"]["available"], rows["a4"]["available"]) == (False, True)
    assert rows["pen"]["lead_time"] == {"value": "2.00", "unit_code": "DAY"}
