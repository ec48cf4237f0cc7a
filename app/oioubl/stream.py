"""Validates a catalogue line by line in constant memory, with the verdict `validation` has on the whole document."""

import copy
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from lxml import etree

from app.kit.errors import Fault
from app.oioubl.limits import MAX_LINE_TAGS, NotXml, local_name, refuse_crowds
from app.oioubl.line_reader import LineReader
from app.oioubl.rules import breaches
from app.oioubl.schemas import document_faults, part_faults
from app.oioubl.ubl import CBC, document_type, line_of, path_of
from app.oioubl.validation import Finding, Report, fault_finding, report_on, rule_finding, syntax_report, validate_tree

MAX_CATALOGUE_BYTES: Final = 4 * 1024**3
MOST_OF_A_RULE: Final = 20
"""How many findings of one rule a report keeps: a million lines may all break the same one."""
# Lines that are judged together, so that the header is walked once for all of them.
_TOGETHER: Final = 64
_LINE_ID: Final = f"{{{CBC}}}ID"
_LINE_PATH: Final = re.compile(r"/(?:Catalogue/)?cac:CatalogueLine(?:\[(\d+)\])?")
_XML_SPACE: Final = " \t\r\n"


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A cac:CatalogueLine with what is said of it alone; `number` counts from 1. The element is gone with the next."""

    number: int
    element: etree._Element
    findings: tuple[Finding, ...]


def validate_catalogue(file: BinaryIO, *, max_bytes: int = MAX_CATALOGUE_BYTES) -> Report:
    """The report on a catalogue of any length; of each rule it keeps the first `MOST_OF_A_RULE` findings."""
    stream = CatalogueStream(file, max_bytes=max_bytes)
    for _ in stream:
        pass
    return stream.report()


class CatalogueStream:
    """One walk through a catalogue: iterate over its lines, then ask for the report.

    A line is told before the rest of the document is known. What is made of the lines counts only if the report, asked
    for after the last of them, says that the whole is valid. A line ID used twice (F-CAT248) is told of the later line.
    With `judge=False` the lines of a document that has been validated before are just read.
    """

    def __init__(self, file: BinaryIO, *, max_bytes: int = MAX_CATALOGUE_BYTES, judge: bool = True) -> None:
        self._reader = LineReader(file, max_bytes)
        self._judging = judge
        self._findings: list[Finding] = []
        self._told: Counter[str] = Counter()
        self._head: etree._Element | None = None
        self._report: Report | None = None
        self._count = 0

    @property
    def head(self) -> etree._Element | None:
        """The root element with all that stands before the lines; there from the first line on."""
        return self._head

    def report(self) -> Report:
        """What the layers say of the whole document.

        :raises RuntimeError: before the last line has been taken.
        """
        if self._report is None:
            raise RuntimeError("the report is there only after the last line of the catalogue")
        return self._report

    def __iter__(self) -> Iterator[JudgedLine]:
        with closing(_Seen()) as seen:
            try:
                yield from self._judged(seen)
            except NotXml as error:
                self._report = syntax_report(error)

    def _judged(self, seen: "_Seen") -> Iterator[JudgedLine]:
        waiting: list[etree._Element] = []
        tags_before = 0
        for element in self._reader.lines():
            head = self._open(element) if self._head is None else self._head
            self._tell_strays(element)
            head.append(element)
            waiting.append(element)
            if self._count == 0 and len(waiting) == 1:
                self._tell_whole(head)
            if len(waiting) == _TOGETHER or self._reader.tags - tags_before > MAX_LINE_TAGS:
                yield from self._judge(head, waiting, seen)
                waiting, tags_before = [], self._reader.tags
        if self._head is None:
            self._report = validate_tree(self._reader.root)
            return
        yield from self._judge(self._head, waiting, seen)
        for stray in self._reader.root:
            self._tell(_stray(stray))
        self._report = self._conclusion(self._head)

    def _open(self, first: etree._Element) -> etree._Element:
        """Move what stands before the first line into a document of its own."""
        root = self._reader.root
        # A copy, since an element made anew refuses namespaces that are no URIs, as attackers have them.
        head = copy.copy(root)
        del head[:]
        head.sourceline = root.sourceline
        for part in reversed(list(first.itersiblings(preceding=True))):
            head.append(part)
        self._head = head
        return head

    def _tell_whole(self, document: etree._Element) -> None:
        """Hold the head with its first line against the XSD; the lines after it are held against it alone."""
        if document_type(document) != "Catalogue":
            self._tell(_wrong_root(document))
        elif self._judging:
            for fault in document_faults(document):
                self._tell(fault_finding(fault))

    def _tell_strays(self, line: etree._Element) -> None:
        for stray in line.itersiblings(preceding=True):
            self._tell(_stray(stray))
            self._reader.root.remove(stray)
        if (line.tail or "").strip(_XML_SPACE):
            self._tell(_stray(line))
        line.tail = None

    def _judge(self, head: etree._Element, lines: list[etree._Element], seen: "_Seen") -> Iterator[JudgedLine]:
        findings: list[list[Finding]] = [[] for _ in lines]
        refuse_crowds(head)
        if self._judging:
            for index, line in enumerate(lines):
                findings[index] += self._line_findings(line, self._count + index + 1, seen)
            if not self._told["XSD"] and not any(finding.layer == "xsd" for told in findings for finding in told):
                self._apply_rules(head, findings)
        for line, told in zip(lines, findings, strict=True):
            self._count += 1
            for finding in told:
                self._tell(finding)
            yield JudgedLine(self._count, line, tuple(told))
        for line in lines:
            head.remove(line)

    def _line_findings(self, line: etree._Element, number: int, seen: "_Seen") -> Iterator[Finding]:
        # The first line has been held against the XSD with the head.
        if number > 1 and self._told["XSD"] < MOST_OF_A_RULE:
            yield from (_of_line(fault_finding(fault), number) for fault in part_faults(line))
        if not seen.add(line.findtext(_LINE_ID) or ""):
            yield _repeated(line, number)

    def _apply_rules(self, head: etree._Element, findings: list[list[Finding]]) -> None:
        for breach in breaches("Catalogue", head):
            place = _LINE_PATH.match(breach.xpath)
            if place is None:
                # What is said of the head is said again with every batch.
                if self._count == 0:
                    self._tell(rule_finding(breach))
            elif breach.rule_id != "F-CAT248":
                index = int(place[1] or 1) - 1
                findings[index].append(_of_line(rule_finding(breach), self._count + index + 1))

    def _tell(self, finding: Finding) -> None:
        self._told[finding.rule_id] += 1
        if self._told[finding.rule_id] <= MOST_OF_A_RULE:
            self._findings.append(finding)

    def _conclusion(self, head: etree._Element) -> Report:
        """XSD faults stand alone, as they do where nothing is said of the rules of a document with such faults."""
        kind = document_type(head)
        faults = [finding for finding in self._findings if finding.layer == "xsd"]
        if faults:
            return report_on(kind, "xsd", faults)
        fatal = any(finding.severity == "F" for finding in self._findings)
        return report_on(kind, "rules" if fatal else None, self._findings)


class _Seen:
    """Which line IDs there have been, on disk as soon as they are many."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, line_id: str) -> bool:
        """Whether it is new."""
        return self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (line_id,)).rowcount == 1

    def close(self) -> None:
        self._database.close()


