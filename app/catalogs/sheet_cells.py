"""How cells of catalogue sheets are read: each reader gives text in one notation, or says what is wrong with it."""

import re
from decimal import Decimal
from functools import cache
from typing import Final

from stdnum import ean

from app.catalogs.sheet_words import ACTIONS, TAX_CATEGORIES, unit_code
from app.documents.identifiers import gln_fault
from app.documents.values import uncarried
from app.kit.cells import SCIENTIFIC, Misread, decimal, digits
from app.kit.money import MOST_DIGITS
from app.oioubl.schemas import schema_folder
from app.oioubl.schematron import code_list

GTIN_LENGTHS: Final = (8, 12, 13, 14)
LEAST_OF_A_GTIN: Final = 6
"""Digits that must be left of a GTIN for its lost zeros to be put back."""

UNSPSC: Final = re.compile(r"(?!00)[0-9]{2}(?:000000|(?!00)[0-9]{2}(?:0000|(?!00)[0-9]{4}))", re.ASCII)
BASE: Final = re.compile(r"(?:(?:pr|per)\.?\s+)?([0-9][0-9.,\s]*)?\s*([^\W\d][\w²³.]*)?", re.IGNORECASE)
DAYS: Final = re.compile(r"([0-9]{1,4})(?:[.,]0+)?(?:\s*(?:dage?|days?))?", re.ASCII | re.IGNORECASE)
LINK: Final = re.compile(r"https?://[^\s<>\"]+\.[^\s<>\"]+", re.ASCII | re.IGNORECASE)
BETWEEN: Final = re.compile(r"[;,\n\r|]+")

CROWNS: Final = ("KR", "KR.", "KRONER")
HOME_CURRENCY: Final = "DKK"
HUNDRED: Final = Decimal(100)


def carried(text: str, most: int) -> str:
    """Give a text that a document can carry.

    :raises Misread: for control characters, and when it is too long.
    """
    character = uncarried(text)
    if character is not None:
        raise Misread(f"it holds the character {character}; take it out", f"Der er et tegn {character}; fjern det")
    if len(text) > most:
        raise Misread(
            f"it has {len(text)} characters, and {most} is the most",
            f"Der er {len(text)} tegn; højst {most} er tilladt",
        )
    return text


def one_line(text: str) -> str:
    return " ".join(text.split())


def item_number(text: str) -> str:
    """Read a number that may hold letters. `1E5` is one; `1,2E+05`, which a program made of one, has lost digits."""
    return text.strip() if SCIENTIFIC.fullmatch(text) and "+" not in text else digits(text)


def gtin(text: str) -> str:
    """Read a GTIN. Zeros that a program took from its front are put back when its check digit fits.

    :raises Misread: for lost digits, another length, a wrong check digit.
    """
    number = digits("".join(text.split()))
    if not number.isascii() or not number.isdecimal() or len(number) > GTIN_LENGTHS[-1]:
        shown = text.strip()[:40]
        raise Misread(f"{shown!r} is no GTIN of 8, 12, 13 or 14 digits", f"{shown!r} er ikke et GTIN med 8-14 cifre")
    padded = number.zfill(next(length for length in GTIN_LENGTHS if length >= len(number)))
    if len(number.lstrip("0")) < LEAST_OF_A_GTIN or padded[-1] != ean.calc_check_digit(padded[:-1]):
        raise Misread(
            f"the check digit of the GTIN {number} is wrong, or digits are missing",
            f"Kontrolcifferet i GTIN {number} passer ikke, eller der mangler cifre",
        )
    return padded


def gln(text: str) -> str:
    """Read a GLN; its check digit counts.

    :raises Misread: otherwise.
    """
    number = digits("".join(text.split()))
    fault = gln_fault(number)
    if fault is not None:
        shown = number[:40]
        raise Misread(fault, f"{shown!r} er ikke et GLN med 13 cifre, hvis kontrolciffer passer")
    return number


