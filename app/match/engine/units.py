"""Units that convert exactly into each other (UN/ECE recommendation 20), and nothing that only nearly does."""

from decimal import Decimal
from fractions import Fraction

_FAMILIES: tuple[dict[str, int], ...] = (
    {"EA": 1, "C62": 1, "H87": 1, "DZN": 12},
    {"MGM": 1, "GRM": 1_000, "HGM": 100_000, "KGM": 1_000_000, "TNE": 1_000_000_000},
    {"MMT": 1, "CMT": 10, "DMT": 100, "MTR": 1_000, "KMT": 1_000_000},
    {"MMQ": 1, "CMQ": 1_000, "MLT": 1_000, "CLT": 10_000, "DLT": 100_000, "LTR": 1_000_000, "DMQ": 1_000_000,
     "HLT": 100_000_000, "MTQ": 1_000_000_000},
    {"MMK": 1, "CMK": 100, "DMK": 10_000, "MTK": 1_000_000},
    {"SEC": 1, "MIN": 60, "HUR": 3_600},
    {"WHR": 1, "KWH": 1_000, "MWH": 1_000_000},
)  # fmt: skip
# No day, week or month: a working day is not 24 hours. No pair, pack or box: what is in one is the item's business.

_SCALES = {code: (family, scale) for family, scales in enumerate(_FAMILIES) for code, scale in scales.items()}


def factor(unit: str, other: str) -> tuple[Decimal, Decimal] | None:
    """Give (m, d) such that one `unit` is m / d `other`; None when no exact factor is known."""
    if unit == other:
        return Decimal(1), Decimal(1)
    one, two = _SCALES.get(unit), _SCALES.get(other)
    if one is None or two is None or one[0] != two[0]:
        return None
    ratio = Fraction(one[1], two[1])
    return Decimal(ratio.numerator), Decimal(ratio.denominator)


def converted(quantity: Decimal, unit: str, other: str) -> Decimal | None:
    """State a quantity in another unit; None when they do not convert, or not into a finite decimal (20 MIN in HUR)."""
    if unit == other:
        return quantity
    known = factor(unit, other)
    if known is None:
        return None
    left = (Fraction(quantity) * Fraction(known[0]) / Fraction(known[1])).denominator
    # Multiplying the quotient back proves nothing: a long enough 0.333… times 60 rounds to 20 at any precision.
    for prime in (2, 5):
        while left % prime == 0:
            left //= prime
    return (quantity * known[0] / known[1]).normalize() if left == 1 else None
