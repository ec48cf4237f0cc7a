"""Order numbers: the key that suppliers repeat on invoices, short, printable, and compared with tolerance."""

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


def _is_used(session: Session, organisation_id: UUID, number: str) -> bool:
    used = select(PurchaseOrder.id).where(
        PurchaseOrder.normalised_number == number, PurchaseOrder.organisation_id == organisation_id
    )
    return session.exec(used.limit(1)).first() is not None


def _take(session: Session, organisation_id: UUID) -> str:
    taken = session.connection().execute(
        update(NumberSeries)
        .where(col(NumberSeries.organisation_id) == organisation_id)
        .values(next_number=NumberSeries.next_number + 1)
        .returning(col(NumberSeries.next_number))
    )
    number = taken.scalar()
    if number is None:
        session.add(NumberSeries(organisation_id=organisation_id, next_number=FIRST + 1))
        session.flush()
        return str(FIRST)
    return str(number - 1)
