"""Lines between documents and rows: what of a catalogue line is searched by, and how the whole of it is kept."""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from app.documents.catalogue import CatalogueLine
from app.documents.item import Item

IDENTIFIER_LENGTH: Final = 300
UNSPSC_LENGTH: Final = 20


def row_of(line: CatalogueLine, catalogue_id: UUID, ordinal: int, row_id: UUID) -> dict[str, Any]:
    """Give the values of the row for a line that begins with a version."""
    item, period = line.item, line.validity_period
    return {
        "id": row_id,
        "catalogue_id": catalogue_id,
        "from_version": ordinal,
        "to_version": None,
        "line_id": line.line_id,
        "name": item.name or "",
        "sellers_item_id": _cut(item.sellers_number),
        "manufacturers_item_id": _cut(item.manufacturers_item_id.value if item.manufacturers_item_id else None),
        "manufacturer_key": manufacturer_key(item),
        "gtin": _cut(item.gtin),
        "unspsc": commodity_code(item),
        "orderable": line.orderable,
        "valid_from": period.start_date if period else None,
        "valid_to": period.end_date if period else None,
        "search_text": search_text(line),
        "content": line.model_dump(mode="json", exclude_defaults=True),
    }


def document_line(content: Any) -> CatalogueLine:
    """Read a line back from its row's content."""
    return CatalogueLine.model_validate(content)


def commodity_code(item: Item) -> str:
    """Give the item's UNSPSC code, or nothing."""
    codes = (found.code for found in item.classifications if found.list_id == "UNSPSC")
    return next(codes, "")[:UNSPSC_LENGTH]


def manufacturer_key(item: Item) -> str | None:
    """Give manufacturer and its number as one key, alike however spaced or cased; none where one is missing."""
    number = item.manufacturers_item_id.value if item.manufacturers_item_id is not None else None
    if not item.manufacturer_name or not number:
        return None
    maker = " ".join(item.manufacturer_name.casefold().split())
    return f"{maker[:IDENTIFIER_LENGTH]} {''.join(number.casefold().split())[:IDENTIFIER_LENGTH]}"


def search_text(line: CatalogueLine) -> str:
    """Give everything that a line is found by, in lower case."""
    return " ".join(" ".join(_searched(line)).lower().split())


def words_of(query: str) -> Sequence[str]:
    """Give the words that must all occur in a line's search text."""
    return query.lower().split()


def _searched(line: CatalogueLine) -> Iterator[str]:
    item = line.item
    identifiers = (item.sellers_item_id, item.standard_item_id, item.manufacturers_item_id)
    yield from (text for text in (item.name, item.brand_name, item.model_name, item.manufacturer_name) if text)
    yield from item.keywords
    yield from (identifier.value for identifier in identifiers if identifier is not None)
    yield from item.descriptions


def _cut(value: str | None) -> str | None:
    return value[:IDENTIFIER_LENGTH] if value else None
