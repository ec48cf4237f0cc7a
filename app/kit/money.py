"""Exact money and quantities: decimals only, one rounding, no mixing of currencies or units."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache, reduce
from operator import add
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

PLACES = 2
"""Decimals of an amount of money; unit prices and quantities carry as many as they were sent with."""

MOST_DIGITS = 28
"""Digits a number may have on both sides of the point together: what adding and comparing keep exact by default."""

WIDE = Context(prec=4 * MOST_DIGITS, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Inexact])
"""Computes with room for every digit of two such numbers multiplied, and fails rather than losing one."""
ROUNDING = Context(prec=4 * MOST_DIGITS, rounding=ROUND_HALF_UP, traps=[InvalidOperation])

# Stricter than Decimal, which also reads 1_000, ١٢ and 1E3.
_PLAIN_NOTATION = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*", re.ASCII)


def exact(value: object) -> Decimal:
    """Make a Decimal of a Decimal, an int or a string in plain notation.

    :raises TypeError: for a float (already inexact) and for anything else.
    :raises ValueError: for NaN, infinity, an exponent, more than 28 digits, or text that is no number.
    """
    if isinstance(value, str):
        if len(value) <= MOST_DIGITS:
            return _short(value)
        number = _written(value)
    elif isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError(f"an exact number is a string, an integer or a Decimal, not {type(value).__name__}")
    else:
        number = Decimal(value)
    if not number.is_finite():
        raise ValueError("a number must be finite")
    written = str(number)
    if (len(written) > MOST_DIGITS or "E" in written) and _digits(number) > MOST_DIGITS:
        raise ValueError(f"a number has at most {MOST_DIGITS} digits")
    return number


def _written(text: str) -> Decimal:
    if not _PLAIN_NOTATION.fullmatch(text):
        raise ValueError(f"not a decimal number: {text[:40]!r}")
    return Decimal(text)


# Plain notation writes every digit out, and the same few numbers come again and again.
_short = lru_cache(maxsize=4096)(_written)


def _digits(number: Decimal) -> int:
    """Count the digits that a number takes when written out: 28 for 1E+27 as for 1E-27."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - a text for NaN and infinity alone
    return max(len(digits) + max(exponent, 0), 1 - exponent)


def rounded(value: Decimal, places: int = PLACES) -> Decimal:
    """Round half up (away from zero), the way invoices are rounded: the only rounding in the service."""
    return value.quantize(Decimal(1).scaleb(-places), context=ROUNDING)


def plain(value: Decimal) -> str:
    """Write a number without exponent, keeping the decimals it has."""
    return format(value, "f")


def at_least_decimals(value: Decimal, places: int = PLACES) -> str:
    """Write a number with at least the given decimals and none lost: 1 is 1.00, 1.125 stays.

    OIOUBL refuses an order quantity with fewer than two (F-ORD133).
    """
    decimals = max(places, -int(value.normalize(WIDE).as_tuple().exponent), 0)
    return format(value, f".{decimals}f")


def _exact_or_value_error(value: object) -> Decimal:
    try:
        return exact(value)
    except TypeError as reason:
        raise ValueError(str(reason)) from reason


Exact = Annotated[
    Decimal, BeforeValidator(_exact_or_value_error), PlainSerializer(plain, return_type=str, when_used="json")
]
"""A decimal in messages and documents: JSON carries it as a string, a JSON float is refused."""


def _require_finite(value: object, what: str) -> None:
    if not isinstance(value, Decimal):
        raise TypeError(f"{what} is a Decimal")
    if not value.is_finite():
        raise ValueError(f"{what} is finite")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217 code)."""

    amount: Exact
    currency: str

    def __post_init__(self) -> None:
        _require_finite(self.amount, "an amount of money")

    def _same(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(WIDE.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(WIDE.subtract(self.amount, other.amount), self.currency)

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def times(self, factor: Decimal) -> "Money":
        """Multiply and round to two decimals."""
        return Money(rounded(WIDE.multiply(self.amount, factor)), self.currency)

    def __str__(self) -> str:
        return f"{at_least_decimals(self.amount)} {self.currency}"

    @staticmethod
    def total(amounts: "Iterable[Money]", currency: str) -> "Money":
        """Add amounts of one currency; nothing adds up to zero."""
        return reduce(add, amounts, Money(Decimal(0), currency))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of units (UN/ECE recommendation 20 code)."""

    value: Exact
    unit_code: str

    def __post_init__(self) -> None:
        _require_finite(self.value, "a quantity")

    def _same(self, other: "Quantity") -> None:
        if other.unit_code != self.unit_code:
            raise ValueError(f"{self.unit_code} and {other.unit_code} do not add up")

    def __add__(self, other: "Quantity") -> "Quantity":
        self._same(other)
        return Quantity(WIDE.add(self.value, other.value), self.unit_code)

    def __sub__(self, other: "Quantity") -> "Quantity":
        self._same(other)
        return Quantity(WIDE.subtract(self.value, other.value), self.unit_code)

    def __le__(self, other: "Quantity") -> bool:
        self._same(other)
        return self.value <= other.value

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.unit_code}"
