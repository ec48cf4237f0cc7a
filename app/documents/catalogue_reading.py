"""Documents about a catalogue as they are read: a head, lines one by one, and a verdict at the end. There may be more
lines than can be held.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, get_args

from pydantic_core import from_json

from app.documents.catalogue import Catalogue, CatalogueLine
from app.documents.catalogue_requests import CatalogueDeletion, CatalogueRequest
from app.documents.catalogue_updates import (
    CatalogueItemSpecificationUpdate,
    CataloguePricingUpdate,
    ItemSpecificationUpdateLine,
    PricingUpdateLine,
)
from app.kit.errors import Fault

CatalogueDocument = (
    Catalogue | CatalogueDeletion | CatalogueItemSpecificationUpdate | CataloguePricingUpdate | CatalogueRequest
)
CATALOGUE_TYPES: Final = tuple(kind.__name__ for kind in get_args(CatalogueDocument))
"""The names of their root elements."""

CatalogueDocumentLine = CatalogueLine | ItemSpecificationUpdateLine | PricingUpdateLine


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as it was read, counted from 1. Where `faults` say why it cannot be taken, there is no `line`. One of a
    sheet tells its `row`.
    """

    number: int
    line_id: str
    line: CatalogueDocumentLine | None
    faults: tuple[Fault, ...] = ()
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of a whole document: `faults` forbid taking it, `warnings` forbid nothing. Of each rule the
    first faults are named, and `counts` tell how often it was broken.
    """

    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


class Reading(Protocol):
    """One walk through a document: iterate over its lines, then ask for the verdict."""

    @property
    def head(self) -> CatalogueDocument | None:
        """The document without its lines, from the first of them on; None when it cannot be read."""

    def __iter__(self) -> Iterator[ReadLine]: ...

    def verdict(self) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class HeldReading:
    """A document that was read whole."""

    head: CatalogueDocument | None
    lines: tuple[ReadLine, ...]
    judgement: Verdict

    @classmethod
    def of(cls, reading: Reading) -> "HeldReading":
        lines = tuple(reading)
        return cls(reading.head, lines, reading.verdict())

    def __iter__(self) -> Iterator[ReadLine]:
        return iter(self.lines)

    def verdict(self) -> Verdict:
        return self.judgement


def catalogue_class(content: bytes) -> type[CatalogueDocument]:
    """Tell by the names of its fields which document a JSON body is; a catalogue, when none of them tells."""
    try:
        body = from_json(content)
    except ValueError:
        return Catalogue
    fields = body if isinstance(body, dict) else {}
    lines = fields.get("lines")
    first = lines[0] if isinstance(lines, list) and lines else None
    return _class_with(fields, has_item=isinstance(first, dict) and "item" in first)


def _class_with(fields: Mapping[str, Any], *, has_item: bool) -> type[CatalogueDocument]:
    if "deleted_catalogue" in fields:
        return CatalogueDeletion
    if "requested_catalogue" in fields:
        return CatalogueRequest
    if "related_catalogue" in fields:
        return CatalogueItemSpecificationUpdate if has_item else CataloguePricingUpdate
    return Catalogue