def _of_line(finding: Finding, number: int) -> Finding:
    """The finding with the place of the line in the whole document."""
    return replace(
        finding, xpath=_LINE_PATH.sub(f"/Catalogue/cac:CatalogueLine[{number}]", finding.xpath or "", count=1)
    )


def _repeated(line: etree._Element, number: int) -> Finding:
    line_id = line.findtext(_LINE_ID) or ""
    return Finding(
        "rules",
        "F-CAT248",
        "F",
        f"/Catalogue/cac:CatalogueLine[{number}]",
        line_of(line),
        f"A line before this one has the same ID. ({line_id})",
        f"En linje før denne har samme ID. ({line_id})",
    )


def _stray(element: etree._Element) -> Finding:
    name = local_name(element)
    return fault_finding(
        Fault(
            f"After the first cac:CatalogueLine there is nothing else; see at {name}.",
            f"Efter den første cac:CatalogueLine er der ikke andet; se ved {name}.",
            xpath="/Catalogue",
            line=line_of(element),
        )
    )


def _wrong_root(root: etree._Element) -> Finding:
    return fault_finding(
        Fault(
            f"The root element is {root.tag}; a catalogue begins with Catalogue.",
            f"Rodelementet er {root.tag}; et katalog begynder med Catalogue.",
            xpath=path_of(root),
            line=line_of(root),
        )
    )
