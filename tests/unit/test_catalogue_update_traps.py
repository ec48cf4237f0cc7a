"""Where OIOUBL surprises in the documents about a catalogue, one test each."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from app import dialects
from app.documents.item import Item
from app.kit.errors import Fault
from app.oioubl.reading import UnreadableDocument
from app.oioubl.ubl import parse
from app.oioubl.validation import fatal_rules
from app.oioubl.writing import UnwritableDocument
from tests.golden import catalogue_papers, documents
from tests.golden.parts import BUYER, CONTRACTOR, DETAILED_ITEM
from tests.samples import sample


def faults_in(document: bytes) -> list[tuple[str | None, str | None]]:
    with pytest.raises(UnreadableDocument) as caught:
        dialects.read(parse(document))
    return [(fault.rule_id, fault.xpath) for fault in caught.value.faults]


def refused_in(document: Any) -> tuple[Fault, ...]:
    with pytest.raises(UnwritableDocument) as caught:
        dialects.write(document)
    return tuple(caught.value.faults)


@pytest.mark.parametrize("document", [catalogue_papers.CATALOGUE_REQUEST, catalogue_papers.CATALOGUE_DELETION])
def test_a_request_and_a_deletion_name_the_receiver_first(document: Any) -> None:
    written = dialects.write(document).decode()

    assert written.index("<cac:ReceiverParty>") < written.index("<cac:ProviderParty>")


@pytest.mark.parametrize(
    "document", [documents.CATALOGUE, catalogue_papers.PRICING_UPDATE, catalogue_papers.ITEM_SPECIFICATION_UPDATE]
)
def test_a_catalogue_and_its_updates_name_the_provider_first(document: Any) -> None:
    written = dialects.write(document).decode()

    assert written.index("<cac:ProviderParty>") < written.index("<cac:ReceiverParty>")


@pytest.mark.parametrize(
    ("document", "rule_id"),
    [(catalogue_papers.CATALOGUE_REQUEST, "F-CRQ006"), (catalogue_papers.CATALOGUE_DELETION, "F-CDE003")],
)
def test_the_seller_of_a_request_or_a_deletion_is_not_its_provider(document: Any, rule_id: str) -> None:
    (fault,) = refused_in(document.but(provider=CONTRACTOR, supplier=CONTRACTOR))

    assert fault.rule_id == rule_id
    assert fault.xpath is not None
    assert fault.xpath.endswith("/cac:SellerSupplierParty")


@pytest.mark.parametrize(
    ("document", "rule_id"),
    [
        (documents.CATALOGUE, "F-CAT007"),
        (catalogue_papers.PRICING_UPDATE, "F-CPU006"),
        (catalogue_papers.ITEM_SPECIFICATION_UPDATE, "F-CIU006"),
        (catalogue_papers.CATALOGUE_REQUEST, "F-CRQ007"),
        (catalogue_papers.CATALOGUE_DELETION, "F-CDE004"),
    ],
)
def test_the_contractor_is_not_the_receiver(document: Any, rule_id: str) -> None:
    (fault,) = refused_in(document.but(contractor=BUYER))

    assert fault.rule_id == rule_id


@pytest.mark.parametrize("document", [documents.CATALOGUE, catalogue_papers.PRICING_UPDATE])
def test_the_seller_of_a_catalogue_may_be_its_provider(document: Any) -> None:
    assert document.supplier == document.provider
    assert fatal_rules(dialects.write(document)) == []


FACTOR = "<cbc:OrderableUnitFactorRate>50</cbc:OrderableUnitFactorRate>"
BASE = '<cbc:BaseQuantity unitCode="EA">1.00</cbc:BaseQuantity>'
PRICE_AMOUNT = '<cbc:PriceAmount currencyID="DKK">3.25</cbc:PriceAmount>'
LINE = "/CataloguePricingUpdate/cac:CataloguePricingUpdateLine[2]/cac:RequiredItemLocationQuantity/cac:Price"


@pytest.mark.parametrize(
    ("old", "new", "read_as", "official"),
    [
        (FACTOR, "", "F-CPU211", "F-CPU211"),
        (BASE, "", "F-CPU210", "F-CPU210"),
        (PRICE_AMOUNT, "", None, "XSD"),
    ],
)
def test_a_price_update_tells_price_base_quantity_and_factor(
    old: str, new: str, read_as: str | None, official: str
) -> None:
    document = sample("catalogue-pricing-update", (old, new))

    assert faults_in(document) == [(read_as, LINE)]
    assert official in fatal_rules(document)


def test_a_price_update_without_any_price_of_a_line_is_refused() -> None:
    text = sample("catalogue-pricing-update").decode()
    start = text.rindex("<cac:RequiredItemLocationQuantity>")
    end = text.rindex("</cac:RequiredItemLocationQuantity>") + len("</cac:RequiredItemLocationQuantity>")
    document = (text[:start] + text[end:]).encode()

    assert faults_in(document)[0] == ("F-CPU208", "/CataloguePricingUpdate/cac:CataloguePricingUpdateLine[2]")
    assert fatal_rules(document) == ["F-CPU208"]


def test_a_price_update_is_refused_in_json_for_the_same_reasons() -> None:
    body = catalogue_papers.PRICING_UPDATE.model_dump(mode="json")
    del body["lines"][0]["brackets"][0]["price"]["orderable_unit_factor_rate"]
    body["lines"][0]["brackets"][1]["price"] = None

    with pytest.raises(ValidationError) as caught:
        type(catalogue_papers.PRICING_UPDATE).model_validate(body)

    assert [error["loc"] for error in caught.value.errors()] == [
        ("lines", 0, "brackets", 0, "price", "orderable_unit_factor_rate"),
        ("lines", 0, "brackets", 1, "price"),
    ]


@pytest.mark.parametrize(("name", "rule_id"), [("pricing", "F-CPU003"), ("item-specification", "F-CIU003")])
def test_an_update_says_the_version_it_makes(name: str, rule_id: str) -> None:
    version = f"<cbc:VersionID>{2 if name == 'pricing' else 3}</cbc:VersionID>\n"
    document = sample(f"catalogue-{name}-update", (f"  {version}  <cac", "  <cac"))

    assert [found for found, _ in faults_in(document)] == [rule_id]
    assert fatal_rules(document) == [rule_id]


@pytest.mark.parametrize("name", ["pricing", "item-specification"])
def test_two_lines_of_an_update_with_one_id_are_an_error(name: str) -> None:
    other = "2" if name == "pricing" else "5"
    document = sample(f"catalogue-{name}-update", (f"<cbc:ID>{other}</cbc:ID>", "<cbc:ID>1</cbc:ID>"))

    assert fatal_rules(document) == ["F-CPU111" if name == "pricing" else "F-CIU111"]


def test_a_new_price_says_why() -> None:
    update = dialects.read(parse(dialects.write(catalogue_papers.PRICING_UPDATE)))

    assert update.lines[0].brackets[0].price.change_reason == "Papirprisen er steget"


def test_a_pack_without_a_unit_says_nothing_and_is_officially_allowed() -> None:
    document = sample("catalogue-item-specification-update", ('<cbc:PackQuantity unitCode="BX">', "<cbc:PackQuantity>"))

    item: Item = dialects.read(parse(document)).lines[0].item

    assert fatal_rules(document) == []
    assert (item.pack_quantity, item.pack_size) == (None, Decimal(5))


def test_labels_and_data_sheets_stay_with_the_item() -> None:
    paper, lamp = (line.item for line in dialects.read(parse(sample("catalogue-item-specification-update"))).lines)

    assert [(label.id, label.issuer.name) for label in paper.certificates] == [("SVANEN", "Miljømærkning Danmark")]
    assert [sheet.uri for sheet in lamp.specifications] == ["https://kontorhuset.example/datablade/lv-77.pdf"]


def test_a_bill_takes_a_label_of_gs1s_list_alone() -> None:
    labelled, unknown = (
        documents.INVOICE.but(lines=(documents.INVOICE_LINE.but(item=DETAILED_ITEM.but(certificates=(label,))),))
        for label in (
            DETAILED_ITEM.certificates[0],
            DETAILED_ITEM.certificates[0].but(id="Svanemærket"),
        )
    )

    assert fatal_rules(dialects.write(labelled)) == []
    assert fatal_rules(dialects.write(unknown)) == ["F-INV351"]


@pytest.mark.parametrize("customization", ["OIOUBL-2.01", "OIOUBL-2.02"])
@pytest.mark.parametrize("name", catalogue_papers.GOLDEN)
def test_older_oioubl_is_read_and_written_as_the_current(name: str, customization: str) -> None:
    document = catalogue_papers.GOLDEN[name]
    older = dialects.write(document).replace(b">OIOUBL-2.1<", f">{customization}<".encode())

    read = dialects.read(parse(older))

    assert fatal_rules(older) == []
    assert read == document.but(customization_id=customization)
    assert dialects.write(read) == dialects.write(document)
