"""References to other documents, and periods."""

from app.documents.values import DocumentReference, Period
from app.oioubl import names
from app.oioubl.reading import Node
from app.oioubl.writing import Page


def read_document_reference(node: Node, rule_id: str | None = None) -> DocumentReference:
    return DocumentReference(
        number=node.needed_text("ID", rule_id),
        uuid=node.uuid("F-LIB097"),
        issue_date=node.date("IssueDate"),
        version_id=node.text("VersionID"),
        document_type_code=node.text("DocumentTypeCode"),
    )


def write_document_reference(page: Page, reference: DocumentReference) -> None:
    page.text("ID", reference.number)
    page.text("UUID", reference.uuid)
    page.date("IssueDate", reference.issue_date)
    page.text("DocumentTypeCode", reference.document_type_code, names.RESPONSE_DOCUMENT_TYPE)
    page.text("VersionID", reference.version_id)


def write_plain_reference(page: Page, reference: DocumentReference) -> None:
    """A reference whose place says what kind it is, so that a type in it is forbidden (F-LIB170, F-LIB172)."""
    page.text("ID", reference.number)
    page.text("UUID", reference.uuid)
    page.date("IssueDate", reference.issue_date)
    page.text("VersionID", reference.version_id)


def write_order_reference(page: Page, reference: DocumentReference, sales_order_id: str | None = None) -> None:
    """cac:OrderReference, which has the seller's own number in the middle, and neither type nor version."""
    page.text("ID", reference.number)
    page.text("SalesOrderID", sales_order_id)
    page.text("UUID", reference.uuid)
    page.date("IssueDate", reference.issue_date)


def read_period(node: Node) -> Period:
    return Period(start_date=node.date("StartDate"), end_date=node.date("EndDate"))


def write_period(page: Page, period: Period) -> None:
    page.date("StartDate", period.start_date)
    page.date("EndDate", period.end_date)


def read_contract_id(node: Node, rule_id: str) -> str | None:
    """The number of the agreement a document is made under, from cac:Contract or cac:ReferencedContract."""
    contract = node.part("Contract") or node.part("ReferencedContract")
    return None if contract is None else contract.needed_text("ID", rule_id)
