"""Reads a document about a catalogue, of any length: its head, its lines one by one, and whether it holds at all."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final

from lxml import etree

from app.documents.catalogue_reading import CatalogueDocument, CatalogueDocumentLine, ReadLine, Verdict
from app.kit.errors import Fault, Invalid
from app.oioubl.catalogue import read_catalogue_head, read_catalogue_line
from app.oioubl.catalogue_deletion import read_catalogue_deletion
from app.oioubl.catalogue_request import read_catalogue_request
from app.oioubl.catalogue_updates import (
    read_item_update_head,
    read_item_update_line,
    read_pricing_update_head,
    read_pricing_update_line,
)
from app.oioubl.stream import CatalogueStream, JudgedLine
from app.oioubl.ubl import CBC, document_type
from app.oioubl.validation import Finding

_HEADS: Final[Mapping[str, Callable[[etree._Element], CatalogueDocument]]] = {
    "Catalogue": read_catalogue_head,
    "CatalogueDeletion": read_catalogue_deletion,
    "CatalogueItemSpecificationUpdate": read_item_update_head,
    "CataloguePricingUpdate": read_pricing_update_head,
    "CatalogueRequest": read_catalogue_request,
}

_LINES: Final[Mapping[str, Callable[[etree._Element], CatalogueDocumentLine]]] = {
    "Catalogue": read_catalogue_line,
    "CatalogueItemSpecificationUpdate": read_item_update_line,
    "CataloguePricingUpdate": read_pricing_update_line,
}
_LINE_ID: Final = f"{{{CBC}}}ID"
_SHOWN: Final = 300
MOST_UNREAD: Final = 100
UNREADABLE: Final = "UNREADABLE"
"""What a fault is counted as that breaks no rule but cannot be read, such as a number of too many digits."""


def read_head_document(root: etree._Element) -> CatalogueDocument | None:
    """The document that a root element begins, without its lines; None when it cannot be read."""
    try:
        return _HEADS[document_type(root) or ""](root)
    except Invalid:
        return None


class CatalogueReading:
    """One walk through a document, as documents.Reading.

    With `sort_out=True` lines at fault do not spoil the whole; with `judge=False` the document is only read.
    """

    def __init__(self, file: BinaryIO, *, judge: bool = True, sort_out: bool = False) -> None:
        self._stream = CatalogueStream(file, judge=judge, sort_out=sort_out)
        self._sorting = sort_out
        self._unread: list[Fault] = []
        self._counts: Counter[str] = Counter()
        self._head: CatalogueDocument | None = None
        self._is_opened = False

    @property
    def head(self) -> CatalogueDocument | None:
        """The document without its lines, there from the first of them on."""
        return self._head

    def __iter__(self) -> Iterator[ReadLine]:
        for line in self._stream:
            self._open()
            yield self._read(line)
        self._open()

    def verdict(self) -> Verdict:
        """What is said of the whole, after the last line.

        :raises RuntimeError: before it.
        """
        report = self._stream.report()
        warnings = tuple(_fault(finding) for finding in report.findings if finding.severity == "W")
        if report.is_valid:
            return Verdict(tuple(self._unread), warnings, self._counts)
        faults = tuple(_fault(finding) for finding in report.findings if finding.severity == "F")
        return Verdict(faults, warnings, self._stream.counts)

    def _open(self) -> None:
        if self._is_opened:
            return
        self._is_opened = True
        root = self._stream.head
        reader = _HEADS.get(document_type(root) or "") if root is not None else None
        if root is None or reader is None:
            return
        try:
            self._head = reader(root)
        except Invalid as refusal:
            self._spoil(_faults(refusal))

    def _read(self, judged: JudgedLine) -> ReadLine:
        line_id = (judged.element.findtext(_LINE_ID) or "").strip()[:_SHOWN]
        if not judged.is_valid:
            faults = tuple(_fault(finding) for finding in judged.findings if finding.severity == "F")
            return ReadLine(judged.number, line_id, None, faults)
        reader = _LINES[self._stream.place.document_type]
        try:
            line = reader(judged.element)
        except Invalid as refusal:
            faults = tuple(self._stream.place.fault_of_line(fault, judged.number) for fault in _faults(refusal))
            if not self._sorting:
                self._spoil(faults)
            return ReadLine(judged.number, line_id, None, faults)
        return ReadLine(judged.number, line.line_id, line)

    def _spoil(self, faults: tuple[Fault, ...]) -> None:
        self._counts[UNREADABLE] += len(faults)
        self._unread += faults[: max(MOST_UNREAD - len(self._unread), 0)]


def _faults(refusal: Invalid) -> tuple[Fault, ...]:
    return refusal.faults or (Fault(refusal.message),)


def _fault(finding: Finding) -> Fault:
    return Fault(
        finding.message_en, finding.message_da, xpath=finding.xpath, line=finding.line, rule_id=finding.rule_id
    )
