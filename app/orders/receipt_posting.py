"""Writing receipts down: what came or went back is kept, invoices that wait are decided anew, and tasks are done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.kit import jobs
from app.kit.ids import new_id
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.receipt_models import Receipt, ReceiptKind, ReceiptLine
from app.organisations.access import Call
from app.organisations.models import TaskType
from app.organisations.tasks import close_tasks

REMATCH: Final = "match.rematch"


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a line, in its measure; less than nothing went back."""

    line: PurchaseOrderLine
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of what came, went back, or had not come after all."""

    kind: ReceiptKind
    on: date
    reason: str | None = None
    delivery_note: str | None = None
    checked: Sequence[str] = ()
    reversal_of: UUID | None = None


def post(
    call: Call, order: PurchaseOrder, told: Told, came: Sequence[Came], lines: Sequence[PurchaseOrderLine]
) -> Receipt:
    """Keep a receipt whose lines have been counted; `lines` are all lines of the order, locked."""
    receipt = Receipt(
        id=new_id(call.now),
        order_id=order.id,
        kind=told.kind,
        reversal_of=told.reversal_of,
        received_on=told.on,
        received_by=call.actor.id,
        received_for=call.actor.on_behalf_of,
        delivery_note=told.delivery_note,
        reason=told.reason,
        checked=list(told.checked),
        posted_at=call.now,
    )
    call.session.add(receipt)
    call.session.flush()
    for one in came:
        call.session.add(
            ReceiptLine(
                id=new_id(call.now),
                receipt_id=receipt.id,
                order_line_id=one.line.id,
                quantity=one.quantity,
                amount=one.amount,
            )
        )
    call.session.flush()
    if all(is_received(line) for line in lines):
        order.remind_receipt_on = None
        close_tasks(call.session, order.id, [TaskType.RECEIVE_GOODS], now=call.now, by=call.actor.id)
    jobs.enqueue(call.session, REMATCH, str(order.id), {"order_id": str(order.id)}, call.now)
    _note(call, order, receipt, came)
    return receipt


def _note(call: Call, order: PurchaseOrder, receipt: Receipt, came: Sequence[Came]) -> None:
    facts = {one.line.line_id: str(one.quantity or one.amount) for one in came}
    call.audit(f"{receipt.kind.lower()}.posted", chain=order.root_id, entity="order", entity_id=order.id, facts=facts)


def is_received(line: PurchaseOrderLine) -> bool:
    """Tell whether all that is agreed on has come."""
    if line.by_amount:
        return line.received_amount >= line.accepted_amount
    return line.received_quantity >= line.accepted_quantity
