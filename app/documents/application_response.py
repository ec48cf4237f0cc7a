"""The application response: a document is accepted or rejected, technically or in business terms, with reasons."""

from app.documents.party import Party
from app.documents.values import DocumentReference, Header, Number, Prose, Value


class LineResponse(Value):
    """What is said of one line of the document answered."""

    line_id: Number
    reference_id: Number
    response_code: str
    descriptions: tuple[Prose, ...] = ()


class ApplicationResponse(Header):
    """An answer to a document. `response_code` is one of BusinessAccept, BusinessReject, ProfileReject,
    TechnicalAccept, TechnicalReject; `document.document_type_code` names the kind of document answered (F-APR024).
    An Order is never accepted or rejected with it in business terms (F-APR053).
    """

    sender: Party
    receiver: Party
    reference_id: Number
    response_code: str
    descriptions: tuple[Prose, ...] = ()
    document: DocumentReference
    line_responses: tuple[LineResponse, ...] = ()
