"""The application response: a document is taken or turned away."""

from lxml import etree

from app.documents.application_response import ApplicationResponse, LineResponse
from app.oioubl import names
from app.oioubl.header import open_document, read_header
from app.oioubl.parties import read_party, write_party
from app.oioubl.reading import Node
from app.oioubl.references import read_document_reference, write_document_reference
from app.oioubl.writing import Page, page_for


def read_application_response(root: etree._Element) -> ApplicationResponse:
    """:raises UnreadableDocument: naming every element that is missing or unreadable."""
    node = open_document(root, "ApplicationResponse")
    document_response = node.needed_part("DocumentResponse")
    response = document_response.needed_part("Response")
    answer = ApplicationResponse(
        **read_header(node, "F-APR005"),
        sender=read_party(node.needed_part("SenderParty")),
        receiver=read_party(node.needed_part("ReceiverParty")),
        reference_id=response.needed_text("ReferenceID", "F-APR016"),
        response_code=response.needed_text("ResponseCode", "F-APR015"),
        descriptions=response.texts("Description"),
        document=read_document_reference(document_response.needed_part("DocumentReference"), "F-APR025"),
        line_responses=document_response.read_all("LineResponse", _read_line_response),
    )
    node.refuse_faults()
    return answer


def _read_line_response(node: Node) -> LineResponse:
    response = node.needed_part("Response")
    return LineResponse(
        line_id=node.needed_part("LineReference").needed_text("LineID", "F-APR030"),
        reference_id=response.needed_text("ReferenceID", "F-APR033"),
        response_code=response.needed_text("ResponseCode", "F-APR032"),
        descriptions=response.texts("Description"),
    )


def write_application_response(answer: ApplicationResponse) -> bytes:
    """:raises UnwritableDocument: for what OIOUBL or XML cannot carry."""
    page = page_for("ApplicationResponse", answer, None)
    page.text("UUID", answer.uuid)
    page.date("IssueDate", answer.issue_date)
    page.texts("Note", answer.notes)
    page.write("SenderParty", write_party, answer.sender)
    page.write("ReceiverParty", write_party, answer.receiver)
    document_response = page.part("DocumentResponse")
    response = document_response.part("Response")
    response.text("ReferenceID", answer.reference_id)
    response.text("ResponseCode", answer.response_code, names.RESPONSE)
    response.texts("Description", answer.descriptions)
    document_response.write("DocumentReference", write_document_reference, answer.document)
    document_response.write_all("LineResponse", _write_line_response, answer.line_responses)
    return page.document()


def _write_line_response(page: Page, line: LineResponse) -> None:
    page.part("LineReference").text("LineID", line.line_id)
    response = page.part("Response")
    response.text("ReferenceID", line.reference_id)
    response.text("ResponseCode", line.response_code, names.LINE_RESPONSE)
    response.texts("Description", line.descriptions)
