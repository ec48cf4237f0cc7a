"""Do the figures of a document add up? The sums of OIOUBL, exact, with the official tolerances; no XML in it.

A line is checked before its own allowances and charges. Header sums hold to the øre. `TaxExclusiveAmount` is the tax.
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, localcontext
from typing import TypeVar

from app.documents.amounts import AllowanceCharge, ExchangeRate, MonetaryTotal, TaxTotal
from app.documents.invoice import Invoice, InvoiceLine
from app.documents.order import LineItem, Order, OrderTerms
from app.documents.order_change import OrderChange
from app.documents.order_response import OrderResponse
from app.documents.price import Price
from app.documents.reminder import Reminder
from app.documents.rule_ids import (
    CREDIT_NOTE,
    INVOICE,
    ORDER,
    ORDER_CHANGE,
    ORDER_RESPONSE,
    REMINDER,
    DocumentRules,
    LineRules,
    TotalRules,
)
from app.kit.errors import Fault
from app.kit.money import Quantity, at_least_decimals, rounded

LINE_TOLERANCE = Decimal("1.00")
SUM_TOLERANCE = Decimal("0.0055")
MOST_ROUNDING = Decimal("10.00")

Calculated = Invoice | Order | OrderChange | OrderResponse | Reminder
"""The documents that have figures to add up."""

LineAmount = Callable[[Quantity, Price, ExchangeRate | None], Decimal | None]
Each = TypeVar("Each")

_ZERO = Decimal(0)
_DIGITS = 90  # products of three numbers of 28 digits stay exact


def faults_of(document: Calculated) -> tuple[Fault, ...]:
    """Everything that does not add up, lines before totals; each fault has a JSON pointer and the official rule."""
    with localcontext(prec=_DIGITS):
        if isinstance(document, Invoice):
            return tuple(_invoice_faults(document))
        if isinstance(document, Order):
            return tuple(_order_faults(document, ORDER, line_amount))
        if isinstance(document, OrderChange):
            return tuple(_order_faults(document, ORDER_CHANGE, response_line_amount))
        if isinstance(document, Reminder):
            return tuple(_reminder_faults(document))
        return tuple(_response_faults(document))


def line_amount(quantity: Quantity, price: Price, rate: ExchangeRate | None = None) -> Decimal | None:
    """What a line comes to, not rounded; None where the official rules cannot tell either.

    In the same unit the price is for `base_quantity` units. In another unit the price is per orderable unit once the
    factor is applied, and the base quantity counts for nothing: 3 boxes at 2.00 a piece, factor 12, are 72.00.
    """
    base = price.base_quantity
    amount: Decimal | None
    if base is None:
        amount = price.price_amount * quantity.value
    elif base.unit_code == quantity.unit_code:
        amount = price.price_amount * quantity.value / base.value if base.value else None
    elif price.orderable_unit_factor_rate is not None:
        amount = price.price_amount * quantity.value * price.orderable_unit_factor_rate
    else:
        amount = None
    return amount if amount is None or rate is None else _exchanged(amount, rate)


def response_line_amount(quantity: Quantity, price: Price, rate: ExchangeRate | None = None) -> Decimal | None:
    """What a line of an order response or an order change comes to: the base quantity counts for nothing there
    (F-ORE090, F-ORE143; F-OCH140, F-OCH179).
    """
    factor = price.orderable_unit_factor_rate
    amount = price.price_amount * quantity.value * (Decimal(1) if factor is None else factor)
    return amount if rate is None else _exchanged(amount, rate)


def _exchanged(amount: Decimal, rate: ExchangeRate) -> Decimal | None:
    if not rate.calculation_rate or rate.mathematic_operator_code is None:
        return None
    multiply = rate.mathematic_operator_code == "multiply"
    return amount * rate.calculation_rate if multiply else amount / rate.calculation_rate


def _invoice_faults(invoice: Invoice) -> Iterator[Fault]:
    rules = CREDIT_NOTE if invoice.is_credit else INVOICE
    rate = invoice.pricing_exchange_rate
    for at, line in _numbered("/lines", invoice.lines):
        yield from _line_faults(at, line, line.quantity, rules.line, line_amount, rate)
        yield from _tax_faults(at, line.tax_totals)
    total, taxes = invoice.total, invoice.tax_totals
    yield from _tax_faults("", taxes)
    yield from _sum_fault("/total", total, _billed(invoice.lines), rules.lines)
    yield from _total_faults("/total", total, taxes, invoice.allowance_charges, rules.total)


def _order_faults(order: OrderTerms, rules: DocumentRules, amount_of: LineAmount) -> Iterator[Fault]:
    """The sum of an order's lines is our own check: the official rule for it (F-ORD116) never fires."""
    for at, line in _numbered("/lines", order.lines):
        foreign = line.price is not None and line.price.currency is not None
        rate = order.pricing_exchange_rate if foreign else None
        yield from _line_faults(at, line, line.quantity, rules.line, amount_of, rate)
    yield from _tax_faults("", order.tax_totals)
    total = order.anticipated_total
    if total is not None:
        amounts = [line.line_extension_amount for line in order.lines]
        yield from _sum_fault("/anticipated_total", total, amounts, rules.lines)
        yield from _total_faults("/anticipated_total", total, order.tax_totals, order.allowance_charges, rules.total)


