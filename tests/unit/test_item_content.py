"""What an item carries beside its name and numbers: attributes, dimensions, choices, documents; where they stand."""

from decimal import Decimal

from app.documents.catalogue import Catalogue
from app.documents.item import Dimension, Item, ItemProperty, PhysicalAttribute, Specification
from app.documents.order import Order
from app.kit.money import Quantity
from app.oioubl import ubl, validation
from app.oioubl.catalogue import read_catalogue, write_catalogue
from app.oioubl.order import read_order, write_order
from tests.catalogues import catalogue, line
from tests.golden.documents import ORDER

GRAMS = Quantity(Decimal("126.00"), "GRM")
CAMERA = PhysicalAttribute(attribute_id="CAM", descriptions=("2 megapixel",))
WEIGHT = Dimension(attribute_id="WT", measure=GRAMS, descriptions=("Vægt",))
WIDTH = Dimension(
    attribute_id="WD",
    minimum_measure=Quantity(Decimal("60.00"), "CMT"),
    maximum_measure=Quantity(Decimal("200.00"), "CMT"),
)
COLOUR = ItemProperty(name="Farve", value="grå", list_values=("grå", "hvid", "eg"))
DEPTH = ItemProperty(name="Dybde", value="80", minimum_value="60", maximum_value="100")
SHEET = Specification(number="DB-1", document_type_code="130", uri="https://blade.example/db-1.pdf")


def carried(**content: object) -> Item:
    """Give an item as it comes back from a catalogue that is valid."""
    document = catalogue([line("1", item=content)])
    written = write_catalogue(document)
    assert [finding for finding in validation.validate(written).findings if finding.severity == "F"] == []
    read: Catalogue = read_catalogue(ubl.parse(written))
    return read.lines[0].item


def test_attributes_and_dimensions_stand_with_the_sellers_id() -> None:
    item = carried(physical_attributes=(CAMERA,), dimensions=(WEIGHT, WIDTH))

    assert (item.physical_attributes, item.dimensions) == ((CAMERA,), (WEIGHT, WIDTH))
    sellers = ubl.parse(write_catalogue(catalogue([line("1", item={"dimensions": (WEIGHT,)})])))
    assert len(sellers.findall(f".//{{{ubl.CAC}}}SellersItemIdentification/{{{ubl.CAC}}}MeasurementDimension")) == 1


def test_what_can_be_chosen_comes_back() -> None:
    assert carried(properties=(COLOUR, DEPTH)).properties == (COLOUR, DEPTH)


def test_a_document_about_an_item_may_have_a_code_for_its_type() -> None:
    assert carried(specifications=(SHEET,)).specifications == (SHEET,)


def test_dimensions_where_ubl_has_them_are_read_too() -> None:
    content = write_catalogue(catalogue([line("1")])).replace(
        b"</cac:Item>",
        b'<cac:Dimension><cbc:AttributeID>WT</cbc:AttributeID><cbc:Measure unitCode="GRM">126.00</cbc:Measure>'
        b"</cac:Dimension></cac:Item>",
    )

    assert validation.validate(content).is_valid
    assert read_catalogue(ubl.parse(content)).lines[0].item.dimensions == (WEIGHT.but(descriptions=()),)


def test_a_dimension_that_does_not_say_of_what_it_is_says_nothing() -> None:
    content = write_catalogue(catalogue([line("1")])).replace(
        b"</cac:Item>", b"<cac:Dimension><cbc:AttributeID></cbc:AttributeID></cac:Dimension></cac:Item>"
    )

    assert read_catalogue(ubl.parse(content)).lines[0].item.dimensions == ()


def test_without_a_sellers_id_dimensions_stand_where_ubl_has_them() -> None:
    first = ORDER.lines[0]
    item = first.item.but(sellers_item_id=None, dimensions=(WEIGHT,), physical_attributes=(CAMERA,))
    order: Order = ORDER.but(lines=(first.but(item=item), *ORDER.lines[1:]))

    content = write_order(order)

    assert validation.validate(content).is_valid
    assert read_order(ubl.parse(content)).lines[0].item.dimensions == (WEIGHT,)
