"""Items: what is offered, ordered and billed."""

from app.documents.item import Classification, Item, ItemProperty
from app.documents.values import Identifier
from app.oioubl import names
from app.oioubl.amounts import read_tax_category, write_tax_category
from app.oioubl.reading import Node
from app.oioubl.writing import Page


def read_item(node: Node) -> Item:
    return Item(
        name=node.text("Name"),
        descriptions=node.texts("Description"),
        keywords=node.texts("Keyword"),
        brand_name=node.text("BrandName"),
        model_name=node.text("ModelName"),
        buyers_item_id=_identification(node, "BuyersItemIdentification"),
        sellers_item_id=_identification(node, "SellersItemIdentification"),
        manufacturers_item_id=_identification(node, "ManufacturersItemIdentification"),
        standard_item_id=_identification(node, "StandardItemIdentification"),
        manufacturer_name=node.read("ManufacturerParty", _read_party_name),
        origin_country_code=node.read("OriginCountry", lambda country: country.text("IdentificationCode")),
        classifications=node.read_all("CommodityClassification", _read_classification),
        tax_category=node.read("ClassifiedTaxCategory", read_tax_category),
        properties=node.read_all("AdditionalItemProperty", _read_property),
    )


def write_item(page: Page, item: Item) -> None:
    page.texts("Description", item.descriptions)
    page.text("Name", item.name)
    page.texts("Keyword", item.keywords)
    page.text("BrandName", item.brand_name)
    page.text("ModelName", item.model_name)
    page.part("BuyersItemIdentification").identifier("ID", item.buyers_item_id)
    page.part("SellersItemIdentification").identifier("ID", item.sellers_item_id)
    page.part("ManufacturersItemIdentification").identifier("ID", item.manufacturers_item_id)
    page.part("StandardItemIdentification").identifier("ID", item.standard_item_id)
    page.part("OriginCountry").text("IdentificationCode", item.origin_country_code)
    page.write_all("CommodityClassification", _write_classification, item.classifications)
    page.write("ClassifiedTaxCategory", write_tax_category, item.tax_category)
    page.write_all("AdditionalItemProperty", _write_property, item.properties)
    page.part("ManufacturerParty").part("PartyName").text("Name", item.manufacturer_name)


def _read_party_name(node: Node) -> str | None:
    return node.read("PartyName", lambda name: name.text("Name"))


def _identification(node: Node, name: str) -> Identifier | None:
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
    return ItemProperty(name=node.needed_text("Name"), value=node.needed_text("Value"))


def _write_property(page: Page, item_property: ItemProperty) -> None:
    page.text("Name", item_property.name)
    page.text("Value", item_property.value)
