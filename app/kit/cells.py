"""What people write into cells, read without guessing: decimals and dates as Danes write them, numbers of digits."""

import re
from datetime import date
from typing import Final

DIGITS = re.compile(r"\s*([0-9]+)(?:[.,]0+)?\s*", re.ASCII)
SCIENTIFIC = re.compile(r"\s*([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})\s*", re.ASCII)
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
DANISH_DATE = re.compile(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4})", re.ASCII)

BLANKS = re.compile(r"(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3}(?:\D|$))", re.ASCII)
PLAIN = re.compile(r"[+-]?[0-9]+", re.ASCII)
COMMA = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),[0-9]+|[+-]?[0-9]{1,3}(?:\.[0-9]{3}){2,}", re.ASCII)
POINT = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)\.[0-9]+|[+-]?[0-9]{1,3}(?:,[0-9]{3}){2,}", re.ASCII)
THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}", re.ASCII)

GUARDED = re.compile(r"'*[=+\-@\t\r]")

WRITE_DIGITS_DA: Final = "formatér kolonnen som tekst, og skriv alle cifre"


class Misread(ValueError):  # noqa: N818 - told as a fault of the cell
    """A cell that cannot be read, or may mean two things; said in both languages."""

    def __init__(self, message: str, message_da: str) -> None:
        super().__init__(message)
        self.message_da = message_da


def digits(text: str) -> str:
    """Read what is made of digits but counts nothing, such as an article number: leading zeros stay, and a number that
    a program made of it (`5798009882882.0`) is mended.

    :raises Misread: for scientific notation that has lost digits.
    """
    if match := DIGITS.fullmatch(text):
        return match[1]
    if match := SCIENTIFIC.fullmatch(text):
        first, more, power = match[1], match[2] or "", int(match[3])
        if len(more) != power:
            lost = text.strip()
            message = f"{lost} has lost digits; format the column as text and write every digit"
            raise Misread(message, f"{lost} har mistet cifre; {WRITE_DIGITS_DA}")
        return first + more
    return text.strip()


def decimal(text: str) -> str:
    """Read an amount or quantity, and give it in plain notation with a point: `1.234,50` is 1234.50.

    :raises Misread: for `1.234`, which is a thousand to some and a little over one to others, and for no number.
    """
    number = BLANKS.sub("", text.strip())
    if THOUSANDS.fullmatch(number):
        whole, part = number.replace(".", ""), number.replace(".", ",")
        raise Misread(
            f"{number} may be {whole} or {part}; write one of these",
            f"{number} kan være {whole} eller {part}; skriv et af dem",
        )
    if PLAIN.fullmatch(number):
        return number
    if COMMA.fullmatch(number):
        return number.replace(".", "").replace(",", ".")
    if POINT.fullmatch(number):
        return number.replace(",", "")
    written = number[:40]
    raise Misread(
        f"{written!r} is no number; write it like 1234,50", f"{written!r} er ikke et tal; skriv det som 1234,50"
    )


def day(text: str) -> str:
    """Read a date, day before month, and give it in ISO's notation.

    :raises Misread: for anything else, such as a year of two digits.
    """
    written = text.strip()
    try:
        if match := ISO_DATE.fullmatch(written):
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        if match := DANISH_DATE.fullmatch(written):
            return date(int(match[4]), int(match[3]), int(match[1])).isoformat()
    except ValueError as reason:
        raise Misread(f"{written} is no day of the calendar", f"{written} er ikke en dag i kalenderen") from reason
    shown = written[:40]
    raise Misread(
        f"{shown!r} is no date; write it like 31-12-2026 or 2026-12-31",
        f"{shown!r} er ikke en dato; skriv den som 31-12-2026 eller 2026-12-31",
    )


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet program would take for a formula (CSV injection); numbers stay."""
    return f"'{text}" if GUARDED.match(text) and not _is_number(text) else text


def unguarded(text: str) -> str:
    """Take the apostrophe away that `guarded` put there."""
    return text[1:] if text.startswith("'") and GUARDED.match(text) else text


def _is_number(text: str) -> bool:
    return any(form.fullmatch(text) for form in (PLAIN, COMMA, POINT))
