"""Text orders that go without receipt: the organisation says up to which amount, and the disponent is told."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from app.kit.errors import Conflict, Fault
from app.orders.models import OrderType, PurchaseOrder
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.policies import ReceiptFreePolicy

KRONER: Final = "DKK"


class ReceiptNeeded(Conflict):
    """The organisation's policy RECEIPT_FREE wants a receipt of a text order of that amount."""


def fault(call: Call, order: PurchaseOrder, total: Decimal | None = None) -> Fault | None:
    """Say why a text order, at its own net total or another, may not go without receipt, if it may not."""
    source = organisations.effective_policy(call.session, order.organisation_id, call.today).receipt_free
    total = order.total_amount if total is None else total
    rule = source.rule
    assert isinstance(rule, ReceiptFreePolicy)  # noqa: S101 - what the field holds
    if rule.up_to is None or (order.currency == KRONER and total <= rule.up_to):
        return None
    return Fault(
        f"the policy RECEIPT_FREE ({source.organisation_name}) lets text orders of up to {rule.up_to} {KRONER} go "
        f"without receipt, and this one comes to {total} {order.currency}: let it be received (requires_receipt), or "
        "order less",
        f"politikken RECEIPT_FREE ({source.organisation_name}) lader tekstordrer på højst {rule.up_to} {KRONER} gå "
        f"uden varemodtagelse, og denne er på {total} {order.currency}: lad den blive modtaget (requires_receipt), "
        "eller bestil for mindre",
        pointer="/requires_receipt",
        rule_id=rule.kind,
    )


def require_receipt_free(call: Call, order: PurchaseOrder, total: Decimal | None = None) -> None:
    """Let a text order go without receipt only up to the amount that holds today, at its own net total or another.

    :raises ReceiptNeeded: otherwise, naming the policy and the amount.
    """
    if order.type != OrderType.TEXT or order.requires_receipt:
        return
    found = fault(call, order, total)
    if found is not None:
        raise ReceiptNeeded(f"order {order.number}: {found.message}", faults=[found])


def warnings(order: PurchaseOrder) -> Iterator[str]:
    """Tell whoever approves a text order that nobody will receive it."""
    if order.type == OrderType.TEXT and not order.requires_receipt:
        yield "it needs no receipt: once it is sent, all of it counts as received"
