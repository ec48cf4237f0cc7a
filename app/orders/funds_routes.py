"""Doors of the funds that orders reserve."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.kit.problems import RESPONSES
from app.orders import funds
from app.orders.funds_messages import FundsOut
from app.organisations.access import Db

router = APIRouter(tags=["posting"], responses=RESPONSES)


@router.get("/commitments", response_model=FundsOut)
def get_commitments(
    organisation_id: UUID,
    from_on: Annotated[date, Query(alias="from", description="The first day.")],
    to_on: Annotated[date, Query(alias="to", description="The last day, at most 24 months on.")],
    db: Db,
) -> Response:
    """What the orders of it and all below it reserve by month, posting and currency, over the days of their delivery or
    else their issue: still to come, come without an invoice, and invoiced.
    """
    return db.run(funds.get_funds, organisation_id, from_on, to_on)
