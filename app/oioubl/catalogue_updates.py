"""Updates of a catalogue: new prices, or new descriptions of its items."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from lxml import etree

from app.documents.catalogue_updates import (
    CatalogueItemSpecificationUpdate,
    CataloguePricingUpdate,
    CatalogueUpdate,
    ItemSpecificationUpdateLine,
    PricingUpdateLine,
    UpdatedBracket,
    UpdatedPrice,
)
from app.documents.values import DocumentReference
from app.oioubl.catalogue_header import CatalogueHeaderFields, read_catalogue_header, read_trading_terms
from app.oioubl.catalogue_lines import read_bracket_fields, write_bracket
from app.oioubl.header import open_document
from app.oioubl.items import read_item, write_item
from app.oioubl.parties import write_other_party, write_party, write_wrapped_party
from app.oioubl.prices import read_price
from app.oioubl.reading import Node
from app.oioubl.references import read_document_reference, write_period, write_plain_reference
from app.oioubl.writing import Page, page_for


@dataclass(frozen=True, slots=True)
class UpdateRules:
    """The official rules that say the same of both updates."""

    number: str
    version: str
    contract_id: str
    other_contractor: str
    reference_id: str | None = None


_PRICES: Final = UpdateRules("F-CPU002", "F-CPU003", "F-CPU020", "F-CPU006")
_ITEMS: Final = UpdateRules("F-CIU002", "F-CIU003", "F-CIU020", "F-CIU006", "F-CIU242")


class CatalogueUpdateFields(CatalogueHeaderFields):
    """The fields of `documents.CatalogueUpdate`, ready to be passed on."""

    revision_date: date | None
    version_id: str
    related_catalogue: DocumentReference
    trading_terms: tuple[str, ...]


def read_catalogue_pricing_update(root: etree._Element) -> CataloguePricingUpdate:
    """:raises UnreadableDocument: naming every element that is missing or unreadable."""
    node = open_document(root, "CataloguePricingUpdate")
    update = CataloguePricingUpdate(
        lines=node.needed_parts("CataloguePricingUpdateLine", _read_prices), **_read(node, _PRICES)
    )
    node.refuse_faults()
    return update


def read_catalogue_item_specification_update(root: etree._Element) -> CatalogueItemSpecificationUpdate:
    """:raises UnreadableDocument: naming every element that is missing or unreadable."""
    node = open_document(root, "CatalogueItemSpecificationUpdate")
    update = CatalogueItemSpecificationUpdate(
        lines=node.needed_parts("CatalogueItemSpecificationUpdateLine", _read_item), **_read(node, _ITEMS)
    )
    node.refuse_faults()
    return update


def read_pricing_update_head(root: etree._Element) -> CataloguePricingUpdate:
    """Everything but the lines.

    :raises UnreadableDocument: naming every element of the head that is missing or unreadable.
    """
    node = open_document(root, "CataloguePricingUpdate")
    update = CataloguePricingUpdate(lines=(), **_read(node, _PRICES))
    node.refuse_faults()
    return update


def read_pricing_update_line(element: etree._Element) -> PricingUpdateLine:
    """One cac:CataloguePricingUpdateLine.

    :raises UnreadableDocument: naming every element of the line that is missing or unreadable.
    """
    node = Node(element, [])
    line = _read_prices(node)
    node.refuse_faults()
    return line


def read_item_update_head(root: etree._Element) -> CatalogueItemSpecificationUpdate:
    """Everything but the lines.

    :raises UnreadableDocument: naming every element of the head that is missing or unreadable.
    """
    node = open_document(root, "CatalogueItemSpecificationUpdate")
    update = CatalogueItemSpecificationUpdate(lines=(), **_read(node, _ITEMS))
    node.refuse_faults()
    return update


def read_item_update_line(element: etree._Element) -> ItemSpecificationUpdateLine:
    """One cac:CatalogueItemSpecificationUpdateLine.

    :raises UnreadableDocument: naming every element of the line that is missing or unreadable.
    """
    node = Node(element, [])
    line = _read_item(node)
    node.refuse_faults()
    return line


def _read(node: Node, rules: UpdateRules) -> CatalogueUpdateFields:
    return CatalogueUpdateFields(
        **read_catalogue_header(node, rules.number, rules.contract_id),
        revision_date=node.date("RevisionDate"),
        version_id=node.needed_text("VersionID", rules.version),
        related_catalogue=read_document_reference(node.needed_part("RelatedCatalogueReference"), rules.reference_id),
        trading_terms=read_trading_terms(node),
    )


def _read_prices(node: Node) -> PricingUpdateLine:
    return PricingUpdateLine(
        line_id=node.needed_text("ID", "F-CPU100"),
        brackets=node.needed_parts("RequiredItemLocationQuantity", _read_bracket, "F-CPU208"),
    )


def _read_bracket(node: Node) -> UpdatedBracket:
    return UpdatedBracket(price=_read_price(node.needed_part("Price", "F-CPU209")), **read_bracket_fields(node))


def _read_price(node: Node) -> UpdatedPrice:
    needed = {
        "base_quantity": node.needed_quantity("BaseQuantity", "F-CPU210"),
        "orderable_unit_factor_rate": node.needed_number("OrderableUnitFactorRate", "F-CPU211"),
    }
    return UpdatedPrice(**dict(iter(read_price(node))) | needed)


def _read_item(node: Node) -> ItemSpecificationUpdateLine:
    return ItemSpecificationUpdateLine(
        line_id=node.needed_text("ID", "F-CIU100"), item=read_item(node.needed_part("Item"))
    )


def write_catalogue_pricing_update(update: CataloguePricingUpdate) -> bytes:
    """:raises UnwritableDocument: for what OIOUBL or XML cannot carry."""
    page = page_for("CataloguePricingUpdate", update, None)
    _write(page, update, _PRICES)
    page.write_all("CataloguePricingUpdateLine", _write_prices, update.lines)
    return page.document()


def write_catalogue_item_specification_update(update: CatalogueItemSpecificationUpdate) -> bytes:
    """:raises UnwritableDocument: for what OIOUBL or XML cannot carry."""
    page = page_for("CatalogueItemSpecificationUpdate", update, None)
    _write(page, update, _ITEMS)
    page.write_all("CatalogueItemSpecificationUpdateLine", _write_item, update.lines)
    return page.document()


def _write(page: Page, update: CatalogueUpdate, rules: UpdateRules) -> None:
    """Write all but the lines, provider before receiver."""
    page.text("UUID", update.uuid)
    page.text("Name", update.name)
    page.date("IssueDate", update.issue_date)
    page.time("IssueTime", update.issue_time)
    page.date("RevisionDate", update.revision_date)
    page.texts("Note", update.notes)
    page.texts("Description", update.descriptions)
    page.text("VersionID", update.version_id)
    page.write("ValidityPeriod", write_period, update.validity_period)
    page.write("RelatedCatalogueReference", write_plain_reference, update.related_catalogue)
    page.part("ReferencedContract").text("ID", update.contract_id)
    page.write("ProviderParty", write_party, update.provider)
    page.write("ReceiverParty", write_party, update.receiver)
    page.write("SellerSupplierParty", write_wrapped_party, update.supplier)
    write_other_party(page, "ContractorCustomerParty", update.contractor, update.receiver, rules.other_contractor)
    page.part("TradingTerms").texts("Information", update.trading_terms)


def _write_prices(page: Page, line: PricingUpdateLine) -> None:
    page.text("ID", line.line_id)
    page.write_all("RequiredItemLocationQuantity", write_bracket, line.brackets)


def _write_item(page: Page, line: ItemSpecificationUpdateLine) -> None:
    page.text("ID", line.line_id)
    page.write("Item", write_item, line.item)