def _response_faults(response: OrderResponse) -> Iterator[Fault]:
    for at, line in _numbered("/lines", response.lines):
        yield from _line_faults(f"{at}/line", line.line, line.line.quantity, ORDER_RESPONSE.line, response_line_amount)
    yield from _tax_faults("", response.tax_totals)
    if response.total is not None:
        amounts = [line.line.line_extension_amount for line in response.lines]
        yield from _sum_fault("/total", response.total, amounts, ORDER_RESPONSE.lines)
        yield from _total_faults(
            "/total", response.total, response.tax_totals, response.allowance_charges, ORDER_RESPONSE.total
        )


def _reminder_faults(reminder: Reminder) -> Iterator[Fault]:
    yield from _tax_faults("", reminder.tax_totals)
    yield from _total_faults("/total", reminder.total, reminder.tax_totals, reminder.allowance_charges, REMINDER)


def _line_faults(
    at: str,
    line: InvoiceLine | LineItem,
    quantity: Quantity | None,
    rules: LineRules,
    amount_of: LineAmount,
    rate: ExchangeRate | None = None,
) -> Iterator[Fault]:
    if quantity is not None and not quantity.value:
        yield _fault(
            f"{at}/quantity",
            rules.zero_quantity,
            f"The quantity of line {line.line_id} is zero; leave the line out instead.",
            f"Mængden på linje {line.line_id} er nul; udelad linjen i stedet.",
        )
    price = line.price
    if quantity is None or price is None:
        return
    yield from _price_faults(f"{at}/price", line.line_id, price)
    stated, computed = line.line_extension_amount, amount_of(quantity, price, rate)
    if stated is not None and computed is not None and abs(stated - computed) > LINE_TOLERANCE:
        yield _fault(
            f"{at}/line_extension_amount",
            rules.line_amount(quantity, price, rate),
            f"Line {line.line_id} says {_said(stated)}, but quantity and price make {_said(computed)} "
            f"(allowances and charges of the line do not count here; at most {LINE_TOLERANCE} apart).",
            f"Linje {line.line_id} angiver {_said(stated)}, men mængde og pris giver {_said(computed)} "
            f"(linjens rabatter og gebyrer tæller ikke med her; højst {LINE_TOLERANCE} fra hinanden).",
        )


def _price_faults(at: str, line_id: str, price: Price) -> Iterator[Fault]:
    base = None if price.base_quantity is None else price.base_quantity.value
    for name, value in (("base_quantity", base), ("orderable_unit_factor_rate", price.orderable_unit_factor_rate)):
        if value is not None and value <= 0:
            yield _fault(
                f"{at}/{name}",
                "F-LIB019",
                f"{_ubl_name(name)} of line {line_id} is {_said(value)}; it must be above zero.",
                f"{_ubl_name(name)} på linje {line_id} er {_said(value)}; det skal være over nul.",
            )


def _tax_faults(at: str, totals: Iterable[TaxTotal]) -> Iterator[Fault]:
    for place, total in _numbered(f"{at}/tax_totals", totals):
        computed = sum((subtotal.tax_amount for subtotal in total.subtotals), start=_ZERO)
        yield from _unequal(
            f"{place}/tax_amount", "F-LIB385", total.tax_amount, computed, "its subtotals", "subtotaler"
        )


def _sum_fault(at: str, total: MonetaryTotal, amounts: Iterable[Decimal | None], rule_id: str) -> Iterator[Fault]:
    computed = sum((amount for amount in amounts if amount is not None), start=_ZERO)
    if abs(total.line_extension_amount - computed) > SUM_TOLERANCE:
        yield from _unequal(
            f"{at}/line_extension_amount", rule_id, total.line_extension_amount, computed, "the lines", "linjerne"
        )


