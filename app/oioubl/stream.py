"""Validates a catalogue line by line in constant memory, with the verdict `validation` has on the whole document."""

import copy
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO, Final

from lxml import etree

from app.oioubl.limits import MAX_LINE_TAGS, NotXml, refuse_crowds
from app.oioubl.line_places import LINE_ID, LinePlace, SeenLines, wrong_root
from app.oioubl.line_reader import LINES, LineReader
from app.oioubl.rules import Breach, breaches, breaches_soon
from app.oioubl.schemas import document_faults, part_faults
from app.oioubl.ubl import document_type
from app.oioubl.validation import Finding, Report, fault_finding, report_on, rule_finding, syntax_report, validate_tree

MAX_CATALOGUE_BYTES: Final = 4 * 1024**3
MOST_OF_A_RULE: Final = 20
"""How many findings of one rule a report keeps: a million lines may all break the same one."""
# Lines that are judged together, so that the header is walked once for all of them.
_TOGETHER: Final = 64
_XML_SPACE: Final = " \t\r\n"


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line with what is said of it alone; `number` counts from 1. The element is gone with the next."""

    number: int
    element: etree._Element
    findings: tuple[Finding, ...]

    @property
    def is_valid(self) -> bool:
        return all(finding.severity != "F" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Lines that stand in the head together: what has been found in each, and what the rules are about to say."""

    first: int
    lines: list[etree._Element]
    findings: list[list[Finding]]
    rules: Future[list[Breach]] | None = None


def validate_catalogue(file: BinaryIO, *, max_bytes: int = MAX_CATALOGUE_BYTES) -> Report:
    """The report on a catalogue of any length; of each rule it keeps the first `MOST_OF_A_RULE` findings."""
    stream = CatalogueStream(file, max_bytes=max_bytes)
    for _ in stream:
        pass
    return stream.report()


