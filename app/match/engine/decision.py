"""The answer: an outcome, and every finding, pair, allocation and charge it rests on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.match.engine.codes import CODES, Outcome
from app.match.engine.facts import ChargeKind
from app.match.engine.messages import Language, counterfactual, message

Stated = Decimal | str | None
"""What a finding compares: a number, a name or nothing."""


class How(StrEnum):
    """How an invoice line found its order line."""

    REFERENCE = "REFERENCE"
    BILLING_REFERENCE = "BILLING_REFERENCE"
    SELLER_ITEM = "SELLER_ITEM"
    GTIN = "GTIN"
    BUYER_ITEM = "BUYER_ITEM"
    AMOUNT_POOL = "AMOUNT_POOL"
    LIKENESS = "LIKENESS"
    HEAD = "HEAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found. `unit` is that of the numbers (a unit code or a currency), `amount` the money or quantity in
    question (an excess, what is missing), `passes_at` the value with which the rule would hold.
    """

    code: str
    invoice_line_id: str | None = None
    order_number: str | None = None
    order_line_id: str | None = None
    expected: Stated = None
    actual: Stated = None
    limit: Decimal | None = None
    limit_source: str | None = None
    amount: Decimal | None = None
    passes_at: Stated = None
    unit: str | None = None

    @property
    def outcome(self) -> Outcome:
        return CODES[self.code].outcome

    @property
    def agrees(self) -> bool:
        return CODES[self.code].agrees

    @property
    def message_en(self) -> str:
        return message(self, Language.EN)

    @property
    def message_da(self) -> str:
        return message(self, Language.DA)

    @property
    def counterfactual_en(self) -> str | None:
        return counterfactual(self, Language.EN)

    @property
    def counterfactual_da(self) -> str | None:
        return counterfactual(self, Language.DA)


@dataclass(frozen=True, slots=True)
class Pair:
    """An invoice line and the order line it was found to bill."""

    invoice_line_id: str
    order_id: str
    order_line_id: str
    how: How


@dataclass(frozen=True, slots=True)
class Allocation:
    """What an invoice line would take of an order line. A credit note's are negative: they give back.

    `quantity` is in the order line's unit, zero on an amount line; `amount` is what is billed, `order_amount` the same
    at the order's price (on an amount line: what is inside the order), `deviation` their difference, rounding left out.
    """

    order_id: str
    order_line_id: str
    invoice_line_id: str
    quantity: Decimal
    amount: Decimal
    order_amount: Decimal
    deviation: Decimal


@dataclass(frozen=True, slots=True)
class ChargeCover:
    """The part of a charge that an order's expected charge (at `index` in its facts) covers."""

    order_id: str
    index: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge of the invoice, from its header or (with `invoice_line_id`) from a line that is one."""

    name: str
    kind: ChargeKind
    amount: Decimal
    uncovered: Decimal
    covers: tuple[ChargeCover, ...] = ()
    invoice_line_id: str | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class OrderUse:
    """What the invoice takes of one order: `value` at the order's prices, `over` of its tolerance (`charges` is the
    part of it that uncovered charges make), under the `limit` that bound. A credit note's are negative.
    """

    order_id: str
    order_number: str
    value: Decimal
    over: Decimal
    charges: Decimal
    used_before: Decimal
    limit: Decimal
    limit_source: str


@dataclass(frozen=True, slots=True)
class PeriodUse:
    """What the invoice takes of a standing order's period: `amount` in all, `value` of it inside the terms. A credit
    note's are negative.
    """

    order_id: str
    first_on: date
    amount: Decimal
    value: Decimal
    index_used: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome is the worst finding's. `allocations` and `periods` are proposed whatever the outcome; the caller
    books them.
    """

    outcome: Outcome
    findings: tuple[Finding, ...]
    pairs: tuple[Pair, ...]
    allocations: tuple[Allocation, ...]
    charges: tuple[Charge, ...]
    orders: tuple[OrderUse, ...]
    policy_version: str
    policy_digest: str
    periods: tuple[PeriodUse, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(finding.code for finding in self.findings)
