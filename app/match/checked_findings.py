"""What had to be found of a decision's case, recomputed from the proof's text alone and held against what was."""

from collections.abc import Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from app.match import checked_brackets, checked_prepayments, checked_standing
from app.match.checked_sums import CENT, NOTHING, Proof, money, number, order_limit, price

Found = tuple[Any, ...]
"""A finding: its code, the invoice lines, the order, the order line, and the six values of `VALUES`."""

PLACE = ("invoice_line_id", "order_number", "order_line_id")
VALUES = ("expected", "actual", "limit", "limit_source", "amount", "passes_at")
ANY = "?"
"""Stands where units differ, so that a price is told in words only the engine has."""

MICRO = Decimal("0.000001")
RECOMPUTED = checked_standing.RECOMPUTED | frozenset(
    {
        *("ORDERED_ABOVE_AGREEMENT", "PRICE_BRACKET_MISSED", "PREPAID", "PREPAYMENT_NOT_AGREED"),
        *("TOTALS_DISAGREE", "QTY_OVER_ORDER", "AMOUNT_OVER_ORDER", "AMOUNT_WITHIN_TOLERANCE", "RECEIPT_MISSING"),
        *("PRICE_OVER", "PRICE_WITHIN_TOLERANCE", "PRICE_BELOW", "PRICE_BELOW_CHECK", "TOTAL_OVER"),
        *("TOTAL_WITHIN_TOLERANCE", "FAVOUR_NOT_USED", "CHARGE_WITHIN_CAP", "CHARGE_NOT_ALLOWED", "DISCOUNT"),
        *(
            "MATCHED_BY_HEAD",
            "TAX_LEFT_OUT",
            "CREDIT_NOT_EXPECTED",
            "CREDIT_CHARGE",
            "CREDIT_REDUCED",
            "ROUNDING_TOO_LARGE",
        ),
    }
)


def findings(proof: Proof) -> Iterator[str]:
    """Name each finding that is missing, and each that nothing in the case asks for."""
    stated = [
        (one["code"], *(one.get(name) for name in (*PLACE, *VALUES)))
        for one in proof.decision["findings"]
        if one["code"] in RECOMPUTED
    ]
    for wanted in due(proof):
        match = next((one for one in stated if _same(wanted, one)), None)
        if match is None:
            yield f"{wanted[0]} is not found as it should be: {_told(wanted)}"
        else:
            stated.remove(match)
    yield from (f"{one[0]} does not follow: {_told(one)}" for one in stated)
    yield from places(proof)


def places(proof: Proof) -> Iterator[str]:
    """Whatever a finding is about is there."""
    lines = {(order["number"], line["line_id"]) for order, line in proof.lines.values()}
    orders = {order["number"] for order in [*proof.orders.values(), *filter(None, [proof.case.get("suggested")])]}
    for one in proof.decision["findings"]:
        invoice_lines, number_, line_id = (one.get(name) for name in PLACE)
        names = set(invoice_lines.split(", ")) if invoice_lines is not None else set()
        known = invoice_lines in proof.billed or names <= set(proof.billed)
        if not known or (number_ is not None and number_ not in orders):
            yield f"{one['code']} is about a line or an order that is not there"
        if line_id is not None and (number_, line_id) not in lines:
            yield f"{one['code']} is about an order line that is not there"


def _told(found: Found) -> str:
    named = zip((*PLACE, *VALUES), found[1:], strict=True)
    return ", ".join(f"{name} {value}" for name, value in named if value is not None)


def _same(wanted: Found, stated: Found) -> bool:
    return all(one == ANY or one == _read(other, one) for one, other in zip(wanted, stated, strict=True))


def _read(value: Any, like: Any) -> Any:
    return Decimal(value) if isinstance(like, Decimal) and value is not None else value


