"""Lines between documents and rows: which fields of a catalogue line have columns, and how the whole of it is kept."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from app.documents.catalogue import CatalogueLine, PriceBracket
from app.documents.item import Item

IDENTIFIER_LENGTH: Final = 300
UNSPSC_LENGTH: Final = 20
NOT_TO_BE_HAD: Final = frozenset({"ItemDeleted", "ItemTemporarilyUnavailable", "NewAnnouncement"})

_BRACKETS: TypeAdapter[tuple[PriceBracket, ...]] = TypeAdapter(tuple[PriceBracket, ...])


@dataclass(frozen=True, slots=True)
class Prices:
    """What of a line its price is found by."""

    brackets: tuple[PriceBracket, ...]


def row_of(line: CatalogueLine, catalogue_id: UUID, ordinal: int, row_id: UUID) -> dict[str, Any]:
    """Give the values of the row for a line that begins with a version."""
    content = line.model_dump(mode="json", exclude_defaults=True)
    return _columns_of(line, catalogue_id, ordinal, row_id) | {"content": content}


def written_row(line: CatalogueLine, catalogue_id: UUID, ordinal: int, row_id: UUID) -> dict[str, Any]:
    """Give the same with the content as JSON that is written already, as `insert_many` takes it."""
    content = line.model_dump_json(exclude_defaults=True)
    return _columns_of(line, catalogue_id, ordinal, row_id) | {"content": content}


def _columns_of(line: CatalogueLine, catalogue_id: UUID, ordinal: int, row_id: UUID) -> dict[str, Any]:
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
    }


def document_line(content: Any) -> CatalogueLine:
    """Read a line back from its row's content."""
    return CatalogueLine.model_validate(content)


def prices_of(content: Any) -> Prices:
    """Read of a row's content the prices alone."""
    return Prices(_BRACKETS.validate_python(content.get("brackets", ())))


def commodity_code(item: Item) -> str:
    """Give the item's UNSPSC code, or nothing."""
    codes = (found.code for found in item.classifications if found.list_id == "UNSPSC")
    return next(codes, "")[:UNSPSC_LENGTH]


def labels_of(item: Item) -> list[str]:
    """Give the labels that an item carries, by their names."""
    return list(dict.fromkeys(label.type or label.id for label in item.certificates))


def is_available(line: CatalogueLine) -> bool:
    """Tell whether its supplier says that a line can be had at present."""
    return line.life_cycle_status_code not in NOT_TO_BE_HAD


def manufacturer_key(item: Item) -> str | None:
    """Give manufacturer and its number as one key, alike however spaced or cased; none where one is missing."""
    number = item.manufacturers_item_id.value if item.manufacturers_item_id is not None else None
    if not item.manufacturer_name or not number:
        return None
    maker = " ".join(item.manufacturer_name.casefold().split())
    return f"{maker[:IDENTIFIER_LENGTH]} {''.join(number.casefold().split())[:IDENTIFIER_LENGTH]}"


def _cut(value: str | None) -> str | None:
    return value[:IDENTIFIER_LENGTH] if value else None
