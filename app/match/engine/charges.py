"""Charges: freight, packing, fees. Each is a named line, covered by what was expected or else an excess."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.documents.invoice import Invoice, InvoiceLine
from app.kit.money import rounded
from app.match.engine.decision import Charge, ChargeCover
from app.match.engine.facts import ZERO, ChargeKind, OrderFacts

_REASON_CODES = {
    "FC": ChargeKind.FREIGHT,
    "DL": ChargeKind.FREIGHT,
    "PC": ChargeKind.PACKING,
    "HD": ChargeKind.FEE,
    "FI": ChargeKind.INTEREST,
}
"""UNCL 7161."""

_WORDS = {
    ChargeKind.INTEREST: (
        "rente renter morarente morarenter rykker rykkergebyr rykkergebyrer inkasso inkassogebyr kompensationsbeløb "
        "interest reminder"
    ),
    ChargeKind.FREIGHT: (
        "fragt fragtomkostning fragtomkostninger fragttillæg fragtgebyr porto portoomkostninger forsendelse "
        "forsendelsesomkostninger levering leveringsgebyr leveringsomkostninger transport transportgebyr "
        "transportomkostninger kørsel freight shipping delivery carriage postage"
    ),
    ChargeKind.PACKING: "emballage emballagegebyr pakning palle packing packaging",
    ChargeKind.FEE: (
        "gebyr ekspeditionsgebyr ekspedition faktureringsgebyr fakturagebyr administrationsgebyr miljøgebyr "
        "miljøbidrag håndteringsgebyr småordretillæg olietillæg brændstoftillæg fee surcharge handling"
    ),
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_WORD = re.compile(r"\w+")

MOST_WORDS = 4
"""A line's name with more words than this describes goods, even if one of them is `delivery`."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A charge as billed, before anything covers it; `order` is the only one that may."""

    name: str
    kind: ChargeKind
    amount: Decimal
    invoice_line_id: str | None = None
    order: OrderFacts | None = None


def _kind_of_words(text: str) -> ChargeKind | None:
    kinds = {_KINDS[word] for word in _WORD.findall(text.casefold()) if word in _KINDS}
    return next((kind for kind in _WORDS if kind in kinds), None)


def kind_of(reason_code: str | None, reason: str | None) -> ChargeKind:
    """Tell what a charge is for, by its code (UNCL 7161), else by its words."""
    return _REASON_CODES.get(reason_code or "") or _kind_of_words(reason or "") or ChargeKind.OTHER


def kind_of_line(line: InvoiceLine, orders: Iterable[OrderFacts]) -> ChargeKind | None:
    """Tell what charge an invoice line is: by an item number agreed for it, else by its few words; None for goods."""
    if line.item is None:
        return None
    seller = line.item.sellers_number
    agreed = (c.kind for order in orders for c in order.charges if seller is not None and c.seller_item == seller)
    name = line.item.name or ""
    words = name if len(_WORD.findall(name)) <= MOST_WORDS else ""
    return next(agreed, None) or _kind_of_words(f"{words} {seller or ''}")


def line_claim(line: InvoiceLine, kind: ChargeKind, order: OrderFacts | None) -> Claim:
    """Make a claim of an invoice line that is a charge."""
    item = line.item
    name = (item.name if item is not None else None) or str(kind)
    return Claim(name, kind, line.line_extension_amount, line.line_id, order)


def header_claims(invoice: Invoice) -> Iterator[Claim]:
    """Give the header's charges, and its allowances as claims below zero.

    The sign of the amount counts too: an allowance of -500 is a charge of 500, whatever it is called.
    """
    for entry in invoice.allowance_charges:
        amount = entry.amount if entry.charge_indicator else -entry.amount
        kind = kind_of(entry.reason_code, entry.reason)
        yield Claim(entry.reason or ("ALLOWANCE" if amount < 0 else str(kind)), kind, amount)


def covered(claims: Iterable[Claim], orders: tuple[OrderFacts, ...]) -> tuple[Charge, ...]:
    """Cover each charge from what its orders expect of its kind; those that name an order go first."""
    left = {(order.id, index): charge.open for order in orders for index, charge in enumerate(order.charges)}
    return tuple(_covered(claim, orders, left) for claim in sorted(claims, key=lambda claim: claim.order is None))


def _covered(claim: Claim, orders: tuple[OrderFacts, ...], left: dict[tuple[str, int], Decimal]) -> Charge:
    missing = claim.amount
    covers: list[ChargeCover] = []
    for order in (claim.order,) if claim.order is not None else orders:
        for index, expected in enumerate(order.charges):
            part = min(missing, left[order.id, index])
            if part > 0 and expected.kind is claim.kind:
                left[order.id, index] -= part
                missing -= part
                covers.append(ChargeCover(order.id, index, part))
    order_id = None if claim.order is None else claim.order.id
    return Charge(claim.name, claim.kind, claim.amount, missing, tuple(covers), claim.invoice_line_id, order_id)


def split(charges: Iterable[Charge], values: dict[str, Decimal]) -> dict[str, Decimal]:
    """Lay what is not covered on the orders: on the one named, else by their share of `values`, to the øre.

    The last order takes what rounding leaves.
    """
    shares = dict.fromkeys(values, ZERO)
    loose = ZERO
    for charge in charges:
        if charge.order_id is None:
            loose += max(ZERO, charge.uncovered)
        else:
            shares[charge.order_id] += max(ZERO, charge.uncovered)
    whole = sum(values.values(), ZERO)
    rest = loose
    for order_id, value in list(values.items())[:-1]:
        part = min(rest, rounded(loose * value / whole)) if whole else ZERO
        shares[order_id] += part
        rest -= part
    shares[list(values)[-1]] += rest
    return shares
