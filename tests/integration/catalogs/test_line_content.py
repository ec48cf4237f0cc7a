"""One line with all that its supplier says of it."""

from decimal import Decimal
from typing import Any

from app.catalogs.links import is_safe
from app.documents.amounts import TaxCategory
from app.documents.catalogue import CatalogueLine, RelatedItem
from app.documents.item import Certificate, Dimension, ItemProperty, Specification
from app.documents.party import Party
from app.documents.values import Identifier, Period
from app.kit.money import Quantity
from tests.catalogues import PENS, bracket, line, publish
from tests.world import World

SWAN = Certificate(id="SVANEN", type_code="NA", type="Svanemærket", issuer=Party(name="Miljømærkning Danmark"))
FLOWER = Certificate(id="EU_ECO_LABEL", type_code="NA", type="EU-Blomsten", issuer=Party(name="Europa-Kommissionen"))


def everything() -> CatalogueLine:
    """Give a line that says all that there is to say."""
    vat = TaxCategory(id="StandardRated", percent=Decimal(25))
    return line(
        "chair",
        name="Kontorstol",
        unspsc="56112102",
        life_cycle_status_code="DeletedAnnouncement",
        content_unit_quantity=Quantity(Decimal(1), "EA"),
        minimum_order_quantity=Decimal(2),
        maximum_order_quantity=Decimal(50),
        order_quantity_increment=Decimal(2),
        validity_period=Period(start_date="2026-02-01", end_date="2026-10-31"),
        brackets=(
            bracket("900.00", to_quantity="9").but(lead_time=Quantity(Decimal(4), "DAY"), tax_categories=(vat,)),
            bracket("800.00", from_quantity="10").but(tax_categories=(vat,)),
        ),
        related_items=(
            RelatedItem(relation="Accessory", line_id="mat", quantity=Quantity(Decimal(1), "EA")),
            RelatedItem(relation="Required", line_id="nowhere"),
            RelatedItem(relation="Replacement", line_id="chair-2", descriptions=("Ny model",)),
        ),
        item={
            "descriptions": ("Med armlæn",),
            "manufacturer_name": "Stolefabrikken",
            "manufacturers_item_id": Identifier(value="ST-7"),
            "standard_item_id": Identifier(value="5712345000019", scheme_id="GTIN"),
            "certificates": (SWAN, FLOWER),
            "properties": (ItemProperty(name="Farve", value="grå", list_values=("grå", "sort")),),
            "dimensions": (Dimension(attribute_id="WT", measure=Quantity(Decimal("12.50"), "KGM")),),
            "specifications": (
                Specification(number="P-1", document_type="Billede", uri="https://blade.example/stol"),
                Specification(number="P-2", document_type="Foto", uri="https://blade.example/stol.JPG?w=1"),
                Specification(number="D-1", document_type="Datablad", uri="https://blade.example/stol.pdf"),
                Specification(number="D-2", document_type="Datablad", uri="http://blade.example/stol.pdf"),
                Specification(number="D-3", document_type="Datablad", uri="javascript:alert(1)"),
            ),
        },
    )


def detail(world: World, line_id: str = "chair") -> dict[str, Any]:
    client = world.client("buyer")
    rows = client.get("/catalogue-lines").json()["data"]
    (row_id,) = [row["id"] for row in rows if row["line_id"] == line_id]
    answer = client.get(f"/catalogue-lines/{row_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_line_tells_everything_that_its_supplier_says(world: World) -> None:
    catalogue_id = publish(world, [everything(), line("mat", "150.00"), line("chair-2", "950.00", name="Ny stol")])

    told = detail(world)

    assert (told["catalogue_id"], told["life_cycle_status_code"]) == (str(catalogue_id), "DeletedAnnouncement")
    assert (told["valid_from"], told["valid_to"]) == ("2026-02-01", "2026-10-31")
    assert [tax["percent"] for tax in told["tax_categories"]] == ["25"]
    assert told["labels"] == ["Svanemærket", "EU-Blomsten"]
    assert (told["minimum_order_quantity"], told["maximum_order_quantity"], told["order_quantity_increment"]) == (
        "2", "50", "2",
    )  # fmt: skip
    assert [bracket["price"]["price_amount"] for bracket in told["line"]["brackets"]] == ["900.00", "800.00"]
    assert told["line"]["item"]["properties"][0]["list_values"] == ["grå", "sort"]
    assert told["line"]["item"]["dimensions"][0]["measure"] == {"value": "12.50", "unit_code": "KGM"}


def test_only_what_is_safe_to_follow_is_a_link(world: World) -> None:
    publish(world, [everything()])

    links = detail(world)["links"]

    assert [(link["kind"], link["title"], link["uri"]) for link in links] == [
        ("PICTURE", "Billede", "https://blade.example/stol"),
        ("PICTURE", "Foto", "https://blade.example/stol.JPG?w=1"),
        ("DATA_SHEET", "Datablad", "https://blade.example/stol.pdf"),
    ]


def test_lines_that_go_with_it_are_there_to_be_ordered(world: World) -> None:
    publish(world, [everything(), line("mat", "150.00"), line("chair-2", "950.00", name="Ny stol")])

    related = {row["relation"]: row for row in detail(world)["related"]}

    assert (related["Accessory"]["name"], related["Accessory"]["price"]["price_amount"]) == ("Vare mat", "150.00")
    assert (related["Replacement"]["name"], related["Replacement"]["descriptions"]) == ("Ny stol", ["Ny model"])
    assert world.client("buyer").get(f"/catalogue-lines/{related['Accessory']['id']}").status_code == 200
    assert (related["Required"]["id"], related["Required"]["name"], related["Required"]["price"]) == (None, None, None)


def test_a_line_that_the_caller_may_not_order_is_named_and_no_more(world: World) -> None:
    other = line("refill", unspsc=PENS, orderable=False)
    pen = line("pen", related_items=(RelatedItem(relation="Accessory", line_id="refill"),))
    publish(world, [pen, other])

    assert [(row["line_id"], row["id"]) for row in detail(world, "pen")["related"]] == [("refill", None)]


def test_an_address_is_safe_only_when_it_is_https_of_a_host() -> None:
    safe = [
        uri
        for uri in (
            "https://blade.example/a b.pdf", "https://", "https:///stol", "http://blade.example", "//blade.example",
            "https://bank.example@blade.example/", "javascript:alert(1)", "data:text/html,x", "https://[::1", "HTTPS://X.example",
        )
        if is_safe(uri)
    ]  # fmt: skip

    assert safe == ["https://blade.example/a b.pdf", "HTTPS://X.example"]
