"""Decides whether a document is valid OIOUBL, layer by layer: syntax, then XSD, then rules."""

from dataclasses import dataclass
from typing import Final, Literal

from lxml import etree

from app.kit.errors import Fault
from app.oioubl.house_rules import house_faults
from app.oioubl.limits import MAX_DOCUMENT_BYTES, NotXml
from app.oioubl.rules import Breach, breaches
from app.oioubl.schemas import document_faults
from app.oioubl.ubl import DOCUMENT_TYPES, document_type, line_of, parse, path_of

Outcome = Literal["passed", "failed", "skipped"]
Severity = Literal["F", "W", "P"]
LAYERS: Final = ("syntax", "xsd", "rules")


@dataclass(frozen=True, slots=True)
class Layer:
    """One step of the validation; what comes after a failed one is skipped, and says so."""

    name: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault (F), warning (W) or remark of our own (P). `rule_id` is SYNTAX, XSD, or such as F-INV044 or P-GLN."""

    layer: str
    rule_id: str
    severity: Severity
    xpath: str | None
    line: int | None
    message_en: str
    message_da: str


@dataclass(frozen=True, slots=True)
class Report:
    """What every layer said of one document; `document_type` is None when the root is none of the fourteen."""

    document_type: str | None
    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...]

    @property
    def is_valid(self) -> bool:
        return all(layer.outcome == "passed" for layer in self.layers)

    @property
    def fatal_rules(self) -> list[str]:
        """The ids that make the document invalid, each once, sorted; empty when it is valid."""
        return sorted({finding.rule_id for finding in self.findings if finding.severity == "F"})


def validate(document: bytes, *, max_bytes: int = MAX_DOCUMENT_BYTES, strict: bool = False) -> Report:
    """The report on a document as it was received; `strict` adds what our own rules say, which no verdict counts."""
    try:
        root = parse(document, max_bytes=max_bytes)
    except NotXml as error:
        return syntax_report(error)
    return validate_tree(root, strict=strict)


def validate_tree(root: etree._Element, *, strict: bool = False) -> Report:
    """The report on a document that `ubl.parse` has read; the tree is left as it was."""
    kind = document_type(root)
    if kind is None:
        return report_on(None, "xsd", [_wrong_root(root)])
    if faults := document_faults(root):
        return report_on(kind, "xsd", [fault_finding(fault) for fault in faults])
    findings = [rule_finding(breach) for breach in breaches(kind, root)]
    fatal = any(finding.severity == "F" for finding in findings)
    findings += [_house_finding(fault) for fault in house_faults(root)] if strict else []
    return report_on(kind, "rules" if fatal else None, findings)


def fatal_rules(document: bytes) -> list[str]:
    """What makes the document invalid: ["SYNTAX"], ["XSD"] or sorted official ids such as "F-INV044"; [] if nothing."""
    return validate(document).fatal_rules


def _wrong_root(root: etree._Element) -> Finding:
    known = ", ".join(DOCUMENT_TYPES)
    return Finding(
        "xsd",
        "XSD",
        "F",
        path_of(root),
        line_of(root),
        f"The root element {root.tag} begins none of the documents we exchange: {known}.",
        f"Rodelementet {root.tag} begynder ingen af de dokumenter, vi udveksler: {known}.",
    )


def syntax_report(error: NotXml) -> Report:
    """What there is to say of bytes that are no document."""
    finding = Finding("syntax", "SYNTAX", "F", None, error.line, error.message, error.message_da)
    return report_on(None, "syntax", [finding])


def fault_finding(fault: Fault) -> Finding:
    """A breach of the XSD, as `schemas` tells it."""
    text = fault.message_da or f"Bryder UBL 2.1-skemaet: {fault.message}"
    return Finding("xsd", "XSD", "F", fault.xpath, fault.line, fault.message, text)


def rule_finding(breach: Breach) -> Finding:
    """A breach of a rule, as `rules` tells it."""
    severity: Severity = "W" if breach.severity == "W" else "F"
    return Finding("rules", breach.rule_id, severity, breach.xpath, breach.line, breach.message_en, breach.message_da)


def _house_finding(fault: Fault) -> Finding:
    return Finding("house", fault.rule_id or "", "P", fault.xpath, fault.line, fault.message, fault.message_da or "")


def report_on(kind: str | None, failed: str | None, findings: list[Finding]) -> Report:
    """A report that failed at one of `LAYERS`, or at none of them."""
    reached = LAYERS.index(failed) if failed else len(LAYERS)
    layers = [
        Layer(name, "passed" if number < reached else "failed" if number == reached else "skipped")
        for number, name in enumerate(LAYERS)
    ]
    return Report(kind, tuple(layers), tuple(findings))
