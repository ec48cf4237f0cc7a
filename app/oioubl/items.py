"""Items: what is offered, ordered and billed."""

from collections.abc import Iterator
from typing import Final

from app.documents.item import (
    Certificate,
    Classification,
    Dimension,
    Item,
    ItemProperty,
    PhysicalAttribute,
    Specification,
)
from app.documents.values import TEXT_LENGTH, Identifier
from app.kit.money import Quantity
from app.oioubl import names
from app.oioubl.amounts import read_tax_category, write_tax_category
from app.oioubl.parties import read_party, write_party
from app.oioubl.reading import Node
from app.oioubl.writing import Page

SELLERS_ID: Final = "SellersItemIdentification"


def read_item(node: Node) -> Item:
    return Item(
        name=node.text("Name"),
        descriptions=node.texts("Description"),
        pack_quantity=_pack_quantity(node),
        pack_size=node.number("PackSizeNumeric"),
        keywords=node.texts("Keyword", TEXT_LENGTH),
        brand_name=node.text("BrandName"),
        model_name=node.text("ModelName"),
        buyers_item_id=read_identification(node, "BuyersItemIdentification"),
        sellers_item_id=read_identification(node, SELLERS_ID),
        manufacturers_item_id=read_identification(node, "ManufacturersItemIdentification"),
        standard_item_id=read_identification(node, "StandardItemIdentification"),
        specifications=node.read_all("ItemSpecificationDocumentReference", _read_specification),
        manufacturer_name=node.read("ManufacturerParty", _read_party_name),
        origin_country_code=node.read("OriginCountry", lambda country: country.text("IdentificationCode")),
        classifications=node.read_all("CommodityClassification", _read_classification),
        tax_category=node.read("ClassifiedTaxCategory", read_tax_category),
        properties=node.read_all("AdditionalItemProperty", _read_property),
        physical_attributes=tuple(_physical_attributes(node)),
        dimensions=tuple(_dimensions(node)),
        certificates=node.read_all("Certificate", _read_certificate),
    )


def write_item(page: Page, item: Item) -> None:
    page.texts("Description", item.descriptions)
    page.quantity("PackQuantity", item.pack_quantity)
    page.number("PackSizeNumeric", item.pack_size)
    page.text("Name", item.name)
    page.texts("Keyword", item.keywords)
    page.text("BrandName", item.brand_name)
    page.text("ModelName", item.model_name)
    page.part("BuyersItemIdentification").identifier("ID", item.buyers_item_id)
    page.write(SELLERS_ID, _write_sellers_id, item if item.sellers_item_id is not None else None)
    page.part("ManufacturersItemIdentification").identifier("ID", item.manufacturers_item_id)
    page.part("StandardItemIdentification").identifier("ID", item.standard_item_id)
    page.write_all("ItemSpecificationDocumentReference", _write_specification, item.specifications)
    page.part("OriginCountry").text("IdentificationCode", item.origin_country_code)
    page.write_all("CommodityClassification", _write_classification, item.classifications)
    page.write("ClassifiedTaxCategory", write_tax_category, item.tax_category)
    page.write_all("AdditionalItemProperty", _write_property, item.properties)
    page.part("ManufacturerParty").part("PartyName").text("Name", item.manufacturer_name)
    page.write_all("Certificate", _write_certificate, item.certificates)
    page.write_all("Dimension", _write_dimension, item.dimensions if item.sellers_item_id is None else ())


def _write_sellers_id(page: Page, item: Item) -> None:
    page.identifier("ID", item.sellers_item_id)
    page.write_all("PhysicalAttribute", _write_physical_attribute, item.physical_attributes)
    page.write_all("MeasurementDimension", _write_dimension, item.dimensions)


def _physical_attributes(node: Node) -> Iterator[PhysicalAttribute]:
    """Read the attributes that say what they are of; without that they say nothing."""
    for sellers in node.parts(SELLERS_ID):
        for part in sellers.parts("PhysicalAttribute"):
            if attribute_id := part.text("AttributeID"):
                yield PhysicalAttribute(attribute_id=attribute_id, descriptions=part.texts("Description"))


