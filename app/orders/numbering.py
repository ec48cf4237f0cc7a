"""Order numbers: the key that suppliers repeat on invoices, short, printable, and compared with tolerance."""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from app.orders.models import NumberSeries

FIRST = 100001


def next_number(session: Session, organisation_id: UUID) -> str:
    """Take the next number of an organisation's series."""
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
