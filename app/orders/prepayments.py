"""Text orders that are paid before they come: what may be billed of a line, and what their approvers are told."""

from collections.abc import Iterator
from decimal import Decimal

from app.orders.models import PurchaseOrder, PurchaseOrderLine


def billable(line: PurchaseOrderLine) -> Decimal:
    """Give what may still be billed of a line: what has come and was not billed, and of a prepaid line all that is
    left of the order.
    """
    if line.by_amount:
        return (line.most_amount if line.prepayment else line.received_amount) - line.invoiced_amount
    return (line.most_quantity if line.prepayment else line.received_quantity) - line.invoiced_quantity


def unbilled(line: PurchaseOrderLine) -> Decimal:
    """Give what has come and was not billed."""
    if line.by_amount:
        return max(Decimal(0), line.received_amount - line.invoiced_amount)
    return max(Decimal(0), line.received_quantity - line.invoiced_quantity)


def warnings(order: PurchaseOrder) -> Iterator[str]:
    """Tell whoever approves an order that it is paid before anything of it has come."""
    if order.prepayment:
        yield "it is a prepayment: what is billed of it is paid before anybody has received it"