def _write_physical_attribute(page: Page, attribute: PhysicalAttribute) -> None:
    page.text("AttributeID", attribute.attribute_id)
    page.texts("Description", attribute.descriptions)


def _dimensions(node: Node) -> Iterator[Dimension]:
    """Read the dimensions that say of what they are, where OIOUBL has them and where UBL 2.1 has them, too."""
    of_seller = (part for sellers in node.parts(SELLERS_ID) for part in sellers.parts("MeasurementDimension"))
    for part in (*of_seller, *node.parts("Dimension")):
        if attribute_id := part.text("AttributeID"):
            yield Dimension(
                attribute_id=attribute_id,
                measure=part.quantity("Measure"),
                descriptions=part.texts("Description"),
                minimum_measure=part.quantity("MinimumMeasure"),
                maximum_measure=part.quantity("MaximumMeasure"),
            )


def _write_dimension(page: Page, dimension: Dimension) -> None:
    page.text("AttributeID", dimension.attribute_id)
    page.quantity("Measure", dimension.measure)
    page.texts("Description", dimension.descriptions)
    page.quantity("MinimumMeasure", dimension.minimum_measure)
    page.quantity("MaximumMeasure", dimension.maximum_measure)


def _pack_quantity(node: Node) -> Quantity | None:
    """Unlike other quantities, that of a pack may officially lack its unit; it says nothing then."""
    return node.quantity("PackQuantity") if node.attribute("PackQuantity", "unitCode") else None


def _read_party_name(node: Node) -> str | None:
    return node.read("PartyName", lambda name: name.text("Name"))


def read_identification(node: Node, name: str) -> Identifier | None:
    return node.read(name, lambda part: part.identifier("ID"))


def _read_classification(node: Node) -> Classification:
    return Classification(
        code=node.needed_text("ItemClassificationCode", "F-CAT231"),
        list_id=node.attribute("ItemClassificationCode", "listID"),
        list_version_id=node.attribute("ItemClassificationCode", "listVersionID"),
    )


def _write_classification(page: Page, classification: Classification) -> None:
    attributes = names.classification(classification.list_id, classification.list_version_id)
    page.text("ItemClassificationCode", classification.code, attributes)


def _read_property(node: Node) -> ItemProperty:
    between = node.part("ItemPropertyRange")
    return ItemProperty(
        name=node.needed_text("Name"),
        value=node.needed_text("Value"),
        list_values=node.texts("ListValue", TEXT_LENGTH),
        minimum_value=between and between.text("MinimumValue"),
        maximum_value=between and between.text("MaximumValue"),
    )


def _write_property(page: Page, item_property: ItemProperty) -> None:
    page.text("Name", item_property.name)
    page.text("Value", item_property.value)
    page.texts("ListValue", item_property.list_values)
    between = page.part("ItemPropertyRange")
    between.text("MinimumValue", item_property.minimum_value)
    between.text("MaximumValue", item_property.maximum_value)


def _read_specification(node: Node) -> Specification:
    attachment = node.part("Attachment")
    return Specification(
        number=node.needed_text("ID"),
        document_type=node.text("DocumentType"),
        document_type_code=node.text("DocumentTypeCode"),
        uri=attachment and attachment.read("ExternalReference", lambda reference: reference.text("URI")),
    )


def _write_specification(page: Page, specification: Specification) -> None:
    page.text("ID", specification.number)
    page.text("DocumentTypeCode", specification.document_type_code)
    page.text("DocumentType", specification.document_type)
    page.part("Attachment").part("ExternalReference").text("URI", specification.uri)


def _read_certificate(node: Node) -> Certificate:
    return Certificate(
        id=node.needed_text("ID"),
        type_code=node.needed_text("CertificateTypeCode"),
        type=node.needed_text("CertificateType", most=TEXT_LENGTH),
        remarks=node.texts("Remarks"),
        issuer=read_party(node.needed_part("IssuerParty")),
    )


def _write_certificate(page: Page, certificate: Certificate) -> None:
    page.text("ID", certificate.id)
    page.text("CertificateTypeCode", certificate.type_code)
    page.text("CertificateType", certificate.type)
    page.texts("Remarks", certificate.remarks)
    page.write("IssuerParty", write_party, certificate.issuer)
