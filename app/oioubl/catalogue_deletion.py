"""The deletion of a catalogue."""

from lxml import etree

from app.documents.catalogue_requests import CatalogueDeletion
from app.oioubl.catalogue_header import read_catalogue_header
from app.oioubl.header import open_document
from app.oioubl.parties import write_other_party, write_party
from app.oioubl.references import read_document_reference, write_period, write_plain_reference
from app.oioubl.writing import page_for


def read_catalogue_deletion(root: etree._Element) -> CatalogueDeletion:
    """:raises UnreadableDocument: naming every element that is missing or unreadable."""
    node = open_document(root, "CatalogueDeletion")
    deletion = CatalogueDeletion(
        **read_catalogue_header(node, "F-CDE002", "F-CDE020"),
        effective_date=node.date("EffectiveDate"),
        effective_time=node.time("EffectiveTime"),
        version_id=node.text("VersionID"),
        deleted_catalogue=read_document_reference(node.needed_part("DeletedCatalogueReference")),
    )
    node.refuse_faults()
    return deletion


def write_catalogue_deletion(deletion: CatalogueDeletion) -> bytes:
    """Write the deletion, receiver before provider.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry.
    """
    page = page_for("CatalogueDeletion", deletion, None)
    page.text("UUID", deletion.uuid)
    page.text("Name", deletion.name)
    page.date("IssueDate", deletion.issue_date)
    page.time("IssueTime", deletion.issue_time)
    page.date("EffectiveDate", deletion.effective_date)
    page.time("EffectiveTime", deletion.effective_time)
    page.texts("Note", deletion.notes)
    page.text("VersionID", deletion.version_id)
    page.texts("Description", deletion.descriptions)
    page.write("ValidityPeriod", write_period, deletion.validity_period)
    page.write("DeletedCatalogueReference", write_plain_reference, deletion.deleted_catalogue)
    page.part("ReferencedContract").text("ID", deletion.contract_id)
    page.write("ReceiverParty", write_party, deletion.receiver)
    page.write("ProviderParty", write_party, deletion.provider)
    write_other_party(page, "SellerSupplierParty", deletion.supplier, deletion.provider, "F-CDE003")
    write_other_party(page, "ContractorCustomerParty", deletion.contractor, deletion.receiver, "F-CDE004")
    return page.document()
