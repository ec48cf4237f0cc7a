"""Goods that go back, and receipts that are taken back because they were wrong (domain rule 4.3)."""

from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from app.kit.errors import Conflict, NotFound
from app.orders import queries
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.prepayments import unbilled
from app.orders.receipt_messages import ReceiptOut, ReturnIn
from app.orders.receipt_models import Receipt, ReceiptKind, ReceiptLine
from app.orders.receipt_posting import Came, Told, post
from app.orders.receiving import locked_lines, open_order, receipt_out, refuse_misfits, require_day
from app.organisations.access import Call

ZERO = Decimal(0)


class ReceiptNotFound(NotFound):
    """No such receipt, or not for this caller."""


class ReceiptConsumed(Conflict):
    """An invoice has taken of what the receipt says, or some of it has gone back; it is corrected by a return."""


class ReceiptNotReversible(Conflict):
    """The receipt has been reversed, or is no receipt of goods."""


def post_return(call: Call, order_id: UUID, body: ReturnIn) -> ReceiptOut:
    """Register what goes back. What no invoice has taken counts as not received; for the rest a credit is expected.

    :raises NotReceivable: when the order was not sent, or is closed.
    :raises ReceiptDoesNotFit: naming each line that is unknown, in the wrong measure, or of more than is there.
    """
    order = open_order(call, order_id)
    require_day(call, body.returned_on, "/returned_on")
    lines = locked_lines(call, order)
    refuse_misfits(body.lines, lines, {line_id: _there(line) for line_id, line in lines.items()}, "give back")
    went = [Came(lines[one.line_id], -(one.quantity or ZERO), -(one.amount or ZERO)) for one in body.lines]
    for one in went:
        _take_back(one)
    told = Told(ReceiptKind.RETURN, body.returned_on, f"{body.cause}: {body.reason}")
    return receipt_out(call, post(call, order, told, went, list(lines.values())))


def _there(line: PurchaseOrderLine) -> Decimal:
    """Give how much of a line is in the house."""
    if line.by_amount:
        return line.received_amount - line.credit_expected_amount
    return line.received_quantity - line.credit_expected_quantity


def _take_back(went: Came) -> None:
    line = went.line
    if line.by_amount:
        free = min(-went.amount, unbilled(line))
        line.received_amount -= free
        line.credit_expected_amount += -went.amount - free
    else:
        free = min(-went.quantity, unbilled(line))
        line.received_quantity -= free
        line.credit_expected_quantity += -went.quantity - free


def reverse_receipt(call: Call, receipt_id: UUID, reason: str) -> ReceiptOut:
    """Take back a receipt that was wrong, whole.

    :raises ReceiptNotFound: when there is none that the caller sees.
    :raises ReceiptNotReversible: for a return, a reversal, and what was reversed before.
    :raises ReceiptConsumed: when an invoice has taken of it, or some of it has gone back.
    :raises NotReceivable: when the order is not open any more.
    """
    found = _find(call, receipt_id)
    order = open_order(call, found.order_id)
    _require_reversible(call, found)
    lines = {line.id: line for line in locked_lines(call, order).values()}
    rows = call.session.exec(select(ReceiptLine).where(ReceiptLine.receipt_id == found.id)).all()
    undone = [Came(lines[row.order_line_id], -row.quantity, -row.amount) for row in rows]
    for one in undone:
        _undo(order, one)
    told = Told(ReceiptKind.REVERSAL, found.received_on, reason, reversal_of=found.id)
    return receipt_out(call, post(call, order, told, undone, list(lines.values())))


def _find(call: Call, receipt_id: UUID) -> Receipt:
    seen = queries.visible_orders(call).with_only_columns(col(PurchaseOrder.id))
    query = select(Receipt).where(Receipt.id == receipt_id, col(Receipt.order_id).in_(seen))
    found = call.session.exec(query).first()
    if found is None or not queries.is_seen_inside(call, queries.order(call, found.order_id)):
        raise ReceiptNotFound(f"there is no receipt {receipt_id}")
    return found


def _require_reversible(call: Call, receipt: Receipt) -> None:
    if receipt.kind != ReceiptKind.RECEIPT:
        raise ReceiptNotReversible(f"it is a {receipt.kind.lower()}; what came again is a new receipt")
    reversed_ = select(Receipt.id).where(Receipt.reversal_of == receipt.id)
    if call.session.exec(reversed_).first() is not None:
        raise ReceiptNotReversible("it has been reversed before")


def _undo(order: PurchaseOrder, one: Came) -> None:
    line = one.line
    free = _there(line) if line.prepayment else unbilled(line)
    if -(one.amount or one.quantity) > free:
        raise ReceiptConsumed(
            f"of line {line.line_id} of order {order.number} only {free} is not billed or gone back; "
            "register a return instead, for which a credit is expected"
        )
    line.received_amount += one.amount
    line.received_quantity += one.quantity
