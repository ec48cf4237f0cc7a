"""What a column of a catalogue sheet is: a column of any sheet, told of in English too, with a bound for its cells."""

from dataclasses import dataclass
from typing import Final

from app.kit.sheets import Column
from app.kit.workbooks import Heading

FIGURE_LENGTH: Final = 60
"""Characters of a cell that holds a number, a date or a word out of a few."""

NAME_LENGTH: Final = 255


@dataclass(frozen=True, slots=True)
class SheetColumn(Column):
    """A column of a catalogue sheet: what its note says in English, and how many characters its cells may have."""

    english: str = ""
    most: int = FIGURE_LENGTH


def column(field: str, header: str, note: str, english: str, *aliases: str, **more: object) -> SheetColumn:
    looks = {name: more.pop(name) for name in ("choices", "is_date", "is_amount", "width") if name in more}
    heading = Heading(header, note, **looks)  # type: ignore[arg-type]  # typed there
    return SheetColumn(field, heading, aliases, english=english, **more)  # type: ignore[arg-type]  # typed there
