"""Reads the lines of a catalogue of any length, one after the other, without keeping those that have been taken."""

from collections.abc import Iterator
from typing import BinaryIO, Final, cast

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
from app.oioubl.ubl import CAC

LINE: Final = f"{{{CAC}}}CatalogueLine"
_CHUNK: Final = 64 * 1024


class LineReader:
    """Gives each line of a document once the next has ended: libxml2 still writes to what it has read last."""

    root: etree._Element
    tags: int
    """How many have been read, at most."""

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        self.tags = 0
        self._file = file
        self._max_bytes = max_bytes
        self._parser = etree.XMLPullParser(
            events=("end",),
            tag=LINE,
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

    def lines(self) -> Iterator[etree._Element]:
        """Every cac:CatalogueLine of the root element, to be taken out of its tree by whoever gets it.

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
            raise NotXml(
                f"The document is not well-formed XML: {error.msg}.",
                f"Dokumentet er ikke velformet XML: {error.msg}.",
                line=error.lineno or None,
            ) from error

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
            if parent is not None and parent.getparent() is None:
                yield cast("etree._Element", element)


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
