"""The table of the orders' numbers."""

from uuid import UUID

from sqlmodel import Field, SQLModel


class NumberSeries(SQLModel, table=True):
    """The next order number of an organisation, and how many test orders it has sent."""

    __tablename__ = "number_series"

    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    next_number: int
    test_orders: int = 0
