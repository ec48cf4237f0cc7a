"""Runs a document type's OIOUBL rules over a parsed document and tells what is broken, where, in two languages."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from lxml import etree

from app.oioubl import schematron, stylesheet
from app.oioubl.ubl import SCHEMAS, line_of, path_of

# The stubs do not know the constant.
_NO_ACCESS = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule broken at one element. `severity` is F (the document is refused) or W (a warning)."""

    rule_id: str
    severity: str
    xpath: str
    line: int | None
    message_en: str
    message_da: str


class RuleSet:
    """The rules of one .sch file, ready to run in the thread that made it."""

    def __init__(self, path: Path) -> None:
        text, self._assertions = _compiled(path)
        self._transform = etree.XSLT(etree.fromstring(text), access_control=_NO_ACCESS)

    def check(self, root: etree._Element) -> list[Breach]:
        """Every breach in document order; the tree must come from `ubl.parse`, which leaves no comments in it."""
        return [breach for element in self._transform(root).getroot() for breach in self._breaches(element, root)]

    def _breaches(self, element: etree._Element, root: etree._Element) -> Iterator[Breach]:
        node = root
        for index in str(element.attrib["at"]).split("/")[1:]:
            node = next(islice(node.iterchildren(tag=etree.Element), int(index), None))
        for finding in element:
            yield self._breach(finding, node)

    def _breach(self, finding: etree._Element, node: etree._Element) -> Breach:
        assertion = self._assertions[int(finding.attrib["n"])]
        values = [value.text or "" for value in finding]
        return Breach(
            rule_id=assertion.rule_id,
            severity=assertion.rule_id[0],
            xpath=path_of(node),
            line=line_of(node),
            message_en=_filled(assertion.message.en, values),
            message_da=_filled(assertion.message.da, values),
        )


def _filled(parts: tuple[str | int, ...], values: list[str]) -> str:
    return " ".join("".join(values[part] if isinstance(part, int) else part for part in parts).split())


@cache
def _compiled(path: Path) -> tuple[bytes, tuple[schematron.Assertion, ...]]:
    root, assertions = stylesheet.build(schematron.read(path))
    return etree.tostring(root), assertions


# lxml copies a stylesheet on every call made outside the thread that built it, which costs more than the rules do.
_ready = threading.local()


def rule_set(document_type: str) -> RuleSet:
    """The rules of a document type, built once a thread."""
    sets: dict[str, RuleSet] = _ready.__dict__.setdefault("sets", {})
    if document_type not in sets:
        sets[document_type] = RuleSet(SCHEMAS / "rules" / f"{document_type}.sch")
    return sets[document_type]
