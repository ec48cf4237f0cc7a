"""The policy as facts: what may deviate, by how much, and who must have looked; rows and their scopes."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

EVERYWHERE = ""
"""The scope of a row that holds for every order."""


class Level(StrEnum):
    """What a tolerance is measured on: the whole of an order's invoiced part, or one line of it."""

    ORDER = "ORDER"
    LINE = "LINE"


class Combine(StrEnum):
    """How a row's two limits combine: ALL must hold (the smaller binds), or ANY of them is enough."""

    ALL = "ALL"
    ANY = "ANY"


class Favour(StrEnum):
    """What a lower price than the order's means: accepted and noted, or looked at by a person."""

    ACCEPT = "ACCEPT"
    CHECK = "CHECK"


class TwoPersons(StrEnum):
    """When an order counts as seen by two persons."""

    ORDER = "ORDER"
    ORDER_OR_RECEIPT = "ORDER_OR_RECEIPT"
    SINGLE_UP_TO = "SINGLE_UP_TO"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """One row. `scope` is what it was set for (`organisation:…`, `agreement:…`, `supplier:…`, `order_type:…`), `source`
    the row in words, which findings repeat. `absolute` and `freight_cap` are money without tax, `percent` is of the
    order value of what is invoiced. A limit that is None is not set by this row.
    """

    scope: str
    source: str
    level: Level = Level.ORDER
    absolute: Decimal | None = None
    percent: Decimal | None = None
    combine: Combine = Combine.ALL
    favour: Favour = Favour.ACCEPT
    freight_cap: Decimal | None = None
    rounding: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TwoPersonRule:
    """One row of the two-person rule; `up_to` (net order total) belongs to SINGLE_UP_TO."""

    scope: str
    source: str
    kind: TwoPersons = TwoPersons.ORDER
    up_to: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Policy:
    """A published version of the rules. Every row whose scope is an order's counts, and the strictest binds.

    `over_delivery` is the percentage above the ordered quantity that may be received and invoiced.
    """

    version: str
    digest: str
    tolerances: tuple[Tolerance, ...] = ()
    two_person_rules: tuple[TwoPersonRule, ...] = ()
    over_delivery: Decimal = Decimal(0)
