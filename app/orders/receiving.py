"""Receipts: what came is registered by line, part by part, never more than was ordered (and may be over-delivered)."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from app.kit import jobs
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.orders import queries
from app.orders.allocations import lock_orders
from app.orders.models import OrderStatus, PurchaseOrder, PurchaseOrderLine
from app.orders.receipt_messages import ReceiptIn, ReceiptLineIn, ReceiptLineOut, ReceiptOut
from app.orders.receipt_models import Receipt, ReceiptLine
from app.organisations.access import Call, NotAllowed, require
from app.organisations.permissions import Permission

REMATCH = "match.rematch"


class NotReceivable(Conflict):
    """Goods are received on orders that were sent and are still open."""


class ReceiptDoesNotFit(Invalid):
    """A receipt names lines that are not there, or more than was ordered; each is named."""


def post_receipt(call: Call, order_id: UUID, body: ReceiptIn) -> ReceiptOut:
    """Register what came; invoices that wait for it are decided anew.

    :raises NotReceivable: when the order was not sent, or is closed.
    :raises ReceiptDoesNotFit: naming each line that is unknown, in the wrong measure, or above what is open.
    """
    order = queries.order(call, order_id)
    require(call, Permission.ORDER_RECEIVE, order.organisation_id)
    lock_orders(call.session, [order.id])
    if order.status != OrderStatus.SENT:
        raise NotReceivable(f"order {order.number} is {order.status}; goods are received on orders that are SENT")
    if body.received_on > call.today:
        message = "goods are registered when they are there, not before"
        raise ReceiptDoesNotFit(message, faults=[Fault(message, pointer="/received_on")])
    lines = _locked_lines(call, order)
    _refuse_what_does_not_fit(body, lines)
    receipt = _add(call, order, body, lines)
    jobs.enqueue(call.session, REMATCH, str(order.id), {"order_id": str(order.id)}, call.now)
    facts = {line.line_id: str(line.quantity or line.amount) for line in body.lines}
    call.audit("receipt.posted", chain=order.root_id, entity="order", entity_id=order.id, facts=facts)
    return receipt_out(call, receipt)


def _locked_lines(call: Call, order: PurchaseOrder) -> dict[str, PurchaseOrderLine]:
    query = select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order.id)
    rows = call.session.exec(query.execution_options(populate_existing=True)).all()
    return {row.line_id: row for row in rows}


def _refuse_what_does_not_fit(body: ReceiptIn, lines: dict[str, PurchaseOrderLine]) -> None:
    open_of = {line_id: _open(line) for line_id, line in lines.items()}
    faults: list[Fault] = []
    for index, wanted in enumerate(body.lines):
        message = _fault(wanted, lines.get(wanted.line_id), open_of)
        if message is not None:
            faults.append(Fault(message, pointer=f"/lines/{index}"))
        else:
            open_of[wanted.line_id] -= wanted.quantity or wanted.amount or Decimal(0)
    if faults:
        raise ReceiptDoesNotFit("the receipt does not fit the order; see `errors`", faults=faults)


def _open(line: PurchaseOrderLine) -> Decimal:
    if line.by_amount:
        return line.most_amount - line.received_amount
    return line.most_quantity - line.received_quantity


def _fault(wanted: ReceiptLineIn, line: PurchaseOrderLine | None, open_of: dict[str, Decimal]) -> str | None:
    if line is None:
        return f"the order has no line {wanted.line_id}; it has {', '.join(sorted(open_of))}"
    if line.by_amount != (wanted.quantity is None):
        return f"line {line.line_id} is received by {'amount' if line.by_amount else 'quantity'}"
    if (wanted.quantity or wanted.amount or Decimal(0)) > open_of[line.line_id]:
        return f"line {line.line_id} can still receive {open_of[line.line_id]}, not more"
    return None


def _add(call: Call, order: PurchaseOrder, body: ReceiptIn, lines: dict[str, PurchaseOrderLine]) -> Receipt:
    receipt = Receipt(
        id=new_id(call.now),
        order_id=order.id,
        received_on=body.received_on,
        received_by=call.actor.id,
        received_for=call.actor.on_behalf_of,
        delivery_note=body.delivery_note,
        posted_at=call.now,
    )
    call.session.add(receipt)
    call.session.flush()
    for wanted in body.lines:
        line = lines[wanted.line_id]
        quantity, amount = wanted.quantity or Decimal(0), wanted.amount or Decimal(0)
        line.received_quantity += quantity
        line.received_amount += amount
        row = ReceiptLine(
            id=new_id(call.now), receipt_id=receipt.id, order_line_id=line.id, quantity=quantity, amount=amount
        )
        call.session.add(row)
    call.session.flush()
    return receipt


def receipt_out(call: Call, receipt: Receipt) -> ReceiptOut:
    rows = call.session.exec(
        select(PurchaseOrderLine.line_id, ReceiptLine)
        .join(ReceiptLine, col(ReceiptLine.order_line_id) == col(PurchaseOrderLine.id))
        .where(ReceiptLine.receipt_id == receipt.id)
        .order_by(col(ReceiptLine.id))
    ).all()
    lines: Sequence[ReceiptLineOut] = [
        ReceiptLineOut(line_id=line_id, quantity=row.quantity, amount=row.amount) for line_id, row in rows
    ]
    return ReceiptOut(**receipt.model_dump(exclude={"posted_at"}), lines=list(lines))


def list_receipts(call: Call, order_id: UUID, wanted: PageQuery) -> Page[ReceiptOut]:
    """Give what has come.

    :raises NotAllowed: for the supplier, who sees the order, but not who received what.
    """
    order = queries.order(call, order_id)
    if not queries.is_seen_inside(call, order):
        raise NotAllowed("receipts are for the buyer's people, not for the supplier")
    query = select(Receipt).where(Receipt.order_id == order.id)
    return page(call.session, query, Receipt, wanted, lambda row: receipt_out(call, row))
