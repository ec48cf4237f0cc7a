"""Receipts: what came is registered by line, part by part, never more than was ordered (and may be over-delivered)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from app.documents.item import Item
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.pages import Page, PageQuery, page
from app.orders import queries
from app.orders.allocations import lock_orders
from app.orders.approval_steps import require_ticks
from app.orders.closing import close_when_done
from app.orders.models import OrderStatus, PurchaseOrder, PurchaseOrderLine
from app.orders.order_settings import settled
from app.orders.receipt_messages import OpenLine, OpenLines, ReceiptIn, ReceiptLineIn, ReceiptLineOut, ReceiptOut
from app.orders.receipt_models import Receipt, ReceiptKind, ReceiptLine
from app.orders.receipt_posting import Came, Told, post
from app.orders.receivers import require_receiver
from app.orders.standing_queries import has_run_out
from app.organisations.access import Call, NotAllowed

ZERO = Decimal(0)


class NotReceivable(Conflict):
    """Goods are received on orders that were sent and are still open."""


class ReceiptDoesNotFit(Invalid):
    """A receipt names lines that are not there, or more than was ordered; each is named."""


class NothingToReceive(Conflict):
    """Everything that was ordered has come."""


def post_receipt(call: Call, order_id: UUID, body: ReceiptIn) -> ReceiptOut:
    """Register what came; invoices that wait for it are decided anew. What replaces goods that went back after they
    were billed is taken for them: no credit is expected for it any more. A prepaid order is closed with its last goods.

    :raises NotReceivable: when the order was not sent, or is closed.
    :raises ReceiptDoesNotFit: naming each line that is unknown, in the wrong measure, or above what is open.
    :raises NothingToReceive: when everything is wanted, and nothing is open.
    :raises ChecklistNotDone: when a point of the organisation's checklist is not ticked.
    """
    order = open_order(call, order_id)
    require_day(call, body.received_on, "/received_on")
    _require_reason(order, body)
    require_ticks(settled(call.session, order.organisation_id).receipt_checklist, body.checked)
    lines = locked_lines(call, order)
    wanted = _everything(order, lines) if body.everything else body.lines
    refuse_misfits(wanted, lines, {line_id: open_of(line) for line_id, line in lines.items()}, "receive")
    came = [Came(lines[one.line_id], one.quantity or ZERO, one.amount or ZERO) for one in wanted]
    for one in came:
        _add(one)
    told = Told(ReceiptKind.RECEIPT, body.received_on, body.reason, body.delivery_note, body.checked)
    receipt = post(call, order, told, came, list(lines.values()))
    if order.prepayment:
        close_when_done(call.session, [order], call.now)
    return receipt_out(call, receipt)


def open_order(call: Call, order_id: UUID) -> PurchaseOrder:
    """Find and lock an order on which the actor may post receipts.

    :raises NotReceivable: when it was not sent, or was closed by somebody.
    """
    order = queries.order(call, order_id)
    require_receiver(call, order)
    lock_orders(call.session, [order.id])
    if order.status != OrderStatus.SENT and not has_run_out(call.session, order):
        raise NotReceivable(f"order {order.number} is {order.status}; goods are received on orders that are SENT")
    return order


def require_day(call: Call, day: date, pointer: str) -> None:
    """Let nothing be registered before it happened.

    :raises ReceiptDoesNotFit: for a day that is to come.
    """
    if day > call.today:
        message = "goods are registered when they are there, not before"
        raise ReceiptDoesNotFit(message, faults=[Fault(message, pointer=pointer)])


def _require_reason(order: PurchaseOrder, body: ReceiptIn) -> None:
    if order.ends_on is not None and body.received_on > order.ends_on and body.reason is None:
        message = f"order {order.number} ended on {order.ends_on}; give a reason for what came after that"
        raise ReceiptDoesNotFit(message, faults=[Fault(message, pointer="/reason")])


def locked_lines(call: Call, order: PurchaseOrder) -> dict[str, PurchaseOrderLine]:
    """Give the lines of a locked order as they are now, by their ids."""
    return {row.line_id: row for row in queries.lines_as_they_are(call.session, order.id)}


def open_of(line: PurchaseOrderLine) -> Decimal:
    """Give how much may still come of a line: what is ordered and may be over-delivered, and what replaces goods that
    went back.
    """
    if line.by_amount:
        return line.most_amount - line.received_amount + line.credit_expected_amount
    return line.most_quantity - line.received_quantity + line.credit_expected_quantity


def _everything(order: PurchaseOrder, lines: Mapping[str, PurchaseOrderLine]) -> list[ReceiptLineIn]:
    wanted = [
        ReceiptLineIn(line_id=line_id, **{"amount" if line.by_amount else "quantity": left})
        for line_id, line in lines.items()
        if (left := _left(line)) > 0
    ]
    if not wanted:
        raise NothingToReceive(f"everything on order {order.number} has come")
    return wanted


def _left(line: PurchaseOrderLine) -> Decimal:
    """Give what is agreed on and has not come; over-delivery is nothing that anybody waits for."""
    if line.by_amount:
        return line.accepted_amount - line.received_amount + line.credit_expected_amount
    return line.accepted_quantity - line.received_quantity + line.credit_expected_quantity


def refuse_misfits(
    wanted: list[ReceiptLineIn], lines: Mapping[str, PurchaseOrderLine], most: dict[str, Decimal], verb: str
) -> None:
    """Refuse lines that are not there, are in another measure, or are of more than there is to them.

    :raises ReceiptDoesNotFit: naming each.
    """
    left, faults = dict(most), []
    for index, one in enumerate(wanted):
        message = _fault(one, lines.get(one.line_id), left, verb)
        if message is not None:
            faults.append(Fault(message, pointer=f"/lines/{index}"))
        else:
            left[one.line_id] -= one.quantity or one.amount or ZERO
    if faults:
        raise ReceiptDoesNotFit("the receipt does not fit the order; see `errors`", faults=faults)


def _fault(one: ReceiptLineIn, line: PurchaseOrderLine | None, left: Mapping[str, Decimal], verb: str) -> str | None:
    if line is None:
        return f"the order has no line {one.line_id}; it has {', '.join(sorted(left))}"
    if line.by_amount != (one.quantity is None):
        return f"line {line.line_id} is received by {'amount' if line.by_amount else 'quantity'}"
    if (one.quantity or one.amount or ZERO) > left[line.line_id]:
        return f"line {line.line_id} can still {verb} {left[line.line_id]}, not more"
    return None


def _add(came: Came) -> None:
    """Add what came to what was received; beyond what is ordered it replaces what went back."""
    line = came.line
    if line.by_amount:
        fresh = min(came.amount, line.most_amount - line.received_amount)
        line.received_amount += fresh
        line.credit_expected_amount -= came.amount - fresh
    else:
        fresh = min(came.quantity, line.most_quantity - line.received_quantity)
        line.received_quantity += fresh
        line.credit_expected_quantity -= came.quantity - fresh


def receipt_out(call: Call, receipt: Receipt) -> ReceiptOut:
    rows = call.session.exec(
        select(PurchaseOrderLine.line_id, ReceiptLine)
        .join(ReceiptLine, col(ReceiptLine.order_line_id) == col(PurchaseOrderLine.id))
        .where(ReceiptLine.receipt_id == receipt.id)
        .order_by(col(ReceiptLine.id))
    ).all()
    lines = [ReceiptLineOut(line_id=line_id, quantity=row.quantity, amount=row.amount) for line_id, row in rows]
    return ReceiptOut(**receipt.model_dump(exclude={"posted_at"}), lines=lines)


def list_receipts(call: Call, order_id: UUID, wanted: PageQuery) -> Page[ReceiptOut]:
    """Give what has come, and what went back.

    :raises NotAllowed: for the supplier, who sees the order, but not who received what.
    """
    order = _seen_inside(call, order_id)
    query = select(Receipt).where(Receipt.order_id == order.id)
    return page(call.session, query, Receipt, wanted, lambda row: receipt_out(call, row))


def suggest(call: Call, order_id: UUID) -> OpenLines:
    """Give what is still to come of an order: ordered less what has come.

    :raises NotAllowed: for the supplier.
    """
    order = _seen_inside(call, order_id)
    lines = [line for line in queries.lines_of(call.session, order.id) if _left(line) > 0]
    return OpenLines(lines=[_open_line(line) for line in lines])


def _open_line(line: PurchaseOrderLine) -> OpenLine:
    return OpenLine(
        line_id=line.line_id,
        item=Item.model_validate(line.item),
        unit_code=line.unit_code,
        quantity=None if line.by_amount else _left(line),
        amount=_left(line) if line.by_amount else None,
    )


def _seen_inside(call: Call, order_id: UUID) -> PurchaseOrder:
    order = queries.order(call, order_id)
    if not queries.is_seen_inside(call, order):
        raise NotAllowed("receipts are for the buyer's people, not for the supplier")
    return order