class CatalogueStream:
    """One walk through a catalogue, or an update of one: iterate over its lines, then ask for the report. A document
    without lines, such as a deletion, is judged as a whole.

    A line is told before the rest of the document is known. What is made of the lines counts only if the report, asked
    for after the last of them, says that the whole is valid. A line ID used twice (F-CAT248) is told of the later line.
    With `judge=False` the lines of a document that has been validated before are just read. With `sort_out=True` lines
    at fault are told of, but do not make the whole invalid, and every other line is judged as if they were not there.
    """

    def __init__(
        self, file: BinaryIO, *, max_bytes: int = MAX_CATALOGUE_BYTES, judge: bool = True, sort_out: bool = False
    ) -> None:
        self._reader = LineReader(file, max_bytes)
        self._judging = judge
        self._sorting = sort_out
        self._findings: list[Finding] = []
        self._told: Counter[str] = Counter()
        self._is_broken = self._has_first = self._told_head = self._is_over = False
        self._head: etree._Element | None = None
        self._place = LinePlace("Catalogue")
        self._report: Report | None = None
        self._count = 0

    @property
    def head(self) -> etree._Element | None:
        """The root element with all that stands before the lines; there from the first line on."""
        return self._head

    @property
    def place(self) -> LinePlace:
        """Where lines stand in this kind of document."""
        return self._place

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each rule is broken, as far as it was counted: after XSD faults only those are."""
        return self._told

    def report(self) -> Report:
        """What the layers say of the whole document.

        :raises RuntimeError: before the last line has been taken.
        """
        if self._report is None or not self._is_over:
            raise RuntimeError("the report is there only after the last line of the catalogue")
        return self._report

    def __iter__(self) -> Iterator[JudgedLine]:
        """Give each batch of lines while the rules are looking at the next one."""
        before: list[JudgedLine] = []
        with closing(SeenLines()) as seen:
            try:
                for batch in self._batches(seen):
                    yield from before
                    before = self._judged(batch)
                yield from before
            except NotXml as error:
                self._conclude(syntax_report(error))
        self._is_over = True

    def _batches(self, seen: SeenLines) -> Iterator[_Batch]:
        waiting: list[etree._Element] = []
        tags_before = 0
        for element in self._reader.lines():
            head = self._open(element) if self._head is None else self._head
            self._tell_strays(element)
            head.append(element)
            waiting.append(element)
            if self._count == 0 and len(waiting) == 1 and not self._sorting:
                self._tell_whole(head)
            if len(waiting) == _TOGETHER or self._reader.tags - tags_before > MAX_LINE_TAGS:
                yield self._begun(head, waiting, seen)
                waiting, tags_before = [], self._reader.tags
        if self._head is None:
            self._head = self._reader.root
            self._conclude(validate_tree(self._reader.root))
            return
        if waiting:
            yield self._begun(self._head, waiting, seen)
        for stray in self._reader.root:
            self._tell(self._place.stray(stray))
        self._report = self._conclusion(self._head)

    def _conclude(self, report: Report) -> None:
        """Let the whole document speak for itself, whatever was said of its lines."""
        self._report, self._told = report, Counter(finding.rule_id for finding in report.findings)

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
        kind = document_type(root) or ""
        self._place = LinePlace(kind if kind in LINES else "Catalogue")
        return head

    def _tell_whole(self, document: etree._Element) -> None:
        """Hold the head with its first line against the XSD; the lines after it are held against it alone."""
        self._has_first = True
        if document_type(document) not in LINES:
            self._tell(wrong_root(document))
        elif self._judging:
            for fault in document_faults(document):
                self._tell(fault_finding(fault))

    def _tell_strays(self, line: etree._Element) -> None:
        for stray in line.itersiblings(preceding=True):
            self._tell(self._place.stray(stray))
            self._reader.root.remove(stray)
        if (line.tail or "").strip(_XML_SPACE):
            self._tell(self._place.stray(line))
        line.tail = None

    def _begun(self, head: etree._Element, lines: list[etree._Element], seen: SeenLines) -> _Batch:
        """Hold lines against the XSD and against each other, and let the rules look at them."""
        refuse_crowds(head)
        first, self._count = self._count + 1, self._count + len(lines)
        if not self._judging:
            return _Batch(first, lines, [[] for _ in lines])
        findings = [list(self._line_findings(line, number, seen)) for number, line in enumerate(lines, start=first)]
        if self._sorting:
            self._sort_out(head, _Batch(first, lines, findings))
        elif not self._told["XSD"] and not any(finding.layer == "xsd" for told in findings for finding in told):
            return _Batch(first, lines, findings, breaches_soon(self._place.document_type, head))
        return _Batch(first, lines, findings)

    def _judged(self, batch: _Batch) -> list[JudgedLine]:
        """Take lines out of the head when all has been said of them."""
        if batch.rules is not None:
            self._take(batch, range(len(batch.lines)), batch.rules.result())
        for line in batch.lines:
            if line.getparent() is self._head and self._head is not None:
                self._head.remove(line)
        for finding in (finding for told in batch.findings for finding in told):
            self._tell(finding, of_line=True)
        numbered = enumerate(zip(batch.lines, batch.findings, strict=True), start=batch.first)
        return [JudgedLine(number, line, tuple(told)) for number, (line, told) in numbered]

    def _line_findings(self, line: etree._Element, number: int, seen: SeenLines) -> Iterator[Finding]:
        # The first line has been held against the XSD with the head, unless it is to be told apart from it.
        if self._sorting or (number > 1 and self._told["XSD"] < MOST_OF_A_RULE):
            yield from (self._place.of_line(fault_finding(fault), number) for fault in part_faults(line))
        if not seen.add(line.findtext(LINE_ID) or ""):
            yield self._place.repeated(line, number)

    def _sort_out(self, head: etree._Element, batch: _Batch) -> None:
        """Take lines at fault out of the head until the rules find no other: each rule tells only some breaches."""
        while True:
            for line, told in zip(batch.lines, batch.findings, strict=True):
                if line.getparent() is head and any(finding.severity == "F" for finding in told):
                    head.remove(line)
            standing = [index for index, line in enumerate(batch.lines) if line.getparent() is head]
            if not standing:
                return
            if not self._has_first:
                self._tell_first(head, batch.lines[standing[0]])
            self._take(batch, standing, breaches(self._place.document_type, head))
            if not any(finding.severity == "F" for index in standing for finding in batch.findings[index]):
                return

    def _tell_first(self, head: etree._Element, first: etree._Element) -> None:
        """Hold the head against the XSD with a line that is sound in itself: what is wrong then is the head."""
        document = copy.copy(head)
        del document[head.index(first) :]
        document.append(copy.copy(first))
        self._tell_whole(document)

    def _take(self, batch: _Batch, standing: Sequence[int], found: list[Breach]) -> None:
        """Take what the rules say of the head with those lines of a batch that stand in it."""
        is_first, self._told_head = not self._told_head, True
        for breach in found:
            index = self._place.index_of(breach.xpath)
            if index is None:
                # What is said of the head is said again with every batch.
                if is_first:
                    self._tell(rule_finding(breach))
            elif breach.rule_id != self._place.unique_rule:
                at = standing[index]
                finding = self._place.of_line(rule_finding(breach), batch.first + at)
                if finding not in batch.findings[at]:
                    batch.findings[at].append(finding)

    def _tell(self, finding: Finding, *, of_line: bool = False) -> None:
        self._told[finding.rule_id] += 1
        if self._told[finding.rule_id] <= MOST_OF_A_RULE:
            self._findings.append(finding)
        self._is_broken |= finding.severity == "F" and not (of_line and self._sorting)

    def _conclusion(self, head: etree._Element) -> Report:
        """XSD faults stand alone, as they do where nothing is said of the rules of a document with such faults."""
        kind = document_type(head)
        faults = [finding for finding in self._findings if finding.layer == "xsd"]
        if self._sorting:
            return report_on(kind, "rules" if self._is_broken else None, self._findings)
        if faults:
            return report_on(kind, "xsd", faults)
        return report_on(kind, "rules" if self._is_broken else None, self._findings)
