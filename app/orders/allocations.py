"""What invoices take of orders: locked, added up, and kept inside what was received. The match chapter calls this."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Numeric,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    insert,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlmodel import Session, SQLModel, col, select

from app.kit.columns import ExactDecimal, kept
from app.kit.db import is_postgresql, write
from app.kit.ids import new_id
from app.kit.money import plain
from app.orders.models import Allocation, ChargeState, PurchaseOrder, PurchaseOrderLine

ZERO = Decimal(0)

_LINE = SQLModel.metadata.tables[PurchaseOrderLine.__tablename__]


def _credited(name: str, expected: Any) -> ColumnElement[Decimal]:
    """Give how much of a credit, which is less than nothing, is for what has gone back."""
    given = bindparam(name, type_=ExactDecimal)
    return case((given >= ZERO, ZERO), (expected < -given, expected), else_=-given)


_CREDITED = _credited("invoiced_units", _LINE.c.credit_expected_quantity)
_CREDITED_MONEY = _credited("invoiced_money", _LINE.c.credit_expected_amount)
MOVE_ON = (
    update(_LINE)
    .where(_LINE.c.id == bindparam("order_line"))
    .values(
        invoiced_quantity=_LINE.c.invoiced_quantity + bindparam("invoiced_units", type_=ExactDecimal),
        invoiced_amount=_LINE.c.invoiced_amount + bindparam("invoiced_money", type_=ExactDecimal),
        held_quantity=_LINE.c.held_quantity + bindparam("held_units", type_=ExactDecimal),
        held_amount=_LINE.c.held_amount + bindparam("held_money", type_=ExactDecimal),
    )
)
"""Core, on many lines at once: an invoice of 5,000 lines moves 5,000 counters. For where nothing is given back."""

MOVE = MOVE_ON.values(
    received_quantity=_LINE.c.received_quantity - _CREDITED,
    credit_expected_quantity=_LINE.c.credit_expected_quantity - _CREDITED,
    received_amount=_LINE.c.received_amount - _CREDITED_MONEY,
    credit_expected_amount=_LINE.c.credit_expected_amount - _CREDITED_MONEY,
)
"""The same with four times the parameters: a credit for what has gone back makes it not received."""

_ALLOCATION = SQLModel.metadata.tables[Allocation.__tablename__]
ADD = insert(_ALLOCATION)
_COLUMNS = tuple(_ALLOCATION.c.keys())
_MOVED = ("order_line", "invoiced_units", "invoiced_money", "held_units", "held_money")
_UUIDS, _NUMERICS = ARRAY(Uuid()), ARRAY(Numeric())


def _many(**types: ARRAY[Any]) -> TableValuedAlias:
    """Give rows from one array a column: PostgreSQL takes many of them at once, and not one after the other."""
    given = (bindparam(name, type_=kind) for name, kind in types.items())
    return func.unnest(*given).table_valued(*types).render_derived(name="given")


_ADDED = _many(
    id=_UUIDS,
    order_line_id=_UUIDS,
    invoice_id=_UUIDS,
    decision_id=_UUIDS,
    invoice_line_id=ARRAY(Text()),
    held=ARRAY(Boolean()),
    quantity=_NUMERICS,
    amount=_NUMERICS,
    allocated_at=ARRAY(DateTime(timezone=True)),
)
ADD_MANY = insert(_ALLOCATION).from_select(_COLUMNS, select(*(_ADDED.c[name] for name in _COLUMNS)))
_STEPS = _many(order_line=_UUIDS, **dict.fromkeys(_MOVED[1:], _NUMERICS))
MOVE_MANY = (
    update(_LINE)
    .where(_LINE.c.id == _STEPS.c.order_line)
    .values(
        invoiced_quantity=_LINE.c.invoiced_quantity + _STEPS.c.invoiced_units,
        invoiced_amount=_LINE.c.invoiced_amount + _STEPS.c.invoiced_money,
        held_quantity=_LINE.c.held_quantity + _STEPS.c.held_units,
        held_amount=_LINE.c.held_amount + _STEPS.c.held_money,
    )
)
"""`ADD` and `MOVE_ON` of many rows on PostgreSQL; no order line may be there twice."""

_ORDER = SQLModel.metadata.tables[PurchaseOrder.__tablename__]
_USED, _MOST = bindparam("used", type_=ExactDecimal), bindparam("most", type_=ExactDecimal)
_USED_THEN = _ORDER.c.tolerance_used + _USED
USE = (
    update(_ORDER)
    .where(_ORDER.c.id == bindparam("order_id"))
    .values(
        tolerance_used=_USED_THEN,
        # Who takes nothing more must not be refused for what was taken before the limit was tightened.
        tolerance_limit=case((and_(_USED <= ZERO, _USED_THEN > _MOST), _USED_THEN), else_=_MOST),
        matched_value=_ORDER.c.matched_value + bindparam("value", type_=ExactDecimal),
    )
)
LOCK = (
    select(PurchaseOrder)
    .where(col(PurchaseOrder.id).in_(bindparam("ids", expanding=True)))
    .order_by(col(PurchaseOrder.id))
    .with_for_update()
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True)
class Taking:
    """What one invoice line takes of one order line: units, or money on a line by amount; negative gives it back.

    `held` keeps ordered capacity for an invoice that waits for a receipt, and takes nothing of what was received.
    """

    order_line_id: UUID
    invoice_line_id: str
    quantity: Decimal
    amount: Decimal
    by_amount: bool
    held: bool = False

    @property
    def undone(self) -> "Taking":
        return Taking(self.order_line_id, self.invoice_line_id, -self.quantity, -self.amount, self.by_amount, self.held)


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """What an invoice uses of an order: money above it, the limit of that, and the order value it covers."""

    order_id: UUID
    tolerance_used: Decimal
    tolerance_limit: Decimal
    matched_value: Decimal


def lock_orders(session: Session, order_ids: Iterable[UUID]) -> Sequence[PurchaseOrder]:
    """Lock the header rows of some orders until the transaction ends, in id order so that nobody waits in a ring, and
    give them as they are now.

    Whoever adds up an order's receipts, invoices or credit notes does this first.
    """
    wanted = list(order_ids)
    return session.exec(LOCK, params={"ids": wanted}).all() if wanted else ()


def take(session: Session, invoice_id: UUID, decision_id: UUID, takings: Sequence[Taking], now: datetime) -> None:
    """Write down what an invoice takes and move the counters of the lines; the caller holds the locks.

    The database itself refuses more than was received (`ck_purchase_order_line_invoiced_received`).
    """
    if not takings:
        return
    added = [
        {
            "id": new_id(now),
            "order_line_id": taking.order_line_id,
            "invoice_id": invoice_id,
            "decision_id": decision_id,
            "invoice_line_id": taking.invoice_line_id,
            "held": taking.held,
            "quantity": kept(taking.quantity),
            "amount": kept(taking.amount),
            "allocated_at": now,
        }
        for taking in takings
    ]
    moved = [_moved(taking) for taking in takings]
    gives_back = any(taking.quantity < ZERO or taking.amount < ZERO for taking in takings)
    if gives_back or not is_postgresql(session):
        write(session, ADD, added)
        write(session, MOVE if gives_back else MOVE_ON, moved)
    else:
        write(session, ADD_MANY, {name: [row[name] for row in added] for name in _COLUMNS})
        lines = _added_up(moved)
        write(session, MOVE_MANY, {name: [row[name] for row in lines] for name in _MOVED})


def _added_up(moved: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each order line once: a statement changes a row only once, whatever it joins."""
    found: dict[UUID, dict[str, Any]] = {}
    for row in moved:
        before = found.get(row["order_line"])
        found[row["order_line"]] = row if before is None else _sum(before, row)
    return list(found.values())


