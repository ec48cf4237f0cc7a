"""Lines of catalogues."""

from collections.abc import Iterator
from typing import Final, TypedDict

from app.documents.amounts import TaxCategory
from app.documents.catalogue import CatalogueLine, PriceBracket, RelatedItem
from app.documents.party import Address
from app.kit.money import Quantity
from app.oioubl import names
from app.oioubl.amounts import read_tax_category, write_tax_category
from app.oioubl.items import read_item, write_item
from app.oioubl.parties import read_address, write_address
from app.oioubl.prices import read_price, write_price
from app.oioubl.reading import Node
from app.oioubl.references import read_period, write_period
from app.oioubl.writing import Page

RELATIONS: Final = ("Component", "Accessory", "Required", "Replacement", "Complementary")
"""How one line may be related to another, in the order UBL writes them."""


def read_line(node: Node) -> CatalogueLine:
    return CatalogueLine(
        line_id=node.needed_text("ID", "F-CAT100"),
        action_code=node.needed_text("ActionCode", "F-CAT101"),
        life_cycle_status_code=node.text("LifeCycleStatusCode"),
        contract_subdivision=node.text("ContractSubdivision"),
        notes=node.texts("Note"),
        orderable=node.needed_flag("OrderableIndicator", "F-CAT106"),
        orderable_unit=node.text("OrderableUnit"),
        content_unit_quantity=node.quantity("ContentUnitQuantity"),
        order_quantity_increment=node.number("OrderQuantityIncrementNumeric"),
        minimum_order_quantity=node.number("MinimumOrderQuantity"),
        maximum_order_quantity=node.number("MaximumOrderQuantity"),
        warranty_information=node.texts("WarrantyInformation"),
        validity_period=node.read("LineValidityPeriod", read_period),
        related_items=tuple(_related_items(node)),
        brackets=node.read_all("RequiredItemLocationQuantity", _read_bracket),
        item=read_item(node.needed_part("Item")),
    )


def write_line(page: Page, line: CatalogueLine) -> None:
    page.text("ID", line.line_id)
    page.text("ActionCode", line.action_code, names.CATALOGUE_ACTION)
    page.text("LifeCycleStatusCode", line.life_cycle_status_code, names.LIFE_CYCLE_STATUS)
    page.text("ContractSubdivision", line.contract_subdivision)
    page.texts("Note", line.notes)
    page.flag("OrderableIndicator", line.orderable)
    page.text("OrderableUnit", line.orderable_unit)
    page.quantity("ContentUnitQuantity", line.content_unit_quantity)
    page.number("OrderQuantityIncrementNumeric", line.order_quantity_increment)
    page.number("MinimumOrderQuantity", line.minimum_order_quantity)
    page.number("MaximumOrderQuantity", line.maximum_order_quantity)
    page.texts("WarrantyInformation", line.warranty_information)
    page.write("LineValidityPeriod", write_period, line.validity_period)
    for relation in RELATIONS:
        related = (item for item in line.related_items if item.relation == relation)
        page.write_all(f"{relation}RelatedItem", _write_related_item, related)
    page.write_all("RequiredItemLocationQuantity", write_bracket, line.brackets)
    page.write("Item", write_item, line.item)


def _related_items(node: Node) -> Iterator[RelatedItem]:
    for relation in RELATIONS:
        for part in node.parts(f"{relation}RelatedItem"):
            yield RelatedItem(
                relation=relation,
                line_id=part.needed_text("ID", "F-CAT150"),
                quantity=part.quantity("Quantity"),
                descriptions=part.texts("Description"),
            )


def _write_related_item(page: Page, related: RelatedItem) -> None:
    page.text("ID", related.line_id)
    page.quantity("Quantity", related.quantity)
    page.texts("Description", related.descriptions)


class BracketFields(TypedDict):
    """The fields of `documents.PriceBracket` but for the price, ready to be passed on."""

    lead_time: Quantity | None
    minimum_quantity: Quantity | None
    maximum_quantity: Quantity | None
    territories: tuple[Address, ...]
    tax_categories: tuple[TaxCategory, ...]


def read_bracket_fields(node: Node) -> BracketFields:
    return BracketFields(
        lead_time=node.quantity("LeadTimeMeasure"),
        minimum_quantity=node.quantity("MinimumQuantity"),
        maximum_quantity=node.quantity("MaximumQuantity"),
        territories=node.read_all("ApplicableTerritoryAddress", read_address),
        tax_categories=node.read_all("ApplicableTaxCategory", read_tax_category),
    )


def _read_bracket(node: Node) -> PriceBracket:
    return PriceBracket(price=node.read("Price", read_price), **read_bracket_fields(node))


def write_bracket(page: Page, bracket: PriceBracket) -> None:
    page.quantity("LeadTimeMeasure", bracket.lead_time)
    page.quantity("MinimumQuantity", bracket.minimum_quantity)
    page.quantity("MaximumQuantity", bracket.maximum_quantity)
    page.write_all("ApplicableTerritoryAddress", write_address, bracket.territories)
    page.write("Price", write_price, bracket.price)
    page.write_all("ApplicableTaxCategory", write_tax_category, bracket.tax_categories)
