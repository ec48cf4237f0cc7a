"""What had to be found of an invoice on a standing order, recomputed from the proof's text alone."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.match.checked_sums import NOTHING, Proof, number

Found = tuple[Any, ...]
Terms = dict[str, Any]
RECOMPUTED = frozenset(
    {
        *("STANDING_WITHIN_TOLERANCE", "STANDING_INDEX_USED", "STANDING_AMOUNT_OVER", "BELOW_EXPECTED"),
        *("STANDING_INVOICE_CAP", "STANDING_PERIOD_CAP", "STANDING_TOTAL_CAP", "STANDING_COMMITMENT"),
    }
)


def top(terms: Terms) -> Decimal:
    return number(terms, "expected") if terms.get("most") is None else number(terms, "most")


def tolerance(terms: Terms) -> Decimal:
    expected = number(terms, "expected")
    share = [expected * number(terms, "tolerance_percent") / 100] if terms.get("tolerance_percent") is not None else []
    flat = [number(terms, "tolerance_absolute")] if terms.get("tolerance_absolute") is not None else []
    return min([*share, *flat], default=NOTHING)


def limits(standing: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Give what the periods may be over by, and what one invoice a year may be above that."""
    periods = standing["periods"]
    spent = sum((number(one, "used") - number(one, "value") for one in periods), NOTHING)
    own = sum((tolerance(one["terms"]) for one in periods), NOTHING)
    index = sum((number(one["terms"], "expected") * number(one["terms"], "index_percent") for one in periods), NOTHING)
    return max(NOTHING, own - spent), NOTHING if standing.get("index_used") else index / 100


def billed(proof: Proof, use: dict[str, Any]) -> Decimal:
    own = (one for one in proof.decision["allocations"] if one["order_id"] == use["order_id"])
    return sum((number(one, "amount") * proof.sign for one in own), number(use, "charges"))


def runs(standing: dict[str, Any]) -> bool:
    return bool(standing["periods"]) and "halted" not in standing


def periods(proof: Proof) -> Iterator[str]:
    """The periods take what is billed, and the part of it inside their terms; the limit is that of the terms."""
    for use in () if proof.is_credit else proof.decision["orders"]:
        standing = proof.orders[use["order_id"]].get("standing")
        own = [one for one in proof.decision.get("periods", ()) if one["order_id"] == use["order_id"]]
        sums = [sum((number(one, name) for one in own), NOTHING) for name in ("amount", "value")]
        if own and sums != [billed(proof, use), number(use, "value")]:
            yield f"order {use['order_number']}: its periods take {sums[0]}, {sums[1]} of it inside their terms"
        limit = sum(limits(standing), NOTHING) if standing is not None and runs(standing) else NOTHING
        if standing is not None and number(use, "limit") != limit:
            yield f"order {use['order_number']}: limit is {limit}, not {use['limit']}"


def due(proof: Proof, order: dict[str, Any], use: dict[str, Any]) -> Iterator[Found]:
    """Give the findings on the amount: what is expected, the tolerance and the index allowance, and the caps."""
    standing, amount = order["standing"], billed(proof, use)
    if not runs(standing):
        return
    value, over, (own, index) = number(use, "value"), number(use, "over"), limits(standing)
    room = sum((max(NOTHING, top(one["terms"]) - number(one, "value")) for one in standing["periods"]), NOTHING)
    where = None, order["number"], None
    if over > own + index:
        source = "STANDING_INDEX" if index else "STANDING_TERMS"
        yield "STANDING_AMOUNT_OVER", *where, room, amount, own + index, source, over, value + own + index
    elif over > own:
        yield "STANDING_INDEX_USED", *where, room, amount, own + index, "STANDING_INDEX", over, None
    elif over:
        yield "STANDING_WITHIN_TOLERANCE", *where, room, amount, own, "STANDING_TERMS", over, None
    least = sum((bottom(one["terms"]) for one in standing["periods"]), NOTHING)
    if not standing.get("irregular") and amount < least:
        yield "BELOW_EXPECTED", *where, least, amount, None, None, None, None
    for code, actual, most in caps(standing, amount, value):
        if actual > most:
            yield code, *where, None, actual, most, None, None, max(NOTHING, amount - (actual - most))


def bottom(terms: Terms) -> Decimal:
    return number(terms, "expected") - tolerance(terms) if terms.get("least") is None else number(terms, "least")


def caps(standing: dict[str, Any], amount: Decimal, value: Decimal) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Give each cap's code, what it bounds, and how much that may be."""
    terms = [one["terms"] for one in standing["periods"]]
    each = [number(one, "max_per_invoice") for one in terms if one.get("max_per_invoice") is not None]
    if each:
        yield "STANDING_INVOICE_CAP", amount, min(each)
    own = [number(one, "max_per_period") for one in terms if one.get("max_per_period") is not None]
    if len(own) == len(terms):
        before = sum((number(one, "used") for one in standing["periods"]), NOTHING)
        yield "STANDING_PERIOD_CAP", before + amount, sum(own, NOTHING)
    if terms[-1].get("max_total") is not None:
        yield "STANDING_TOTAL_CAP", number(standing, "billed") + amount, number(terms[-1], "max_total")
    yield "STANDING_COMMITMENT", number(standing, "committed") + value, number(standing, "commitment")