def _billed(lines: Iterable[InvoiceLine]) -> Iterator[Decimal]:
    return (line.line_extension_amount for line in lines if not line.free_of_charge)


def _total_faults(
    at: str, total: MonetaryTotal, taxes: Iterable[TaxTotal], charges: Iterable[AllowanceCharge], rules: TotalRules
) -> Iterator[Fault]:
    taxes, charges = tuple(taxes), tuple(charges)
    tax = sum((subtotal.tax_amount for each in taxes for subtotal in each.subtotals), start=_ZERO)
    rounding = [each.rounding_amount for each in taxes if each.rounding_amount is not None]
    minus = [charge.amount for charge in charges if not charge.charge_indicator]
    plus = [charge.amount for charge in charges if charge.charge_indicator]
    yield from _unequal(
        f"{at}/tax_exclusive_amount", rules.tax, total.tax_exclusive_amount, tax, "the taxes", "afgifterne"
    )
    for name, rule_ids, stated, parts in (
        ("allowance_total_amount", rules.allowances, total.allowance_total_amount, minus),
        ("charge_total_amount", rules.charges, total.charge_total_amount, plus),
        ("payable_rounding_amount", rules.rounding, total.payable_rounding_amount, rounding),
    ):
        yield from _collected(at, name, rule_ids, stated, parts)
    yield from _payable_faults(at, total, tax, rules)


def _collected(
    at: str, name: str, rule_ids: tuple[str, str], stated: Decimal | None, parts: list[Decimal]
) -> Iterator[Fault]:
    """A total that must be there when it has parts, and equal them."""
    missing, unequal = rule_ids
    if stated is None and parts:
        yield _fault(at, missing, f"{_ubl_name(name)} is missing.", f"{_ubl_name(name)} mangler.")
    yield from _unequal(f"{at}/{name}", unequal, stated, sum(parts, start=_ZERO), "its parts", "sine dele")


def _payable_faults(at: str, total: MonetaryTotal, tax: Decimal, rules: TotalRules) -> Iterator[Fault]:
    rounding = total.payable_rounding_amount or _ZERO
    inclusive = total.net_amount + tax + rounding
    yield from _unequal(
        f"{at}/tax_inclusive_amount",
        rules.tax_inclusive,
        total.tax_inclusive_amount,
        inclusive,
        "lines, charges, taxes and rounding",
        "linjer, gebyrer, afgifter og afrunding",
    )
    yield from _unequal(
        f"{at}/payable_amount",
        rules.payable,
        total.payable_amount,
        inclusive - (total.prepaid_amount or _ZERO),
        "lines, charges, taxes and rounding less what is prepaid",
        "linjer, gebyrer, afgifter og afrunding minus forudbetalt",
    )
    if rules.most_rounding is not None and abs(rounding) > MOST_ROUNDING:
        yield _fault(
            f"{at}/payable_rounding_amount",
            rules.most_rounding,
            f"The rounding is {_said(rounding)}; at most {MOST_ROUNDING} is rounding.",
            f"Afrundingen er {_said(rounding)}; højst {MOST_ROUNDING} er afrunding.",
        )
    if total.payable_amount < 0:
        yield _fault(
            f"{at}/payable_amount",
            "F-LIB016",
            f"The payable amount is {_said(total.payable_amount)}; it cannot be below zero.",
            f"Beløbet til betaling er {_said(total.payable_amount)}; det kan ikke være under nul.",
        )


def _unequal(
    at: str, rule_id: str, stated: Decimal | None, computed: Decimal, source: str, source_da: str
) -> Iterator[Fault]:
    if stated is None or rounded(stated) == rounded(computed):
        return
    name = _ubl_name(at.rpartition("/")[2])
    yield _fault(
        at,
        rule_id,
        f"{name} is {_said(stated)}, but {source} make {_said(computed)}.",
        f"{name} er {_said(stated)}, men {source_da} giver {_said(computed)}.",
    )


def _numbered(at: str, values: Iterable[Each]) -> Iterator[tuple[str, Each]]:
    return ((f"{at}/{index}", value) for index, value in enumerate(values))


def _ubl_name(field: str) -> str:
    return "".join(word.capitalize() for word in field.split("_"))


def _said(value: Decimal) -> str:
    return at_least_decimals(rounded(value, 4))


def _fault(at: str, rule_id: str, message: str, message_da: str) -> Fault:
    return Fault(message, message_da, pointer=at, rule_id=rule_id)
