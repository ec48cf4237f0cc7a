"""What invoices take of standing orders' periods: written down, and kept inside what counts as received. The match
chapter calls this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, SQLModel, col, select

from app.kit.columns import ExactDecimal
from app.kit.db import write
from app.kit.ids import new_id
from app.orders.missing_invoices import invoice_came
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.standing_models import ReceiptMode, StandingUse
from app.orders.standing_queries import standing_of

_LINE = SQLModel.metadata.tables[PurchaseOrderLine.__tablename__]
WIDEN = (
    update(_LINE)
    .where(_LINE.c.id == bindparam("order_line"))
    .values(
        received_amount=bindparam("received", type_=ExactDecimal), most_amount=bindparam("most", type_=ExactDecimal)
    )
)
ADD = insert(SQLModel.metadata.tables[StandingUse.__tablename__])


@dataclass(frozen=True, slots=True)
class PeriodTaking:
    """What an invoice takes of a period; a credit note's is negative. What is `deemed` counts as received without a
    receipt.
    """

    order_id: UUID
    period_first_on: date
    amount: Decimal
    value: Decimal
    index_used: bool
    deemed: bool


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes: an invoice by its decision, issued on a day; one that waits only holds."""

    invoice_id: UUID
    decision_id: UUID
    billed_on: date
    held: bool


def use_periods(session: Session, taker: Taker, takings: Sequence[PeriodTaking], now: datetime) -> None:
    """Write down what an invoice takes of periods, before it takes it of the order's line; the caller holds the locks
    of the orders.
    """
    if not takings:
        return
    if not taker.held:
        for order_id in dict.fromkeys(taking.order_id for taking in takings):
            _make_room(session, order_id, [taking for taking in takings if taking.order_id == order_id])
    write(session, ADD, [_row(taker, taking, now) for taking in takings])
    for order_id in dict.fromkeys(taking.order_id for taking in takings):
        invoice_came(session, order_id, now)


def _row(taker: Taker, taking: PeriodTaking, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(now),
        "order_id": taking.order_id,
        "period_first_on": taking.period_first_on,
        "invoice_id": taker.invoice_id,
        "decision_id": taker.decision_id,
        "billed_on": taker.billed_on,
        "held": taker.held,
        "amount": taking.amount,
        "value": taking.value,
        "index_used": taking.index_used,
        "used_at": now,
    }


def _make_room(session: Session, order_id: UUID, takings: Sequence[PeriodTaking]) -> None:
    """Let what needs no receipt count as received, and an order that runs on always have twelve months before it."""
    standing, value = standing_of(session, order_id), sum((taking.value for taking in takings), Decimal(0))
    query = select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order_id)
    line = session.exec(query.execution_options(populate_existing=True)).one()
    received, taken = line.received_amount, line.invoiced_amount + line.held_amount + value
    if any(taking.deemed for taking in takings):
        is_sample = standing.receipt_mode == ReceiptMode.SAMPLE
        received = received + value if is_sample else max(received, taken)
    most = max(line.most_amount, received)
    if standing.valid_to is None:
        most = max(most, taken + session.get_one(PurchaseOrder, order_id).total_amount)
    write(session, WIDEN, {"order_line": line.id, "received": received, "most": most})
    session.expire(line)


def release_periods(session: Session, invoice_id: UUID, decision_id: UUID, now: datetime) -> None:
    """Undo what an invoice holds or has taken of periods, before it is decided anew."""
    query = select(StandingUse).where(StandingUse.invoice_id == invoice_id)
    taken: dict[tuple[UUID, date, bool], tuple[StandingUse, Decimal, Decimal]] = {}
    for use in session.exec(query.order_by(col(StandingUse.id))).all():
        key = use.order_id, use.period_first_on, use.held
        _, amount, value = taken.get(key, (use, Decimal(0), Decimal(0)))
        taken[key] = use, amount + use.amount, value + use.value
    undone = [
        _row(
            Taker(invoice_id, decision_id, use.billed_on, use.held),
            PeriodTaking(use.order_id, use.period_first_on, -amount, -value, index_used=False, deemed=False),
            now,
        )
        for use, amount, value in taken.values()
        if amount
    ]
    if undone:
        write(session, ADD, undone)
