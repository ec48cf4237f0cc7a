"""An order seen from outside: what its supplier is told of it, and nothing of how the buyer came to it."""

from app.documents.item import Item
from app.documents.party import Address
from app.documents.price import Price
from app.kit.money import Quantity
from app.orders import queries
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.outside_messages import SupplierOrderLineOut, SupplierOrderOut
from app.organisations.access import Call


def supplier_order_out(call: Call, order: PurchaseOrder) -> SupplierOrderOut:
    lines = [_line_out(line) for line in queries.lines_of(call.session, order.id)]
    address = Address.model_validate(order.delivery_address) if order.delivery_address else None
    return SupplierOrderOut(**order.model_dump(exclude={"delivery_address"}), delivery_address=address, lines=lines)


def _line_out(line: PurchaseOrderLine) -> SupplierOrderLineOut:
    return SupplierOrderLineOut(
        **line.model_dump(include={"line_id", "by_amount", "unit_code", "accepted_quantity", "accounting_cost"}),
        item=Item.model_validate(line.item),
        ordered_item=Item.model_validate(line.ordered_item) if line.ordered_item else None,
        quantity=Quantity(line.ordered_quantity, line.ordered_unit_code or line.unit_code),
        price=Price.model_validate(line.price) if line.price else None,
        amount=line.ordered_amount,
        accepted_price=Price.model_validate(line.accepted_price) if line.accepted_price else None,
    )