def commodity_code(text: str) -> str:
    """Read a UNSPSC code.

    :raises Misread: for anything but eight digits in pairs, after 00 only 00.
    """
    code = digits(text.replace(" ", ""))
    if not UNSPSC.fullmatch(code):
        shown = text.strip()[:40]
        raise Misread(f"{shown!r} is no UNSPSC code of 8 digits", f"{shown!r} er ikke en UNSPSC-kode med 8 cifre")
    return code


def amount(text: str) -> str:
    """Read a price.

    :raises Misread: for what may be two numbers, for none, and for less than 0.
    """
    number = decimal(text)
    if len(number) > MOST_DIGITS:
        raise Misread(f"a number has at most {MOST_DIGITS} digits", f"Et tal har højst {MOST_DIGITS} cifre")
    if Decimal(number) < 0:
        raise Misread(f"{text.strip()} is less than 0", f"{text.strip()} er mindre end 0")
    return number


def quantity(text: str) -> str:
    """Read a quantity.

    :raises Misread: as `amount` does, and for 0.
    """
    number = amount(text)
    if not Decimal(number):
        raise Misread("it must be more than 0", "Det skal være mere end 0")
    return number


def base_quantity(text: str) -> str:
    """Read for how many a price is: `100`, `pr. 100`, `100 stk` or `stk`; gives the number, then the unit if any.

    :raises Misread: for anything else.
    """
    match = BASE.fullmatch(text.strip())
    if match is None or not (match[1] or match[2]):
        shown = text.strip()[:40]
        raise Misread(f"{shown!r} says not for how many; write 100", f"{shown!r} siger ikke for hvor mange; skriv 100")
    number = quantity(match[1]) if match[1] else "1"
    return f"{number} {unit_code(match[2])}" if match[2] else number


def currency(text: str) -> str:
    """Read a currency.

    :raises Misread: for what is no code of ISO 4217.
    """
    code = text.strip().upper()
    if code in CROWNS:
        return HOME_CURRENCY
    if code not in _currencies():
        shown = text.strip()[:40]
        raise Misread(f"{shown!r} is no currency; write DKK", f"{shown!r} er ikke en valuta; skriv DKK")
    return code


def tax_category(text: str) -> str:
    return TAX_CATEGORIES.code_of(text)


def percent(text: str) -> str:
    """Read a percentage, with or without its sign.

    :raises Misread: for one between 0 and 1, which a program makes of 25 %, and for more than 100.
    """
    number = amount(text.strip().removesuffix("%"))
    if 0 < Decimal(number) < 1:
        shown = text.strip()
        raise Misread(
            f"{shown} may be a part of one or of a hundred; write 25 for 25 %",
            f"{shown} kan være en del af 1 eller af 100; skriv 25 for 25 %",
        )
    if Decimal(number) > HUNDRED:
        raise Misread("it is more than 100 %", "Det er mere end 100 %")
    return number


def days(text: str) -> str:
    """Read whole days.

    :raises Misread: for anything else, such as `2-3`.
    """
    match = DAYS.fullmatch(text.strip())
    if match is None:
        shown = text.strip()[:40]
        raise Misread(
            f"{shown!r} is no number of days; write the most that it takes, such as 3",
            f"{shown!r} er ikke et antal dage; skriv det højeste, fx 3",
        )
    return str(int(match[1]))


def links(text: str) -> str:
    """Read web addresses between blanks.

    :raises Misread: for anything but http and https.
    """
    found = text.split()
    for link in found:
        if not LINK.fullmatch(link):
            shown = link[:80]
            raise Misread(f"{shown!r} is no web address", f"{shown!r} er ikke en webadresse")
    return "\n".join(found)


def words(text: str) -> str:
    """Read several words between semicolons or commas; gives one a line, each once."""
    return "\n".join(dict.fromkeys(word for part in BETWEEN.split(text) if (word := one_line(part))))


def action(text: str) -> str:
    return ACTIONS.code_of(text)


@cache
def _currencies() -> frozenset[str]:
    return frozenset(code_list(schema_folder() / "codes" / "currency.xml"))