def _sum(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {"order_line": one["order_line"], **{name: one[name] + other[name] for name in _MOVED[1:]}}


def _moved(taking: Taking) -> dict[str, Any]:
    quantity = ZERO if taking.by_amount else taking.quantity
    amount = taking.amount if taking.by_amount else ZERO
    return {
        "order_line": taking.order_line_id,
        "invoiced_units": ZERO if taking.held else quantity,
        "invoiced_money": ZERO if taking.held else amount,
        "held_units": quantity if taking.held else ZERO,
        "held_money": amount if taking.held else ZERO,
    }


def bill_charge(session: Session, order_id: UUID, index: int, amount: Decimal) -> None:
    """Add to what was invoiced of a charge that stands on an order; the caller holds the order's lock."""
    order = session.get_one(PurchaseOrder, order_id)
    charges = [ChargeState(**charge) for charge in order.charges]
    charges[index]["invoiced"] = plain(Decimal(charges[index]["invoiced"]) + amount)
    order.charges = charges


def use_budget(session: Session, use: BudgetUse) -> None:
    """Add to what an order's invoices have used; the database refuses whatever takes more than the limit."""
    values = {
        "order_id": use.order_id,
        "used": use.tolerance_used,
        "most": use.tolerance_limit,
        "value": use.matched_value,
    }
    write(session, USE, values)


def taken_by(session: Session, invoice_id: UUID) -> list[Taking]:
    """Give what an invoice holds and what it has taken, added up by order line."""
    rows = session.exec(
        select(Allocation, PurchaseOrderLine.by_amount)
        .join(PurchaseOrderLine, col(PurchaseOrderLine.id) == col(Allocation.order_line_id))
        .where(Allocation.invoice_id == invoice_id)
        .order_by(col(Allocation.id))
    ).all()
    open_takings: dict[tuple[UUID, str, bool], Taking] = {}
    for row, by_amount in rows:
        key = (row.order_line_id, row.invoice_line_id, row.held)
        before = open_takings.get(key) or Taking(*key[:2], ZERO, ZERO, by_amount, row.held)
        open_takings[key] = replace(before, quantity=before.quantity + row.quantity, amount=before.amount + row.amount)
    return [taking for taking in open_takings.values() if taking.quantity or taking.amount]
