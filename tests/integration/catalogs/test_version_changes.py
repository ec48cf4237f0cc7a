"""A content manager looks at what a version changes: in short, in pages, and as a workbook."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.catalogs.models import LineChange
from app.documents.catalogue import CatalogueLine, PriceBracket
from app.documents.price import Price
from app.kit.money import Quantity
from app.kit.sheets import XLSX
from app.kit.workbooks import Sheet, read_workbook
from tests.catalogues import PENS, bracket, count, decide, line, publish, upload
from tests.world import World

MANAGER = "state-content-manager"


def changes_of(world: World, catalogue_id: UUID, subject: str = MANAGER, **asked: Any) -> dict[str, Any]:
    answer = world.client(subject).get(f"/catalogues/{catalogue_id}/changes", **asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def ids(changes: dict[str, Any]) -> list[str]:
    return [row["line_id"] for row in changes["data"]]


def refused(world: World, catalogue_id: UUID, **asked: Any) -> tuple[int, str]:
    answer = world.client(MANAGER).get(f"/catalogues/{catalogue_id}/changes", **asked)
    return answer.status_code, answer.json()["code"]


def told(changes: dict[str, Any]) -> dict[str, int]:
    return {kind: lines for kind, lines in changes["summary"]["counts"].items() if lines}


def in_euro(amount: str) -> PriceBracket:
    price = Price(price_amount=Decimal(amount), currency="EUR", base_quantity=Quantity(Decimal(1), "EA"))
    return PriceBracket(price=price.but(orderable_unit_factor_rate=Decimal(1)))


def much_changed(world: World) -> UUID:
    """Publish a version, and upload one that changes in every way what it can."""
    publish(
        world,
        [
            *(line(name, "100.00") for name in ("up", "far", "down", "euro", "box", "stop", "gone")),
            line("text"),
            line("other"),
            line("none", None),
            line("same"),
        ],
    )
    box = {"orderable_unit": "BX", "content_unit_quantity": Quantity(Decimal(10), "EA")}
    return upload(
        world,
        line("up", "105.00", "Update"),
        line("far", "150.00", "Update"),
        line("down", "90.00", "Update"),
        line("euro", action="Update", brackets=(in_euro("13.00"),)),
        line("box", "100.00", "Update", **box),
        line("stop", "100.00", "Update", orderable=False),
        line("gone", action="Delete"),
        line("text", action="Update", name="Et andet navn"),
        line("other", action="Update", sellers_number="NR-99"),
        line("none", "12.00", "Update"),
        line("new", "7.00", unspsc=PENS),
    )


def test_the_summary_comes_first_and_tells_the_whole(world: World) -> None:
    changes = changes_of(world, much_changed(world), limit=1)

    assert told(changes) == {
        "ADDED": 1,
        "REMOVED": 1,
        "UPDATED": 9,
        "PRICE_UP": 2,
        "PRICE_DOWN": 1,
        "PRICE_NEW": 1,
        "PRICE_NOT_COMPARABLE": 2,
        "CURRENCY": 1,
        "UNIT": 1,
        "TEXT": 1,
        "IDENTITY": 1,
        "NOT_ORDERABLE": 1,
    }
    summary = changes["summary"]
    assert (summary["lines_before"], summary["average_percent"]) == (11, "15.00")
    assert summary["largest_rise"] == {"line_id": "far", "name": "Vare far", "amount": "50.00", "percent": "50.00"}
    assert summary["largest_fall"] == {"line_id": "down", "name": "Vare down", "amount": "-10.00", "percent": "-10.00"}
    counted = changes["compared"]["change_summary"]
    assert {kind.upper(): lines for kind, lines in counted.items() if lines} == told(changes)
    assert changes_of(world, UUID(changes["catalogue_id"]), cursor=changes["next_cursor"])["summary"] is None


def test_each_line_tells_its_prices_and_fields_before_and_after(world: World) -> None:
    rows = {row["line_id"]: row for row in changes_of(world, much_changed(world))["data"]}

    assert rows["up"]["kinds"] == ["UPDATED", "PRICE_UP"]
    (price,) = rows["up"]["prices"]
    assert (price["before"]["price_amount"], price["after"]["price_amount"]) == ("100.00", "105.00")
    assert (price["difference"], price["percent"], price["quantity"], price["day"]) == (
        "5.0000", "5.00", "1", "2026-03-02",
    )  # fmt: skip
    assert rows["up"]["fields"] == []
    assert rows["text"]["fields"] == [{"field": "item.name", "before": "Vare text", "after": "Et andet navn"}]
    assert rows["stop"]["fields"] == [{"field": "orderable", "before": True, "after": False}]
    assert [price["because"] for price in rows["euro"]["prices"]] == ["CURRENCY"]
    assert [price["because"] for price in rows["box"]["prices"]] == ["UNIT"]
    assert [field["field"] for field in rows["box"]["fields"]] == ["orderable_unit", "content_unit_quantity"]
    assert [price["before"] for price in rows["none"]["prices"]] == [None]
    assert [price["after"]["price_amount"] for price in rows["new"]["prices"]] == ["7.00"]
    assert [price["before"]["price_amount"] for price in rows["gone"]["prices"]] == ["100.00"]
    assert "same" not in rows


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "PRICE_UP"}, {"up", "far"}),
        ({"kind": ["ADDED", "REMOVED"]}, {"new", "gone"}),
        ({"kind": "PRICE_NOT_COMPARABLE"}, {"euro", "box"}),
        ({"min_percent": "10"}, {"far", "down"}),
        ({"min_percent": "10.000001"}, {"far"}),
        ({"kind": "PRICE_UP", "min_percent": "5"}, {"up", "far"}),
        ({"kind": "TEXT", "min_percent": "0"}, set()),
        ({"kind": "OUTSIDE_PRODUCT_GROUPS"}, set()),
        ({"sort": "PRICE"}, {"up", "far", "down"}),
    ],
)
def test_what_is_told_can_be_narrowed(world: World, asked: dict[str, Any], found: set[str]) -> None:
    catalogue_id = much_changed(world)

    assert set(ids(changes_of(world, catalogue_id, **asked))) == found


@pytest.mark.parametrize("sort", ["LINE", "PRICE"])
def test_pages_leave_nothing_out_and_repeat_nothing(world: World, sort: str) -> None:
    publish(world, [line(str(number), "10.00") for number in range(7)])
    catalogue_id = upload(
        world,
        *(line(str(number), f"{10 + number % 3}.00", "Update") for number in range(1, 6)),
        line("0", action="Delete"),
        line("8"),
    )
    whole = ids(changes_of(world, catalogue_id, sort=sort))
    found, cursor = [], None
    for _ in range(5):
        page = changes_of(world, catalogue_id, sort=sort, limit=2, **({"cursor": cursor} if cursor else {}))
        found += ids(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert found == whole
    assert sorted(found) == (["0", "1", "2", "3", "4", "5", "8"] if sort == "LINE" else ["1", "2", "4", "5"])


def test_by_price_the_largest_rise_comes_first_and_the_largest_fall_last(world: World) -> None:
    publish(world, [line("a", "10.00"), line("b", "10.00"), line("c", "10.00"), line("nothing", "0.00")])
    catalogue_id = upload(
        world,
        line("a", "11.00", "Update"),
        line("b", "8.00", "Update"),
        line("c", "15.00", "Update"),
        line("nothing", "0.01", "Update"),
    )

    changes = changes_of(world, catalogue_id, sort="PRICE")

    assert ids(changes) == ["nothing", "c", "a", "b"]
    assert changes["data"][0]["prices"][0]["percent"] is None
    assert changes["summary"]["largest_rise"]["percent"] is None


@pytest.mark.parametrize(
    "asked",
    [{"kind": "DEARER"}, {"min_percent": "-1"}, {"min_percent": "0.0000001"}, {"sort": "SIZE"}, {"ordinal": "0"},
     {"ordinal": "99999999999"}, {"cursor": "x"}],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(world: World, asked: dict[str, str]) -> None:
    assert refused(world, much_changed(world), **asked)[0] == 422


def test_by_price_a_cursor_of_another_list_is_refused(world: World) -> None:
    catalogue_id = much_changed(world)
    cursor = changes_of(world, catalogue_id, kind="UPDATED", limit=4)["next_cursor"]

    assert refused(world, catalogue_id, sort="PRICE", cursor=cursor) == (422, "invalid_cursor")


def test_lines_outside_the_agreements_product_groups_are_told(world: World) -> None:
    body = {
        "owner_id": str(world.root_id),
        "supplier_id": str(world.supplier_id),
        "kind": "SKI",
        "title": "Papir alene",
        "contract_number": "K-PAPIR",
        "product_groups": ["14"],
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }
    assert world.client(MANAGER).post("/agreements", body).status_code == 201
    catalogue_id = upload(
        world, line("in"), line("out", unspsc=PENS), version_id="1", contract_id="K-PAPIR", number="KAT-2"
    )

    changes = changes_of(world, catalogue_id)

    assert told(changes) == {"ADDED": 2, "OUTSIDE_PRODUCT_GROUPS": 1}
    assert {row["line_id"]: row["kinds"] for row in changes["data"]} == {
        "in": ["ADDED"],
        "out": ["ADDED", "OUTSIDE_PRODUCT_GROUPS"],
    }
    assert ids(changes_of(world, catalogue_id, kind="OUTSIDE_PRODUCT_GROUPS")) == ["out"]


def test_without_a_waiting_version_an_earlier_one_can_be_named(world: World) -> None:
    publish(world, [line("1", "10.00"), line("2")])
    catalogue_id = upload(world, line("1", "11.00", "Update"))
    decide(world, catalogue_id, "approve")

    assert refused(world, catalogue_id) == (409, "nothing_waiting")
    assert refused(world, catalogue_id, ordinal=3) == (404, "version_not_found")
    assert ids(changes_of(world, catalogue_id, ordinal=1)) == ["1", "2"]
    second = changes_of(world, catalogue_id, ordinal=2)
    assert (ids(second), second["compared"]["status"]) == (["1"], "APPROVED")
    assert changes_of(world, catalogue_id, "supplier", ordinal=2)["data"] == second["data"]
    assert world.client("buyer").get(f"/catalogues/{catalogue_id}/changes", ordinal=2).status_code == 404


def test_what_a_version_turned_away_would_have_changed_is_gone(world: World) -> None:
    catalogue_id = much_changed(world)
    before = count(world, LineChange)

    assert decide(world, catalogue_id, "reject", {"reason": "nej"}).status_code == 200

    assert before - count(world, LineChange) == 11
    assert ids(changes_of(world, catalogue_id, ordinal=2)) == []


def test_prices_for_more_are_told_with_their_quantity(world: World) -> None:
    before = (bracket("10.00", to_quantity="9"), bracket("8.00", from_quantity="10"))
    after = (bracket("10.00", to_quantity="9"), bracket("9.00", from_quantity="10"))
    publish(world, [line("1", brackets=before)])
    catalogue_id = upload(world, line("1", action="Update", brackets=after))

    (row,) = changes_of(world, catalogue_id)["data"]

    assert [(price["quantity"], price["percent"]) for price in row["prices"]] == [("10.00", "12.50")]


def workbook(world: World, catalogue_id: UUID, subject: str = MANAGER) -> dict[str, Sheet]:
    answer = world.client(subject).get(f"/catalogues/{catalogue_id}/changes", headers={"Accept": XLSX})
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX), answer.text
    return {sheet.name: sheet for sheet in read_workbook(answer.content)}


def test_a_workbook_has_a_sheet_for_each_kind_with_the_highest_rise_first(world: World) -> None:
    sheets = workbook(world, much_changed(world))

    assert list(sheets) == [
        "Oversigt", "Pris op", "Pris ned", "Ikke sammenlignelige", "Har fået pris", "Nye linjer", "Udgår",
        "Tekst og vilkår",
    ]  # fmt: skip
    header, *rows = sheets["Pris op"].rows
    assert header[:4] == ["Linje", "Varenr.", "Navn", "UNSPSC"]
    assert [(row[0], row[6], row[7], row[8], row[9]) for row in rows] == [
        ("far", "100", "150", "50", "50"),
        ("up", "100", "105", "5", "5"),
    ]
    assert [row[-1] for row in sheets["Ikke sammenlignelige"].rows[1:]] == [
        "Valutaen er en anden",
        "Enheden er en anden",
    ]
    texts = {row[0]: row[4:] for row in sheets["Tekst og vilkår"].rows[1:]}
    assert texts["text"] == ["item.name", "Vare text", "Et andet navn"]
    assert texts["stop"] == ["orderable", "ja", "nej"]
    short = {row[0]: row[1] for row in sheets["Oversigt"].rows if row[0]}
    assert (short["Pris op"], short["Nye linjer"]) == ("2", "1")
    assert short["Største stigning"] == "50,00 % (50,00): linje far, Vare far"


def test_a_workbook_takes_what_a_supplier_writes_as_text(world: World) -> None:
    catalogue_id = upload(world, line("=1+1", name="=HYPERLINK(1)"), version_id="1")

    (_, row) = workbook(world, catalogue_id)["Nye linjer"].rows

    assert row[:3] == ["=1+1", "NR-=1+1", "=HYPERLINK(1)"]


def test_a_line_may_have_more_changes_than_there_are_rows_on_a_page(world: World) -> None:
    lines: list[CatalogueLine] = [line(str(number)) for number in range(250)]
    catalogue_id = upload(world, *lines, version_id="1")

    changes = changes_of(world, catalogue_id, limit=200)

    assert (len(changes["data"]), changes["summary"]["counts"]["ADDED"]) == (200, 250)
    assert len(changes_of(world, catalogue_id, cursor=changes["next_cursor"])["data"]) == 50
