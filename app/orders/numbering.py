"""Order numbers: the key that suppliers repeat on invoices, short, printable, and compared with tolerance; and the
series of test orders beside them.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.orders.models import NumberSeries, PurchaseOrder

FIRST = 100001


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
    used = select(PurchaseOrder.id).where(
        PurchaseOrder.normalised_number == number, PurchaseOrder.organisation_id == organisation_id
    )
    return session.exec(used.limit(1)).first() is not None


def _take(session: Session, organisation_id: UUID) -> str:
    taken = _raised(session, organisation_id, NumberSeries.next_number)
    if taken is None:
        session.add(NumberSeries(organisation_id=organisation_id, next_number=FIRST + 1))
        session.flush()
        return str(FIRST)
    return str(taken - 1)


def _take_test(session: Session, organisation_id: UUID) -> int:
    taken = _raised(session, organisation_id, NumberSeries.test_orders)
    if taken is None:
        session.add(NumberSeries(organisation_id=organisation_id, next_number=FIRST, test_orders=1))
        session.flush()
    return taken or 1


def _raised(session: Session, organisation_id: UUID, counter: Any) -> int | None:
    """Raise a counter of an organisation's series by one and give what it is then; nothing before it has any."""
    raised = session.connection().execute(
        update(NumberSeries)
        .where(col(NumberSeries.organisation_id) == organisation_id)
        .values({counter: counter + 1})
        .returning(counter)
    )
    number: int | None = raised.scalar()
    return number
