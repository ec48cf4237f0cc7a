"""The catalogue: its head, and the lines one by one for whoever streams them."""

from collections.abc import Iterable
from typing import IO

from lxml import etree

from app.documents.catalogue import Catalogue, CatalogueLine
from app.oioubl import names
from app.oioubl.catalogue_header import read_catalogue_header, read_trading_terms
from app.oioubl.catalogue_lines import read_line, write_line
from app.oioubl.header import open_document
from app.oioubl.parties import write_other_party, write_party, write_wrapped_party
from app.oioubl.reading import Node
from app.oioubl.references import write_period
from app.oioubl.writing import page_for, page_of_part


def read_catalogue(root: etree._Element) -> Catalogue:
    """:raises UnreadableDocument: naming every element that is missing or unreadable."""
    node = open_document(root, "Catalogue")
    head = _read_head(node)
    lines = node.needed_parts("CatalogueLine", read_line)
    node.refuse_faults()
    return head.model_copy(update={"lines": lines})


def read_catalogue_head(root: etree._Element) -> Catalogue:
    """Everything but the lines, of which there may be too many to hold.

    :raises UnreadableDocument: naming every element of the head that is missing or unreadable.
    """
    node = open_document(root, "Catalogue")
    head = _read_head(node)
    node.refuse_faults()
    return head


def read_catalogue_line(element: etree._Element) -> CatalogueLine:
    """One cac:CatalogueLine.

    :raises UnreadableDocument: naming every element of the line that is missing or unreadable.
    """
    node = Node(element, [])
    line = read_line(node)
    node.refuse_faults()
    return line


def _read_head(node: Node) -> Catalogue:
    return Catalogue(
        **read_catalogue_header(node, "F-CAT002", "F-CAT020"),
        action_code=node.text("ActionCode"),
        revision_date=node.date("RevisionDate"),
        version_id=node.text("VersionID"),
        previous_version_id=node.text("PreviousVersionID"),
        trading_terms=read_trading_terms(node),
        lines=(),
    )


def write_catalogue(catalogue: Catalogue) -> bytes:
    """Write the catalogue, provider first.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry.
    """
    page = page_for("Catalogue", catalogue, None)
    page.text("UUID", catalogue.uuid)
    page.text("ActionCode", catalogue.action_code, names.CATALOGUE_ACTION)
    page.text("Name", catalogue.name)
    page.date("IssueDate", catalogue.issue_date)
    page.time("IssueTime", catalogue.issue_time)
    page.date("RevisionDate", catalogue.revision_date)
    page.texts("Note", catalogue.notes)
    page.texts("Description", catalogue.descriptions)
    page.text("VersionID", catalogue.version_id)
    page.text("PreviousVersionID", catalogue.previous_version_id)
    page.write("ValidityPeriod", write_period, catalogue.validity_period)
    page.part("ReferencedContract").text("ID", catalogue.contract_id)
    page.write("ProviderParty", write_party, catalogue.provider)
    page.write("ReceiverParty", write_party, catalogue.receiver)
    page.write("SellerSupplierParty", write_wrapped_party, catalogue.supplier)
    write_other_party(page, "ContractorCustomerParty", catalogue.contractor, catalogue.receiver, "F-CAT007")
    for terms in catalogue.trading_terms:
        page.part("TradingTerms").text("Information", terms)
    page.write_all("CatalogueLine", write_line, catalogue.lines)
    return page.document()


def write_long_catalogue(file: IO[bytes], head: Catalogue, lines: Iterable[CatalogueLine]) -> None:
    """Write a catalogue to a file, line by line; the lines of `head` are none of it.

    :raises UnwritableDocument: for what OIOUBL or XML cannot carry; the beginning stands in the file then.
    """
    beginning, ending, _ = write_catalogue(head.but(lines=())).rpartition(b"</Catalogue>")
    file.write(beginning)
    for line in lines:
        page = page_of_part("CatalogueLine")
        write_line(page, line)
        file.write(page.fragment() + b"\n")
    file.write(ending)
