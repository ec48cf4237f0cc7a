"""What callers get of the funds that a branch's orders reserve."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from app.kit.money import Exact

Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]


class FundsRow(BaseModel):
    """What is reserved in a month, under a posting, in a currency: still to come, come without an invoice, invoiced."""

    month: Month
    accounting_cost: str | None
    currency: str
    committed: Exact
    received_not_invoiced: Exact
    invoiced: Exact


class FundsOut(BaseModel):
    """What a branch's orders of some days reserve, net and at the orders' prices: by month, posting and currency."""

    organisation_id: UUID
    from_on: date
    to_on: date
    rows: list[FundsRow]
