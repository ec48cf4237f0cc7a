"""Pictures and data sheets of an item, as far as they can be followed safely: https, and nothing else."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from app.documents.item import Item, Specification
from app.documents.values import Value

PICTURES: Final = frozenset({"billede", "billeder", "picture", "image", "photo", "produktbillede"})
PICTURE_ENDINGS: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif")


class LinkKind(StrEnum):
    """What a link leads to."""

    PICTURE = "PICTURE"
    DATA_SHEET = "DATA_SHEET"


class Link(Value):
    """Something about an item that lies elsewhere, and what its supplier calls it."""

    kind: LinkKind
    title: str
    uri: str


def links_of(item: Item) -> Iterator[Link]:
    """Give the links of an item; what is no https address stays what it is, a text in its specifications."""
    for specification in item.specifications:
        if specification.uri is not None and is_safe(specification.uri):
            title = specification.document_type or specification.number
            yield Link(kind=_kind_of(specification), title=title, uri=specification.uri)


def is_safe(uri: str) -> bool:
    """Tell whether an address is https, of a host, and without a name or password for it."""
    try:
        parts = urlsplit(uri)
        return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def _kind_of(specification: Specification) -> LinkKind:
    named = (specification.document_type or "").casefold() in PICTURES
    is_picture = named or urlsplit(specification.uri or "").path.casefold().endswith(PICTURE_ENDINGS)
    return LinkKind.PICTURE if is_picture else LinkKind.DATA_SHEET
