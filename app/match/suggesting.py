"""Orders that an invoice without order number may bill, ranked with what speaks for each; a person picks, always."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from app.documents.invoice import Invoice
from app.documents.item import Item
from app.match import handling_queries, queries
from app.match.engine.document_rules import header_charge_sum
from app.match.handling_messages import SuggestionOut, SuggestionsOut
from app.orders.models import OrderStatus, PurchaseOrder, PurchaseOrderLine
from app.orders.queries import visible_orders
from app.organisations.access import Call

MOST: Final = 20
LOOKED_AT: Final = 500
"""So many are told, of so many that are looked at: the newest."""

AMOUNT_EQUAL, AMOUNT_FITS, ITEMS, PERSON = 50, 15, 40, 20


@dataclass(frozen=True, slots=True)
class Offer:
    """An open order as far as suggestions go: what is left to bill of it, its item numbers, and whose it is."""

    order_id: UUID
    number: str
    total: Decimal
    left: Decimal
    items: frozenset[str]
    reference: str


def order_suggestions(call: Call, invoice_id: UUID) -> SuggestionsOut:
    """Give the buyer's open orders with an invoice's supplier that the actor sees, the likeliest first."""
    case = queries.invoice(call, invoice_id)
    if case.document is None or case.supplier_id is None:
        return SuggestionsOut(data=[])
    query = visible_orders(call).where(
        PurchaseOrder.organisation_id == case.organisation_id,
        PurchaseOrder.supplier_id == case.supplier_id,
        PurchaseOrder.status == OrderStatus.SENT,
        PurchaseOrder.currency == case.currency,
    )
    orders = call.session.exec(query.order_by(col(PurchaseOrder.id).desc()).limit(LOOKED_AT)).all()
    return SuggestionsOut(data=ranked(handling_queries.original(case), _offers(call, orders)))


def _offers(call: Call, orders: Sequence[PurchaseOrder]) -> list[Offer]:
    query = select(PurchaseOrderLine).where(col(PurchaseOrderLine.order_id).in_([order.id for order in orders]))
    lines: dict[UUID, list[PurchaseOrderLine]] = {}
    for line in call.session.exec(query).all():
        lines.setdefault(line.order_id, []).append(line)
    return [
        Offer(
            order_id=order.id,
            number=order.number,
            total=order.total_amount,
            left=order.total_amount - order.matched_value,
            items=frozenset(_numbers(Item.model_validate(line.item) for line in lines.get(order.id, ()))),
            reference=order.buyer_reference,
        )
        for order in orders
    ]


def ranked(invoice: Invoice, offers: Iterable[Offer]) -> list[SuggestionOut]:
    """Rank offers by what speaks for them; one for which nothing speaks is left out."""
    net = sum((line.line_extension_amount for line in invoice.lines), header_charge_sum(invoice))
    items = frozenset(_numbers(line.item for line in invoice.lines if line.item is not None))
    person = invoice.customer.contact.id if invoice.customer.contact is not None else None
    found = [_suggestion(offer, net, items, person) for offer in offers]
    wanted = [one for one in found if one.score]
    return sorted(wanted, key=lambda one: (-one.score, one.order_number))[:MOST]


def _suggestion(offer: Offer, net: Decimal, items: frozenset[str], person: str | None) -> SuggestionOut:
    score, reasons = 0, list[str]()
    if net == offer.left:
        score, reasons = AMOUNT_EQUAL, [f"the net amount {net} is what is left to bill"]
    elif net < offer.left:
        score, reasons = AMOUNT_FITS, [f"the net amount {net} is inside what is left to bill, {offer.left}"]
    shared = items & offer.items
    if shared:
        score += ITEMS * len(shared) // len(items)
        reasons.append(f"{len(shared)} of {len(items)} item numbers are on it")
    if person is not None and person == offer.reference:
        score += PERSON
        reasons.append(f"the person reference {person} is its buyer's")
    return SuggestionOut(
        order_id=offer.order_id, order_number=offer.number, total_amount=offer.total, score=score, reasons=reasons
    )


def _numbers(items: Iterable[Item]) -> Iterable[str]:
    for item in items:
        if item.sellers_number is not None:
            yield f"seller {item.sellers_number.strip().casefold()}"
        elif item.gtin is not None:
            yield f"gtin {item.gtin.lstrip('0')}"
