"""The safety net of re-matching: every hour each open invoice whose orders have changed meanwhile is decided anew."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import Session, col, select

from app.kit.db import Database
from app.match import handling_queries
from app.match.candidates import candidates
from app.match.deciding import decide_again
from app.match.handling_models import CaseWatch
from app.match.meanings import understood
from app.match.models import InvoiceCase, Trigger
from app.match.netting import net
from app.orders.change_models import OrderVersion
from app.orders.models import Allocation, PurchaseOrder, PurchaseOrderLine
from app.orders.receipt_models import Receipt

EVERY: Final = timedelta(hours=1)


def look_next(database: Database, clock_now: Callable[[], datetime]) -> bool:
    """Look at one open invoice at which nobody has looked for an hour; tells whether there was one. Looks without the
    write lock.
    """
    before = clock_now() - EVERY
    if database.run(lambda session: _next(session, before), write=False) is None:
        return False
    return database.run(lambda session: look(session, clock_now()))


def _next(session: Session, before: datetime, *, lock: bool = False) -> CaseWatch | None:
    query = select(CaseWatch).where(col(CaseWatch.looked_at) <= before).order_by(col(CaseWatch.looked_at)).limit(1)
    return session.exec(query.with_for_update(skip_locked=True) if lock else query).first()


def look(session: Session, now: datetime) -> bool:
    """Decide one invoice anew if its orders have changed since it was looked at; tells if there was one to look at."""
    watch = _next(session, now - EVERY, lock=True)
    if watch is None:
        return False
    case, since = session.get_one(InvoiceCase, watch.invoice_id), watch.looked_at
    watch.looked_at = now
    session.flush()
    if _has_changed(session, case, since):
        decide_again(session, case, Trigger.REMATCH, now)
    net(session, case.id, now)
    return True


def _has_changed(session: Session, case: InvoiceCase, since: datetime) -> bool:
    """Tell whether an order that an invoice means has come, or something has happened to one of its orders."""
    known = handling_queries.orders_of(session, case.id)
    if set(candidates(session, case, understood(session, case))) - set(known):
        return True
    query = select(PurchaseOrder.id).where(col(PurchaseOrder.id).in_(known), or_(*_happened(case, since))).limit(1)
    return bool(known) and session.exec(query).first() is not None


def _happened(case: InvoiceCase, since: datetime) -> tuple[ColumnElement[bool], ...]:
    order_id = col(PurchaseOrder.id)
    return (
        col(PurchaseOrder.sent_at) > since,
        exists().where(col(Receipt.order_id) == order_id, col(Receipt.posted_at) > since),
        exists().where(col(OrderVersion.order_id) == order_id, col(OrderVersion.made_at) > since),
        exists().where(
            col(PurchaseOrderLine.order_id) == order_id,
            col(Allocation.order_line_id) == col(PurchaseOrderLine.id),
            col(Allocation.invoice_id) != case.id,
            col(Allocation.allocated_at) > since,
        ),
    )
