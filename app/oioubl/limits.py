"""What we refuse to open: foreign encodings, and documents whose tree would take more memory or time than any real one.

A tree takes thirty times the memory of the tags it is made from, and some rules compare every child of an element with
every other. So tags and attributes are counted in the bytes before there is a tree, and children before the rules.
"""

import re
from collections import Counter
from typing import Final, cast

from lxml import etree

from app.kit.errors import Invalid

MAX_DOCUMENT_BYTES: Final = 32 * 1024 * 1024
MAX_TAGS: Final = 500_000
MAX_ATTRIBUTES: Final = 500_000
MAX_STREAMED_TAGS: Final = 200_000_000
MAX_LINE_TAGS: Final = 100_000
"""In one line of a catalogue that is read line by line, or in what stands before the lines."""
MAX_CHILDREN: Final = 1_000
"""How many children an element may have besides lines and answers to lines."""

DECLARATION_BYTES: Final = 1024
"""Within these an XML declaration must end."""

CROWDED_BYTES: Final = 64 * 1024
"""In less than this, children that are all compared with each other still take only some milliseconds."""
_LEAST_TAG: Final = len(b"<a/>")
_LEAST_ATTRIBUTE: Final = len(b" a=''")
_UTF_16: Final = (b"\xfe\xff", b"\xff\xfe", b"\x00<\x00?", b"<\x00?\x00")
# UTF-32 and EBCDIC.
_STRANGE: Final = (b"\x00", b"<\x00\x00\x00", b"L\x6f\xa7\x94")
_ENCODINGS: Final = {"UTF-8", "UTF-16", "US-ASCII", "ASCII", "ISO-8859-1", "ISO-8859-15", "WINDOWS-1252"}
# In all of these but UTF-16 the signs of a tag are the bytes of ASCII.
_DECLARED: Final = re.compile(rb"""<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"'>]*)["']""")

# Looking at every element would cost a tenth of a validation; lines of ordinary length are passed by.
_LARGE_PARTS: Final = etree.XPath(f"/*/*[descendant::*[{MAX_CHILDREN + 1}]]")
_MANY_CHILDREN: Final = etree.XPath(f"descendant-or-self::*[*[{MAX_CHILDREN + 1}]]")
_OF_NO_LINE: Final = etree.XPath("count(*[not(contains(local-name(), 'Line'))])")
_IDS_OF_LINES: Final = etree.XPath(
    "/*/*/*[1][local-name() = 'ID']/text() | /*/*/*[local-name() = 'LineItem']/*[1]/text()", smart_strings=False
)


class NotXml(Invalid):
    """The bytes are not a well-formed XML document we are willing to open."""

    title = "Not XML"

    def __init__(self, message: str, message_da: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.message_da = message_da
        self.line = line


def local_name(element: etree._Element) -> str:
    """The name without its namespace, which may be any text at all: lxml's QName stumbles over braces in one."""
    return str(element.tag).rpartition("}")[2]


def refuse_bytes(document: bytes, max_bytes: int) -> None:
    """Refuse a document by its bytes alone; whatever parses after this fits into 300 MB.

    :raises NotXml: too large, another encoding than UTF-8, UTF-16 and three older ones, too many tags or attributes.
    """
    if len(document) > max_bytes:
        raise NotXml(
            f"The document has {len(document)} bytes; at most {max_bytes} are accepted.",
            f"Dokumentet fylder {len(document)} byte; der modtages højst {max_bytes}.",
        )
    refuse_encoding(document[:DECLARATION_BYTES])
    if len(document) > MAX_TAGS * _LEAST_TAG:
        refuse_markup(*markup(document))


def refuse_encoding(beginning: bytes) -> None:
    """Refuse the encodings in which tags do not look like tags, and those nobody has use for.

    :raises NotXml: any but UTF-8, UTF-16, ASCII, ISO 8859-1, ISO 8859-15 and Windows-1252.
    """
    if beginning.startswith(_UTF_16):
        return
    text = beginning.removeprefix(b"\xef\xbb\xbf")
    if text.startswith(b"<?xml") and b"?>" not in text and len(beginning) >= DECLARATION_BYTES:
        raise NotXml(
            f"The XML declaration is longer than {DECLARATION_BYTES} bytes.",
            f"XML-erklæringen fylder mere end {DECLARATION_BYTES} byte.",
        )
    declared = _DECLARED.match(text)
    name = declared[1].decode("ascii", "replace") if declared else "unknown" if text.startswith(_STRANGE) else "UTF-8"
    if name.upper() not in _ENCODINGS:
        raise NotXml(
            f"The encoding {name!r} is not accepted; documents are in UTF-8.",
            f"Tegnsættet {name!r} modtages ikke; dokumenter er i UTF-8.",
        )


def markup(part: bytes) -> tuple[int, int]:
    """How many tags that begin something, and how many attributes, there are at most in a part of a document."""
    return part.count(b"<") - part.count(b"</"), part.count(b"=")


def refuse_markup(tags: int, attributes: int, most_tags: int = MAX_TAGS, most_attributes: int = MAX_ATTRIBUTES) -> None:
    """Refuse what would make too large a tree.

    :raises NotXml: too many tags, or attributes and declarations of namespaces.
    """
    if tags > most_tags:
        raise NotXml(
            f"There are more than {most_tags} elements in one piece.",
            f"Der er mere end {most_tags} elementer i ét stykke.",
        )
    if attributes > most_attributes:
        raise NotXml(
            f"There are more than {most_attributes} attributes in one piece.",
            f"Der er mere end {most_attributes} attributter i ét stykke.",
        )


def refuse_crowds(root: etree._Element) -> None:
    """Refuse a tree in which too much would be compared with each other; needless below `CROWDED_BYTES`.

    :raises NotXml: an element with more than `MAX_CHILDREN` besides lines, or as many lines with one ID.
    """
    _refuse_children(root)
    # The stubs let an XPath give anything; these give elements, texts and numbers.
    for part in cast("list[etree._Element]", _LARGE_PARTS(root)):
        for element in cast("list[etree._Element]", _MANY_CHILDREN(part)):
            _refuse_children(element)
    for line_id, times in Counter(cast("list[str]", _IDS_OF_LINES(root))).most_common(1):
        if times > MAX_CHILDREN:
            raise NotXml(
                f"More than {MAX_CHILDREN} lines have the ID {line_id[:40]!r}.",
                f"Mere end {MAX_CHILDREN} linjer har ID {line_id[:40]!r}.",
            )


def _refuse_children(element: etree._Element) -> None:
    if len(element) > MAX_CHILDREN and cast("int", _OF_NO_LINE(element)) > MAX_CHILDREN:
        name = local_name(element)
        raise NotXml(
            f"{name} has more than {MAX_CHILDREN} elements that are not lines.",
            f"{name} har mere end {MAX_CHILDREN} elementer, der ikke er linjer.",
            line=cast("int | None", element.sourceline),
        )
