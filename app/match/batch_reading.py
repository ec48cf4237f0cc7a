"""Batches as they come: a zip, or the parts of a form, as named documents, each unpacked when it is asked for."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

from app.dialects import JSON_TYPE, XML_TYPES
from app.kit.errors import Invalid, MediaTypeNotSupported, TooLarge

ZIP: Final = "application/zip"
ZIP_TYPES: Final = (ZIP, "application/x-zip-compressed")
FORM: Final = "multipart/form-data"
MOST_DOCUMENTS: Final = 1000
LONGEST_NAME: Final = 255
LONGEST_HEAD: Final = 16 * 1024
ENCRYPTED: Final = 0x1
MOST_RATIO: Final = 200
SMALL: Final = 1024 * 1024
"""What unpacks to less than this may have been packed however well."""


class BatchUnreadable(Invalid):
    """The batch is no zip package and no form, or a broken one."""


class BatchTooLarge(TooLarge):
    """The batch has more documents than one may have, or unpacks to more than it may."""


class DocumentTooLarge(TooLarge):
    """A document of a batch is larger than a posted one may be, or claims to be smaller than it is."""


class DocumentPacked(Invalid):
    """A document of a batch has a password, or is packed in a way that is not read."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of a batch: the name it came by, which is no path to anything, its media type, and what gives its
    bytes.
    """

    name: str
    media_type: str
    read: Callable[[], bytes]


def papers_in(content: bytes, content_type: str, most_unpacked: int, most_each: int) -> Sequence[Paper]:
    """Give the documents of a batch, in their order; `most_unpacked` and `most_each` are bytes.

    :raises MediaTypeNotSupported: for a body that is neither a zip nor a form.
    :raises BatchUnreadable: for one that is broken, or holds no document.
    :raises BatchTooLarge: naming how many documents or bytes there are.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in ZIP_TYPES:
        papers = _zipped(content, most_unpacked, most_each)
    elif media_type == FORM:
        papers = list(_parts(content, content_type, most_each))
    else:
        raise MediaTypeNotSupported(f"send {ZIP} or {FORM}, not {media_type[:80] or 'nothing'}")
    if not papers:
        raise BatchUnreadable("the batch holds no document")
    return papers


def _zipped(content: bytes, most_unpacked: int, most_each: int) -> Sequence[Paper]:
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, RuntimeError) as reason:
        raise BatchUnreadable("the batch is no zip package, or a broken one") from reason
    entries = [entry for entry in package.infolist() if not entry.is_dir()]
    _refuse_many(len(entries))
    if sum(entry.file_size for entry in entries) > most_unpacked:
        raise BatchTooLarge(f"the batch unpacks to more than {most_unpacked} bytes; send it in parts")
    for entry in entries:
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * entry.compress_size:
            raise BatchTooLarge(f"{_name(entry.filename)} unpacks to more than {MOST_RATIO} times its size")
    return [_entry(package, entry, most_each) for entry in entries]


def _entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> Paper:
    name = _name(entry.filename)
    return Paper(name, _type_of(name), lambda: _unpacked(package, entry, most))


def _unpacked(package: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """Unpack an entry, and never more of it than it may have, whatever the package says of its size."""
    if entry.flag_bits & ENCRYPTED:
        raise DocumentPacked("the document has a password; pack it without one")
    try:
        with package.open(entry) as opened:
            content = opened.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError) as reason:
        raise DocumentPacked("the document cannot be unpacked; pack it anew, by deflate") from reason
    return _fitting(content, most)


def _fitting(content: bytes, most: int) -> bytes:
    if len(content) > most:
        raise DocumentTooLarge(f"the document is larger than {most} bytes")
    return content


def _refuse_many(count: int) -> None:
    if count > MOST_DOCUMENTS:
        raise BatchTooLarge(f"the batch has {count} documents; {MOST_DOCUMENTS} at most, so send it in parts")


def _name(given: str) -> str:
    """Give a name as it is told back: it is never opened, so it may say what it likes, in one line."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in given)
    return shown[:LONGEST_NAME] or "document"


def _type_of(name: str) -> str:
    lower = name.lower()
    if lower.endswith(".json"):
        return JSON_TYPE
    return ZIP if lower.endswith(".zip") else XML_TYPES[0]


def _parts(content: bytes, content_type: str, most: int) -> Iterator[Paper]:
    """Give the files of a form (RFC 7578); its other fields are none of ours."""
    mark = _boundary(content_type)
    places = list(_places(content, mark))
    _refuse_many(len(places))
    for begin, end in places:
        paper = _part(content, begin, end, most)
        if paper is not None:
            yield paper


def _boundary(content_type: str) -> bytes:
    head = Message()
    head["Content-Type"] = content_type
    boundary = head.get_param("boundary")
    if not isinstance(boundary, str) or not boundary or not boundary.isascii():
        raise BatchUnreadable("the form names no boundary in its Content-Type")
    return b"--" + boundary.encode()


def _places(content: bytes, mark: bytes) -> Iterator[tuple[int, int]]:
    """Give where each part begins and ends, without its marks."""
    if not content.startswith(mark) and b"\r\n" + mark not in content[:LONGEST_HEAD]:
        raise BatchUnreadable("the form does not begin with its boundary")
    here = content.find(mark) + len(mark)
    while content[here : here + 2] == b"\r\n":
        end = content.find(b"\r\n" + mark, here)
        if end < 0:
            raise BatchUnreadable("the form breaks off: its last boundary is missing")
        yield here + 2, end
        here = end + 2 + len(mark)
    if content[here : here + 2] != b"--":
        raise BatchUnreadable("the form breaks off: its last boundary is missing")


def _part(content: bytes, begin: int, end: int, most: int) -> Paper | None:
    blank = content.find(b"\r\n\r\n", begin, min(end, begin + LONGEST_HEAD))
    if blank < 0:
        raise BatchUnreadable("a part of the form has no headers")
    head = BytesHeaderParser().parsebytes(content[begin : blank + 2])
    given = head.get_filename()
    if given is None:
        return None
    name, told = _name(given), head.get_content_type()
    media_type = told if told in (*XML_TYPES, JSON_TYPE, *ZIP_TYPES) else _type_of(name)
    return Paper(name, media_type, lambda: _fitting(content[blank + 4 : end], most))
