"""Reads the lines of a catalogue, or of an update of one, of any length, one after the other, without keeping those
that have been taken; or what stands before them alone.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Literal, cast

from lxml import etree

from app.oioubl.limits import (
    DECLARATION_BYTES,
    MAX_DOCUMENT_BYTES,
    MAX_LINE_TAGS,
    MAX_STREAMED_TAGS,
    NotXml,
    markup,
    refuse_encoding,
    refuse_markup,
)
from app.oioubl.ubl import CAC, document_type

LINES: Final[Mapping[str, str]] = {
    "Catalogue": "CatalogueLine",
    "CatalogueItemSpecificationUpdate": "CatalogueItemSpecificationUpdateLine",
    "CataloguePricingUpdate": "CataloguePricingUpdateLine",
}
"""The kinds of documents that are read line by line, each with the name of its lines."""

_TAGS: Final = {name: f"{{{CAC}}}{line}" for name, line in LINES.items()}
_CHUNK: Final = 64 * 1024


def _parser(*, event: Literal["start", "end"], tags: list[str] | None) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=(event,),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=False,
        strip_cdata=True,
    )


@dataclass(frozen=True, slots=True)
class Head:
    """The root element as far as a document's beginning holds it; `is_whole` when all that stands before the first line
    is there, and nothing else.
    """

    root: etree._Element | None
    is_whole: bool


def read_head(beginning: bytes) -> Head:
    """Read what stands before the first line.

    :raises NotXml: when what there is cannot begin an XML document that we are willing to open.
    """
    refuse_encoding(beginning[:DECLARATION_BYTES])
    parser = _parser(event="start", tags=None)
    root: etree._Element | None = None
    tags = attributes = 0
    try:
        for begin in range(0, len(beginning), _CHUNK):
            chunk = beginning[begin : begin + _CHUNK]
            found, more = markup(chunk)
            tags, attributes = tags + found, attributes + more
            refuse_markup(tags, attributes, MAX_LINE_TAGS, MAX_LINE_TAGS)
            parser.feed(chunk)
            for _, begun in parser.read_events():
                element = cast("etree._Element", begun)
                root = _checked(element) if root is None else root
                if element.tag == _TAGS.get(document_type(root) or "") and element.getparent() is root:
                    return Head(_before(root, element), is_whole=True)
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(error) from error
    return Head(root, is_whole=False)


def _before(root: etree._Element, line: etree._Element) -> etree._Element:
    """A copy: the parser still writes to the line."""
    count = root.index(line)
    head = copy.copy(root)
    del head[count:]
    return head


def _not_well_formed(error: etree.XMLSyntaxError) -> NotXml:
    return NotXml(
        f"The document is not well-formed XML: {error.msg}.",
        f"Dokumentet er ikke velformet XML: {error.msg}.",
        line=error.lineno or None,
    )


class LineReader:
    """Gives each line of a document once the next has ended: libxml2 still writes to what it has read last."""

    root: etree._Element
    tags: int
    """How many have been read, at most."""

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        self.tags = 0
        self._file = file
        self._max_bytes = max_bytes
        self._parser = _parser(event="end", tags=list(_TAGS.values()))

    def lines(self) -> Iterator[etree._Element]:
        """Every line of the root element, to be taken out of its tree by whoever gets it.

        :raises NotXml: not well-formed, too large, or with a DOCTYPE.
        """
        last: etree._Element | None = None
        for element in self._ended():
            if last is None:
                self.root = _checked(element.getroottree().getroot())
            else:
                yield last
            last = element
        if last is not None:
            yield last

    def _ended(self) -> Iterator[etree._Element]:
        total = since_last = attributes = tags_before = 0
        try:
            for chunk in self._chunks():
                total += len(chunk)
                since_last += len(chunk)
                _refuse_size(total, self._max_bytes, "document", "Dokumentet")
                found, more = markup(chunk)
                self.tags += found
                attributes += more
                refuse_markup(self.tags, 0, MAX_STREAMED_TAGS)
                # Whatever is not a line stays in memory, so there must be an end to it.
                refuse_markup(self.tags - tags_before, attributes, MAX_LINE_TAGS, MAX_LINE_TAGS)
                self._parser.feed(chunk)
                for element in self._lines_read():
                    since_last, attributes, tags_before = 0, 0, self.tags
                    yield element
                _refuse_size(since_last, MAX_DOCUMENT_BYTES, "part between two lines", "Stykket mellem to linjer")
            self.root = _checked(self._parser.close())
            yield from self._lines_read()
        except etree.XMLSyntaxError as error:
            raise _not_well_formed(error) from error

    def _chunks(self) -> Iterator[bytes]:
        beginning = b""
        while len(beginning) < DECLARATION_BYTES and (chunk := self._file.read(_CHUNK)):
            beginning += chunk
        refuse_encoding(beginning[:DECLARATION_BYTES])
        if beginning:
            yield beginning
        while chunk := self._file.read(_CHUNK):
            yield chunk

    def _lines_read(self) -> Iterator[etree._Element]:
        for _, element in self._parser.read_events():
            # The stubs let an event be other things than an element; an "end" is one.
            parent = element.getparent() if isinstance(element, etree._Element) else None
            if parent is not None and parent.getparent() is None and self._is_line(element, parent):
                yield cast("etree._Element", element)

    def _is_line(self, element: Any, root: etree._Element) -> bool:
        """Whether it is a line of the root's kind; in a document of another kind all are, and are told of as such."""
        return bool(element.tag == _TAGS.get(document_type(root) or "", element.tag))


def _checked(root: etree._Element) -> etree._Element:
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotXml(
            "The document has a DOCTYPE, which UBL never has.", "Dokumentet har en DOCTYPE; det har UBL aldrig."
        )
    return root


def _refuse_size(size: int, limit: int, what: str, what_da: str) -> None:
    if size > limit:
        raise NotXml(
            f"The {what} has {size} bytes or more; at most {limit} are accepted.",
            f"{what_da} fylder mindst {size} byte; der modtages højst {limit}.",
        )
