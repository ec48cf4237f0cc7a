"""Orders of what a supplier's shop had in its cart: at the shop's price, with what the shop wants back of its quote.

The note of a line that is not on the agreement at this price says why, which is not the supplier's to read: it stays
with the requisition.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.agreements.models import Agreement, OrderForm
from app.kit.errors import Fault, Invalid
from app.kit.ids import new_id
from app.orders.headers import Source, header, over_delivery
from app.orders.messages import TextOrderIn
from app.orders.models import OrderType, PurchaseOrder, PurchaseOrderLine
from app.orders.posting_lines import post_lines
from app.orders.requisition_models import CartStanding, RequisitionLine
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.identity import location_number
from app.organisations.tree import require_open


class CartNotOrderable(Invalid):
    """A cart is ordered on the agreement of its shop, which takes configurable orders."""


def order_cart(call: Call, body: TextOrderIn, lines: Sequence[RequisitionLine]) -> UUID:
    """Make an order of type CONFIGURABLE, in DRAFT, of the lines of a cart; the body says them in words. Their prices
    are the shop's, and no catalogue is asked.

    :raises CartNotOrderable: for lines without an agreement, or on one that takes no configurable orders.
    """
    organisation = organisations.organisation(call, body.organisation_id)
    require_open(organisation)
    agreement = _agreement(call, body.agreement_id)
    supplier = organisations.supplier(call, agreement.supplier_id)
    source = Source(supplier, agreement.id, body.currency or agreement.currency, OrderType.CONFIGURABLE)
    order = header(call, body, organisation, location_number(call.session, organisation, call.today), source)
    order.requires_receipt = agreement.receipt_required
    most = 1 + over_delivery(call, organisation.id) / 100
    made = [_line(call, order, position, line, most) for position, line in enumerate(lines, start=1)]
    order.total_amount = sum((line.ordered_amount for line in made), start=Decimal(0))
    call.session.add(order)
    call.session.flush()
    call.session.add_all(made)
    call.session.flush()
    post_lines(call, order, made, body.lines)
    call.audit("order.created", chain=order.root_id, entity="order", entity_id=order.id)
    return order.id


def _agreement(call: Call, agreement_id: UUID | None) -> Agreement:
    agreement = call.session.get(Agreement, agreement_id) if agreement_id is not None else None
    if agreement is None or OrderForm.CONFIGURABLE not in agreement.order_types:
        what = f"agreement {agreement.contract_number}" if agreement is not None else "the cart, which is on none,"
        message = f"{what} takes no orders of type {OrderForm.CONFIGURABLE}"
        raise CartNotOrderable(message, faults=[Fault(message, pointer="/agreement_id")])
    return agreement


def _line(call: Call, order: PurchaseOrder, position: int, line: RequisitionLine, most: Decimal) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        id=new_id(call.now),
        order_id=order.id,
        position=position,
        line_id=str(position),
        item=_described(line.item),
        unspsc=line.unspsc,
        note=line.note if line.standing == CartStanding.ON_AGREEMENT else None,
        cascade_reason=line.cascade_reason,
        configuration=line.configuration,
        quote=_quote(line),
        unit_code=line.unit_code,
        ordered_quantity=line.quantity,
        price=line.price,
        ordered_amount=line.amount,
        accepted_quantity=line.quantity,
        accepted_price=line.price,
        accepted_amount=line.amount,
        most_quantity=line.quantity * most,
        most_amount=Decimal(0),
    )


def _described(item: dict[str, Any]) -> dict[str, Any]:
    """Give an item with a description where it has no number, for one of the two has to be there (F-ORD239)."""
    is_known = any(item.get(name) for name in ("sellers_item_id", "standard_item_id", "descriptions"))
    return item if is_known else {**item, "descriptions": [item.get("name") or "n/a"]}


def _quote(line: RequisitionLine) -> dict[str, Any] | None:
    """Give what the shop wants back, and until when its price is good: an approval looks at it again."""
    until = {"expires_at": line.expires_at.isoformat()} if line.expires_at is not None else {}
    return {**(line.quote or {}), **until} or None
