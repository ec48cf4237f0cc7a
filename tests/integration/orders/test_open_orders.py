"""Open orders of an earlier system: taken over as a sheet, then received and billed to their end."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from app.demo import papers
from app.demo.institution import CONTRACT, INSTITUTION_GLN, SUPPLIER_CVR
from app.documents.item import Item
from app.documents.order import Order, OrderLine
from app.documents.price import Price
from app.documents.values import Identifier
from app.kit.money import Quantity
from app.kit.sheets import CSV, XLSX, read_sheets, write_csv
from app.kit.workbooks import Sheet
from tests.bills import bill, credit
from tests.databases import row_counts
from tests.integration.organisations.steps import below, grant, person
from tests.purchases import done, refused, set_policy
from tests.sheets import workbook
from tests.story import Story, codes

HEADER = {
    "number": "Ordrenummer",
    "gln": "GLN",
    "supplier": "Leverandør",
    "contract": "Aftalenummer",
    "currency": "Valuta",
    "reference": "Personreference",
    "day": "Ordredato",
    "text": "Varetekst",
    "item": "Varenummer",
    "quantity": "Antal",
    "price": "Pris",
    "amount": "Beløb",
    "received": "Modtaget",
    "invoiced": "Faktureret",
    "cost": "Kontering",
    "approver": "Godkendt af",
}
PAPER = {
    "number": "G-1",
    "gln": INSTITUTION_GLN,
    "supplier": SUPPLIER_CVR,
    "day": "01-02-2026",
    "text": "Papir",
    "item": "NR-1",
    "quantity": "10",
    "price": "100,00",
    "received": "6",
    "invoiced": "4",
    "cost": "2210",
    "approver": "Anne Approver",
}
EUROS = {
    "number": "G-2",
    "gln": INSTITUTION_GLN,
    "supplier": f"DK{SUPPLIER_CVR}",
    "currency": "EUR",
    "day": "2026-02-01",
    "text": "Konsulent",
    "amount": "5000",
    "received": "2500",
    "cost": "3310",
}


def table(*rows: dict[str, str]) -> list[list[str]]:
    return [list(HEADER.values()), *([row.get(name, "") for name in HEADER] for row in rows)]


def taken(story: Story, *rows: dict[str, str], who: str = "administrator", dry: bool = False) -> httpx.Response:
    header, *texts = table(*rows)
    return story[who].upload(f"/open-orders{'?dry_run=true' if dry else ''}", write_csv(header, texts), CSV)


def commented(story: Story, content: bytes, media_type: str = XLSX, **query: str) -> Sheet:
    """Hand a sheet in, and give it as it comes back with comments."""
    path = f"/open-orders?{urlencode(query)}"
    answer = story["administrator"].upload(path, content, media_type, headers={"Accept": XLSX})
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX), answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="kommenteret.xlsx"'
    (sheet,) = read_sheets(answer.content, XLSX)
    return sheet


def the_order(story: Story, *rows: dict[str, str], who: str = "administrator") -> dict[str, Any]:
    (made,) = done(taken(story, *rows, who=who))["orders"]
    return done(story["buyer"].get(f"/orders/{made['id']}"))


def paper_order(story: Story) -> Order:
    """Give the order as the earlier system sent it."""
    one = Price(price_amount=Decimal(100), base_quantity=Quantity(Decimal(1), "EA"))
    line = OrderLine(
        line_id="1",
        quantity=Quantity(Decimal(10), "EA"),
        line_extension_amount=Decimal(1000),
        price=one,
        item=Item(name="Papir", sellers_item_id=Identifier(value="NR-1")),
    )
    return Order(
        profile_id=papers.PROFILE,
        number="G-1",
        issue_date=story.world.clock.now().date(),
        document_currency_code="DKK",
        buyer=papers.institution_party(),
        supplier=papers.supplier_party(),
        lines=(line,),
    )


def test_a_dry_run_tells_what_an_import_makes(story: Story) -> None:
    planned = done(taken(story, PAPER, EUROS, dry=True))
    assert [(one["id"], one["number"], one["currency"], one["lines"]) for one in planned["orders"]] == [
        (None, "G-1", "DKK", 1),
        (None, "G-2", "EUR", 1),
    ]
    assert done(story["buyer"].get("/orders"))["data"] == []

    made = done(taken(story, PAPER, EUROS))
    assert [one | {"id": None} for one in made["orders"]] == planned["orders"]
    paper, euros = made["orders"]
    assert (paper["committed"], paper["received_not_invoiced"], paper["invoiced"]) == ("400.00", "200.00", "400.00")
    assert (euros["committed"], euros["received_not_invoiced"]) == ("2500.00", "2500.00")


def test_it_is_a_sent_order_without_a_document(story: Story) -> None:
    order = the_order(story, PAPER | {"contract": CONTRACT, "reference": "7778"})
    assert (order["status"], order["origin"], order["external_approval"]) == ("SENT", "EARLIER", "NONE")
    assert (order["agreement_id"], order["buyer_reference"]) == (str(story.world.agreement_id), "7778")
    told = story["buyer"].get(f"/orders/{order['id']}", headers={"Accept": "application/xml"})
    assert refused(told) == (404, "order_not_sent")
    span = {"from": "2026-02-01", "to": "2026-02-28", "organisation_id": str(story.world.institution_id)}
    (row,) = done(story["buyer"].get("/commitments", **span))["rows"]
    assert (row["month"], row["committed"], row["invoiced"]) == ("2026-02", "400.00", "400.00")


def test_a_workbook_and_a_system_do_as_well(story: Story) -> None:
    content = workbook({"Åbne ordrer": table(PAPER, PAPER | {"text": "Mere papir", "item": "NR-2"})})
    made = done(story["invoice-system"].upload("/open-orders", content, XLSX))
    assert [(one["lines"], one["total_amount"]) for one in made["orders"]] == [(2, "2000.00")]


def test_the_same_file_again_is_refused_by_row(story: Story) -> None:
    done(taken(story, PAPER, EUROS))
    again = taken(story, PAPER | {"number": "g-1"}, EUROS)
    assert refused(again) == (422, "open_orders_not_fitting")
    assert [(fault["row"], fault["column"]) for fault in again.json()["errors"]] == [
        (2, "Ordrenummer"),
        (3, "Ordrenummer"),
    ]
    assert len(done(story["buyer"].get("/orders"))["data"]) == 2


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"gln": "5798000000018"}, "GLN"),
        ({"supplier": "99999999"}, "Leverandør"),
        ({"contract": "K-ukendt"}, "Aftalenummer"),
        ({"contract": CONTRACT, "currency": "EUR"}, "Valuta"),
        ({"currency": "kr."}, "Valuta"),
        ({"day": "02-02-2099"}, "Ordredato"),
        ({"day": "i går"}, "Ordredato"),
        ({"text": ""}, "Varetekst"),
        ({"price": ""}, "Beløb"),
        ({"amount": "5"}, "Beløb"),
        ({"quantity": "0", "received": "", "invoiced": ""}, "Antal"),
        ({"quantity": "-1"}, "Antal"),
        ({"price": "1.234"}, "Pris"),
        ({"received": "10,1"}, "Modtaget"),
        ({"invoiced": "7"}, "Faktureret"),
    ],
)
def test_a_fault_names_its_row_and_column_and_nothing_is_made(
    story: Story, changed: dict[str, str], column: str
) -> None:
    rows = (EUROS, PAPER | changed)
    answer = taken(story, *rows)
    assert refused(answer) == (422, "open_orders_not_fitting")
    assert [(fault["row"], fault["column"]) for fault in answer.json()["errors"]] == [(3, column)]
    dry = done(taken(story, *rows, dry=True))
    assert ([one["number"] for one in dry["orders"]], dry["fault_count"]) == (["G-2"], 1)
    assert done(story["buyer"].get("/orders"))["data"] == []


def test_the_sheet_comes_back_with_what_is_wrong_at_each_row(story: Story) -> None:
    rows = table(PAPER | {"supplier": "99999999"}, EUROS, PAPER | {"number": "G-3", "price": "1.234"})
    content = workbook({"Mine ordrer": [["Fra det gamle system"], [*rows[0], "Kommentar"], *rows[1:]]})
    before = row_counts(story.world.database)
    sheet = commented(story, content, dry_run="true")
    assert row_counts(story.world.database) == before
    assert (sheet.name, sheet.rows[0][0], sheet.rows[1][-1]) == ("Mine ordrer", "Fra det gamle system", "Kommentar")
    assert [row[7:10] for row in sheet.rows[2:]] == [row[7:10] for row in rows[1:]]
    supplier, fine, price = (row[-1] for row in sheet.rows[2:])
    assert supplier == "Leverandør: der er ingen leverandør 99999999; registrér den først"
    assert fine == "overtages"
    assert price.startswith("Pris: ")
    again = story["administrator"].upload("/open-orders", content, XLSX, headers={"Accept": XLSX})
    assert refused(again) == (422, "open_orders_not_fitting")
    assert row_counts(story.world.database) == before


def test_a_sheet_that_is_taken_over_says_so_at_each_row(story: Story) -> None:
    header, *rows = table(PAPER, EUROS)
    sheet = commented(story, write_csv(header, rows), CSV)
    assert (sheet.name, [row[-1] for row in sheet.rows]) == ("Åbne ordrer", ["Kommentar", "overtaget", "overtaget"])
    assert len(done(story["buyer"].get("/orders"))["data"]) == 2


def test_a_header_that_is_not_understood_is_told_below_it(story: Story) -> None:
    sheet = commented(story, workbook({"A": [["Ordrenummer", "Noget"], ["G-1", "x"]]}), dry_run="true")
    assert "Noget er ingen kolonne" in sheet.rows[1][-1]


def test_the_rows_of_an_order_agree(story: Story) -> None:
    answer = taken(story, PAPER, PAPER | {"approver": "Bo", "day": "02-02-2026"}, PAPER | {"approver": ""})
    assert [(fault["row"], fault["column"]) for fault in answer.json()["errors"]] == [
        (3, "Ordredato"),
        (3, "Godkendt af"),
    ]


def test_only_whoever_sets_a_place_up_takes_over_its_orders(story: Story) -> None:
    assert refused(taken(story, PAPER, who="buyer")) == (403, "not_allowed")
    beside = below(story.world, story.world.root_id, "Ved siden af")
    grant(story.world, person(story.world, "neighbour", beside), "LOCAL_ADMINISTRATOR", beside)
    answer = taken(story, PAPER, who="neighbour")
    assert [fault["column"] for fault in answer.json()["errors"]] == ["GLN"]


@pytest.mark.parametrize(("external", "outcome"), [("NONE", "MATCHED_PENDING_APPROVAL"), ("TRUSTED", "AUTO_APPROVED")])
def test_an_invoice_on_the_rest_goes_as_far_as_the_policy_says(story: Story, external: str, outcome: str) -> None:
    set_policy(story, "EXTERNAL_APPROVAL", external_approval=external)
    order = the_order(story, PAPER)
    case = story.match(bill(paper_order(story), _1="2"))
    assert case["outcome"] == outcome, codes(case)
    (line,) = done(story["buyer"].get(f"/orders/{order['id']}"))["lines"]
    assert line["invoiced_quantity"] == "6.00"
    beyond = story.match(bill(paper_order(story), "F-2", _1="5"))
    assert beyond["outcome"] not in ("AUTO_APPROVED", "MATCHED_PENDING_APPROVAL"), codes(beyond)


def test_more_is_received_billed_and_credited(story: Story) -> None:
    set_policy(story, "EXTERNAL_APPROVAL", external_approval="TRUSTED")
    order = the_order(story, PAPER)
    story.receive(order["id"], _1="4")
    assert story.match(bill(paper_order(story), _1="6"))["outcome"] == "AUTO_APPROVED"
    back = story.match(credit(paper_order(story), "K-1", "F-1001", _1="1"))
    assert back["outcome"] == "MATCHED_PENDING_APPROVAL", codes(back)
    told = done(story["buyer"].get(f"/orders/{order['id']}/commitment"))
    assert (told["committed"], told["received_not_invoiced"]) == ("0.00", "0.00")
