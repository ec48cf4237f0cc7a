"""A catalogue goes out as it is live on a day, to those who may see it, in the product groups that are left to them."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.documents.catalogue import Catalogue, CatalogueLine
from app.documents.item import Specification
from app.documents.values import Identifier, Period
from app.kit.money import Quantity
from app.kit.sheets import XLSX, read_csv
from app.kit.workbooks import read_workbook
from app.oioubl import ubl, validation
from app.oioubl.catalogue import read_catalogue
from app.organisations.people_models import Role
from tests.catalogues import PAPER, PENS, bracket, decide, line, publish, upload
from tests.integration.catalogs.test_line_content import everything
from tests.integration.organisations.steps import below, person, told
from tests.world import NOON, World

CHAIRS = "56112102"


def export(world: World, catalogue_id: UUID, subject: str = "state-content-manager", **asked: str) -> httpx.Response:
    return world.client(subject).get(f"/catalogues/{catalogue_id}/export", **asked)


def document(answer: httpx.Response) -> Catalogue:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml"), answer.text
    report = validation.validate(answer.content)
    assert report.is_valid, report.findings
    return read_catalogue(ubl.parse(answer.content))


def prices(answer: httpx.Response) -> dict[str, str]:
    """Give what lines of an exported document cost."""
    lines = document(answer).lines
    return {row.line_id: str(row.brackets[0].price.price_amount) for row in lines if row.brackets[0].price}


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8"), answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def as_added(*lines: CatalogueLine) -> list[CatalogueLine]:
    return [row.but(action_code="Add") for row in sorted(lines, key=lambda row: row.line_id)]


def test_oioubl_has_every_line_of_the_live_version_as_added(world: World) -> None:
    chair, stays, hidden = everything(), line("stays", "5.00"), line("hidden", orderable=False)
    catalogue_id = publish(world, [line("1", "10.00"), line("gone"), stays, hidden, chair])
    upload(world, line("1", "11.00", "Update"), line("gone", action="Delete"), line("new"))
    decide(world, catalogue_id, "approve")
    upload(world, line("1", "99.00", "Update"), version_id="3")

    answer = export(world, catalogue_id)

    exported = document(answer)
    assert list(exported.lines) == as_added(line("1", "11.00"), stays, hidden, chair, line("new"))
    assert (exported.number, exported.version_id, exported.contract_id) == ("KAT-1", "2", "K-2026-17")
    assert exported.validity_period == Period(start_date="2026-01-01", end_date="2026-12-31")
    assert exported.receiver.endpoint_id == Identifier(value="5798009882882", scheme_id="GLN")
    assert answer.headers["content-disposition"] == 'attachment; filename="katalog-2.xml"'
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_what_goes_out_can_come_in_again(world: World) -> None:
    catalogue_id = publish(world, [line("1", "10.00"), everything()])
    exported = (
        export(world, catalogue_id)
        .content.replace(b"<cbc:VersionID>1</cbc:VersionID>", b"<cbc:VersionID>2</cbc:VersionID>")
        .replace(b">Add<", b">Update<")
    )

    answer = world.client("supplier").upload("/catalogues", exported)

    assert answer.json()["status"] == "PENDING_APPROVAL", answer.text
    counts = answer.json()["change_summary"]
    assert {kind: lines for kind, lines in counts.items() if lines} == {"updated": 2}


def test_a_sheet_has_what_can_be_ordered_with_the_prices_of_the_day_in_danish(world: World) -> None:
    catalogue_id = publish(world, [everything(), line("hidden", orderable=False), line("1", "1250.5")])

    chair, one = sorted(rows(export(world, catalogue_id, format="csv")), key=lambda row: row["Varenavn"])

    assert (chair["Leverandørens varenr"], chair["GTIN"], chair["UNSPSC"]) == ("NR-chair", "5712345000019", CHAIRS)
    assert (chair["Enhed"], chair["Pris"], chair["Valuta"], chair["Leveringstid (dage)"]) == (
        "stk",
        "900,00",
        "DKK",
        "4",
    )
    assert (chair["Fra antal 2"], chair["Pris 2"], chair["Fra antal 3"]) == ("10", "800,00", "")
    assert (chair["Minimumsantal"], chair["Ordre-multiplum"], chair["Momskategori"], chair["Momssats"]) == (
        "2", "2", "Standard", "25",
    )  # fmt: skip
    assert (chair["Mærkning"], chair["Datablad-URL"]) == (
        "Svanemærket; EU-Blomsten", "https://blade.example/stol.pdf",
    )  # fmt: skip
    assert (chair["Gyldig fra"], chair["Gyldig til"], chair["Aftalenr"]) == ("01-02-2026", "31-10-2026", "K-2026-17")
    assert one["Pris"] == "1250,50"


def test_a_workbook_says_the_same_as_the_csv(world: World) -> None:
    catalogue_id = publish(world, [everything(), line("1", "1250.50")])

    answer = export(world, catalogue_id, format="xlsx")

    assert answer.headers["content-type"] == XLSX
    (sheet,) = read_workbook(answer.content)
    written = read_csv(export(world, catalogue_id, format="csv").content)
    assert (sheet.rows[0], len(sheet.rows)) == (written.rows[0], 3)
    assert [row[0] for row in sheet.rows] == [row[0] for row in written.rows]


def test_a_cell_that_looks_like_a_formula_is_guarded(world: World) -> None:
    catalogue_id = publish(world, [line("1", name="=1+1", item={"specifications": (
        Specification(number="P", document_type="Billede", uri="https://blade.example/=1"),)})])  # fmt: skip

    assert rows(export(world, catalogue_id, format="csv"))[0]["Varenavn"] == "'=1+1"


def test_prices_of_a_sheet_are_those_of_the_day(world: World) -> None:
    june, july = bracket("10.00"), bracket("12.00")
    assert june.price is not None
    assert july.price is not None
    brackets = (
        june.but(price=june.price.but(validity_period=Period(end_date="2026-06-30"))),
        july.but(price=july.price.but(validity_period=Period(start_date="2026-07-01"))),
    )
    catalogue_id = publish(world, [line("1", brackets=brackets), line("none", None)])

    def cost(on: str) -> dict[str, str]:
        return {row["Varenavn"]: row["Pris"] for row in rows(export(world, catalogue_id, format="csv", on=on))}

    assert cost("2026-06-30") == {"Vare 1": "10,00", "Vare none": ""}
    assert cost("2026-07-01") == {"Vare 1": "12,00", "Vare none": ""}


def test_a_price_for_another_unit_than_is_ordered_says_so(world: World) -> None:
    price = bracket("90.00").price
    assert price is not None
    by_weight = price.but(base_quantity=Quantity(Decimal("2.5"), "KGM"), orderable_unit_factor_rate=Decimal("0.4"))
    sold = bracket("90.00").but(price=by_weight)
    catalogue_id = publish(world, [line("1", orderable_unit="SA", brackets=(sold,))])

    (row,) = rows(export(world, catalogue_id, format="csv"))

    assert (row["Enhed"], row["Prisenhed"]) == ("sæk", "2,5 kg")


def share(world: World, giver: str, **fields: Any) -> None:
    body = {"from_organisation_id": str(world.organisations[giver]), "valid_from": "2026-01-01", **fields}
    client = world.client("state-content-manager")
    answer = client.post(f"/agreements/{world.agreement_id}/shares", body)
    assert answer.status_code == 201, answer.text


def narrowed(world: World) -> str:
    """Share the agreement with another institution, without pens there, and with everybody there without chairs."""
    other = below(world, world.ministry_id, "En anden institution")
    person(world, "other-manager", other, Role.CONTENT_MANAGER)
    person(world, "other-buyer", other, Role.BUYER)
    person(world, "other-receiver", other, Role.RECEIVER)
    share(world, "ministry", target="ORGANISATION", organisation_id=str(other), exclude_groups=["44"])
    body = {
        "from_organisation_id": str(other),
        "target": "EVERYBODY",
        "organisation_id": str(other),
        "exclude_groups": ["56"],
        "valid_from": "2026-01-01",
    }
    answer = world.client("state-content-manager").post(f"/agreements/{world.agreement_id}/shares", body)
    assert answer.status_code == 201, answer.text
    return str(other)


@pytest.mark.parametrize(
    ("subject", "left"),
    [
        ("state-content-manager", {"paper", "pen", "chair"}),
        ("auditor", {"paper", "pen", "chair"}),
        ("supplier", {"paper", "pen", "chair"}),
        ("content-manager", {"paper", "pen", "chair"}),
        ("buyer", {"paper", "pen", "chair"}),
        ("other-manager", {"paper", "chair"}),
        ("other-buyer", {"paper"}),
    ],
)
@pytest.mark.parametrize("form", ["oioubl", "csv"])
def test_everybody_gets_what_the_shares_leave_them(world: World, subject: str, left: set[str], form: str) -> None:
    goods = {"paper": PAPER, "pen": PENS, "chair": CHAIRS}
    catalogue_id = publish(world, [line(name, name=name, unspsc=code) for name, code in goods.items()])
    narrowed(world)

    answer = export(world, catalogue_id, subject, format=form)

    if form == "oioubl":
        assert {row.item.name for row in document(answer).lines} == left
    else:
        assert {row["Varenavn"] for row in rows(answer)} == left


@pytest.mark.parametrize("subject", ["other-receiver", "invoice-system", "receiver"])
def test_who_neither_buys_nor_looks_at_catalogues_gets_none(world: World, subject: str) -> None:
    catalogue_id = publish(world, [line("1")])
    narrowed(world)

    assert told(export(world, catalogue_id, subject)) == (404, "catalogue_not_found")


def test_a_share_that_was_taken_back_leaves_nothing(world: World) -> None:
    catalogue_id = publish(world, [line("1")])
    client = world.client("state-content-manager")
    shares = client.get(f"/agreements/{world.agreement_id}/shares").json()["data"]
    (top,) = [row["id"] for row in shares if row["from_organisation_id"] == str(world.root_id)]
    client.delete(f"/shares/{top}")

    assert told(export(world, catalogue_id, "buyer")) == (404, "catalogue_not_found")
    assert told(export(world, catalogue_id, "content-manager")) == (403, "not_allowed")
    assert export(world, catalogue_id).status_code == 200


def test_nothing_goes_out_of_what_is_not_live(world: World) -> None:
    catalogue_id = upload(world, line("1"), version_id="1")

    assert told(export(world, catalogue_id)) == (409, "nothing_live")
    decide(world, catalogue_id, "approve")
    assert told(export(world, catalogue_id, on="2026-03-01")) == (409, "nothing_live")
    assert told(export(world, catalogue_id, on="2027-01-01")) == (409, "nothing_live")
    assert told(export(world, UUID(int=7))) == (404, "catalogue_not_found")
    assert told(export(world, catalogue_id, format="pdf")) == (422, "body_not_valid")
    assert told(export(world, catalogue_id, on="tomorrow")) == (422, "body_not_valid")


def test_a_catalogue_of_which_no_line_is_left_is_no_empty_document(world: World) -> None:
    catalogue_id = publish(world, [line("pen", unspsc=PENS)])
    narrowed(world)

    assert told(export(world, catalogue_id, "other-manager")) == (409, "nothing_live")


def test_a_past_day_is_told_as_it_was(world: World) -> None:
    catalogue_id = publish(world, [line("1", "10.00")])
    for days, amount, version_id in ((4, "11.00", "2"), (9, "12.00", "3")):
        world.clock.at = NOON + timedelta(days=days)
        upload(world, line("1", amount, "Update"), version_id=version_id)
        decide(world, catalogue_id, "approve")

    costs = {on: prices(export(world, catalogue_id, "buyer", on=on))["1"] for on in
             ("2026-03-02", "2026-03-05", "2026-03-06", "2026-03-10", "2026-03-11")}  # fmt: skip

    assert list(costs.values()) == ["10.00", "10.00", "11.00", "11.00", "12.00"]