def total(proof: Proof) -> tuple[Decimal, Decimal]:
    """Give the payable amount as stated and as its parts make it."""
    invoice, stated = proof.invoice, proof.invoice["total"]
    counted = (line for line in invoice["lines"] if not line.get("free_of_charge"))
    made = sum((number(line, "line_extension_amount") for line in counted), NOTHING)
    for one in invoice.get("allowance_charges", ()):
        made += number(one, "amount") * (1 if one["charge_indicator"] else -1)
    made += taxes(proof) + number(stated, "payable_rounding_amount") - max(NOTHING, number(stated, "prepaid_amount"))
    return number(stated, "payable_amount"), made


def taxes(proof: Proof) -> Decimal:
    """Give the document's tax, which OIOUBL calls TaxExclusiveAmount."""
    if proof.invoice["total"].get("tax_exclusive_amount") is not None:
        return number(proof.invoice["total"], "tax_exclusive_amount")
    return sum((number(one, "tax_amount") for one in proof.invoice.get("tax_totals", ())), NOTHING)


def due(proof: Proof) -> Iterator[Found]:
    """Give the findings that the case and its allocations ask for, of those that are held against each other here."""
    payable, made = total(proof)
    if abs(payable - made) > CENT * len(proof.invoice["lines"]):
        yield "TOTALS_DISAGREE", None, None, None, made, payable, None, None, None, made
    yield from checked_prepayments.due(proof)
    yield from rounding(proof)
    yield from left_out(proof)
    yield from headed(proof)
    yield from charged(proof)
    for line_id in proof.taken:
        yield from (credited if proof.is_credit else ordered)(proof, *proof.lines[line_id])
    for use in () if proof.is_credit else proof.decision["orders"]:
        order = proof.orders[use["order_id"]]
        yield from (checked_standing.due if "standing" in order else overall)(proof, order, use)


def left_out(proof: Proof) -> Iterator[Found]:
    """A document without tax has no lines with a rate that makes any."""
    made = NOTHING
    for line in proof.invoice["lines"]:
        category = (line.get("item") or {}).get("tax_category") or {}
        if category.get("id") != "ReverseCharge" and not line.get("free_of_charge"):
            made += number(line, "line_extension_amount") * number(category, "percent") / 100
    stated = taxes(proof)
    implausible = any(one["code"] == "TAX_IMPLAUSIBLE" for one in proof.decision["findings"])
    if not stated and not implausible and money(made) > 1:
        yield "TAX_LEFT_OUT", None, None, None, money(made), stated, None, None, None, money(made)


def headed(proof: Proof) -> Iterator[Found]:
    """A line that was found by its sum is all that is received of its orders and not invoiced."""
    heads = [one for one in proof.decision["pairs"] if one["how"] == "HEAD"]
    if heads:
        numbers = ", ".join(dict.fromkeys(proof.orders[one["order_id"]]["number"] for one in heads))
        amount = sum((proof.total(one["order_line_id"], "amount") for one in heads), NOTHING)
        yield "MATCHED_BY_HEAD", heads[0]["invoice_line_id"], None, None, numbers, None, None, None, amount, None


def ordered(proof: Proof, order: dict[str, Any], line: dict[str, Any]) -> Iterator[Found]:
    """Give what is to be said of what is billed of an order line."""
    if "standing" not in order:
        yield from drawn(proof, order, line)
    yield from waiting(proof, order, line)
    if not proof.is_amount(line):
        yield from checked_brackets.due(proof, order, line)
        for one in proof.taken[line["id"]]:
            yield from priced(proof, order, line, one)
            yield from () if proof.is_credit else above(order, line, one)


def rounding(proof: Proof) -> Iterator[Found]:
    """The payable amount is rounded by 1.00 at most, or less where a row of the policy says so."""
    rows = [row for order in proof.orders.values() for level in ("ORDER", "LINE") for row in proof.rows(order, level)]
    limits = [(Decimal(row["rounding"]), row["source"]) for row in rows if row.get("rounding") is not None]
    limit, source = min([(Decimal(1), "SERVICE_DEFAULT"), *limits], key=lambda one: one[0])
    amount = number(proof.invoice["total"], "payable_rounding_amount")
    if abs(amount) > limit:
        yield "ROUNDING_TOO_LARGE", None, None, None, None, amount, limit, source, None, limit


