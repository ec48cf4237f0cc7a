"""Standing orders for the engine's tests: a rent of 10,000 a month, its periods and their bills."""

from dataclasses import replace
from datetime import date
from typing import Any

from app.match.engine import Decision, match
from app.match.engine.facts import Case, OrderFacts
from app.match.engine.standing_facts import PeriodFacts, StandingFacts, TermsFacts
from tests.unit.match.cases import case, invoice, invoice_line, number, order, order_line, policy, tolerance

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
ENDS = {MARCH: date(2026, 3, 31), APRIL: date(2026, 4, 30), MAY: date(2026, 5, 31)}
RENT = TermsFacts(expected=number(10_000), tolerance_percent=number(2), max_per_period=number(10_500))


def terms(**changes: Any) -> TermsFacts:
    return replace(
        RENT, **{name: number(value) if isinstance(value, str) else value for name, value in changes.items()}
    )


def period(first_on: date = MARCH, used: str = "0", own: TermsFacts = RENT, **changes: Any) -> PeriodFacts:
    billed = number(used)
    made = PeriodFacts(first_on, ENDS[first_on], own, billed, min(billed, own.top), ("F-0",) if billed else ())
    return replace(made, **changes)


def rent(*periods: PeriodFacts, line: dict[str, Any] | None = None, **changes: Any) -> OrderFacts:
    """A standing order of 10,000 a month for a year; nothing of it need be received."""
    own = {"received": "0", "amount": "120000", "by_amount": True, "requires_receipt": False} | (line or {})
    pool = order_line("1", 1, None, **own)
    standing = replace(StandingFacts("HUSLEJE-77", periods or (period(),), number(120_000)), **changes)
    return order(pool, standing=standing)


def bill(amount: str, ordered: OrderFacts, **changes: Any) -> Decision:
    return match(billed(amount, ordered, **changes))


def billed(amount: str, ordered: OrderFacts, **changes: Any) -> Case:
    own = policy(tolerance("0", None))
    return case(invoice(invoice_line("1", 1, amount, ref=None), **changes), ordered, policy=own)
