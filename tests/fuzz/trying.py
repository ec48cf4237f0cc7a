"""What is tried with any bytes at all: reading and judging them ends in a refusal or a report, never otherwise."""

import io
from contextlib import suppress

from app import dialects
from app.kit.errors import Refusal
from app.oioubl import ubl
from app.oioubl.envelope import EnvelopeUnreadable, read_envelope
from app.oioubl.stream import validate_catalogue
from app.oioubl.validation import Report, validate

OIOUBL = "application/xml"


def try_document(document: bytes) -> Report:
    """Judge a document in every way there is, and read it whether it is valid or not.

    :raises AssertionError: when two of the ways disagree.
    """
    report = validate(document, strict=True)
    assert report.is_valid == (not report.fatal_rules), report
    assert all(finding.message_en and finding.message_da for finding in report.findings), report
    streamed = validate_catalogue(io.BytesIO(document))
    if report.document_type == "Catalogue":
        assert (streamed.fatal_rules, streamed.layers) == (report.fatal_rules, report.layers), (streamed, report)
    with suppress(Refusal):
        dialects.receive_any(document, OIOUBL)
    with suppress(Refusal):
        root = ubl.parse(document)
        if ubl.document_type(root):
            with suppress(EnvelopeUnreadable):
                read_envelope(root)
        # The readers never see a document that is not valid; they are to stand it all the same.
        dialects.read(root)
    return report
