"""The request for a catalogue."""

from lxml import etree

from app.documents.catalogue_requests import (
    CatalogueRequest,
    CatalogueRequestLine,
    RequestedClassification,
    RequestedItem,
)
from app.oioubl.catalogue_header import read_catalogue_header
from app.oioubl.header import open_document
from app.oioubl.items import read_identification
from app.oioubl.parties import read_address, write_address, write_other_party, write_party
from app.oioubl.reading import Node
from app.oioubl.references import read_document_reference, read_period, write_period, write_plain_reference
from app.oioubl.writing import Page, page_for


def read_catalogue_request(root: etree._Element) -> CatalogueRequest:
    """:raises UnreadableDocument: naming every element that is missing or unreadable."""
    node = open_document(root, "CatalogueRequest")
    reference = node.part("RequestedCatalogueReference")
    request = CatalogueRequest(
        **read_catalogue_header(node, "F-CRQ002", "F-CRQ020"),
        pricing_update_requested=node.flag("PricingUpdateRequestIndicator"),
        item_update_requested=node.flag("ItemUpdateRequestIndicator"),
        requested_catalogue=reference and read_document_reference(reference, "F-CRQ025"),
        territories=node.read_all("ApplicableTerritoryAddress", read_address),
        classification=node.read("RequestedClassificationScheme", _read_classification),
        lines=node.read_all("CatalogueRequestLine", _read_line),
    )
    node.refuse_faults()
    return request


def _read_classification(node: Node) -> RequestedClassification:
    return RequestedClassification(
        scheme_id=node.needed_text("ID", "F-CRQ026"),
        version_id=node.text("VersionID"),
        codes=node.needed_parts(
            "ClassificationCategory", lambda category: category.needed_text("CodeValue", "F-CRQ028")
        ),
    )


def _read_line(node: Node) -> CatalogueRequestLine:
    return CatalogueRequestLine(
        line_id=node.needed_text("ID", "F-CRQ100"),
        contract_subdivision=node.text("ContractSubdivision"),
        notes=node.texts("Note"),
        validity_period=node.read("LineValidityPeriod", read_period),
        item=_read_item(node.needed_part("Item")),
    )


def _read_item(node: Node) -> RequestedItem:
    return RequestedItem(
        name=node.text("Name"),
        descriptions=node.texts("Description"),
        brand_name=node.text("BrandName"),
        model_name=node.text("ModelName"),
        sellers_item_id=read_identification(node, "SellersItemIdentification"),
        standard_item_id=read_identification(node, "StandardItemIdentification"),
    )


def write_catalogue_request(request: CatalogueRequest) -> bytes:
    """Write the request, receiver before provider.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry.
    """
    page = page_for("CatalogueRequest", request, None)
    page.text("UUID", request.uuid)
    page.text("Name", request.name)
    page.date("IssueDate", request.issue_date)
    page.time("IssueTime", request.issue_time)
    page.texts("Note", request.notes)
    page.texts("Description", request.descriptions)
    page.flag("PricingUpdateRequestIndicator", request.pricing_update_requested)
    page.flag("ItemUpdateRequestIndicator", request.item_update_requested)
    page.write("ValidityPeriod", write_period, request.validity_period)
    page.write("ReceiverParty", write_party, request.receiver)
    page.write("ProviderParty", write_party, request.provider)
    write_other_party(page, "SellerSupplierParty", request.supplier, request.provider, "F-CRQ006")
    write_other_party(page, "ContractorCustomerParty", request.contractor, request.receiver, "F-CRQ007")
    page.write("RequestedCatalogueReference", write_plain_reference, request.requested_catalogue)
    page.part("ReferencedContract").text("ID", request.contract_id)
    page.write_all("ApplicableTerritoryAddress", write_address, request.territories)
    page.write("RequestedClassificationScheme", _write_classification, request.classification)
    page.write_all("CatalogueRequestLine", _write_line, request.lines)
    return page.document()


def _write_classification(page: Page, classification: RequestedClassification) -> None:
    page.text("ID", classification.scheme_id)
    page.text("VersionID", classification.version_id)
    for code in classification.codes:
        page.part("ClassificationCategory").text("CodeValue", code)


def _write_line(page: Page, line: CatalogueRequestLine) -> None:
    page.text("ID", line.line_id)
    page.text("ContractSubdivision", line.contract_subdivision)
    page.texts("Note", line.notes)
    page.write("LineValidityPeriod", write_period, line.validity_period)
    page.write("Item", _write_item, line.item)


def _write_item(page: Page, item: RequestedItem) -> None:
    page.texts("Description", item.descriptions)
    page.text("Name", item.name)
    page.text("BrandName", item.brand_name)
    page.text("ModelName", item.model_name)
    page.part("SellersItemIdentification").identifier("ID", item.sellers_item_id)
    page.part("StandardItemIdentification").identifier("ID", item.standard_item_id)
