"""The five ways to say no, without HTTP.

Refusal
├── Unauthenticated   who are you?
├── NotFound          it does not exist, or not for you
├── Forbidden         you see it, but may not do this
├── Conflict          not in this state, or somebody was first
└── Invalid           what was sent does not hold water; names each fault

Each fact has a class of its own in the chapter that knows it: `class CatalogueAlreadyApproved(Conflict)`.
Its `code` is the class name in snake_case, a public contract listed in docs/problems.md.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent: where, which rule, and what to do about it.

    `pointer` is a JSON pointer (RFC 6901), `xpath` a path in an XML document, `sheet`, `row` and `column` a cell of a
    sheet (the row's number and the column's header); one of the three or none is set.
    """

    message: str
    message_da: str | None = None
    pointer: str | None = None
    xpath: str | None = None
    line: int | None = None
    rule_id: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a failure of ours
    """The request is refused; the message says why in words for the caller."""

    title: ClassVar[str] = "Refused"
    code: ClassVar[str] = "refusal"

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, message: str, *, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)


class Unauthenticated(Refusal):
    """No token, or one that does not prove who the caller is."""

    title = "Not signed in"


class NotFound(Refusal):
    """The thing does not exist, or not for this caller: the two are told apart by nobody."""

    title = "Not found"


class Forbidden(Refusal):
    """The caller sees the thing but may not do this to it."""

    title = "Not allowed"


class Conflict(Refusal):
    """The thing is not in a state in which this can be done."""

    title = "Conflict"


class Invalid(Refusal):
    """The body or document does not fit; every fault is named."""

    title = "Not valid"


class MediaTypeNotSupported(Invalid):
    """The body is in a format that this door does not take."""

    title = "Media type not supported"


class TooLarge(Invalid):
    """What was sent is larger than this door takes."""

    title = "Too large"
