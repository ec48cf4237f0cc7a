"""Which row of tolerance binds: the smallest limit does, and which one that is depends on the order value.

What an invoice is decided by stands in the match engine; this tells the same beforehand, for every order value.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product

from app.kit.money import rounded
from app.organisations.policies import Sourced, TolerancePolicy

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Piece:
    """One limit of a row: an amount, or a per cent of the order value."""

    row: Sourced
    amount: Decimal | None = None
    percent: Decimal | None = None

    def at(self, value: Decimal) -> Decimal:
        return self.amount if self.amount is not None else value * (self.percent or ZERO) / 100


@dataclass(frozen=True, slots=True)
class Binding:
    """From an order value on, this limit binds, until the next one does; None where no row sets any."""

    from_value: Decimal
    piece: Piece | None


def bindings(rows: Sequence[Sourced], level: str) -> tuple[Binding, ...]:
    """Tell what binds on a level, from an order value of nothing upwards; of equal limits the first row's."""
    pieces = [own for row in _of_level(rows, level) if (own := _pieces(row))]
    if not pieces:
        return (Binding(ZERO, None),)
    found: list[Binding] = []
    for begin, inside in _stretches([piece for row in pieces for piece in row]):
        piece = min((_of_row(row, inside) for row in pieces), key=lambda piece: piece.at(inside))
        if not found or found[-1].piece != piece:
            found.append(Binding(rounded(begin), piece))
    return tuple(found)


def freight_cap(rows: Sequence[Sourced]) -> Piece | None:
    """Give the smallest cap on charges that nobody agreed on."""
    caps = (Piece(row, cap) for row in rows if (cap := _tolerance(row).freight_cap) is not None)
    return min(caps, key=lambda cap: cap.at(ZERO), default=None)


def _of_level(rows: Sequence[Sourced], level: str) -> Sequence[Sourced]:
    """Pick the rows of a level; where no row is about lines, those about orders are, too."""
    own = [row for row in rows if _tolerance(row).level == level]
    if level == "ORDER" or any(_pieces(row) for row in own):
        return own
    return rows


def _tolerance(row: Sourced) -> TolerancePolicy:
    assert isinstance(row.rule, TolerancePolicy)  # noqa: S101 - what the rows hold
    return row.rule


def _pieces(row: Sourced) -> list[Piece]:
    rule = _tolerance(row)
    amount = [Piece(row, amount=rule.absolute)] if rule.absolute is not None else []
    percent = [Piece(row, percent=rule.percent)] if rule.percent is not None else []
    return amount + percent


def _of_row(pieces: Sequence[Piece], value: Decimal) -> Piece:
    """Pick which of a row's limits binds at a value: the smaller, or where ANY is enough the larger."""
    pick = max if _tolerance(pieces[0].row).combine == "ANY" else min
    return pick(pieces, key=lambda piece: piece.at(value))


def _stretches(pieces: Sequence[Piece]) -> Iterator[tuple[Decimal, Decimal]]:
    """Give each stretch of order values in which no two limits change places: where it begins, and a value inside."""
    amounts = {piece.amount for piece in pieces if piece.amount is not None}
    percents = {piece.percent for piece in pieces if piece.percent}
    crossings = {amount * 100 / percent for amount, percent in product(amounts, percents)}
    begins = sorted({ZERO, *crossings})
    for begin, end in pairwise(begins):
        yield begin, (begin + end) / 2
    yield begins[-1], begins[-1] * 2 + 1
