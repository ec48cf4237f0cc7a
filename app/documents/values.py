"""What all documents are made of: frozen values that refuse unknown fields, and the header that each one has."""

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

CUSTOMIZATION_ID = "OIOUBL-2.1"

TEXT_LENGTH = 4_000
PROSE_LENGTH = 32_000
NUMBER_LENGTH = 300

# Char of XML 1.0 §2.2, turned round.
_UNCARRIED: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def uncarried(text: str) -> str | None:
    """Name the first character that XML cannot carry, such as U+0006, or nothing."""
    if text.isprintable():  # then XML carries it, too; line breaks are not printable, and looked at one by one
        return None
    found = _UNCARRIED.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def _carried(text: str) -> str:
    character = uncarried(text)
    if character is not None:
        raise ValueError(f"the text holds the character {character}, which XML cannot carry; take it out")
    return text


Carried = AfterValidator(_carried)

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_LENGTH), Carried]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=PROSE_LENGTH), Carried]
"""Notes and descriptions: what people write to each other, terms of sale included."""

Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NUMBER_LENGTH), Carried]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Value(BaseModel):
    """Something that never changes and is equal to whatever says the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def but(self, **changes: Any) -> Any:
        """Give the same value with some fields changed, validated anew."""
        # By way of the iterator: a value with a field called `keys` would be taken for a mapping.
        return type(self).model_validate(dict(iter(self)) | changes)


class Identifier(Value):
    """An identifier and its scheme, such as `5798000416604` in `GLN` or `DK16356706` in `DK:CVR`."""

    value: Text
    scheme_id: str | None = None

    @property
    def key(self) -> str:
        """Scheme and value as one text: what parties and items are looked up by."""
        return f"{self.scheme_id or ''}:{self.value.strip()}"


class Period(Value):
    """Days from and to, both included; either may be open."""

    start_date: date | None = None
    end_date: date | None = None

    def covers(self, day: date) -> bool:
        return (self.start_date is None or self.start_date <= day) and (self.end_date is None or day <= self.end_date)


class DocumentReference(Value):
    """Another document named by number, and where known by UUID, date and version."""

    number: Number
    uuid: str | None = None
    issue_date: date | None = None
    version_id: str | None = None
    document_type_code: str | None = None


class Header(Value):
    """What every document begins with. `number` is cbc:ID, `uuid` the 36 characters of cbc:UUID."""

    customization_id: str = CUSTOMIZATION_ID
    profile_id: str
    number: Number
    uuid: str | None = None
    issue_date: date
    notes: tuple[Prose, ...] = ()
