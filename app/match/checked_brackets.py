"""What had to be found of an order line's prices by quantity, recomputed from the proof's text alone."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.match.checked_sums import CENT, NOTHING, Proof, money, number, price

Found = tuple[Any, ...]
MICRO = Decimal("0.000001")
SAME = ("seller_item", "unit_code", "brackets")


def due(proof: Proof, order: dict[str, Any], line: dict[str, Any]) -> Iterator[Found]:
    """All of an article that the order has, or that was billed of it, reaches a price; more than that was billed."""
    own = [one for one in order["lines"] if one is line or _alike(one, line)]
    ordered = sum((number(one, "quantity") for one in own), NOTHING)
    invoiced = sum((number(one, "invoiced_quantity") + proof.total(one["id"], "quantity") for one in own), NOTHING)
    together = max(ordered, invoiced)
    prices = [(number(one, "least"), _of_one(one, line)) for one in line.get("brackets", ())]
    reached = [(least, *at) for least, at in prices if at is not None and least <= together]
    if not reached:
        return
    least, amount, base = max(reached, key=lambda one: (one[0], -one[1] / one[2]))
    asked = money(proof.total(line["id"], "quantity") * amount / base)
    over = proof.total(line["id"], "amount") - asked
    if over > CENT * len(proof.taken[line["id"]]):
        names = ", ".join(one["invoice_line_id"] for one in proof.taken[line["id"]])
        shown = (amount / base).quantize(MICRO, rounding=ROUND_HALF_UP)
        where = names, order["number"], line["line_id"]
        yield "PRICE_BRACKET_MISSED", *where, shown, together, least, None, over, asked


def _alike(one: dict[str, Any], line: dict[str, Any]) -> bool:
    return line.get("seller_item") is not None and all(one.get(name) == line.get(name) for name in SAME)


def _of_one(bracket: dict[str, Any], line: dict[str, Any]) -> tuple[Decimal, Decimal] | None:
    """Give the price of some of the order line's units and how many those are, where the bracket says it of them."""
    found = price({"unit_code": line["unit_code"]} | bracket["price"])
    return None if found is None else (found[0], found[1] if found[1] > 0 else Decimal(1))
