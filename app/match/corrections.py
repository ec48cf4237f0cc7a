"""Corrections of an invoice, pure: the document as it came, read as somebody says that it is meant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.documents.amounts import AllowanceCharge
from app.documents.invoice import Invoice, InvoiceLine, OrderLineReference
from app.documents.item import Item
from app.documents.values import DocumentReference
from app.kit.money import Quantity
from app.match.engine.facts import ChargeKind
from app.orders.postings import scaled

REASON_CODES: Final = {ChargeKind.FREIGHT: "FC", ChargeKind.PACKING: "PC", ChargeKind.FEE: "HD"}
"""UNCL 7161. A charge of another kind goes by its words, and interest is never accepted."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a line bills of an order line; the quantity is in the order line's unit, None where it is the line's own."""

    order_number: str
    line_id: str
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an invoice means: the orders of its header, order lines by invoice line, and lines that are charges. Numbers
    None leaves the header as it is.
    """

    numbers: tuple[str, ...] | None = None
    parts: Mapping[str, tuple[Part, ...]] | None = None
    charges: Mapping[str, ChargeKind] | None = None


def corrected(invoice: Invoice, meaning: Meaning) -> Invoice:
    """Give the invoice as it is meant: named orders and line references replaced, lines split, charges taken out."""
    parts, charges = meaning.parts or {}, meaning.charges or {}
    if meaning.numbers is not None:
        invoice = _named(invoice, meaning.numbers)
    lines = [one for line in invoice.lines if line.line_id not in charges for one in _lines(line, parts)]
    claims = [_charge(line, charges[line.line_id]) for line in invoice.lines if line.line_id in charges]
    if not parts and not claims:
        return invoice
    changed: Invoice = invoice.but(lines=tuple(lines), allowance_charges=(*invoice.allowance_charges, *claims))
    return changed


def _named(invoice: Invoice, numbers: Sequence[str]) -> Invoice:
    """Let the header's orders count for every line: what lines name was wrong, or was left out."""
    reference = DocumentReference(number=", ".join(numbers))
    lines = tuple(_without_orders(line) for line in invoice.lines)
    named: Invoice = invoice.but(order_reference=reference, lines=lines)
    return named


def _without_orders(line: InvoiceLine) -> InvoiceLine:
    references = tuple(OrderLineReference(line_id=one.line_id) for one in line.order_line_references)
    changed: InvoiceLine = line.but(order_line_references=references)
    return changed


def _lines(line: InvoiceLine, parts: Mapping[str, tuple[Part, ...]]) -> Iterable[InvoiceLine]:
    wanted = parts.get(line.line_id)
    if wanted is None:
        return (line,)
    if len(wanted) == 1:
        return (_billing(line, wanted[0]),)
    quantities = [part.quantity.value if part.quantity is not None else line.quantity.value for part in wanted]
    amounts = scaled(line.line_extension_amount, quantities)
    split = [
        line.but(line_id=f"{line.line_id}/{position}", line_extension_amount=amount)
        for position, amount in enumerate(amounts, start=1)
    ]
    return [_billing(one, part) for one, part in zip(split, wanted, strict=True)]


def _billing(line: InvoiceLine, part: Part) -> InvoiceLine:
    """Let a line bill one order line: what it is called no longer counts, and in another unit its amount says what a
    piece costs.
    """
    quantity = part.quantity or line.quantity
    changes = {
        "order_line_references": (OrderLineReference(line_id=part.line_id, order_number=part.order_number),),
        "quantity": quantity,
        "price": line.price if quantity.unit_code == line.quantity.unit_code else None,
        "item": None if line.item is None else _unnumbered(line.item),
    }
    billing: InvoiceLine = line.but(**changes)
    return billing


def _unnumbered(item: Item) -> Item:
    plain: Item = item.but(sellers_item_id=None, standard_item_id=None, buyers_item_id=None)
    return plain


def _charge(line: InvoiceLine, kind: ChargeKind) -> AllowanceCharge:
    name = line.item.name if line.item is not None else None
    return AllowanceCharge(
        charge_indicator=True,
        amount=line.line_extension_amount,
        reason_code=REASON_CODES.get(kind),
        reason=name or kind.value,
    )


def split_fault(line: InvoiceLine, parts: Sequence[Part]) -> str | None:
    """Say why some parts do not make a line, if they do not: in the line's own unit they add up to what it bills."""
    given = [part.quantity for part in parts if part.quantity is not None]
    if len(parts) > 1 and len(given) < len(parts):
        return "each part of a split line needs its quantity"
    total = sum((one.value for one in given), start=Decimal(0))
    own = all(one.unit_code == line.quantity.unit_code for one in given)
    if given and own and total != line.quantity.value:
        return f"the parts add up to {total}, and line {line.line_id} bills {line.quantity.value}"
    return None


def with_line(meaning: Meaning, line_id: str, parts: tuple[Part, ...]) -> Meaning:
    """Give a meaning in which a line bills these parts, and is no charge."""
    charges = {key: kind for key, kind in (meaning.charges or {}).items() if key != line_id}
    return replace(meaning, parts={**(meaning.parts or {}), line_id: parts}, charges=charges)


def with_charge(meaning: Meaning, line_id: str, kind: ChargeKind) -> Meaning:
    """Give a meaning in which a line is a charge, and bills nothing of an order."""
    parts = {key: own for key, own in (meaning.parts or {}).items() if key != line_id}
    return replace(meaning, charges={**(meaning.charges or {}), line_id: kind}, parts=parts)