def charged(proof: Proof) -> Iterator[Found]:
    """Charges that nothing covers are together under the smallest cap of the orders that bear them."""
    stated, bearing = proof.decision["charges"], [proof.orders[one["order_id"]] for one in proof.decision["orders"]]
    unexpected = sum((max(NOTHING, number(one, "uncovered")) for one in stated), NOTHING)
    rows = [row for order in bearing for level in ("ORDER", "LINE") for row in proof.rows(order, level)]
    caps = [(Decimal(row["freight_cap"]), row["source"]) for row in rows if row.get("freight_cap") is not None]
    cap, source = min(caps, key=lambda one: one[0], default=(NOTHING, "NO_CAP"))
    for one in stated:
        amount, uncovered, line = number(one, "amount"), number(one, "uncovered"), one.get("invoice_line_id")
        where = line, None, None
        if proof.is_credit:
            code, passes = ("CREDIT_CHARGE", None) if amount >= 0 else ("CREDIT_REDUCED", NOTHING)
            yield code, *where, None, one["name"], None, None, abs(amount), passes
        elif amount < 0:
            yield "DISCOUNT", *where, None, one["name"], None, None, -amount, None
        elif uncovered or one["kind"] == "INTEREST":
            interest = one["kind"] == "INTEREST"
            code = "CHARGE_NOT_ALLOWED" if interest or unexpected > cap else "CHARGE_WITHIN_CAP"
            passes = cap if unexpected > cap and not interest else None
            yield code, *where, amount - uncovered, one["name"], cap, source, uncovered, passes


def credited(proof: Proof, order: dict[str, Any], line: dict[str, Any]) -> Iterator[Found]:
    """What is credited was expected, or is not approved."""
    taken = proof.total(line["id"], "amount" if proof.is_amount(line) else "quantity")
    expected = number(line, "credit_expected")
    if taken > expected:
        where = names(proof, line), order["number"], line["line_id"]
        yield "CREDIT_NOT_EXPECTED", *where, expected, taken, None, None, None, taken - expected


def micro(value: Decimal) -> Decimal:
    return value.quantize(MICRO, rounding=ROUND_HALF_UP)


def billed_price(proof: Proof, line: dict[str, Any], invoice_line_id: str) -> Decimal | str:
    """Give the price of a unit as billed, where nothing has to be converted."""
    billed = proof.billed[invoice_line_id]
    unit, own = billed["quantity"]["unit_code"], billed.get("price")
    base = (own or {}).get("base_quantity")
    if unit != line["unit_code"] or (base is not None and base["unit_code"] not in (None, unit)):
        return ANY
    if own is None:
        return micro(number(billed, "line_extension_amount") / Decimal(billed["quantity"]["value"]))
    divisor = NOTHING if base is None else Decimal(base["value"])
    return micro(Decimal(own["price_amount"]) / (divisor if divisor > 0 else 1))


def names(proof: Proof, line: dict[str, Any]) -> str:
    return ", ".join(one["invoice_line_id"] for one in proof.taken[line["id"]])


def drawn(proof: Proof, order: dict[str, Any], line: dict[str, Any]) -> Iterator[Found]:
    where, left = (names(proof, line), order["number"], line["line_id"]), proof.open(line)
    if not proof.is_amount(line):
        taken = proof.total(line["id"], "quantity")
        if taken > left:
            yield "QTY_OVER_ORDER", *where, left, taken, None, None, taken - left, left
        return
    taken, value = proof.total(line["id"], "amount"), proof.total(line["id"], "order_amount")
    over = proof.total(line["id"], "deviation")
    limit, source = proof.limit(order, "LINE", value)
    if over:
        code = "AMOUNT_OVER_ORDER" if over > limit else "AMOUNT_WITHIN_TOLERANCE"
        yield code, *where, left, taken, limit, source, over, value + limit if over > limit else None


