"""Validation over HTTP: the same verdict as the command gives, and nothing stored."""

from pydantic import BaseModel

from app.kit.calls import Call
from app.oioubl.validation import Report, validate
from app.organisations.access import Actor


class LayerOut(BaseModel):
    """A step of the validation: passed, failed, or skipped because one before it failed."""

    name: str
    outcome: str


class FindingOut(BaseModel):
    """A fault (F), a warning (W) or what our own rules remark (P): SYNTAX, XSD or a rule id, and where it is."""

    layer: str
    rule_id: str
    severity: str
    xpath: str | None
    line: int | None
    message_en: str
    message_da: str


class ReportOut(BaseModel):
    """Whether a document would pass an access point, and everything that was found."""

    valid: bool
    document_type: str | None
    layers: list[LayerOut]
    findings: list[FindingOut]


def report_out(report: Report) -> ReportOut:
    return ReportOut.model_validate(
        {
            "valid": report.is_valid,
            "document_type": report.document_type,
            "layers": [LayerOut.model_validate(layer, from_attributes=True) for layer in report.layers],
            "findings": [FindingOut.model_validate(row, from_attributes=True) for row in report.findings],
        }
    )


def validate_document(call: Call[Actor], content: bytes, *, strict: bool) -> ReportOut:
    """Validate a document for anybody who is registered; `strict` adds our own rules."""
    del call
    return report_out(validate(content, strict=strict))
