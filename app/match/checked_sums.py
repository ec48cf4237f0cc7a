"""Sums of a decision's proof, recomputed from its text alone; no code is shared with the engine that made it."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT, NOTHING = Decimal("0.01"), Decimal(0)


def number(facts: dict[str, Any], name: str, default: str = "0") -> Decimal:
    return Decimal(facts.get(name) or default)


def money(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def row_limit(row: dict[str, Any], value: Decimal) -> Decimal | None:
    both = [Decimal(row["absolute"])] if row.get("absolute") is not None else []
    both += [value * Decimal(row["percent"]) / 100] if row.get("percent") is not None else []
    if not both:
        return None
    return max(both) if row.get("combine") == "ANY" else min(both)


class Proof:
    """A proof as read: its case, its decision, and what follows from the case for each order line."""

    def __init__(self, stated: dict[str, Any]) -> None:
        self.case, self.decision, self.told = stated["case"], stated["decision"], stated["told"]
        self.invoice, self.policy = self.case["invoice"], self.case["policy"]
        self.is_credit = self.invoice.get("document_type") == "CreditNote"
        self.sign = -1 if self.is_credit else 1
        self.billed = {line["line_id"]: line for line in self.invoice["lines"]}
        self.orders = {order["id"]: order for order in self.case["orders"]}
        self.lines = {line["id"]: (order, line) for order in self.orders.values() for line in order["lines"]}
        self.taken: dict[str, list[dict[str, Any]]] = {}
        for one in self.decision["allocations"]:
            self.taken.setdefault(one["order_line_id"], []).append(one)

    def rows(self, order: dict[str, Any], level: str) -> list[dict[str, Any]]:
        scopes = ("", *order.get("scopes", ()))
        rows = [row for row in self.policy.get("tolerances", ()) if row["scope"] in scopes]
        if level == "ORDER":
            return [row for row in rows if row.get("level", "ORDER") == "ORDER"]
        own = {row["scope"] for row in rows if row.get("level") == "LINE" and row_limit(row, NOTHING) is not None}
        return [row for row in rows if row.get("level") == "LINE" or row["scope"] not in own]

    def limit(self, order: dict[str, Any], level: str, value: Decimal) -> tuple[Decimal, str]:
        """Give the smallest limit on a value, and the row that set it."""
        rows = [
            (limit, row["source"]) for row in self.rows(order, level) if (limit := row_limit(row, value)) is not None
        ]
        return min(rows, key=lambda row: row[0], default=(NOTHING, "NO_TOLERANCE"))

    def is_amount(self, line: dict[str, Any]) -> bool:
        return bool(line.get("by_amount")) or line.get("price_amount") is None

    def open(self, line: dict[str, Any]) -> Decimal:
        """Give what is ordered and neither invoiced nor held."""
        if self.is_amount(line):
            return max(NOTHING, number(line, "amount") - number(line, "invoiced_amount") - number(line, "held"))
        ordered = number(line, "quantity") * (1 + number(self.policy, "over_delivery") / 100)
        return max(NOTHING, ordered - number(line, "invoiced_quantity") - number(line, "held"))

    def total(self, line_id: str, name: str) -> Decimal:
        return sum((number(one, name) * self.sign for one in self.taken.get(line_id, ())), NOTHING)


def price(line: dict[str, Any]) -> tuple[Decimal, Decimal] | None:
    """Give an order line's price as amount and base where it is stated in the line's own unit, or by a rate."""
    if line.get("price_unit_code") in (None, line["unit_code"]):
        return number(line, "price_amount"), number(line, "base_quantity", "1")
    return (number(line, "price_amount") * number(line, "factor_rate"), Decimal(1)) if "factor_rate" in line else None


def allocations(proof: Proof) -> Iterator[str]:
    """Each allocation is its quantity at the order's price and a deviation, and together they are the line's amount."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for one in proof.decision["allocations"]:
        parts.setdefault(one["invoice_line_id"], []).append(one)
        yield from allocated(proof, one)
    for name, own in parts.items():
        billed = proof.billed[name]
        amount = sum((number(one, "amount") * proof.sign for one in own), NOTHING)
        quantity = sum((number(one, "quantity") * proof.sign for one in own), NOTHING)
        if amount != number(billed, "line_extension_amount"):
            yield f"line {name}: its allocations make {amount}"
        lines = [proof.lines[one["order_line_id"]][1] for one in own]
        heads = {pair["invoice_line_id"] for pair in proof.decision["pairs"] if pair["how"] == "HEAD"}
        same = name not in heads and all(
            line["unit_code"] == billed["quantity"]["unit_code"] and not proof.is_amount(line) for line in lines
        )
        if same and quantity != Decimal(billed["quantity"]["value"]):
            yield f"line {name}: {quantity} are allocated"
    yield from paired(proof)