def waiting(proof: Proof, order: dict[str, Any], line: dict[str, Any]) -> Iterator[Found]:
    is_amount = proof.is_amount(line)
    invoiced = number(line, "invoiced_amount" if is_amount else "invoiced_quantity")
    there = number(line, "received") - invoiced - number(line, "held_ahead")
    needed = proof.total(line["id"], "order_amount")
    if not is_amount:
        needed = min(proof.total(line["id"], "quantity"), proof.open(line))
    if line.get("requires_receipt", True) and needed > 0 and needed > there:
        missing = needed - there
        where = names(proof, line), order["number"], line["line_id"]
        code, passes = ("PREPAID", None) if order.get("prepayment") else ("RECEIPT_MISSING", missing)
        yield code, *where, max(NOTHING, there), needed, None, None, missing, passes


def priced(proof: Proof, order: dict[str, Any], line: dict[str, Any], one: dict[str, Any]) -> Iterator[Found]:
    deviation, value, quantity = (number(one, name) for name in ("deviation", "order_amount", "quantity"))
    limit, source = proof.limit(order, "LINE", value)
    at, billed = price(line), billed_price(proof, line, one["invoice_line_id"])
    shown = ANY if at is None else micro(at[0] / at[1])
    where = one["invoice_line_id"], order["number"], line["line_id"], shown, billed
    if deviation > max(limit, NOTHING):
        most = (value + limit.quantize(CENT, rounding=ROUND_DOWN)) / quantity
        yield "PRICE_OVER", *where, limit, source, deviation, most.quantize(CENT * CENT, rounding=ROUND_DOWN)
    elif deviation > 0:
        yield "PRICE_WITHIN_TOLERANCE", *where, limit, source, deviation, None
    elif deviation < 0:
        rows = (row for level in ("ORDER", "LINE") for row in proof.rows(order, level))
        asks = next((row["source"] for row in rows if row.get("favour") == "CHECK"), None)
        code, passes = ("PRICE_BELOW", None) if asks is None else ("PRICE_BELOW_CHECK", shown)
        yield code, *where, None, asks, deviation, passes


def above(order: dict[str, Any], line: dict[str, Any], one: dict[str, Any]) -> Iterator[Found]:
    """What is billed as ordered is above the agreement where another price was accepted."""
    agreed = price({"unit_code": line["unit_code"]} | line["agreed"]) if "agreed" in line else None
    at = price(line)
    if agreed is None or at is None:
        return
    asked = money(number(one, "quantity") * agreed[0] / agreed[1])
    over = min(number(one, "amount"), number(one, "order_amount")) - asked
    if over > CENT:
        where = one["invoice_line_id"], order["number"], line["line_id"]
        yield (
            "ORDERED_ABOVE_AGREEMENT",
            *where,
            micro(agreed[0] / agreed[1]),
            micro(at[0] / at[1]),
            None,
            None,
            over,
            None,
        )


def overall(proof: Proof, order: dict[str, Any], use: dict[str, Any]) -> Iterator[Found]:
    over, favour = number(use, "over"), NOTHING
    for line in order["lines"]:
        parts = (number(one, "deviation") for one in proof.taken.get(line["id"], ()))
        favour -= sum((part for part in parts if part < 0), NOTHING)
    limit, source = order_limit(proof, order, number(use, "value"))
    if over:
        code, passes = ("TOTAL_OVER", limit) if over > limit else ("TOTAL_WITHIN_TOLERANCE", None)
        yield code, None, order["number"], None, number(order, "tolerance_used"), over, limit, source, None, passes
    if over and favour:
        yield "FAVOUR_NOT_USED", None, order["number"], None, None, favour, None, None, over, None
