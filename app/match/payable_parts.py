"""What of an invoice is booked where, pure: lines, charges and tax divided among postings so that nothing is lost."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from app.documents.amounts import TaxCategory, TaxTotal
from app.documents.invoice import Invoice, InvoiceLine
from app.kit.money import PLACES
from app.match.engine.document_rules import tax_sum
from app.match.payable_messages import PartKind, PartOut, TaxOut
from app.orders.posting import posting_of

ZERO: Final = Decimal("0.00")

Rate = tuple[str, Decimal | None]
"""A tax category's id and its per cent."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is booked, how much of it in proportion to the other places, and which order line says so."""

    accounting_cost: str | None
    weight: Decimal
    order_number: str | None = None
    order_line_id: str | None = None


@dataclass(slots=True)
class _Part:
    kind: PartKind
    place: Place
    net: Decimal
    rate: Rate | None = None
    line_id: str | None = None
    tax: Decimal = field(default=ZERO)


def divided(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Divide an amount in proportion to some weights, to the øre or as fine as the amount is: the largest remainders
    are rounded up, the first of equals before the others. Weights that come to nothing are taken as equal ones.
    """
    places = max(PLACES, _decimals(total))
    units = int(total.scaleb(places))
    if len(weights) == 1:
        return [Decimal(units).scaleb(-places)]
    whole = _whole(weights)
    base = sum(whole)
    if base <= 0:
        whole = _whole([abs(weight) for weight in weights])
        base = sum(whole)
    if not base:
        whole, base = [1] * len(weights), len(weights)
    shares = [divmod(units * weight, base) for weight in whole]
    left = units - sum(share for share, _ in shares)
    first = set(sorted(range(len(shares)), key=lambda index: -shares[index][1])[:left])
    return [Decimal(share + (index in first)).scaleb(-places) for index, (share, _) in enumerate(shares)]


def _whole(weights: Sequence[Decimal]) -> list[int]:
    places = max((_decimals(weight) for weight in weights), default=0)
    return [int(weight.scaleb(places)) for weight in weights]


def _decimals(number: Decimal) -> int:
    return max(-int(number.as_tuple().exponent), 0)


def parts_of(invoice: Invoice, places: Mapping[str, Sequence[Place]]) -> list[PartOut]:
    """Divide an invoice; `places` are those of the lines that bill order lines, by invoice line.

    Charges, and lines that bill no order line, are divided like the others together; where there are none, they are
    booked where the invoice says. What makes the payable amount beside net and tax is rounding.
    """
    parts = list(_billed(invoice, places))
    parts += _others(invoice, places, _pool(parts))
    _add_tax(invoice, parts)
    prepaid = invoice.total.prepaid_amount or ZERO
    nowhere = Place(None, ZERO)
    if prepaid:
        parts.append(_Part(PartKind.PREPAID, nowhere, -prepaid))
    rest = invoice.total.payable_amount - sum((part.net + part.tax for part in parts), start=ZERO)
    if rest:
        parts.append(_Part(PartKind.ROUNDING, nowhere, rest))
    return [_told(part) for part in parts]


def _billed(invoice: Invoice, places: Mapping[str, Sequence[Place]]) -> Iterator[_Part]:
    for line in invoice.lines:
        if line.line_id in places and not line.free_of_charge:
            rate = _rate_of_line(line)
            yield from _split(PartKind.LINE, line.line_extension_amount, places[line.line_id], rate, line.line_id)


def _split(
    kind: PartKind, net: Decimal, places: Sequence[Place], rate: Rate | None, line_id: str | None = None
) -> Iterator[_Part]:
    amounts = divided(net, [place.weight for place in places])
    for place, amount in zip(places, amounts, strict=True):
        yield _Part(kind, place, amount, rate, line_id)


def _pool(parts: Iterable[_Part]) -> list[Place]:
    """Give the places of the order lines that are billed, each once, weighed by the net amounts there."""
    weights: dict[str | None, Decimal] = defaultdict(Decimal)
    for part in parts:
        weights[part.place.accounting_cost] += part.net
    return [Place(posting, max(weight, ZERO)) for posting, weight in weights.items()]


def _others(invoice: Invoice, places: Mapping[str, Sequence[Place]], pool: Sequence[Place]) -> Iterator[_Part]:
    for line in invoice.lines:
        if line.line_id not in places and not line.free_of_charge:
            where = pool or [Place(line.accounting_cost or invoice.accounting_cost, ZERO)]
            yield from _split(PartKind.LINE, line.line_extension_amount, where, _rate_of_line(line), line.line_id)
    for charge in invoice.allowance_charges:
        where = pool or [Place(charge.accounting_cost or invoice.accounting_cost, ZERO)]
        net = charge.amount if charge.charge_indicator else -charge.amount
        yield from _split(PartKind.CHARGE, net, where, _rate(charge.tax_category))


def _rate_of_line(line: InvoiceLine) -> Rate | None:
    stated = next((part.category for total in line.tax_totals for part in total.subtotals), None)
    return _rate(stated or (line.item.tax_category if line.item is not None else None))


def _rate(category: TaxCategory | None) -> Rate | None:
    return None if category is None else (category.id, category.percent)


def _add_tax(invoice: Invoice, parts: Sequence[_Part]) -> None:
    """Divide the tax of each rate among the parts that are taxed at it, and what no rate explains among all."""
    taxes = taxes_of(invoice.tax_totals)
    if len(taxes) == 1:
        only = (taxes[0].category, taxes[0].percent)
        for part in parts:
            part.rate = part.rate or only
    taxed: dict[Rate, list[_Part]] = defaultdict(list)
    for part in parts:
        if part.rate is not None:
            taxed[part.rate].append(part)
    amounts: dict[Rate, Decimal] = defaultdict(Decimal)
    for tax in taxes:
        amounts[tax.category, tax.percent] += tax.tax_amount
    explained = {rate: amount for rate, amount in amounts.items() if rate in taxed}
    for rate, amount in explained.items():
        _spread(amount, taxed[rate])
    _spread(tax_sum(invoice) - sum(explained.values(), start=ZERO), parts)


def _spread(tax: Decimal, parts: Sequence[_Part]) -> None:
    for part, amount in zip(parts, divided(tax, [part.net for part in parts]) if tax else (), strict=False):
        part.tax += amount


def _told(part: _Part) -> PartOut:
    category, percent = part.rate or (None, None)
    return PartOut(
        kind=part.kind,
        invoice_line_id=part.line_id,
        order_number=part.place.order_number,
        order_line_id=part.place.order_line_id,
        accounting_cost=part.place.accounting_cost,
        dimensions=dict(posting_of(part.place.accounting_cost)),
        net_amount=part.net,
        tax_amount=part.tax,
        tax_category=category,
        tax_percent=percent,
    )


def taxes_of(totals: Iterable[TaxTotal]) -> list[TaxOut]:
    """Give the taxes of a document by scheme, category and rate."""
    found: dict[tuple[str, str, Decimal | None], TaxOut] = {}
    for part in (part for total in totals for part in total.subtotals):
        category = part.category
        row = found.setdefault(
            (category.scheme_id, category.id, category.percent),
            TaxOut(
                scheme_id=category.scheme_id,
                category=category.id,
                percent=category.percent,
                taxable_amount=ZERO,
                tax_amount=ZERO,
            ),
        )
        row.taxable_amount += part.taxable_amount
        row.tax_amount += part.tax_amount
    return list(found.values())


def divided_place(place: Place, parts: Sequence[tuple[str, Decimal]]) -> list[Place]:
    """Divide a place by the shares of an order line that is posted in several: postings with their amounts."""
    weights = divided(place.weight, [amount for _, amount in parts])
    return [
        replace(place, accounting_cost=posting, weight=weight)
        for (posting, _), weight in zip(parts, weights, strict=True)
    ]
