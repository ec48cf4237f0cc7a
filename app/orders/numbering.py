"""Order numbers: the key that suppliers repeat on invoices, short, printable, and compared with tolerance; and the
series of test orders beside them.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Session, col, select

from app.kit.db import rows
from app.orders.models import PurchaseOrder
from app.orders.numbering_models import NumberSeries

FIRST = 100001

_USED = (
    select(PurchaseOrder.id)
    .where(
        PurchaseOrder.normalised_number == bindparam("number"),
        PurchaseOrder.organisation_id == bindparam("organisation_id"),
    )
    .limit(1)
)


def _raising(counter: Any) -> ReturningUpdate[Any]:
    """Give the statement that raises a counter of an organisation's series by one and tells what it is then."""
    series = update(NumberSeries).where(col(NumberSeries.organisation_id) == bindparam("series"))
    return series.values({counter: counter + 1}).returning(counter)


_NEXT, _NEXT_TEST = _raising(NumberSeries.next_number), _raising(NumberSeries.test_orders)


def next_number(session: Session, organisation_id: UUID) -> str:
    """Take the next number of an organisation's series that none of its orders has: one placed elsewhere may have it,
    and an invoice must not mean two.
    """
    while _is_used(session, organisation_id, number := _take(session, organisation_id)):
        pass
    return number


def next_test_number(session: Session, organisation_id: UUID) -> str:
    """Take the next number `TEST-…` of an organisation's test orders that none of its orders has."""
    while _is_used(session, organisation_id, number := f"TEST-{_take_test(session, organisation_id)}"):
        pass
    return number


def _is_used(session: Session, organisation_id: UUID, number: str) -> bool:
    return bool(rows(session, _USED, number=number, organisation_id=organisation_id))


def _take(session: Session, organisation_id: UUID) -> str:
    taken = _raised(session, organisation_id, _NEXT)
    if taken is None:
        session.add(NumberSeries(organisation_id=organisation_id, next_number=FIRST + 1))
        session.flush()
        return str(FIRST)
    return str(taken - 1)


def _take_test(session: Session, organisation_id: UUID) -> int:
    taken = _raised(session, organisation_id, _NEXT_TEST)
    if taken is None:
        session.add(NumberSeries(organisation_id=organisation_id, next_number=FIRST, test_orders=1))
        session.flush()
    return taken or 1


def _raised(session: Session, organisation_id: UUID, raising: ReturningUpdate[Any]) -> int | None:
    """Raise a counter of an organisation's series by one and give what it is then; nothing before it has any."""
    raised: list[int] = [number for (number,) in rows(session, raising, series=organisation_id)]
    return raised[0] if raised else None