def allocated(proof: Proof, one: dict[str, Any]) -> Iterator[str]:
    """Hold one allocation against its order line."""
    where, (_, line) = f"allocation of line {one['invoice_line_id']}", proof.lines[one["order_line_id"]]
    names = ("amount", "order_amount", "quantity", "deviation")
    amount, value, quantity, deviation = (number(one, name) * proof.sign for name in names)
    expected = amount - value if abs(amount - value) > CENT else NOTHING
    if proof.is_amount(line):
        expected = max(NOTHING, amount - value)
        if quantity or value > amount:
            yield f"{where}: an amount line has no quantity, and no more inside the order than is billed"
    elif (own := price(line)) is not None and value != money(quantity * own[0] / own[1]):
        yield f"{where}: {value} is not {quantity} at {own[0]} for {own[1]}"
    if deviation != expected:
        yield f"{where}: the deviation is {expected}, not {deviation}"


def paired(proof: Proof) -> Iterator[str]:
    """What is allocated was paired before."""
    pairs = {(pair["invoice_line_id"], pair["order_line_id"]) for pair in proof.decision["pairs"]}
    for one in proof.decision["allocations"]:
        if (one["invoice_line_id"], one["order_line_id"]) not in pairs:
            yield f"line {one['invoice_line_id']} is allocated and not paired"


def charges(proof: Proof) -> Iterator[str]:
    """Each charge is covered by what its orders expect, and the rest is uncovered; all are on the invoice."""
    left = {place: most for order in proof.orders.values() for place, most in expected(order)}
    for one in proof.decision["charges"]:
        covers = one.get("covers", ())
        if number(one, "amount") != number(one, "uncovered") + sum((number(c, "amount") for c in covers), NOTHING):
            yield f"charge {one['name']}: what is covered and what is not do not add up"
        for cover in covers:
            left[cover["order_id"], cover["index"]] -= number(cover, "amount")
    yield from (f"more is covered than order {place[0]} expects" for place, rest in left.items() if rest < 0)
    yield from charged_as_billed(proof)


def charged_as_billed(proof: Proof) -> Iterator[str]:
    """The charges are those of the invoice's header and lines."""
    entries = proof.invoice.get("allowance_charges", ())
    billed = [number(one, "amount") * (1 if one["charge_indicator"] else -1) for one in entries]
    stated = [number(one, "amount") for one in proof.decision["charges"] if "invoice_line_id" not in one]
    if proof.decision["orders"] and sorted(stated) != sorted(billed):
        yield "the charges are not those of the invoice"
    for one in proof.decision["charges"]:
        line = proof.billed.get(one.get("invoice_line_id"))
        if line is not None and number(one, "amount") != number(line, "line_extension_amount"):
            yield f"charge {one['name']} is not its line's amount"


def expected(order: dict[str, Any]) -> Iterator[tuple[tuple[str, int], Decimal]]:
    """Give what an order still expects of each charge."""
    for index, one in enumerate(order.get("charges", ())):
        spent = NOTHING if one.get("each_invoice") else number(one, "invoiced")
        yield (order["id"], index), max(NOTHING, number(one, "amount") - spent)


def budgets(proof: Proof) -> Iterator[str]:
    """An order's use is the sum of its allocations, and its limit the smaller of this invoice's and the rest of all."""
    uncovered = sum((max(NOTHING, number(one, "uncovered")) for one in proof.decision["charges"]), NOTHING)
    shared = sum((number(use, "charges") for use in proof.decision["orders"]), NOTHING)
    if not proof.is_credit and proof.decision["orders"] and shared != uncovered:
        yield f"the orders bear {shared} of charges, and {uncovered} are uncovered"
    for use in proof.decision["orders"]:
        order, where = proof.orders[use["order_id"]], f"order {use['order_number']}"
        own = [one for one in proof.decision["allocations"] if one["order_id"] == order["id"]]
        value = sum((number(one, "order_amount") for one in own), NOTHING)
        over = sum((max(NOTHING, number(one, "deviation") * proof.sign) for one in own), NOTHING)
        used = number(order, "tolerance_used")
        over = -min(used, over) if proof.is_credit else over + number(use, "charges")
        limit = NOTHING if proof.is_credit else order_limit(proof, order, value)[0]
        checks = {"value": value, "over": over, "used_before": used}
        checks |= {} if "standing" in order else {"limit": limit}
        checks |= {"charges": NOTHING} if proof.is_credit else {}
        if use["order_number"] != order["number"]:
            yield f"{where} is {order['number']}"
        for name, expected in checks.items():
            if number(use, name) != expected:
                yield f"{where}: {name} is {expected}, not {use[name]}"


def order_limit(proof: Proof, order: dict[str, Any], value: Decimal) -> tuple[Decimal, str]:
    alone = proof.limit(order, "ORDER", value)
    together, source = proof.limit(order, "ORDER", number(order, "matched_value") + value)
    left = max(NOTHING, together - number(order, "tolerance_used"))
    return alone if alone[0] <= left else (left, source)
