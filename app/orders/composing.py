"""The order as a document: from rows to the value that is written as OIOUBL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.documents.item import Item
from app.documents.order import Delivery, Order, OrderLine
from app.documents.order_change import OrderCancellation, OrderChange
from app.documents.party import Address, Party
from app.documents.price import Price
from app.documents.values import DocumentReference, Period
from app.kit.money import Quantity
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.totals import anticipated_total, tax_totals
from app.organisations.identity import supplier_party
from app.organisations.supplier_models import Supplier

NOT_SAID: Final = frozenset({"expires_at", "LEADTIME", "LeadTimeMeasure", "SERVICE", "UNIT", "UnitOfMeasure", "VENDOR"})
"""What is kept of a shop's cart for us alone."""


def order_document(
    order: PurchaseOrder,
    lines: list[PurchaseOrderLine],
    buyer: Party,
    supplier: Supplier,
    contract_number: str | None,
    issued_on: date,
) -> Order:
    """Give the order as it is sent on a day."""
    documents = tuple(_line(line) for line in lines)
    return Order(
        number=order.number, uuid=str(order.id), **_terms(order, documents, buyer, supplier, contract_number, issued_on)
    )


def _terms(
    order: PurchaseOrder,
    lines: tuple[OrderLine, ...],
    buyer: Party,
    supplier: Supplier,
    contract_number: str | None,
    issued_on: date,
) -> dict[str, Any]:
    """Give what an order and a change of it say alike."""
    taxes = tax_totals((line.line_extension_amount or Decimal(0), line.item.tax_category) for line in lines)
    return {
        "profile_id": order.profile_id,
        "issue_date": issued_on,
        "document_currency_code": order.currency,
        "accounting_cost": order.accounting_cost,
        "contract_id": contract_number,
        "buyer": buyer,
        "supplier": supplier_party(supplier),
        "delivery": delivery_of(order),
        "tax_totals": taxes,
        "anticipated_total": anticipated_total(lines, taxes),
        "lines": lines,
    }


@dataclass(frozen=True, slots=True)
class Marked:
    """A line of an order that is changed, what the change says of it (LineStatusCode), and its quantity before."""

    line: PurchaseOrderLine
    status: str
    before: Decimal

    @property
    def is_told(self) -> bool:
        """Whether the change names it: what was cancelled before is no line any more."""
        return bool(self.before) or self.status != "NoStatus"


def change_document(
    order: PurchaseOrder,
    marked: Sequence[Marked],
    buyer: Party,
    supplier: Supplier,
    contract_number: str | None,
    issued_on: date,
    reasons: Sequence[str],
) -> OrderChange:
    """Give a change as it is sent on a day: every line as it is from now on, those left alone among them."""
    documents = tuple(_changed_line(one) for one in marked if one.is_told)
    return OrderChange(
        number=f"{order.number}-{order.change_sequence}",
        sequence_number_id=str(order.change_sequence),
        notes=tuple(reasons),
        order_reference=DocumentReference(number=order.number, issue_date=order.issued_on),
        **_terms(order, documents, buyer, supplier, contract_number, issued_on),
    )


def _quoted(line: PurchaseOrderLine) -> str:
    """Give back what the supplier's shop wants to hear again of its cart; UBL has no element for a shop's own keys."""
    return "; ".join(f"{name}={value}" for name, value in (line.quote or {}).items() if name not in NOT_SAID)


def _changed_line(one: Marked) -> OrderLine:
    """Give a line as a change tells it; one that is cancelled keeps its quantity, which may not be zero (F-OCH137), and
    costs nothing.
    """
    line = _line(one.line)
    told: OrderLine = line.but(line_status_code=one.status)
    if one.status != "Cancelled":
        return told
    free = line.price.but(price_amount=Decimal(0)) if line.price is not None else None
    quantity = Quantity(one.before, one.line.unit_code)
    cancelled: OrderLine = told.but(quantity=quantity, price=free, line_extension_amount=Decimal(0))
    return cancelled


def cancellation_document(
    order: PurchaseOrder,
    buyer: Party,
    supplier: Supplier,
    contract_number: str | None,
    issued_on: date,
    reason: str,
) -> OrderCancellation:
    """Give the cancellation of a whole order as it is sent on a day."""
    return OrderCancellation(
        profile_id=order.profile_id,
        number=f"{order.number}-X",
        issue_date=issued_on,
        cancellation_notes=(reason,),
        order_reference=DocumentReference(number=order.number, issue_date=order.issued_on),
        contract_id=contract_number,
        buyer=buyer,
        supplier=supplier_party(supplier),
    )


def delivery_of(order: PurchaseOrder) -> Delivery | None:
    """Give where and when the buyer wants it, if either was said."""
    wanted, place = order.requested_delivery_on, order.delivery_address
    if wanted is None and place is None:
        return None
    return Delivery(
        requested_period=Period(start_date=wanted, end_date=wanted) if wanted else None,
        address=Address.model_validate(place) if place else None,
    )


def _line(line: PurchaseOrderLine) -> OrderLine:
    return OrderLine(
        line_id=line.line_id,
        notes=tuple(filter(None, (line.note, _quoted(line)))),
        quantity=Quantity(line.accepted_quantity, line.unit_code),
        line_extension_amount=line.accepted_amount,
        accounting_cost=line.accounting_cost,
        price=Price.model_validate(line.accepted_price) if line.accepted_price else None,
        item=Item.model_validate(line.item),
    )
