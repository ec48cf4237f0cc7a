"""The purchasing cascade: of the same item on several agreements, which is to be bought first.

Binding SI and SKI agreements come before voluntary ones, these before an organisation's own; then the price decides.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.agreements.models import AgreementKind

CENTRAL: Final = (AgreementKind.SI, AgreementKind.SKI)


class CascadeRank(StrEnum):
    """The steps of the cascade, in order."""

    BINDING = "BINDING"
    VOLUNTARY = "VOLUNTARY"
    LOCAL = "LOCAL"


STEPS: Final = {rank: step for step, rank in enumerate(CascadeRank)}


def rank_of(kind: AgreementKind, *, binding: bool) -> CascadeRank:
    """Give an agreement's step. One of an organisation's own is LOCAL, whatever it binds itself to."""
    if kind not in CENTRAL:
        return CascadeRank.LOCAL
    return CascadeRank.BINDING if binding else CascadeRank.VOLUNTARY


def reason_of(kind: AgreementKind, *, binding: bool) -> str:
    """Say why an agreement has its step."""
    return {
        CascadeRank.BINDING: f"{kind} agreement that binds: its items are bought here first",
        CascadeRank.VOLUNTARY: f"{kind} agreement that may be used: after those that bind",
        CascadeRank.LOCAL: "agreement of an organisation's own: after those of SI and SKI",
    }[rank_of(kind, binding=binding)]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a line stands: its agreement's step, and what one unit costs. `measure` says in what (a currency and a
    unit): prices in different measures are not compared.
    """

    rank: CascadeRank
    measure: str
    unit_price: Decimal | None

    @property
    def key(self) -> tuple[int, str, bool, Decimal]:
        """Give what lines of one item are sorted by; one without a price comes last on its step."""
        return STEPS[self.rank], self.measure, self.unit_price is None, self.unit_price or Decimal(0)


def is_better(one: Standing, other: Standing) -> bool:
    """Tell whether a line is to be bought rather than another one of the same item."""
    if one.unit_price is None:
        return False
    if one.rank != other.rank:
        return STEPS[one.rank] < STEPS[other.rank]
    return other.unit_price is None or (one.measure == other.measure and one.unit_price < other.unit_price)
